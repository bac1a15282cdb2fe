# SPDX-License-Identifier: Apache-2.0
"""Reading Kafka through FastStream, by batches, with nothing skipped and nothing passed over before it is saved.

FastStream runs the loop and the life cycle; parsing, positions and errors are ours, since its defaults lose records
(ADR 0004): a parser that never raises, AckPolicy.MANUAL, and positions kept with the state.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.kafka.schemas import Topic

from chassis.applying import BATCH_RECORDS, Applying, portions
from chassis.batch import BreakerOpen
from chassis.header_names import read_any_header_name
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.mongo import Unavailable
from chassis.positions import Positions, Records
from chassis.progress import Progress, Stuck

_log = get_logger(__name__)

MAINTENANCE_SECONDS = 5.0
METADATA_SECONDS = 15.0
"""So late, at most, is a topic noticed that was created anew; aiokafka's own 300 s would be silence."""

POLL_MILLISECONDS, CATCHING_UP_MILLISECONDS = 100, 1_000
"""So long is waited for records; for those whose turn it is, longer than aiokafka pauses between two fetches."""
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
SILENT_SECONDS = 60.0
DRAIN_SECONDS = 20.0
GOODBYE_SECONDS = 3.0
STATIC_SESSION_SECONDS = 45.0
"""So long may an instance with a name of its own be away and find its partitions again."""


class Consumption(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka's class is untyped
    """One subscriber for all topics of a service, so that a case's events meet in one instance."""

    def __init__(
        self,
        *,
        bootstrap_servers: str,
        prefix: str,
        service: str,
        topics: Sequence[str],
        instance: str,
        positions: Positions,
        applying: Applying,
        metrics: Metrics,
    ) -> None:
        """``instance``: this instance's own name in the group, kept over restarts; "" for none."""
        read_any_header_name()
        self.topics = [prefix + topic for topic in topics]
        self.progress = Progress()
        self.stopped = False
        self._maintained_at = time.monotonic()
        self._servers = bootstrap_servers
        self._positions = positions
        self._applying = applying
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
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            partition_assignment_strategy=(RangePartitionAssignor,),
            rebalance_timeout_ms=60_000,
            listener=self,
            parser=self._parse,
            decoder=self._decode,
            **_membership(instance),
        )
        self._subscriber(self._handle)
        self._subscriber.get_msg = self._poll  # FastStream's loop asks it for records

    async def _poll(self, consumer: AIOKafkaConsumer) -> Records:
        """What FastStream's own does; its loop would end for good by an error that it does not know."""
        self.progress.polled()
        records: Records = ()
        try:
            records = await self._fetched(consumer)
        except (KafkaError, ConsumerStoppedError):
            raise
        except Exception as error:
            _log.error("poll-failed", exc_info=error)
            await asyncio.sleep(LONGEST_PAUSE_SECONDS)
        return records

    async def _fetched(self, consumer: AIOKafkaConsumer) -> Records:
        """What there is, or in a catch-up each partition's share of a batch."""
        shares = self._positions.shares(BATCH_RECORDS)
        found: dict[TopicPartition, Records] = {}
        left = BATCH_RECORDS
        for partition, share in shares.items():
            if left:
                found |= await consumer.getmany(partition, max_records=min(share, left))
                left -= len(found.get(partition, ()))
        if not found:
            patience = CATCHING_UP_MILLISECONDS if shares else POLL_MILLISECONDS
            found = await consumer.getmany(*shares, timeout_ms=patience, max_records=BATCH_RECORDS)
        if not found:
            self._positions.were_silent(shares)
        return tuple(chain.from_iterable(found.values()))

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
        self.progress.begun()
        await self._topics_exist()
        try:
            await self._broker.start()
            self.progress.begun()
            self._maintained_at = time.monotonic()
            while True:
                await asyncio.sleep(MAINTENANCE_SECONDS)
                await self._maintain()
        except KafkaError:
            self.progress.delayed()
            raise
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
            self.progress.delayed()
            await asyncio.sleep(2.0)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Let the batch under way be saved, so that its new owner need not do it again; then forget.

        No more than that: aiokafka swallows what this raises (hazard 8), and truth does not hang on it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS), self._lock:
                pass
        self._positions.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Only forget: records are delivered before this ends; opening happens in the handler (hazard 8)."""
        self._positions.forget(assigned)

    async def _handle(self, records: Records) -> None:
        """One batch; never raises, since FastStream would swallow it and go on."""
        async with self._lock:
            self.progress.came()
            consumer = self._consumer()
            try:
                if self.stopped:
                    raise BreakerOpen("it is stopped")
                for portion in portions(await self._positions.wanted(consumer, records)):
                    await self._applying.apply(portion)
                    self._positions.applied(portion)
                    self.progress.moved()
            except BreakerOpen as error:
                self._stop(consumer, records, str(error))
            except Exception as error:
                self._positions.rewind(consumer, records)
                await self._wait(error)
            else:
                self._pause = SHORTEST_PAUSE_SECONDS
            self.progress.came()

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
            self.progress.delayed()
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
            async with asyncio.timeout(SILENT_SECONDS):
                await self._look_around(self._consumer())
            self._maintained_at = time.monotonic()
        except Unavailable as error:
            _log.warning("partitions-not-opened", error=type(error).__name__)
            self.progress.delayed()
            self._maintained_at = time.monotonic()
        except (KafkaError, TimeoutError) as error:
            _log.warning("broker-unreachable", error=type(error).__name__)
            self.progress.delayed()
            if time.monotonic() - self._maintained_at > SILENT_SECONDS:
                raise Stuck("the broker answers this consumer nothing") from error

    async def _look_around(self, consumer: AIOKafkaConsumer) -> None:
        async with self._lock:
            await self._positions.open(consumer, consumer.assignment())
        self.progress.looked(await self._positions.behind(consumer))
        with suppress(KafkaError):
            await self._commit()

    async def _commit(self) -> None:
        consumer = self._consumer()
        if offsets := self._positions.to_commit(consumer):
            await consumer.commit(offsets)


def _membership(instance: str) -> dict[str, Any]:
    """Static membership: a restart within the session moves no partition (KIP-345)."""
    if not instance:
        return {}
    return {"group_instance_id": instance, "session_timeout_ms": int(STATIC_SESSION_SECONDS * 1000)}


async def missing_topics(bootstrap_servers: str, topics: list[str]) -> list[str]:
    """Which of the topics the broker does not have. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="ventanilla-topics")
    await admin.start()
    try:
        return sorted(set(topics) - set(await admin.list_topics()))
    finally:
        await admin.close()
