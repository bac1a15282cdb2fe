# SPDX-License-Identifier: Apache-2.0
"""Every event of the house as it appears on Kafka, read from the start beside the services: in no group, no commit."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer
from pydantic import ValidationError

from ventanilla_contracts.envelope import Envelope, Event, Malformed
from ventanilla_contracts.registry import EVENTS

from .services import SERVICES
from .words import WORDS, name_of

See = Callable[[Envelope, Event, bool], None]
"""Is handed each event, and whether it came after the reading began."""

POLL_MS = 200


def topics() -> list[str]:
    """Every topic that tells of cases; how much is in each store is for the auditor."""
    return sorted({event.TOPIC for event in EVENTS.values() if name_of(event) in WORDS})


@contextmanager
def feeding(servers: str, see: See, prefix: str = "") -> Iterator[None]:
    """Call `see` for each event, in a thread of its own, while the block runs."""
    ended = threading.Event()
    names = [prefix + topic for topic in topics()]
    thread = threading.Thread(target=lambda: asyncio.run(_read(servers, names, see, ended)), name="feed", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=5)


async def touch(servers: str) -> None:
    """Ask for each topic by name: a broker that cannot create topics makes those it is asked for (design §7)."""
    names = {event.topic_of(service) for event in EVENTS.values() for service in SERVICES}
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=servers)
    await consumer.start()
    await consumer.stop()


async def _read(servers: str, names: Sequence[str], see: See, ended: threading.Event) -> None:
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        before = await consumer.end_offsets(consumer.assignment())
        while not ended.is_set():
            for partition, records in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                for record in records:
                    _hand_over(record, see, fresh=record.offset >= before.get(partition, 0))
    finally:
        await consumer.stop()


def _hand_over(record: Any, see: See, *, fresh: bool) -> None:
    """What cannot be read is passed over: the services say what is wrong with it."""
    try:
        envelope = Envelope.from_headers(record.headers)
        if kind := EVENTS.get(envelope.type):
            see(envelope, kind.read(record.value or b""), fresh)
    except (Malformed, ValidationError):
        return
