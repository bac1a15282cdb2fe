# SPDX-License-Identifier: Apache-2.0
"""Where reading goes on: the mark in the database decides, not the group's committed offset (design 2, step 1).

A mark remembers its last record; if the log holds another one there, the topic was recreated or the broker lost its
tail, and reading begins anew from the start, which does no harm (hazard 3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.store import Mark, Store

_log = get_logger(__name__)

Records = Sequence[ConsumerRecord[bytes | None, bytes | None]]


@dataclass(slots=True)
class _Position:
    """``expect``: the next offset wanted; ``check``: the record that must be there; ``sought``: sought twice."""

    expect: int
    check: Mark | None = None
    confirmed: bool = False
    sought: bool = False


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

    async def open(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]) -> None:
        """Seek each partition that is not open yet to its mark. Raises Unavailable or KafkaError."""
        new = [partition for partition in partitions if partition not in self._open]
        if not new:
            return
        marks = await self._store.marks([self._key(partition) for partition in new])
        starts = await consumer.beginning_offsets(new)
        ends = await consumer.end_offsets(new)
        for partition in consumer.assignment().intersection(new):
            mark = marks.get(self._key(partition))
            position = self._position(partition, mark, starts[partition], ends[partition])
            if position is None:
                consumer.pause(partition)
                continue
            consumer.seek(partition, position.expect)
            self._open[partition] = position

    def _position(self, partition: TopicPartition, mark: Mark | None, start: int, end: int) -> _Position | None:
        if mark is None:
            if start > 0:
                self._alarm("log-starts-late", partition, start=start)
            return _Position(start)
        if mark.next < start:
            self._alarm("log-lost-what-was-not-read", partition, mark=mark.next, start=start)
            return None
        if mark.next > end:
            self._alarm("log-is-shorter", partition, mark=mark.next, end=end)
            return _Position(start)
        return _Position(mark.next) if mark.offset < start else _Position(mark.offset, check=mark)

    def wanted(self, consumer: AIOKafkaConsumer, records: Records) -> Records:
        """The records to apply, in order; the rest is old, or comes again after a seek."""
        by_partition: dict[TopicPartition, list[ConsumerRecord[bytes | None, bytes | None]]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
        kept: list[ConsumerRecord[bytes | None, bytes | None]] = []
        for partition, mine in by_partition.items():
            position = self._open.get(partition)
            if position is not None:
                kept += self._wanted_of(consumer, partition, position, mine)
        return kept

    def _wanted_of(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, position: _Position, records: Records
    ) -> Records:
        records = [record for record in records if record.offset >= position.expect]
        if not records or position.confirmed:
            return records
        first = records[0]
        if first.offset > position.expect and not position.sought:
            position.sought = True  # fetched before the seek: only a second time is it a hole in the log
            consumer.seek(partition, position.expect)
            return []
        if position.check is not None:
            if (first.offset, first.timestamp) != (position.check.offset, position.check.timestamp):
                self._alarm("log-is-another", partition, mark=position.check.next)
                self._open[partition] = _Position(0, confirmed=True)
                consumer.seek(partition, 0)
                return []
            records = records[1:]
            position.check, position.expect = None, first.offset + 1
        position.confirmed = True
        return records

    def applied(self, records: Records) -> None:
        """These records are saved."""
        for record in records:
            position = self._open.get(TopicPartition(record.topic, record.partition))
            if position is not None:
                position.expect = record.offset + 1

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
            if position.confirmed and partition in assigned
        }

    def report_lag(self, consumer: AIOKafkaConsumer) -> None:
        for partition, position in self._open.items():
            end = consumer.highwater(partition)
            if end is not None:
                topic, number = self._key(partition)
                behind = end - position.expect - (1 if position.check else 0)
                self._metrics.lag(topic, number, max(0, behind))

    def _key(self, partition: TopicPartition) -> tuple[str, int]:
        return partition.topic[self._prefix :], partition.partition

    def _alarm(self, alarm: str, partition: TopicPartition, **facts: int) -> None:
        _log.error(alarm, topic=partition.topic, partition=partition.partition, **facts)
        self._metrics.alarm(alarm)
