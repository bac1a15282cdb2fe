# SPDX-License-Identifier: Apache-2.0
"""Topics from their first record to where they ended when the audit began; no group, nothing is committed."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from chassis.log_ends import partitions_of
from reporting.domain.audit.verdict import Bounds

RECORDS_AT_ONCE = 4000
PARTITION_BYTES = 4 * 1024 * 1024
SILENT_SECONDS = 60.0
Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"


class BrokerSilent(Exception):
    """There is more to read and nothing came for a minute."""


class TopicReader:
    """Reads whole topics, one after the other."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str, partitions: Mapping[str, int]) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self._partitions = partitions

    async def bounds(self, topics: Iterable[str]) -> Bounds:
        """First offset and end of each partition, now. Raises KafkaError."""
        places = {
            TopicPartition(self._prefix + topic, n): (topic, n)
            for topic in topics
            for n in range(self._partitions[topic])
        }
        ends = await self._consumer.end_offsets(list(places))
        starts = await self._consumer.beginning_offsets(list(places))
        return {place: (starts[partition], ends[partition]) for partition, place in places.items()}

    async def read(self, topic: str, bounds: Bounds, take: Callable[[Record], None]) -> None:
        """Every record within the bounds, each partition in order. Raises KafkaError or BrokerSilent."""
        ends = {
            TopicPartition(self._prefix + topic, n): (start, end)
            for (name, n), (start, end) in bounds.items()
            if name == topic and end > start
        }
        if not ends:
            return
        self._consumer.assign(list(ends))
        for partition, (start, _) in ends.items():
            self._consumer.seek(partition, start)
        heard_at = time.monotonic()
        while ends:
            found = await self._consumer.getmany(timeout_ms=1000, max_records=RECORDS_AT_ONCE)
            if found:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > SILENT_SECONDS:
                raise BrokerSilent(topic)
            for partition, records in found.items():
                _take_up_to(ends[partition][1] if partition in ends else 0, records, take)
            await self._drop_finished(ends)

    async def _drop_finished(self, ends: dict[TopicPartition, tuple[int, int]]) -> None:
        for partition in list(ends):
            if await self._consumer.position(partition) >= ends[partition][1]:
                del ends[partition]
                self._consumer.pause(partition)


def _take_up_to(end: int, records: Sequence[Record], take: Callable[[Record], None]) -> None:
    for record in records:
        if record.offset < end:
            take(record)


@asynccontextmanager
async def topic_reader(bootstrap: str, prefix: str, topics: Iterable[str]) -> AsyncIterator[TopicReader]:
    """Raises TopicsMissing, KafkaError."""
    partitions = await partitions_of(bootstrap, prefix, topics)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id="ventanilla-audit",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=PARTITION_BYTES,
    )
    try:
        await consumer.start()
        yield TopicReader(consumer, prefix, partitions)
    finally:
        await consumer.stop()
