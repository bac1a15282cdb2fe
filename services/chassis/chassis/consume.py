# SPDX-License-Identifier: Apache-2.0
"""Reading Kafka through FastStream, by batches, with nothing skipped and nothing passed over before it is saved.

FastStream runs the loop and the life cycle; parsing, positions and errors are ours, since its defaults lose records
(ADR 0004): a parser that never raises, AckPolicy.MANUAL, and positions kept with the state.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.kafka.schemas import Topic

from chassis.batch import BreakerOpen, Item, Processor
from chassis.inputs import event_input
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.mongo import Unavailable
from chassis.outbox import Outbox
from chassis.positions import Positions, Records
from chassis.records import RawRecord, Reader, Undecodable
from chassis.subjects import Aggregate

_log = get_logger(__name__)

BATCH_RECORDS = 500
BATCH_BYTES = 4 * 1024 * 1024
MAINTENANCE_SECONDS = 5.0
METADATA_SECONDS = 15.0
"""So late, at most, is a topic noticed that was created anew; aiokafka's own 300 s would be silence."""

SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STUCK_SECONDS = 60.0
GOODBYE_SECONDS = 3.0


class Stuck(Exception):
    """There is something to read and nothing comes (aiokafka 1154): only a new consumer helps."""


class Consumption(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka's class is untyped
    """One subscriber for all topics of a service, so that a case's events meet in one instance."""

    def __init__(
        self,
        *,
        bootstrap_servers: str,
        prefix: str,
        service: str,
        aggregates: Mapping[str, Aggregate],
        reader: Reader,
        positions: Positions,
        processor: Processor,
        outbox: Outbox,
        metrics: Metrics,
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about."""
        self.topics = [prefix + topic for topic in aggregates]
        self.polled_at = self._maintained_at = self._behind_since = time.monotonic()
        self.stopped = False
        self._servers = bootstrap_servers
        self._aggregates = aggregates
        self._reader = reader
        self._positions = positions
        self._processor = processor
        self._outbox = outbox
        self._metrics = metrics
        self._lock = asyncio.Lock()
        self._pause = SHORTEST_PAUSE_SECONDS
        self._broker = KafkaBroker(
            bootstrap_servers,
            client_id=f"ventanilla-{service}",
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=int(METADATA_SECONDS * 1000),
            apply_types=False,
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
            graceful_timeout=15.0,
        )
        self._subscriber = self._broker.subscriber(
            *(Topic(topic, declare=False) for topic in self.topics),
            group_id=prefix + service,
            batch=True,
            max_records=BATCH_RECORDS,
            batch_timeout_ms=100,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            partition_assignment_strategy=(RangePartitionAssignor,),
            rebalance_timeout_ms=60_000,
            listener=self,
            parser=self._parse,
            decoder=self._decode,
        )
        self._subscriber(self._handle)

    async def _parse(self, records: Records) -> KafkaAckableMessage:
        """FastStream's message around the records, touching none of their bytes: so it cannot raise."""
        return KafkaAckableMessage(raw_message=tuple(records), body=b"", headers={}, consumer=self._consumer())

    async def _decode(self, message: KafkaAckableMessage) -> Records:
        return message.raw_message  # a batch subscriber's is a tuple

    def _consumer(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer
        if consumer is None:
            raise RuntimeError("the consumer is not started")
        return consumer

    async def run(self) -> None:
        """Read until cancelled; the broker may be away at the start. Raises Stuck, KafkaError: begin again."""
        await self._topics_exist()
        try:
            await self._broker.start()
            self.polled_at = self._maintained_at = self._behind_since = time.monotonic()
            while True:
                await asyncio.sleep(MAINTENANCE_SECONDS)
                await self._maintain()
        finally:
            with suppress(Exception):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self._commit()
            with suppress(TimeoutError):
                async with asyncio.timeout(3 * GOODBYE_SECONDS):
                    await self._broker.stop()

    async def _topics_exist(self) -> None:
        """aiokafka would hang without a word on a missing topic; say which, and go on once it is there."""
        while True:
            try:
                missing = await missing_topics(self._servers, self.topics)
            except (KafkaError, OSError) as error:
                _log.warning("broker-unreachable", error=type(error).__name__)
            else:
                if not missing:
                    return
                _log.error("topics-missing", topics=missing, cure="python -m chassis topics --apply")
            await asyncio.sleep(2.0)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Only forget: aiokafka delivers before this ends and swallows what it raises (hazard 8)."""
        self._positions.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._positions.forget(assigned)

    async def _handle(self, records: Records) -> None:
        """One batch; never raises, since FastStream would swallow it and go on."""
        async with self._lock:
            self.polled_at = time.monotonic()
            consumer = self._consumer()
            try:
                if self.stopped:
                    raise BreakerOpen("it is stopped")
                for portion in portions(await self._positions.wanted(consumer, records)):
                    await self._outbox.room()
                    await self._processor.process([self._item(record) for record in portion])
                    self._positions.applied(portion)
            except BreakerOpen as error:
                self._stop(consumer, records, str(error))
            except Exception as error:
                self._positions.rewind(consumer, records)
                await self._wait(error)
            else:
                self._pause = SHORTEST_PAUSE_SECONDS
            self.polled_at = time.monotonic()

    def _item(self, record: RawRecord) -> Item:
        parsed = self._reader.read(record)
        if isinstance(parsed, Undecodable):
            return parsed  # it is about nobody: neither the seq nor the subject that it claims is to be trusted
        return event_input(parsed, self._aggregates[parsed.origin.topic])

    def _stop(self, consumer: AIOKafkaConsumer, records: Records, why: str) -> None:
        """The breaker: emptying a topic into the dead letters would help nobody."""
        self._positions.rewind(consumer, records)
        consumer.pause(*consumer.assignment())
        if self.stopped:  # partitions that came in a rebalance
            return
        self.stopped = True
        self._metrics.stopped.set(1)
        self._metrics.alarm("consumer-stopped")
        _log.critical("consumer-stopped", why=why, cure="mend the cause, then restart the service")

    async def _wait(self, error: Exception) -> None:
        if isinstance(error, (Unavailable, KafkaError)):
            _log.warning("batch-delayed", error=type(error).__name__, seconds=self._pause)
        else:
            _log.error("batch-failed", exc_info=error)
            self._metrics.alarm("batch-failed")
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    async def _maintain(self) -> None:
        """Open partitions that are silent, report lag, tell the group's offsets to those who look at lag."""
        if self._subscriber.consumer is None or self.stopped or self._lock.locked():
            self._maintained_at = time.monotonic()
            return
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                await self._look_around(self._consumer())
            self._maintained_at = time.monotonic()
        except Unavailable as error:
            _log.warning("partitions-not-opened", error=type(error).__name__)
            self._maintained_at = time.monotonic()
        except (KafkaError, TimeoutError) as error:
            _log.warning("broker-unreachable", error=type(error).__name__)
            if time.monotonic() - self._maintained_at > STUCK_SECONDS:
                raise Stuck("the broker answers this consumer nothing") from error

    async def _look_around(self, consumer: AIOKafkaConsumer) -> None:
        async with self._lock:
            await self._positions.open(consumer, consumer.assignment())
        behind, now = await self._positions.behind(consumer), time.monotonic()
        self._behind_since = min(self._behind_since, now) if behind else now
        if behind and now - max(self._behind_since, self.polled_at) > STUCK_SECONDS:
            raise Stuck(f"{behind} records to read, and none came for {STUCK_SECONDS:.0f} s")
        with suppress(KafkaError):
            await self._commit()

    async def _commit(self) -> None:
        consumer = self._consumer()
        if offsets := self._positions.to_commit(consumer):
            await consumer.commit(offsets)


def portions(records: Records, limit: int = BATCH_BYTES) -> Iterator[Records]:
    """Records in order, in portions of at most ``limit`` bytes of values."""
    start = size = 0
    for n, record in enumerate(records):
        length = len(record.value or b"")
        if n > start and size + length > limit:
            yield records[start:n]
            start, size = n, 0
        size += length
    if start < len(records):
        yield records[start:]


async def missing_topics(bootstrap_servers: str, topics: list[str]) -> list[str]:
    """Which of the topics the broker does not have. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="ventanilla-topics")
    await admin.start()
    try:
        return sorted(set(topics) - set(await admin.list_topics()))
    finally:
        await admin.close()
