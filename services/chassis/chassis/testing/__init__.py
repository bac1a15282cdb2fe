# SPDX-License-Identifier: Apache-2.0
"""pytest fixtures for services on the real broker and database: ``pytest_plugins = ["chassis.testing"]``.

Addresses come from the environment (``make test`` and ``python -m ventanilla_local with-infra`` give them); without
them the tests that need them are skipped, and say so. Topics and database are a test's own.
"""

import asyncio
import atexit
import inspect
import os
import random
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, overload

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError

from chassis.clock import parse_instant
from chassis.messages import Message, event_message
from chassis.mongo import Database
from chassis.service import ROLES, Service, Settings
from chassis.settings import ServiceSettings
from chassis.topics import dead_letter_topics, load_topics
from ventanilla_contracts.envelope import Envelope, Event, to_instant
from ventanilla_contracts.registry import EVENTS

T = TypeVar("T")
AnySettings = TypeVar("AnySettings", bound=ServiceSettings)

pytest_plugins = ["chassis.testing.patience"]

PARTITIONS = 3
TIMEOUT = 90.0
"""Far above any pause of a busy machine: what comes to pass costs nothing, and what does not fails all the same."""
SIGNING_KEY = "a-key-for-tests-only-of-32-characters"


@overload
async def eventually(
    condition: Callable[[], Awaitable[T | None]], *, timeout: float = TIMEOUT, what: str = ""
) -> T: ...
@overload
async def eventually(condition: Callable[[], T | None], *, timeout: float = TIMEOUT, what: str = "") -> T: ...
async def eventually(condition: Callable[[], Any], *, timeout: float = TIMEOUT, what: str = "") -> Any:
    """The first truthy value of a condition, asked again and again; fails after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        found = await value if inspect.isawaitable(value) else value
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"not within {timeout} s: {what or inspect.getsource(condition).strip()} (last: {found!r})")
        await asyncio.sleep(0.02)


@dataclass(slots=True)
class Seen:
    """One event read back from a topic."""

    topic: str
    key: str
    envelope: Envelope
    event: Any  # of the class that the type names: tests ask for its fields


@dataclass
class Wire:
    """The broker as a test sees it: publish as any producer, read every topic."""

    servers: str
    prefix: str
    producer: AIOKafkaProducer
    reader: AIOKafkaConsumer
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def message(
        self, key: str, event: Event, *, seen: dict[str, int] | None = None, at: datetime | None = None
    ) -> Message:
        """The next event of its producer about ``key``, counted as the producer would."""
        seq = self.counts.get((event.TOPIC, key), 0) + 1
        self.counts[event.TOPIC, key] = seq
        moment = to_instant(at or datetime.now(UTC))
        trace = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
        return event_message(event, key=key, seq=seq, seen=seen or {}, source="test", now=moment, traceparent=trace)

    async def publish(
        self, key: str, *events: Event, seen: dict[str, int] | None = None, at: datetime | None = None
    ) -> None:
        """Publish events about ``key`` in order."""
        await self.send([self.message(key, event, seen=seen, at=at) for event in events])

    async def send(self, messages: Sequence[Message]) -> None:
        """Publish messages as they are, broken ones too."""
        futures = [
            await self.producer.send(self.prefix + m.topic, m.value, key=m.key, headers=list(m.headers))
            for m in messages
        ]
        await asyncio.gather(*futures)

    async def records(self, topic: str) -> list[Any]:
        """Everything that is in a topic now."""
        partitions = [TopicPartition(self.prefix + topic, n) for n in range(partitions_of(topic))]
        self.reader.assign(partitions)
        ends = await self.reader.end_offsets(partitions)
        found: list[Any] = []
        while any([await self.reader.position(p) < ends[p] for p in partitions]):
            for records in (await self.reader.getmany(timeout_ms=500)).values():
                found += records
        return found

    async def events(self, topic: str, key: str | None = None) -> list[Seen]:
        """The events in a topic now, in order per key."""
        found = []
        for record in await self.records(topic):
            envelope = Envelope.from_headers(record.headers)
            if key is None or envelope.subject == key:
                event = EVENTS[envelope.type].read(record.value)
                found.append(Seen(topic, envelope.subject, envelope, event))
        return found

    async def expect(self, topic: str, count: int, *, key: str | None = None, timeout: float = TIMEOUT) -> list[Seen]:
        """Wait until a topic holds ``count`` events (of a key); fails if there are more."""

        async def enough() -> list[Seen]:
            found = await self.events(topic, key)
            return found if len(found) >= count else []

        found: list[Seen] = (
            await eventually(enough, timeout=timeout, what=f"{count} events in {topic}") if count else []
        )
        if len(found) != count:
            pytest.fail(f"{len(found)} events in {topic}, expected {count}: {[seen.event.TYPE for seen in found]}")
        return found


def free_port() -> int:
    """A port of 127.0.0.1 for a listener, which may come late or be killed and come back.

    It lies below the kernel's for outgoing connections and beside those of the house's servers; its UDP twin, held
    until this process ends, tells the other test processes.
    """
    while True:
        port = random.randrange(10_000, 20_000)
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with suppress(OSError), socket.socket() as probe:
            claim.bind(("127.0.0.1", port))
            probe.bind(("127.0.0.1", port))
            atexit.register(claim.close)
            return port
        claim.close()


def address(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.skip(f"{name} is not set: run by `make test`, or python -m ventanilla_local with-infra -- pytest …")
    return value


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A topic prefix of the test's own, with all topics of the house under it."""
    async with open_wire() as opened:
        yield opened


@asynccontextmanager
async def open_wire() -> AsyncIterator[Wire]:
    """The same for whoever shares it between tests."""
    servers = address("KAFKA_BOOTSTRAP_SERVERS")
    prefix = f"t{secrets.token_hex(4)}-"
    await create_topics(servers, prefix)
    producer = AIOKafkaProducer(bootstrap_servers=servers, max_request_size=5_000_000, enable_idempotence=True)
    # With "latest", aiokafka's own reset may come after the assignment: then nothing seems to be there.
    reader = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await producer.start()
    await reader.start()
    try:
        await _answer(reader, prefix)
        yield Wire(servers, prefix, producer, reader)
    finally:
        await reader.stop()
        await producer.stop()
        await delete_topics(servers, prefix)


async def _answer(reader: AIOKafkaConsumer, prefix: str) -> None:
    """Until every partition has a leader that answers: the broker knows a topic before it leads it."""
    partitions = [TopicPartition(prefix + name, n) for name in house_topics() for n in range(partitions_of(name))]
    reader.assign(partitions)
    await reader.end_offsets(partitions)
    reader.unsubscribe()


DEAD_LETTERS = "-dlq"


def house_topics() -> list[str]:
    """Every topic of the contracts, and the dead letters of the services installed here; of all where none is."""
    topics = load_topics().values()
    readers = {reader for topic in topics for reader in topic.consumers}
    here = {reader for reader in readers if find_spec(reader)} or readers
    letters = (
        letter
        for topic in topics
        for reader, letter in zip(topic.consumers, dead_letter_topics(topic), strict=False)
        if reader in here
    )
    return [*(topic.name for topic in topics), *letters]


def partitions_of(topic: str) -> int:
    """A broker needs a moment for each partition: there are few dead letters."""
    return 1 if topic.endswith(DEAD_LETTERS) else PARTITIONS


async def create_topics(servers: str, prefix: str, partitions: int | None = None) -> None:
    """All topics of the house, small, or each with so many ``partitions``."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        configs = {"max.message.bytes": "5000000"}
        await admin.create_topics(
            [
                NewTopic(prefix + name, partitions or partitions_of(name), 1, topic_configs=configs)
                for name in house_topics()
            ]
        )
        wanted = {prefix + name for name in house_topics()}

        async def known() -> bool:  # the controller has made them before the broker knows them
            return wanted <= set(await admin.list_topics())

        async def coordinates() -> bool:  # a fresh broker makes the topic of its groups when first asked
            try:
                await admin.find_coordinator(prefix)
            except GroupCoordinatorNotAvailableError:
                return False
            return True

        await eventually(known, what="topics of the house")
        await eventually(coordinates, what="a coordinator for groups")
    finally:
        await admin.close()


async def delete_topics(servers: str, prefix: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.delete_topics([prefix + name for name in house_topics()])
    finally:
        await admin.close()


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """A database of the test's own, dropped at the end."""
    database = Database(address("MONGODB_URI"), f"test_{secrets.token_hex(6)}")
    try:
        yield database
    finally:
        await database.drop()
        database.close()


class StepClock:
    """The house's clock in a file, which every process reads (CLOCK_FILE); stepped by hand."""

    def __init__(self, path: Path, start: str) -> None:
        self.path = path
        self.set(start)

    def set(self, moment: str | datetime) -> None:
        instant = parse_instant(moment) if isinstance(moment, str) else moment
        temporary = self.path.with_suffix(".new")
        temporary.write_text(instant.isoformat())
        temporary.replace(self.path)


@pytest.fixture
def step_clock(tmp_path: Path) -> StepClock:
    """Monday 2 March 2026, 08:00 in Bogota, until the test says otherwise."""
    return StepClock(tmp_path / "clock", "2026-03-02T08:00:00-05:00")


def settings_for(
    settings_class: type[AnySettings], *, wire: Wire, database: Database, tmp_path: Path, **own: Any
) -> AnySettings:
    """The settings of a service under test; ``own`` overrides."""
    (tmp_path / "files").mkdir(exist_ok=True)
    values: dict[str, Any] = {
        "kafka_bootstrap_servers": wire.servers,
        "kafka_topic_prefix": wire.prefix,
        "mongodb_uri": address("MONGODB_URI"),
        "mongodb_database": database.name,
        "files_url": f"file://{tmp_path}/files",
        "port": 0,
        "org_code": "CAJA",
        "org_name": "Caja de ejemplo",
        "org_mail_domain": "caja.example",
        "org_mail_address": "servicio@caja.example",
        "staff_file": tmp_path / "staff.yaml",
        "signing_keys": SIGNING_KEY,
        "public_url": "http://127.0.0.1:8101",
        **own,
    }
    return settings_class(**values)


@asynccontextmanager
async def running(service: Service[Settings], roles: Iterable[str] | None = None) -> AsyncIterator[Service[Settings]]:
    """The service's loops in this process; its HTTP app is asked through httpx.ASGITransport(service.app)."""
    async with service.runtime.running(tuple(roles) if roles is not None else service.runtime.roles):
        yield service


__all__ = [
    "ROLES",
    "Seen",
    "StepClock",
    "Wire",
    "database",
    "eventually",
    "free_port",
    "open_wire",
    "running",
    "settings_for",
    "step_clock",
    "wire",
]
