# SPDX-License-Identifier: Apache-2.0
"""Where reading goes on after an assignment, an error, or a log that is not what it was (hazard 3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from prometheus_client import CollectorRegistry

from chassis.applying import portions
from chassis.metrics import Metrics
from chassis.positions import Positions
from chassis.records import StoredRecord
from chassis.store import Mark

HERE = TopicPartition("p-intake-cases", 0)


@dataclass
class Log:
    """A partition and its only reader, as aiokafka behaves: a seek decides what the next poll brings."""

    records: list[StoredRecord] = field(default_factory=list)
    start: int = 0
    position: int = 0
    paused: bool = False
    assigned: bool = True

    def assignment(self) -> set[TopicPartition]:
        return {HERE} if self.assigned else set()

    async def beginning_offsets(self, _: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {HERE: self.start}

    async def end_offsets(self, _: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {HERE: self.end}

    @property
    def end(self) -> int:
        return self.records[-1].offset + 1 if self.records else self.start

    def seek(self, _: TopicPartition, offset: int) -> None:
        self.position = offset

    def pause(self, *_: TopicPartition) -> None:
        self.paused = True

    def poll(self, most: int = 100) -> list[StoredRecord]:
        if self.position > self.end or self.position < self.start:
            self.position = self.start  # auto_offset_reset=earliest, without a word
        found = [one for one in self.records if one.offset >= self.position][:most]
        self.position = found[-1].offset + 1 if found else self.position
        return [] if self.paused else found


@dataclass
class Marks:
    """The store, as far as positions ask it."""

    mark: Mark | None = None

    async def marks(self, _: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Mark]:
        return {("intake-cases", 0): self.mark} if self.mark else {}


@dataclass
class Desk:
    log: Log
    store: Marks = field(default_factory=Marks)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    applied: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.positions = Positions(self.store, Metrics("t", self.registry), "p-")  # type: ignore[arg-type]

    async def poll(self, most: int = 100, *, fails: bool = False) -> None:
        records = self.log.poll(most)
        wanted = await self.positions.wanted(self.log, records)
        if fails:
            self.positions.rewind(self.log, records)
            return
        self.positions.applied(wanted)
        self.applied += [one.offset for one in wanted]
        if wanted:
            last = wanted[-1]
            self.store.mark = Mark(last.offset + 1, last.offset, last.timestamp)

    async def poll_all(self) -> list[int]:
        for _ in range(6):
            await self.poll(2)
        return self.applied

    def alarms(self) -> dict[str, float]:
        found = [sample for metric in self.registry.collect() for sample in metric.samples]
        return {one.labels["alarm"]: one.value for one in found if one.name == "ventanilla_alarms_total"}


def log(*offsets: int, at: int = 1, start: int = 0) -> Log:
    return Log([StoredRecord("p-intake-cases", 0, n, at, b"k", b"v", ()) for n in offsets], start)


LAST_3 = Mark(4, 3, 1)


@pytest.mark.parametrize(
    ("found", "mark", "applied", "alarm"),
    [
        (log(0, 1, 2), None, [0, 1, 2], None),
        (log(0, 1, 2, 3, 4), LAST_3, [4], None),
        (log(0, 1, 2, 3), LAST_3, [], None),
        (log(0, 1, 2, 3, 7, 9), LAST_3, [7, 9], None),
        (log(3, 4, start=3), LAST_3, [4], None),
        (log(4, 5, start=4), LAST_3, [4, 5], None),
        (log(5, 6, start=5), None, [5, 6], "log-starts-late"),
        (log(5, 6, start=5), LAST_3, [], "log-lost-what-was-not-read"),
        (log(0, 1), LAST_3, [0, 1], "log-is-shorter"),
        (log(0, 1, 2, 3, 4, at=2), LAST_3, [0, 1, 2, 3, 4], "log-is-another"),
        (log(0, 1, 2, 4, 5), LAST_3, [0, 1, 2, 4, 5], "log-is-another"),
        (log(2, 4, 5, at=2, start=2), LAST_3, [2, 4, 5], "log-is-another"),
    ],
)
async def test_the_mark_and_its_last_record_decide_where_reading_goes_on(
    found: Log, mark: Mark | None, applied: list[int], alarm: str | None
) -> None:
    desk = Desk(Log(found.records, found.start), Marks(mark))
    assert await desk.poll_all() == applied
    assert set(desk.alarms()) == ({alarm} if alarm else set())
    assert desk.log.paused == (alarm == "log-lost-what-was-not-read")


async def test_what_was_delivered_before_the_mark_was_read_is_not_applied() -> None:
    desk = Desk(log(0, 1, 2, 3, 4, 5), Marks(LAST_3))
    desk.log.position = 5  # the group's committed offset, ahead of the mark: a commit without the database
    assert await desk.poll_all() == [4, 5]


async def test_what_could_not_be_saved_comes_again_and_nothing_is_passed_over() -> None:
    desk = Desk(log(*range(7)))
    await desk.poll()
    await desk.poll(3)
    await desk.poll(2, fails=True)
    await desk.poll(2, fails=True)
    assert await desk.poll_all() == list(range(7))


async def test_a_topic_that_becomes_shorter_while_it_is_read_is_noticed() -> None:
    desk = Desk(log(*range(5)))
    await desk.poll_all()
    desk.log.records = log(0, 1, at=2).records
    desk.applied.clear()
    assert await desk.poll_all() == [0, 1]
    assert set(desk.alarms()) == {"log-went-back"}


async def test_a_topic_that_loses_what_was_not_read_stops_with_one_alarm() -> None:
    desk = Desk(log(*range(3)))
    await desk.poll_all()
    desk.log.records, desk.log.start = log(8, 9, start=8).records, 8
    assert await desk.poll_all() == [0, 1, 2]
    await desk.positions.open(desk.log, desk.log.assignment())
    assert desk.alarms() == {"log-lost-what-was-not-read": 1.0}


async def test_what_aiokafka_had_taken_and_not_delivered_is_sought_again() -> None:
    desk = Desk(log(*range(6)))
    await desk.poll()
    await desk.poll(2)
    desk.log.poll(2)  # another partition's record could not be read: getmany raised and dropped these
    assert await desk.poll_all() == list(range(6))


async def test_a_partition_that_does_not_move_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.positions.STILL_SECONDS", -1.0)
    desk = Desk(log(*range(6)))
    await desk.poll()
    for _ in range(3):
        assert await desk.positions.behind(desk.log) == 6
    assert desk.alarms() == {"partition-does-not-move": 1.0}
    await desk.poll_all()
    for _ in range(3):
        assert await desk.positions.behind(desk.log) == 0
    assert desk.alarms() == {"partition-does-not-move": 1.0}


async def test_after_a_rebalance_the_mark_is_read_again() -> None:
    desk = Desk(log(*range(6)))
    await desk.poll()
    await desk.poll(2)
    desk.positions.forget([HERE])
    desk.store.mark = Mark(5, 4, 1)  # another owner went on meanwhile
    assert await desk.poll_all() == [0, 1, 5]


async def test_what_comes_of_a_partition_taken_away_is_dropped() -> None:
    desk = Desk(log(*range(6)))
    records = desk.log.poll()
    desk.log.assigned = False
    assert await desk.positions.wanted(desk.log, records) == []
    assert desk.positions.to_commit(desk.log) == {}


async def test_the_group_is_told_only_what_was_applied() -> None:
    desk = Desk(log(*range(6)), Marks(LAST_3))
    await desk.poll()
    assert desk.positions.to_commit(desk.log) == {}
    assert await desk.positions.behind(desk.log) == 2
    await desk.poll_all()
    assert {at.offset for at in desk.positions.to_commit(desk.log).values()} == {6}
    assert await desk.positions.behind(desk.log) == 0


def test_portions_of_records_keep_the_limit() -> None:
    records = [StoredRecord("t", 0, n, 1, None, b"x" * n, ()) for n in (5, 5, 1, 20, 3, 3)]
    found = [[len(one.value or b"") for one in portion] for portion in portions(records, limit=10)]
    assert found == [[5, 5], [1], [20], [3, 3]]
