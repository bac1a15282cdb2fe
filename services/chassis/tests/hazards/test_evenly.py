# SPDX-License-Identifier: Apache-2.0
"""Hazard 19: two topics read at different speed in a catch-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from tests_toy import Start, count, delivered, filed, said

from chassis import evenly
from chassis.mongo import Database
from chassis.testing import PARTITIONS, Wire, eventually

BATCH, CHUNK = 500, 700
"""So many records are applied at once; so many of 1.5 kB come in one answer about a partition."""


@dataclass
class Place:
    """A partition that holds the times of its records, and how far it was read."""

    times: list[int]
    expect: int = 0
    at: int = 0
    stopped: bool = False
    silent: int | None = None

    @property
    def end(self) -> int:
        return len(self.times)

    def give(self, most: int) -> int:
        given = min(most, self.end - self.expect)
        self.expect += given
        self.at = self.times[self.expect - 1] if self.expect else 0
        return given


@dataclass
class Backlog:
    """4,000 cases, one a second: four events each in one topic, and then one in another that has seen them."""

    places: dict[TopicPartition, Place] = field(default_factory=dict)
    turn: int = 0

    def __post_init__(self) -> None:
        for n in range(PARTITIONS):
            cases = range(n, 4_000, PARTITIONS)
            self.places[TopicPartition("cases", n)] = Place([1_000 * case for case in cases for _ in range(4)])
            self.places[TopicPartition("deliveries", n)] = Place([1_000 * case for case in cases])

    def read(self, shares: Mapping[TopicPartition, int]) -> int:
        """One batch, as aiokafka gives it: by shares, or what it has fetched, a partition after the other."""
        if shares:
            return sum(self.places[partition].give(share) for partition, share in shares.items())
        given = list(self.places.values())[self.turn % len(self.places)].give(CHUNK)
        self.turn += 1
        return given

    def waiting(self) -> int:
        """Deliveries that were read before their cases."""
        found = 0
        for n in range(PARTITIONS):
            cases, deliveries = (self.places[TopicPartition(topic, n)].expect for topic in ("cases", "deliveries"))
            found += max(0, deliveries - cases // 4)
        return found


def most_that_wait() -> int:
    backlog, most = Backlog(), 0
    while any(place.expect < place.end for place in backlog.places.values()):
        backlog.read(evenly.shares(backlog.places, BATCH))
        most = max(most, backlog.waiting())
    return most


@pytest.mark.hazard(19)
def test_in_a_catch_up_few_events_wait_at_a_time() -> None:
    assert most_that_wait() == 399


@pytest.mark.hazard(19, without="partitions ahead of the slowest pause")
def test_else_nearly_every_event_of_the_shorter_topic_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evenly, "shares", lambda *_: {})
    assert most_that_wait() == 2_950


def places(**of: Place) -> dict[TopicPartition, Place]:
    return {TopicPartition(topic, 0): place for topic, place in of.items()}


def left(records: int, at: int = 0, **own: object) -> Place:
    return Place([at] * records, at=at, **own)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (places(a=left(3_000), b=left(1_000)), {"a": 375, "b": 125}),
        (places(a=left(3_000), b=left(1)), {"a": 499, "b": 1}),
        (places(a=left(3_000), b=left(1_000, at=5_000)), {"a": 500}),
        (places(a=left(3_000, at=5_000), b=left(1_000)), {"b": 500}),
        (places(a=left(9_000, at=5_000), b=left(1_000)), {"b": 200}),
        (places(a=left(2_000, at=1), b=left(2_000), c=left(1_000, at=9)), {"b": 250, "a": 250}),
        (places(a=left(3_000)), {}),
        (places(a=left(700), b=left(200)), {}),
        (places(), {}),
        (places(a=left(3_000, at=5_000), b=left(1_000, silent=0)), {}),
        (places(a=left(3_000, at=5_000), b=left(1_000, stopped=True)), {}),
    ],
    ids=[
        "in proportion",
        "each gives something",
        "ahead",
        "ahead, the other",
        "behind, but not to be far ahead by one batch",
        "nearer to the slowest than to the fastest, the slowest first",
        "one topic",
        "no catch-up",
        "nothing open",
        "one that gave nothing holds up none",
        "nor one that is stopped",
    ],
)
def test_the_shares_of_a_batch(there: dict[TopicPartition, Place], expected: dict[str, int]) -> None:
    found = {partition.topic: share for partition, share in evenly.shares(there, BATCH).items()}
    assert list(found.items()) == list(expected.items())


@pytest.mark.infra
async def test_a_catch_up_by_shares_reads_everything_once(
    wire: Wire, database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evenly, "CATCH_UP_RECORDS", 10)
    for n in range(40):
        wire_messages = [wire.message(f"case-{n}", event) for event in (filed(f"N-{n}"), said("two"), said("three"))]
        await wire.send([*wire_messages, wire.message(f"case-{n}", delivered(), seen={"intake-cases": 3})])
    async with start():
        heard = ["filed", "two", "three", "delivered"]

        async def all_heard() -> bool:
            return await count(database, "cases", **{"state.heard": heard}) == 40

        await eventually(all_heard)
        await wire.expect("routing-cases", 40)
