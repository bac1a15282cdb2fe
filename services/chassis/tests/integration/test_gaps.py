# SPDX-License-Identifier: Apache-2.0
"""Events that are missing: the alarm, going on without them, reading them again; a list of records plays Kafka."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests_toy import count, delivered, filed, heard, hears, said

from chassis.mongo import Database
from chassis.operating import gap_watch
from chassis.operating.acts import By, NotPossible
from chassis.operating.gap_watch import GapWatch
from chassis.records import StoredRecord
from chassis.testing.process import Killed, Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]
BY = By("ana", "lost with the old broker")
OURS, THEIRS = "intake-cases", "notifications-deliveries"


def told(*events: Any, case: str = "case-1", without: tuple[int, ...] = ()) -> list[StoredRecord]:
    """The records of a case's events; those of some seqs the topic has lost."""
    wire, log = wire_without_broker(), Log(partitions=1)
    messages = [wire.message(case, event) for event in events]
    return log.append_all(message for seq, message in enumerate(messages, 1) if seq not in without)


async def with_gap(toy: Process, *, without: int = 2) -> Log:
    """Four events of a case came, but for one."""
    log = Log()
    toy.finds_on_topics(log)
    wire = wire_without_broker()
    events = (filed("N-1"), said("two"), said("three"), said("four"))
    messages = [wire.message("case-1", event) for event in events]
    await toy.take(log.append_all(message for seq, message in enumerate(messages, 1) if seq != without))
    return log


def accept(toy: Process, topic: str = OURS, by: By = BY) -> Awaitable[str]:
    return toy.runtime.gaps.accepting.accept("case-1", topic, by)


async def act(database: Database) -> dict[str, Any]:
    [row] = await database.collection("audit").find({}).to_list(None)
    return {name: row[name] for name in ("what", "actor", "reason", "topic", "subject", "seq", "outcome")}


async def test_accepted_it_goes_on_without_and_what_waited_follows(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    await with_gap(toy)
    assert await accept(toy) == "accepted"
    assert await hears(database, "case-1", "filed", "three", "four")
    assert await count(database, "waiting") == 0
    written = {"what": "accept", "topic": OURS, "subject": "case-1", "seq": 2, "outcome": "accepted"}
    assert await act(database) == {**written, "actor": "ana", "reason": BY.reason}
    with pytest.raises(NotPossible, match="nothing of intake-cases is missing"):
        await accept(toy)


async def test_what_another_topic_had_seen_can_be_accepted_too(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    log, wire = Log(), wire_without_broker()
    toy.finds_on_topics(log)
    await toy.take([log.append(wire.message("case-1", filed("N-1")))])
    await toy.take([log.append(wire.message("case-1", delivered(), seen={OURS: 3}))])
    assert await accept(toy) == "accepted"
    assert await hears(database, "case-1", "filed", "delivered")
    assert (await act(database))["seq"] == 3


async def test_what_comes_after_all_is_dropped_and_no_producer_is_accused(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    await with_gap(toy)
    await accept(toy)
    late = told(filed("N-1"), said("two"))[1]
    await toy.take([late])
    assert await hears(database, "case-1", "filed", "three", "four")
    assert alarms(toy) == {}


async def test_what_is_parked_is_not_accepted(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    await toy.take(told(filed("N-1"), said("raise"), said("three")))
    with pytest.raises(NotPossible, match="seq 2 of intake-cases is parked"):
        await accept(toy)
    assert await count(database, "audit") == 0


async def test_what_waits_for_another_topic_is_not_passed_over(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    wire = wire_without_broker()
    first = wire.message("case-1", filed("N-1"), seen={THEIRS: 1})
    wire.message("case-1", said("two"))
    await toy.take(Log().append_all([first, wire.message("case-1", said("three"))]))
    with pytest.raises(NotPossible, match="seq 1 of intake-cases is here and waits for another topic"):
        await accept(toy)
    assert await heard(database, "case-1") == []


async def test_what_may_only_be_unread_is_not_accepted(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.operating.accepting.READ_WITHIN_SECONDS", 0.0)
    toy = await by_hand()
    log = await with_gap(toy)
    log.append_all([wire_without_broker().message("case-1", said("somebody else's"))])
    with pytest.raises(NotPossible, match="1 records of the partition are not read yet"):
        await accept(toy)
    assert await hears(database, "case-1", "filed")


async def test_two_who_accept_the_same_at_once_accept_it_once(by_hand: ByHand, database: Database) -> None:
    one, other = await by_hand(), await by_hand()
    log = await with_gap(one)
    other.finds_on_topics(log)
    outcomes = await asyncio.gather(accept(one), accept(other, by=By("eva", "lost")))
    assert sorted(outcomes) == ["accepted", "done elsewhere"]
    assert await hears(database, "case-1", "filed", "three", "four")
    assert await count(database, "audit", outcome="accepted") == 1


@pytest.mark.parametrize(("killed", "done"), [("killed before", False), ("killed after", True)])
async def test_killed_at_the_commit_it_is_done_and_written_down_or_neither(
    by_hand: ByHand, database: Database, killed: str, *, done: bool
) -> None:
    toy = await by_hand()
    await with_gap(toy)
    toy.commit = killed
    with pytest.raises(Killed):
        await accept(toy)
    assert (await act(database))["outcome"] == ("accepted" if done else "begun")
    assert await hears(database, "case-1", *(("filed", "three", "four") if done else ("filed",)))


def watch(toy: Process) -> GapWatch:
    return toy.runtime._gap_watch


def alarms(toy: Process) -> dict[str, float]:
    samples = [one for metric in toy.runtime.metrics.registry.collect() for one in metric.samples]
    return {one.labels["alarm"]: one.value for one in samples if one.name == "ventanilla_alarms_total"}


def gauge(toy: Process) -> float | None:
    return toy.runtime.metrics.registry.get_sample_value("ventanilla_gaps", {"service": "routing"})


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gap_watch, "ALARM_SECONDS", 0.0)


@pytest.mark.usefixtures("_at_once")
async def test_the_alarm_is_raised_once_and_falls_when_the_gap_is_closed(by_hand: ByHand, database: Database) -> None:
    toy, other = await by_hand(), await by_hand()
    log = await with_gap(toy)
    other.finds_on_topics(log)
    for process in (toy, toy, other, toy):
        await watch(process).step()
    assert (alarms(toy), alarms(other)) == ({"gap-without-cause": 1}, {})
    assert (gauge(toy), gauge(other)) == (1, 1)
    await accept(other)
    await watch(toy).step()
    assert (alarms(toy), gauge(toy)) == ({"gap-without-cause": 1}, 0)
    assert await count(database, "gaps") == 0


async def test_no_alarm_before_it_is_five_minutes_old(by_hand: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = await by_hand()
    await with_gap(toy)
    await watch(toy).step()
    assert alarms(toy) == {}
    monkeypatch.setattr(toy.runtime.clock, "now", lambda: datetime.now(UTC) + timedelta(minutes=5))
    await watch(toy).step()
    assert alarms(toy) == {"gap-without-cause": 1}


async def test_five_minutes_are_real_ones_where_the_house_has_a_faster_clock(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    toy = await by_hand(clock_real_origin=now, clock_origin=now, clock_speed=1000.0)
    await with_gap(toy)
    [row] = await database.collection("waiting").find({"subject": "case-1"}).limit(1).to_list(None)
    for minutes, expected in ((5, {}), (5 * 1000 + 5, {"gap-without-cause": 1})):
        moment = row["since"] + timedelta(minutes=minutes)
        monkeypatch.setattr(toy.runtime.clock, "now", lambda moment=moment: moment)
        await watch(toy).step()
        assert alarms(toy) == expected


@pytest.mark.usefixtures("_at_once")
async def test_no_alarm_where_the_cause_is_known(by_hand: ByHand) -> None:
    toy = await by_hand()
    toy.finds_on_topics(Log())
    await toy.take(told(filed("N-1"), said("raise"), said("three")))
    await watch(toy).step()
    assert (alarms(toy), gauge(toy)) == ({}, 0)


@pytest.mark.usefixtures("_at_once")
async def test_no_alarm_in_a_catch_up_where_one_topic_is_read_before_the_other(
    by_hand: ByHand, database: Database
) -> None:
    toy = await by_hand()
    wire, log = wire_without_broker(), Log()
    toy.finds_on_topics(log)
    cases = [f"case-{n}" for n in range(30)]
    slow = log.append_all(wire.message(case, filed("N")) for case in cases)
    fast = log.append_all(wire.message(case, delivered(), seen={OURS: 1}) for case in cases)
    await toy.take(fast)
    await watch(toy).step()
    for start in range(0, 30, 10):
        await toy.take(slow[start : start + 10])
        log.append(wire.message("case-new", said("more comes all the time")))
        await watch(toy).step()
    assert await count(database, "waiting") == 0
    assert (alarms(toy), gauge(toy)) == ({}, 0)


@pytest.mark.usefixtures("_at_once")
async def test_while_the_consumer_stands_still_there_is_no_alarm_and_once_it_has_read_on_there_is(
    by_hand: ByHand,
) -> None:
    toy = await by_hand()
    wire, log = wire_without_broker(), Log()
    toy.finds_on_topics(log)
    first, _, third = (wire.message("case-1", event) for event in (filed("N-1"), said("two"), said("three")))
    await toy.take(log.append_all([first, third]))
    unread = log.append_all([wire.message("case-1", said("four"))])
    for _ in range(3):
        await watch(toy).step()
    assert alarms(toy) == {}
    await toy.take(unread)
    log.append_all([wire.message("case-1", said("five"))])
    await watch(toy).step()
    assert alarms(toy) == {"gap-without-cause": 1}


@pytest.mark.usefixtures("_at_once")
async def test_of_many_gaps_only_some_are_named_and_all_are_counted(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.operating.gaps.SUBJECTS_AT_ONCE", 10)
    toy = await by_hand()
    wire, log = wire_without_broker(), Log()
    toy.finds_on_topics(log)
    for n in range(45):
        wire.message(f"case-{n}", filed("N"))
    await toy.take(log.append_all(wire.message(f"case-{n}", said("two")) for n in range(45)))
    await watch(toy).step()
    assert (alarms(toy), gauge(toy)) == ({"gap-without-cause": 45}, 45)


async def test_what_stands_in_the_topic_after_all_is_read_again_and_no_mark_moves(
    by_hand: ByHand, database: Database
) -> None:
    toy = await by_hand()
    wire, log = wire_without_broker(), Log()
    toy.finds_on_topics(log)
    events = (filed("N-1"), said("two"), said("three"), said("four"), said("five"))
    messages = [wire.message("case-1", event) for event in events]
    records = log.append_all(message for seq, message in enumerate(messages, 1) if seq != 4)
    await toy.take([records[0], *records[2:]])
    marks = await database.collection("marks").find({}).to_list(None)
    reread = await toy.runtime.gaps.rereading.reread("case-1", BY)
    assert [(one.seqs, one.outcome) for one in reread] == [((2, 2), "applied"), ((4, 4), "not in the log")]
    assert await hears(database, "case-1", "filed", "two", "three")
    assert await database.collection("marks").find({}).to_list(None) == marks
    assert (await act(database))["outcome"] == "read again: 2; not in the log: 4"


async def test_what_raises_when_it_is_read_again_is_parked(by_hand: ByHand, database: Database) -> None:
    toy = await by_hand()
    wire, log = wire_without_broker(), Log()
    toy.finds_on_topics(log)
    records = log.append_all(wire.message("case-1", event) for event in (filed("N-1"), said("raise"), said("three")))
    await toy.take([records[0], records[2]])
    [one] = await toy.runtime.gaps.rereading.reread("case-1", BY)
    assert one.outcome == "parked: ZeroDivisionError while deciding"
    assert await count(database, "parked", seq=2) == 1
    with pytest.raises(NotPossible, match="nothing is missing"):
        await toy.runtime.gaps.rereading.reread("case-1", BY)
