# SPDX-License-Identifier: Apache-2.0
"""Topics as they lie on the broker, read by a person's command: outside of any group, nothing is committed."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError
from aiokafka.partitioner import DefaultPartitioner

from chassis.log_ends import Ends, log_ends, partitions_of
from chassis.positions import Record

SILENT_SECONDS = 30.0
RECORDS_AT_ONCE = 4000
PARTITION_BYTES = 4 * 1024 * 1024


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
        async with self._reader() as reader:
            async for record in reader.read(self._prefix + topic, range(partitions), since):
                yield record

    async def of_key(self, topic: str, key: str, *, since: datetime | None = None) -> AsyncGenerator[Record, None]:
        """The records of a key up to the topic's end now: those in its own partition, then any that stand elsewhere.

        ``since``: only what the broker got at that real time or later. Raises TopicsMissing, KafkaError.
        """
        partitions = (await partitions_of(self._servers, self._prefix, [topic]))[topic]
        wanted, own = key.encode(), partition_of(key, partitions)
        others = [n for n in range(partitions) if n != own]
        async with self._reader() as reader:
            for some in ([own], others):
                async for record in reader.read(self._prefix + topic, some, since):
                    if record.key == wanted:
                        yield record

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator["_Reader"]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            client_id="ventanilla-search",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=PARTITION_BYTES,
        )
        try:
            await consumer.start()
            yield _Reader(consumer)
        finally:
            await consumer.stop()


class _Reader:
    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def read(self, topic: str, partitions: Sequence[int], since: datetime | None) -> AsyncIterator[Record]:
        left = await self._from_start_to_end([TopicPartition(topic, n) for n in partitions], since)
        heard_at = time.monotonic()
        while left:
            found = await self._consumer.getmany(timeout_ms=1000, max_records=RECORDS_AT_ONCE)
            if found:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > SILENT_SECONDS:
                raise KafkaTimeoutError
            for partition, records in found.items():
                for record in _before(left.get(partition, 0), records):
                    yield record
            for partition in list(left):
                if await self._consumer.position(partition) >= left[partition]:
                    del left[partition]
                    self._consumer.pause(partition)

    async def _from_start_to_end(
        self, partitions: Sequence[TopicPartition], since: datetime | None
    ) -> dict[TopicPartition, int]:
        """Go to where reading begins; where it ends, of partitions that hold something."""
        if not partitions:
            return {}
        ends = await self._consumer.end_offsets(partitions)
        starts = await self._consumer.beginning_offsets(partitions)
        if since is not None:
            moment = int(since.timestamp() * 1000)
            for partition, found in (await self._consumer.offsets_for_times(dict.fromkeys(partitions, moment))).items():
                starts[partition] = ends[partition] if found is None else max(starts[partition], found.offset)
        left = {partition: end for partition, end in ends.items() if starts[partition] < end}
        if left:
            self._consumer.assign(list(left))
        for partition in left:
            self._consumer.seek(partition, starts[partition])
        return left


def _before(end: int, records: Sequence[Record]) -> Iterator[Record]:
    return (record for record in records if record.offset < end)
