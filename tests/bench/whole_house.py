# SPDX-License-Identifier: Apache-2.0
"""All five services on servers of their own, citizens who file at a steady rate, and what can be seen from outside."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient

from chassis.topics import load_topics
from tests.bench.usage import Usage, usage
from ventanilla_contracts.formats import parse_message_id
from ventanilla_local.addresses import Addresses
from ventanilla_local.downloads import LOCAL
from ventanilla_local.infra import infra
from ventanilla_local.ports import claimed_ports
from ventanilla_local.process import Server, running
from ventanilla_local.services import SERVICES, House, house

OPEN_LETTERS = {"state": {"$in": ["preparing", "pending", "sending"]}}
PATIENCE_SECONDS = 900.0


@dataclass(frozen=True)
class Load:
    """What one process of citizens wrote down: number, when it was to be filed, when the door had answered."""

    rate: float
    seconds: float
    filed: list[tuple[str, float, float]]
    refused: list[int]

    @property
    def answers(self) -> list[float]:
        """Seconds from when each came to the door until it had its number."""
        return [answered - due for _, due, answered in self.filed]


@dataclass
class WholeHouse:
    """The house that is measured."""

    house: House
    servers: Addresses
    sink: Server
    directory: Path
    client: MongoClient[dict[str, Any]]
    topics: Mapping[str, list[tuple[str, int]]] = field(default_factory=lambda: topics_by_reader())

    def usages(self) -> dict[str, Usage]:
        """Of every process: services, database, broker and the mail server."""
        processes = {**self.house.servers, **self.servers.servers, "sink": self.sink}
        return {name: usage(server.pid) for name, server in processes.items() if server.pid}

    @contextmanager
    def citizens(self, rate: float, seconds: float) -> Iterator["Citizens"]:
        """They begin at once; the block may watch, its end waits for them."""
        file = self.directory / f"citizens-{time.monotonic_ns()}.json"
        command = [sys.executable, "-m", "tests.bench.citizens", self.house.url("intake")]
        citizens = Citizens(rate, seconds, file)
        with subprocess.Popen([*command, str(rate), str(seconds), str(file)]) as process:
            citizens.pid = process.pid
            yield citizens
            if process.wait():
                raise RuntimeError("the citizens gave up")

    def cases(self) -> dict[str, int]:
        """How many cases each store has."""
        return {name: self.client[name]["cases"].estimated_document_count() for name in SERVICES}

    def unpublished(self) -> int:
        return sum(self.client[name]["outbox"].estimated_document_count() for name in SERVICES)

    def open_letters(self) -> int:
        return self.client["notifications"]["letters"].count_documents(OPEN_LETTERS)

    def unread(self) -> dict[str, int]:
        """Events that each service has not applied yet, by its marks."""
        return asyncio.run(self._unread())

    async def _unread(self) -> dict[str, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.servers.kafka, enable_auto_commit=False)
        await consumer.start()
        try:
            wanted = {partition for partitions in self.topics.values() for partition in partitions}
            ends = await consumer.end_offsets([TopicPartition(*one) for one in wanted])
        finally:
            await consumer.stop()
        return {name: self._unread_by(name, partitions, ends) for name, partitions in self.topics.items()}

    def _unread_by(self, service: str, partitions: list[tuple[str, int]], ends: Mapping[TopicPartition, int]) -> int:
        marks = {row["_id"]: row["position"]["next"] for row in self.client[service]["marks"].find()}
        return sum(ends[TopicPartition(*one)] - marks.get(f"{service}/{one[0]}/{one[1]}", 0) for one in partitions)

    def is_quiet(self) -> bool:
        """Every store has every case of intake's, nothing waits to be published, read, or sent."""
        return (
            len(set(self.cases().values())) == 1
            and not self.unpublished()
            and not self.open_letters()
            and not any(self.unread().values())
            and not self.unpublished()
        )

    def wait_until_quiet(self) -> float:
        """Seconds that it took; raises TimeoutError."""
        begun = time.monotonic()
        while not self.is_quiet():
            if time.monotonic() - begun > PATIENCE_SECONDS:
                raise TimeoutError(f"{self.cases()} {self.unread()} unread, {self.open_letters()} letters to be sent")
            time.sleep(0.2)
        return time.monotonic() - begun

    def mails(self) -> list[tuple[float, str, str]]:
        """When each mail came, the id of its case and its kind."""
        found = []
        for line in (self.directory / "mails").read_text(encoding="ascii").splitlines():
            at, _, message_id = line.partition(" ")
            if parsed := parse_message_id(message_id):
                found.append((float(at), parsed[0].case_id, parsed[0].kind))
        return found

    def numbers(self) -> dict[str, str]:
        """Case id by case number."""
        rows = self.client["routing"]["cases"].find({}, {"state.case_number": 1})
        return {row["state"]["case_number"]: row["_id"] for row in rows}


@dataclass
class Citizens:
    """A process of citizens at work."""

    rate: float
    seconds: float
    file: Path
    pid: int = 0

    def load(self) -> Load:
        """After they have ended."""
        told = json.loads(self.file.read_text(encoding="utf-8"))
        return Load(self.rate, self.seconds, [tuple(one) for one in told["filed"]], told["refused"])


@contextmanager
def whole_house(settings: Mapping[str, str] | None = None) -> Iterator[WholeHouse]:
    """Fresh servers, ready; all is stopped and removed at the end."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=LOCAL) as place, claimed_ports() as ports:
        directory = Path(place)
        with infra(kind="local", purpose="test", mail=False) as servers:
            port = ports.take()
            mails = directory / "mails"
            command = [sys.executable, "-m", "tests.bench.sink", str(port), str(mails)]
            sink = Server("sink", command, directory / "sink.log", lambda _: mails.is_file())
            environment = {**servers.environment(), "SMTP_URL": f"smtp://127.0.0.1:{port}"}
            with running({"sink": sink}):
                sink.start()
                own = {"IMAP_URL": "", "COUNT_HOURS": "0", **(settings or {})}
                with (
                    house(directory / "house", environment, ports, settings=own) as up,
                    MongoClient[dict[str, Any]](servers.mongodb_uri, tz_aware=True) as client,
                ):
                    yield WholeHouse(up, servers, sink, directory, client)


def topics_by_reader() -> dict[str, list[tuple[str, int]]]:
    """The partitions that each service applies."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in SERVICES}
    for spec in load_topics().values():
        for consumer in spec.consumers if spec.dead_letters else ():
            found[consumer] += [(spec.name, n) for n in range(spec.partitions)]
    return found


def percentile(values: list[float], part: float) -> float:
    """The nearest rank: the smallest value that `part` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(part * 1_000_000) * len(ordered) // 1_000_000) - 1)]
