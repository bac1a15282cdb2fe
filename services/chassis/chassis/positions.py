# SPDX-License-Identifier: Apache-2.0
"""Where reading goes on: the mark in the database decides, not the group's committed offset (design 2, step 1).

A mark remembers its last record; if the log holds another one there, the topic was recreated or the broker lost its
tail, and reading begins anew from the start, which does no harm (hazard 3).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from chassis.evenly import by_time, shares
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.store import Mark, Store

_log = get_logger(__name__)

STILL_SECONDS = 60.0
"""With records to read, a partition that did not move for so long is looked at by a person."""

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
Records: TypeAlias = Sequence[Record]


@dataclass(slots=True)
class _Position:
    """``expect``: the next offset wanted, sought; ``start``: where the log begins; ``check``: the record that must be
    the next one; ``stopped``: nothing more is read; ``sought``: the offset that was sought a second time;
    ``reported``, ``reported_at``: where it was when last looked at, and since when; ``at``, ``end``, ``silent``: see
    chassis.evenly.
    """

    expect: int
    start: int
    check: Mark | None = None
    stopped: bool = False
    sought: int | None = None
    reported: int = -1
    reported_at: float = 0.0
    at: int = 0
    end: int = 0
    silent: int | None = None


class Positions:
    """The partitions that this consumer has opened, and how far each was read."""

    def __init__(self, store: Store, metrics: Metrics, prefix: str) -> None:
        self._store = store
        self._metrics = metrics
        self._prefix = len(prefix)
        self._open: dict[TopicPartition, _Position] = {}

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """Read their marks again before anything more of them is applied."""
        for partition in partitions:
            self._open.pop(partition, None)

    async def open(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]) -> set[TopicPartition]:
        """Seek each partition that is not open yet to its mark; which they were. Raises Unavailable or KafkaError."""
        new = [partition for partition in partitions if partition not in self._open]
        if not new:
            return set()
        marks = await self._store.marks([self._key(partition) for partition in new])
        starts = await consumer.beginning_offsets(new)
        ends = await consumer.end_offsets(new)
        for partition in consumer.assignment().intersection(new):
            mark = marks.get(self._key(partition))
            position = self._position(partition, mark, starts[partition], ends[partition])
            position.at, position.end = mark.timestamp if mark else 0, ends[partition]
            self._open[partition] = position
            if position.stopped:
                consumer.pause(partition)
            else:
                consumer.seek(partition, position.expect)
        return set(new)

    def _position(self, partition: TopicPartition, mark: Mark | None, start: int, end: int) -> _Position:
        if mark is None:
            if start > 0:
                self._alarm("log-starts-late", partition, start=start)
            return _Position(start, start)
        if mark.next < start:
            self._alarm("log-lost-what-was-not-read", partition, mark=mark.next, start=start)
            return _Position(mark.next, start, stopped=True)
        if mark.next > end:
            self._alarm("log-is-shorter", partition, mark=mark.next, end=end)
            return _Position(start, start)
        if mark.offset < start:
            return _Position(mark.next, start)
        return _Position(mark.offset, start, check=mark)

    async def wanted(self, consumer: AIOKafkaConsumer, records: Records) -> Records:
        """The records to apply, in order; the rest is old, or comes again after a seek. Raises as ``open`` does."""
        by_partition: dict[TopicPartition, list[Record]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        opened = await self.open(consumer, consumer.assignment())
        await self._look_before_jumping(consumer, by_partition)
        kept: list[Records] = []
        for partition, mine in by_partition.items():
            position = self._open.get(partition)
            if position is not None and partition not in opened and not position.stopped:
                kept.append(self._wanted_of(consumer, partition, position, mine))
        return by_time(kept)  # no await between this and the last look at what is open

    async def _look_before_jumping(
        self, consumer: AIOKafkaConsumer, records: dict[TopicPartition, list[Record]]
    ) -> None:
        """Offsets may have holes; but if the log now starts behind the next one, what lay between is lost."""
        jumped = [
            partition
            for partition, mine in records.items()
            if (position := self._open.get(partition)) is not None and mine[0].offset > position.expect
        ]
        if not jumped:
            return
        for partition, start in (await consumer.beginning_offsets(jumped)).items():
            position = self._open.get(partition)
            if position is not None and start > position.expect and not position.stopped:
                self._alarm("log-lost-what-was-not-read", partition, mark=position.expect, start=start)
                position.stopped = True
                consumer.pause(partition)

    def _wanted_of(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, position: _Position, records: Records
    ) -> Records:
        first = records[0]
        if first.offset < position.expect:  # aiokafka went back by itself: the log became shorter under it
            self._alarm("log-went-back", partition, expected=position.expect, found=first.offset)
            self._seek_anew(consumer, partition, _Position(position.start, position.start))
            return []
        if first.offset > position.expect and position.sought != position.expect:
            position.sought = (
                position.expect
            )  # aiokafka drops what it had drained when another partition cannot be read
            consumer.seek(partition, position.expect)
            return []  # if the same comes again, it is a hole
        if position.check is not None:
            if (first.offset, first.timestamp) != (position.check.offset, position.check.timestamp):
                self._alarm("log-is-another", partition, mark=position.check.next)
                self._seek_anew(consumer, partition, _Position(position.start, position.start))
                return []
            position.check, position.expect = None, first.offset + 1
            return records[1:]
        return records

    def _seek_anew(self, consumer: AIOKafkaConsumer, partition: TopicPartition, position: _Position) -> None:
        self._open[partition] = position
        consumer.seek(partition, position.expect)

    def applied(self, records: Records) -> None:
        """These records are saved."""
        for record in records:
            position = self._open.get(TopicPartition(record.topic, record.partition))
            if position is not None:
                position.expect, position.at = record.offset + 1, record.timestamp

    def shares(self, batch: int) -> dict[TopicPartition, int]:
        """How many records to take from which partitions; empty: any."""
        return shares(self._open, batch)

    def were_silent(self, partitions: Iterable[TopicPartition]) -> None:
        """They were asked and gave nothing."""
        for partition in partitions:
            if (position := self._open.get(partition)) is not None:
                position.silent = position.expect

    def rewind(self, consumer: AIOKafkaConsumer, records: Records) -> None:
        """These records were not saved: have them again, from the mark."""
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition in consumer.assignment().intersection(first):
            consumer.seek(partition, first[partition])
        self.forget(first)

    def to_commit(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, OffsetAndMetadata]:
        """What the group's offsets should say, for those who look at lag."""
        assigned = consumer.assignment()
        return {
            partition: OffsetAndMetadata(position.expect, "")
            for partition, position in self._open.items()
            if position.check is None and not position.stopped and partition in assigned
        }

    async def behind(self, consumer: AIOKafkaConsumer) -> int:
        """Tell the lag of each partition; the sum of those that are being read. Raises KafkaError."""
        total = 0
        partitions = consumer.assignment().intersection(self._open)
        for partition, end in (await consumer.end_offsets(list(partitions))).items() if partitions else ():
            position = self._open.get(partition)
            if position is not None:
                next_wanted = position.check.next if position.check else position.expect
                lag = max(0, end - next_wanted)
                self._metrics.lag(*self._key(partition), lag)
                total += 0 if position.stopped else lag
                position.end = end
                self._look_whether_it_moves(partition, position, lag)
        return total

    def _look_whether_it_moves(self, partition: TopicPartition, position: _Position, lag: int) -> None:
        """aiokafka cannot get past some records (a header's name not in UTF-8, a wrong checksum): say so, once."""
        if not lag or position.expect != position.reported:
            position.reported, position.reported_at = position.expect, time.monotonic()
        elif time.monotonic() - position.reported_at > STILL_SECONDS and not position.stopped:
            self._alarm("partition-does-not-move", partition, next=position.expect, behind=lag)
            position.reported_at = float("inf")

    def _key(self, partition: TopicPartition) -> tuple[str, int]:
        return partition.topic[self._prefix :], partition.partition

    def _alarm(self, alarm: str, partition: TopicPartition, **facts: int) -> None:
        _log.error(alarm, topic=partition.topic, partition=partition.partition, **facts)
        self._metrics.alarm(alarm)
