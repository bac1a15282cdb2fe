# SPDX-License-Identifier: Apache-2.0
"""What is missing among what waits, and up to when a partition was read."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests_toy import cases

from chassis.operating.gaps import Gap, Waits, gaps_among
from chassis.operating.horizons import Horizons
from chassis.store import Mark

NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)
OURS, THEIRS = "intake-cases", "notifications-deliveries"


def waits(topic: str, seq: int, **seen: int) -> Waits:
    return Waits(topic, seq, {name.replace("_", "-"): last for name, last in seen.items()}, NOW)


def found(applied: dict[str, int], *waiting: Waits, parked: dict[tuple[str, int], str] | None = None) -> list[Gap]:
    return gaps_among(cases(), "case-1", applied, waiting, parked or {})


@pytest.mark.parametrize(
    ("applied", "waiting", "missing"),
    [
        ({OURS: 5}, [waits(OURS, 7)], {OURS: ((6, 6),)}),
        ({}, [waits(OURS, 4), waits(OURS, 6)], {OURS: ((1, 3), (5, 5))}),
        ({OURS: 5}, [waits(THEIRS, 1, intake_cases=7)], {OURS: ((6, 7),)}),
        ({OURS: 5}, [waits(THEIRS, 3, intake_cases=7), waits(OURS, 7)], {OURS: ((6, 6),), THEIRS: ((1, 2),)}),
        ({OURS: 5}, [waits(OURS, 6, notifications_deliveries=1)], {THEIRS: ((1, 1),)}),
        ({OURS: 1}, [waits(OURS, 10**17)], {OURS: ((2, 10**17 - 1),)}),
    ],
)
def test_missing_is_what_waiting_events_need_and_nobody_has(
    applied: dict[str, int], waiting: list[Waits], missing: dict[str, Any]
) -> None:
    assert {gap.topic: gap.missing for gap in found(applied, *waiting)} == missing


@pytest.mark.parametrize(
    "waiting",
    [
        [],
        [waits(OURS, 6, routing_cases=9)],  # a topic that nobody here reads
        [waits(OURS, 4)],  # long applied
        [waits(OURS, 6), waits(OURS, 7)],
    ],
)
def test_what_waits_for_nothing_has_no_gap(waiting: list[Waits]) -> None:
    assert found({OURS: 5}, *waiting) == []


def test_what_is_parked_is_named_and_not_missing() -> None:
    [gap] = found({OURS: 5}, waits(OURS, 9), parked={(OURS, 7): "row", (OURS, 3): "old", (THEIRS, 8): "other"})
    assert (gap.parked, gap.missing) == ({7: "row"}, ((6, 6), (8, 8)))
    assert (gap.lacks(6), gap.lacks(7)) == (True, False)


def test_what_stands_behind_are_those_that_wait_for_the_first_of_it() -> None:
    [gap] = found({OURS: 5}, waits(OURS, 8), waits(THEIRS, 1, intake_cases=6), waits(THEIRS, 2, intake_cases=5))
    assert [(event.topic, event.seq) for event in gap.behind] == [(OURS, 8), (THEIRS, 1)]


class _Partition:
    """One partition that a test lets grow and be read."""

    def __init__(self) -> None:
        self.end = self.next = 0

    async def ends(self, topics: Any) -> dict[tuple[str, int], int]:
        return {(OURS, 0): self.end}

    async def marks(self, partitions: Any) -> dict[tuple[str, int], Mark]:
        return {(OURS, 0): Mark(self.next, self.next - 1, 0)} if self.next else {}


async def test_a_partition_that_never_ends_is_read_until_its_end_of_a_while_ago() -> None:
    partition, seconds = _Partition(), iter(range(10, 100, 10))
    horizons = Horizons(partition, partition, lambda: next(seconds))  # type: ignore[arg-type]
    told = []
    for partition.end, partition.next in [(100, 0), (200, 50), (300, 100), (400, 350), (400, 400)]:
        await horizons.look([OURS])
        told.append((horizons.read_until(OURS, "case-1"), horizons.behind(OURS, "case-1")))
    assert told == [(float("-inf"), 100), (float("-inf"), 150), (10, 200), (30, 50), (50, 0)]


async def test_an_empty_partition_is_read() -> None:
    partition = _Partition()
    horizons = Horizons(partition, partition, lambda: 7.0)  # type: ignore[arg-type]
    assert horizons.read_until(OURS, "case-1") == float("-inf")
    await horizons.look([OURS])
    assert horizons.read_until(OURS, "case-1") == 7.0
