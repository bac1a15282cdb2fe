# SPDX-License-Identifier: Apache-2.0
"""How one process reads a log: the real positions and marks, on a consumer that needs no broker."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import TopicPartition

from chassis.mongo import Unavailable
from chassis.records import StoredRecord
from chassis.testing.process import Log, Process


class LogReader:
    """What Positions asks of a consumer. Every partition is its own: so may those think who lost theirs unawares."""

    def __init__(self, log: Log, topics: Sequence[str]) -> None:
        self._log = log
        self._topics = topics
        self._next: dict[TopicPartition, int] = {}

    def assignment(self) -> set[TopicPartition]:
        return set(self.partitions(self._topics))

    def partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [TopicPartition(topic, n) for topic in topics for n in range(self._log.partitions)]

    async def beginning_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 0)

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {partition: len(self.records(partition)) for partition in partitions}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self._next[partition] = offset

    def pause(self, *partitions: TopicPartition) -> None:
        raise AssertionError(f"reading stopped: {partitions}")

    def records(self, partition: TopicPartition) -> list[StoredRecord]:
        return self._log.records.get((partition.topic, partition.partition), [])

    def poll(self, partitions: Iterable[TopicPartition], most: int) -> list[StoredRecord]:
        """The next records, at most so many of each partition."""
        found = []
        for partition in partitions:
            begin = self._next.get(partition, 0)
            records = self.records(partition)[begin : begin + most]
            self._next[partition] = begin + len(records)
            found += records
        return found


class Reading:
    """One process and where it reads; as the consumer does, without its loop."""

    def __init__(self, process: Process, log: Log, topics: Sequence[str]) -> None:
        self._process = process
        self._consumer: Any = LogReader(log, topics)
        self._positions = process.runtime._consumption._positions
        self.forget()

    def forget(self) -> None:
        """Whoever reads next opens every partition at its mark."""
        self._positions.forget(self._consumer.assignment())

    async def read(self, topics: Sequence[str], most: int) -> int:
        """Apply the next batch of these topics; how many records came. Raises what the processor raises, or Killed."""
        partitions = self._consumer.partitions(topics)
        await self._positions.open(self._consumer, partitions)
        records = self._consumer.poll(partitions, most)
        try:
            if wanted := await self._positions.wanted(self._consumer, records):
                await self._process.take(wanted)
                self._positions.applied(wanted)
        except Unavailable:
            self._positions.rewind(self._consumer, records)
            raise
        return len(records)
