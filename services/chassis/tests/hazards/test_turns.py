# SPDX-License-Identifier: Apache-2.0
"""Hazards 4, 9, 11 and 20: each event in its turn, whoever counts, whatever its type, and every one with its own id."""

from dataclasses import replace
from typing import Any

import pytest
from tests_toy import Note, count, delivered, filed, heard, said

from chassis import fold, messages, subjects
from chassis.decision import Keyed
from chassis.ids import uuid5_id
from chassis.messages import Message
from chassis.mongo import Database
from chassis.records import Reader, Undecodable, Unhandled
from chassis.subjects import Subject
from chassis.testing.process import Log, Process, wire_without_broker
from ventanilla_contracts.envelope import Envelope, Event
from ventanilla_contracts.intake import AnswerFiledWithRegulator

pytestmark = pytest.mark.infra


async def hears_itself(toy: Process, database: Database) -> list[str]:
    """It tells two topics about one case and reads one of them: what it hears."""
    await toy.ask("case-1", Note("tell both topics"))
    await toy.publish()
    log = Log()
    await toy.take(log.append_all(m for m in toy.broker.messages if m.topic == "notifications-deliveries"))
    return await heard(database, "case-1")


@pytest.mark.hazard(4)
async def test_each_topic_has_its_own_count(by_hand: Any, database: Database) -> None:
    assert await hears_itself(await by_hand(), database) == ["note tell both topics", "delivered"]


@pytest.mark.hazard(4, without="seq per topic and key")
async def test_with_one_count_for_two_topics_readers_wait_for_ever(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_count(subject: Subject, event: Event) -> Keyed:
        seq = sum(subject.emitted.values()) + 1
        subject.emitted[event.TOPIC] = seq
        return Keyed(event, subject.id, seq)

    monkeypatch.setattr(fold, "_next", one_count)
    assert await hears_itself(await by_hand(), database) == ["note tell both topics"]
    assert await count(database, "waiting") == 1


def with_type(message: Message, name: str) -> Message:
    headers = tuple((header, name.encode() if header == "ce_type" else value) for header, value in message.headers)
    return replace(message, headers=headers)


async def hears_past(toy: Process, database: Database, strange: str) -> list[str]:
    """A case's second event is of a type that nobody here handles."""
    wire = wire_without_broker()
    first, second, third = (wire.message("case-1", event) for event in (filed("N-1"), said("two"), said("three")))
    await toy.take(Log().append_all([first, with_type(second, strange), third]))
    return await heard(database, "case-1")


NOT_HANDLED, NOT_KNOWN = AnswerFiledWithRegulator.TYPE, "banana-peeled.v1"


@pytest.mark.hazard(4)
@pytest.mark.parametrize("strange", [NOT_HANDLED, NOT_KNOWN])
async def test_types_that_are_not_handled_move_the_sequence_on(by_hand: Any, database: Database, strange: str) -> None:
    assert await hears_past(await by_hand(), database, strange) == ["filed", "three"]


@pytest.mark.hazard(4, without="seq moved on by unhandled types")
@pytest.mark.parametrize("strange", [NOT_HANDLED, NOT_KNOWN])
async def test_types_filtered_out_before_the_sequence_leave_a_gap_for_ever(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch, strange: str
) -> None:
    take = fold._Attempt._take

    def filtered(attempt: Any, item: Any) -> None:
        if not isinstance(item.parsed, Unhandled):
            take(attempt, item)

    monkeypatch.setattr(fold._Attempt, "_take", filtered)
    assert await hears_past(await by_hand(), database, strange) == ["filed"]


@pytest.mark.hazard(4, without="an unknown type parks nothing")
async def test_a_reader_that_parks_unknown_types_stops_at_the_first_new_one(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhandled = Reader._unhandled

    def strict(reader: Any, origin: Any, raw: Any, envelope: Envelope) -> Any:
        found = unhandled(reader, origin, raw, envelope)
        is_unknown = isinstance(found, Unhandled) and found.unknown
        return Undecodable(origin, raw, "unknown", envelope) if is_unknown else found

    monkeypatch.setattr(Reader, "_unhandled", strict)
    assert await hears_past(await by_hand(), database, NOT_KNOWN) == ["filed"]


async def alarms_of_a_restored_producer(toy: Process) -> list[str]:
    """It told two events, was restored from before the second, and tells another second one."""
    wire = wire_without_broker()
    log = Log()
    await toy.take(log.append_all([wire.message("case-1", filed("N-1")), wire.message("case-1", said("two"))]))
    wire.counts.update({("intake-cases", "case-1"): 1})
    await toy.take([log.append(wire.message("case-1", said("another two")))])
    samples = [sample for metric in toy.runtime.metrics.registry.collect() for sample in metric.samples]
    return [one.labels["alarm"] for one in samples if one.name == "ventanilla_alarms_total" and one.value]


@pytest.mark.hazard(9)
async def test_a_producer_that_counts_again_is_told_from_a_repetition(by_hand: Any) -> None:
    assert await alarms_of_a_restored_producer(await by_hand()) == ["producer-was-restored"]


@pytest.mark.hazard(9, without="the last event's id is kept beside its seq")
async def test_with_the_seq_alone_its_new_events_are_dropped_in_silence(
    by_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (subjects, fold):
        monkeypatch.setattr(module, "identity", lambda _: "")
    assert await alarms_of_a_restored_producer(await by_hand()) == []


async def hears_in_catch_up(toy: Process, database: Database) -> list[str]:
    """One topic is read before the other, whose events caused it."""
    wire, log = wire_without_broker(), Log()
    await toy.take([log.append(wire.message("case-1", delivered(), seen={"intake-cases": 2}))])
    await toy.take(log.append_all([wire.message("case-1", filed("N-1")), wire.message("case-1", said("two"))]))
    return await heard(database, "case-1")


@pytest.mark.hazard(11)
async def test_an_event_waits_for_what_its_producer_had_seen(by_hand: Any, database: Database) -> None:
    assert await hears_in_catch_up(await by_hand(), database) == ["filed", "two", "delivered"]


@pytest.mark.hazard(11, without="seen")
async def test_without_it_an_answer_comes_before_its_case(
    by_hand: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "turn", lambda one, topic, envelope, _: subjects.turn(one, topic, envelope, frozenset()))
    assert await hears_in_catch_up(await by_hand(), database) == ["delivered", "filed", "two"]


async def ids_told_by_one_cause(toy: Process) -> int:
    """One batch of the same moment touches two cases."""
    wire = wire_without_broker()
    await toy.take(Log().append_all([wire.message("case-1", filed("N-1")), wire.message("case-2", filed("N-1"))]))
    await toy.publish()
    return len({dict(message.headers)["ce_id"] for message in toy.broker.messages})


@pytest.mark.hazard(20)
async def test_two_events_never_have_one_id(by_hand: Any) -> None:
    assert await ids_told_by_one_cause(await by_hand()) == 2


@pytest.mark.hazard(20, without="the id is made of topic, key and seq")
async def test_an_id_made_of_the_cause_is_given_twice(by_hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "event_id", lambda topic, _key, seq: uuid5_id("N-1", topic, str(seq)))
    assert await ids_told_by_one_cause(await by_hand()) == 1
