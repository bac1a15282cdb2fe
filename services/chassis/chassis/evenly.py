# SPDX-License-Identifier: Apache-2.0
"""In a catch-up, what was written at about one time is read at about one time (hazard 19, ADR 0008).

Left to itself the topic with few events a case runs ahead, and each of its events has seen what was not read yet and
must wait as a row. So a batch is made of shares: each partition gives in proportion to what it has left, and those that
are ahead pause. This touches speed, never truth: a partition that gives nothing when it is its turn is
left out until it moves.
"""

import heapq
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from aiokafka import TopicPartition

SPRINT = 4
"""So many times its part of a batch may a partition give that is behind: more, and it would be far ahead."""
CATCH_UP_RECORDS = 1_000
"""With fewer records to read there is nothing to catch up with."""


class Place(Protocol):
    """How far a partition was read: the next offset and the time of the last record; ``end``, as last heard;
    ``silent``: the offset at which it was asked and gave nothing."""

    @property
    def expect(self) -> int: ...
    @property
    def at(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def stopped(self) -> bool: ...
    @property
    def silent(self) -> int | None: ...


class Timed(Protocol):
    @property
    def timestamp(self) -> int: ...


R = TypeVar("R", bound=Timed)


def shares(places: Mapping[TopicPartition, Place], batch: int) -> dict[TopicPartition, int]:
    """How many records to take from which partitions, the latter in order; empty: any, there is no catch-up."""
    left = {partition: one.end - one.expect for partition, one in places.items() if _can_be_read(one)}
    total = sum(left.values())
    if len({partition.topic for partition in left}) == 1 or total < CATCH_UP_RECORDS:
        return {}
    slow = _behind_the_middle({partition: places[partition].at for partition in left})
    of_slow = sum(left[partition] for partition in slow)
    part = {
        partition: min(batch * left[partition] // of_slow, SPRINT * batch * left[partition] // total)
        for partition in slow
    }
    return {partition: max(1, share) for partition, share in part.items()}


def _behind_the_middle(at: Mapping[TopicPartition, int]) -> list[TopicPartition]:
    """Those that are nearer to the slowest than to the fastest, the slowest first."""
    middle = (min(at.values()) + max(at.values())) / 2
    return sorted((partition for partition, time in at.items() if time <= middle), key=lambda one: at[one])


def _can_be_read(one: Place) -> bool:
    return one.expect < one.end and not one.stopped and one.silent != one.expect


def by_time(partitions: Sequence[Sequence[R]]) -> Sequence[R]:
    """The records of several partitions as they were written, each partition's in its own order."""
    if len(partitions) == 1:
        return partitions[0]
    return list(heapq.merge(*partitions, key=lambda record: record.timestamp))
