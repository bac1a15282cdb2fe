# SPDX-License-Identifier: Apache-2.0
"""Hazards 5, 16 and 20: what cannot be applied is kept, holds up its own case only, and does not empty a topic."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests_toy import Alarm, cases, count, filed, heard, kind, said

from chassis import batch, fold, timers
from chassis.batch import BreakerOpen
from chassis.decision import TimerFired
from chassis.effects import Effects
from chassis.inputs import Input, event_input
from chassis.mongo import Database
from chassis.records import StoredRecord
from chassis.subjects import Timer, identity
from chassis.testing.process import Killed, Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]
NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)


async def left_of_poison(toy: Process, database: Database) -> tuple[int, int]:
    """The process dies once the mark is saved; its successor goes on: rows to replay, dead letters in the topic."""
    wire = wire_without_broker()
    toy.commit = "killed after"
    with pytest.raises(Killed):
        await toy.take(Log().append_all([wire.message("case-1", filed("N-1")), wire.message("case-1", said("raise"))]))
    await toy.die()
    await toy.sweep()
    letters = [message for message in toy.broker.messages if message.topic.endswith("-dlq")]
    assert await count(database, "marks") == 1
    return await count(database, "parked"), len(letters)


@pytest.mark.hazard(5)
async def test_a_parked_record_is_saved_with_the_mark_and_its_copy_follows(by_hand: ByHand, database: Database) -> None:
    assert await left_of_poison(await by_hand(), database) == (1, 1)


@pytest.mark.hazard(5, without="the parked row is the record, saved with the mark")
async def test_sent_to_the_topic_after_the_mark_it_is_gone(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Effects, "park", lambda effects, *_, **__: effects.count("parked"))  # to be sent afterwards
    assert await left_of_poison(await by_hand(), database) == (0, 0)


async def heard_after_replay(toy: Process, database: Database) -> list[str]:
    """The second of three events raises, is parked, and is replayed once the rule is mended."""
    wire = wire_without_broker()
    messages = [wire.message("case-1", event) for event in (filed("N-1"), said("raise"), said("three"))]
    await toy.take(Log().append_all(messages))
    [row] = await database.collection("parked").find({}).to_list(None)
    parsed = toy.runtime.processor._reader.read(StoredRecord.from_row({**row, "topic": row["source"]}))
    await toy.runtime.processor.process([event_input(parsed, cases(mended=True), row_id=row["_id"])])
    return await heard(database, "case-1")


@pytest.mark.hazard(5)
async def test_what_is_parked_is_a_gap_that_a_replay_closes(by_hand: ByHand, database: Database) -> None:
    assert await heard_after_replay(await by_hand(), database) == ["filed", "raise", "three"]


@pytest.mark.hazard(5, without="parked = a gap with a known cause")
async def test_if_parking_moves_the_sequence_on_a_replay_is_dropped_as_old(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail = fold._Attempt._fail

    def moves_on(attempt: Any, item: Input, *why: Any) -> None:
        fail(attempt, item, *why)
        if item.parsed is not None and item.envelope is not None:
            attempt.subject.applied[item.parsed.origin.topic] = (item.envelope.seq or 0, identity(item.envelope))
            attempt.changed = True

    monkeypatch.setattr(fold._Attempt, "_fail", moves_on)
    assert await heard_after_replay(await by_hand(), database) == ["filed", "three"]


async def fires(toy: Process, database: Database) -> list[str]:
    """A timer that raises was due first; one timer a look: what the second case hears in five looks."""
    await toy.ask("case-1", Alarm("bad", NOW))
    await toy.ask("case-2", Alarm("good", NOW.replace(hour=14)))
    for _ in range(5):
        await toy.runtime._timers.step()
    return await heard(database, "case-2")


@pytest.mark.hazard(16)
async def test_a_timer_that_raises_is_picked_once(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "SCAN", 1)
    assert await fires(await by_hand(), database) == ["timer good"]


@pytest.mark.hazard(16, without="a raising timer is parked")
async def test_a_timer_that_is_not_parked_is_picked_first_for_ever(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold._Attempt, "_fail", lambda _, item, error, __: setattr(item, "outcome", error))
    looks: list[None] = []
    due = timers.Timers._due

    async def one_of_five(one: timers.Timers, *asked: Any) -> list[Input]:
        looks.append(None)
        return await due(one, *asked) if len(looks) <= 5 else []  # else it would look for ever

    monkeypatch.setattr(timers, "SCAN", 1)
    monkeypatch.setattr(timers.Timers, "_due", one_of_five)
    assert await fires(await by_hand(), database) == []


async def fires_what_was_found(toy: Process, database: Database) -> list[str]:
    """Two scanners found two timers due; one is fired by both, the other was moved away by a command meanwhile."""
    await toy.ask("case-1", Alarm("soon", NOW))
    await toy.ask("case-1", Alarm("moved", NOW))
    found = [Input(kind(toy.service), "case-1", message=TimerFired(name, NOW)) for name in ("soon", "soon", "moved")]
    await toy.ask("case-1", Alarm("moved", NOW.replace(year=2126)))
    for item in found:
        await toy.runtime.processor.process([item])
    return await heard(database, "case-1")


@pytest.mark.hazard(16)
async def test_a_timer_fires_only_if_it_is_still_set(by_hand: ByHand, database: Database) -> None:
    assert await fires_what_was_found(await by_hand(), database) == ["timer soon"]


@pytest.mark.hazard(16, without="the firing transaction deletes the timer, and fails without it")
async def test_a_timer_that_nobody_looks_for_fires_twice_and_after_its_end(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def believes(attempt: Any, fired: TimerFired) -> bool:
        attempt.subject.timers[fired.name] = Timer(fired.due, fired.data)
        return True

    monkeypatch.setattr(fold._Attempt, "_is_set", believes)
    assert await fires_what_was_found(await by_hand(), database) == ["timer soon", "timer soon", "timer moved"]


async def parked_when_all_is_broken(toy: Process, database: Database) -> tuple[bool, int, int]:
    """Of thirty records 25 raise: whether the consumer would stop, what was parked, how far the marks are."""
    wire = wire_without_broker()
    messages = [wire.message(f"case-{n}", filed(f"N-{n}") if n < 5 else said("raise")) for n in range(30)]
    try:
        await toy.take(Log().append_all(messages))
        stopped = False
    except BreakerOpen:
        stopped = True
    return stopped, await count(database, "parked"), await count(database, "marks")


@pytest.mark.hazard(20)
async def test_the_breaker_looks_before_the_commit(by_hand: ByHand, database: Database) -> None:
    assert await parked_when_all_is_broken(await by_hand(), database) == (True, 0, 0)


@pytest.mark.hazard(20, without="the breaker looks before the commit")
async def test_a_breaker_that_looks_afterwards_has_emptied_the_topic(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = batch.Processor._report

    def breaks(processor: batch.Processor, effects: Effects, items: int) -> None:
        report(processor, effects, items)
        if effects.counts.get("parked", 0) * 2 > items:
            raise BreakerOpen

    monkeypatch.setattr(batch, "BREAKER_LEAST", 1_000)
    monkeypatch.setattr(batch.Processor, "_report", breaks)
    stopped, parked, marks = await parked_when_all_is_broken(await by_hand(), database)
    assert (stopped, parked, marks > 0) == (True, 25, True)
