# SPDX-License-Identifier: Apache-2.0
"""Telling the others what is in the store: once a day, and when somebody asks (``python -m <service> count``)."""

import asyncio
from datetime import UTC, datetime, timedelta

from chassis.clock import Clock
from chassis.ids import new_id, new_traceparent
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.log_ends import log_ends
from chassis.messages import Message
from chassis.mongo import Database, translated
from chassis.operating.counting import Census, Counted
from chassis.producer import Producer
from ventanilla_contracts.audits import StoreCounted
from ventanilla_contracts.envelope import MAX_EVENT_BYTES, Actor, Envelope, to_instant

_log = get_logger(__name__)

FIRST_LOOK_SECONDS = 30.0
"""A service that starts has better things to do."""

LOOK_SECONDS = 60.0
LEASE_SECONDS = 600.0
"""Longer than a count may take, whose snapshot the database keeps for five minutes."""


class Counts:
    """Publishes ``store-counted``, past the outbox: if it is lost, the store is simply counted again."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        counted: Counted,
        *,
        bootstrap_servers: str,
        prefix: str,
        process: str,
        hours: float,
    ) -> None:
        """``hours`` (real time) from one count to the next; 0: only when asked."""
        self._counted = counted
        self._census = Census(database, clock, counted)
        self._lease = Lease(database, "count", process, seconds=LEASE_SECONDS)
        self._rows = database.collection("counts")
        self._servers = bootstrap_servers
        self._prefix = prefix
        self._client = f"{process}-count"
        self._every = timedelta(hours=hours)

    async def run(self) -> None:
        """Count for ever."""
        if not self._every:
            return
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        await every(LOOK_SECONDS, self.step, name="count")

    async def step(self) -> bool:
        """Count if it is time and nobody else does. Raises Unavailable, Conflict, TopicsMissing or KafkaError."""
        if not await self._lease.hold():
            return False
        try:
            is_time = await self._is_time()
            if is_time:
                await self.publish()
        finally:
            await self._lease.release()
        return is_time

    async def publish(self) -> StoreCounted:
        """Count and publish now. Raises as ``step`` does."""
        service = self._counted.service
        async with log_ends(self._servers, self._prefix, self._counted.own) as ends:
            event = await self._census.count(ends, actor=Actor(id=service, role="service"))
        message = message_of(event)
        producer = Producer(self._servers, self._client, self._prefix)
        try:
            await producer.publish([message])
        finally:
            await producer.stop()
        with translated():
            await self._rows.update_one({"_id": "last"}, {"$set": {"at": event.counted_at}}, upsert=True)
        _log.info("store-counted", subjects=event.subjects, bytes=len(message.value or b""))
        return event

    async def _is_time(self) -> bool:
        with translated():
            last = await self._rows.find_one({"_id": "last"})
        return last is None or datetime.now(UTC) - last["at"] >= self._every


def message_of(event: StoreCounted) -> Message:
    """As it goes to Kafka; if it is too long, with fewer names."""
    value = event.model_dump_json(exclude_none=True).encode()
    while len(value) > MAX_EVENT_BYTES:
        event = _with_half_the_names(event)
        value = event.model_dump_json(exclude_none=True).encode()
    envelope = Envelope(
        id=new_id(),
        type=event.TYPE,
        source=f"/{event.service}",
        subject=event.service,
        time=to_instant(event.counted_at),
        traceparent=new_traceparent(),
    )
    return Message(event.topic_of(event.service), event.service.encode(), value, envelope.headers())


def _with_half_the_names(event: StoreCounted) -> StoreCounted:
    names = ("unsettled", "parked", "unpublished", "accepted")
    if not any(getattr(event, name) for name in names):
        raise ValueError(f"{event.TYPE}: ledgers alone are longer than an event may be")
    return event.model_copy(update={name: getattr(event, name)[: len(getattr(event, name)) // 2] for name in names})
