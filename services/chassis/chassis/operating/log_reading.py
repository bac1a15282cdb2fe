# SPDX-License-Identifier: Apache-2.0
"""Topics as they lie on the broker, read by a person's command: outside of any group, nothing is committed."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError
from aiokafka.partitioner import DefaultPartitioner

from chassis.log_ends import Ends, log_ends, partitions_of
from chassis.positions import Record

SILENT_SECONDS = 60.0
RECORDS_AT_ONCE = 4000
PARTITION_BYTES = 4 * 1024 * 1024

Span: TypeAlias = tuple[int, int]
"""First offset and end."""


class BrokerSilent(KafkaTimeoutError):  # type: ignore[misc]  # aiokafka has no types
    """There is more to read of the topic that it names, and nothing came for a minute."""


def partition_of(key: str, partitions: int) -> int:
    """Where the producers of the house put a key."""
    everywhere = list(range(partitions))
    return int(DefaultPartitioner()(key.encode(), everywhere, everywhere))


class Logs:
    """The topics of an installation; ``prefix`` stands before each topic's name."""

    def __init__(self, servers: str, prefix: str) -> None:
        self._servers = servers
        self._prefix = prefix

    async def ends(self, topics: Iterable[str]) -> Ends:
        """Where their partitions end now. Raises TopicsMissing, KafkaError."""
        async with log_ends(self._servers, self._prefix, topics) as ends:
            return await ends.now()

    async def read(self, topic: str, *, since: datetime | None = None) -> AsyncGenerator[Record, None]:
        """All of a topic up to its end now. Raises as ``of_key`` does."""
        partitions = (await partitions_of(self._servers, self._prefix, [topic]))[topic]
        async with log_consumer(self._servers, "ventanilla-search") as consumer:
            async for record in self._read(consumer, topic, range(partitions), since):
                yield record

    async def of_key(self, topic: str, key: str, *, since: datetime | None = None) -> AsyncGenerator[Record, None]:
        """The records of a key up to the topic's end now: those in its own partition, then any that stand elsewhere.

        ``since``: only what the broker got at that real time or later. Raises TopicsMissing, KafkaError.
        """
        partitions = (await partitions_of(self._servers, self._prefix, [topic]))[topic]
        wanted, own = key.encode(), partition_of(key, partitions)
        others = [n for n in range(partitions) if n != own]
        async with log_consumer(self._servers, "ventanilla-search") as consumer:
            for some in ([own], others):
                async for record in self._read(consumer, topic, some, since):
                    if record.key == wanted:
                        yield record

    async def _read(
        self, consumer: AIOKafkaConsumer, topic: str, partitions: Iterable[int], since: datetime | None
    ) -> AsyncIterator[Record]:
        spans = await _up_to_now(consumer, [TopicPartition(self._prefix + topic, n) for n in partitions], since)
        async for records in records_of(consumer, spans):
            for record in records:
                yield record


@asynccontextmanager
async def log_consumer(servers: str, client_id: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of no group that fetches much at a time. Raises KafkaError."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        client_id=client_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=PARTITION_BYTES,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await consumer.stop()


async def records_of(consumer: AIOKafkaConsumer, spans: Mapping[TopicPartition, Span]) -> AsyncIterator[list[Record]]:
    """What lies in each partition from its first offset to before its end. Raises KafkaError, BrokerSilent."""
    left = {partition: end for partition, (start, end) in spans.items() if start < end}
    if not left:
        return
    consumer.assign(list(left))
    for partition in left:
        consumer.seek(partition, spans[partition][0])
    heard_at = time.monotonic()
    while left:
        found = await consumer.getmany(timeout_ms=1000, max_records=RECORDS_AT_ONCE)
        if found:
            heard_at = time.monotonic()
        elif time.monotonic() - heard_at > SILENT_SECONDS:
            raise BrokerSilent(next(iter(left)).topic)
        for partition, records in found.items():
            yield [record for record in records if record.offset < left.get(partition, 0)]
        await _leave_finished(consumer, left)


async def _leave_finished(consumer: AIOKafkaConsumer, left: dict[TopicPartition, int]) -> None:
    for partition in list(left):
        if await consumer.position(partition) >= left[partition]:
            del left[partition]
            consumer.pause(partition)


async def _up_to_now(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], since: datetime | None
) -> dict[TopicPartition, Span]:
    if not partitions:
        return {}
    ends = await consumer.end_offsets(partitions)
    starts = await consumer.beginning_offsets(partitions)
    if since is not None:
        moment = int(since.timestamp() * 1000)
        for partition, found in (await consumer.offsets_for_times(dict.fromkeys(partitions, moment))).items():
            starts[partition] = ends[partition] if found is None else max(starts[partition], found.offset)
    return {partition: (starts[partition], end) for partition, end in ends.items()}
