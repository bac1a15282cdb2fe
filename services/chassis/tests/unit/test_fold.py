# SPDX-License-Identifier: Apache-2.0
"""Events of a case in any order, several times: each is applied once, in its turn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests_toy import Alarm, Note, Tally, cases, delivered, filed, said

from chassis.decision import Begin, Decision, Keyed, Refused, TimerFired
from chassis.fold import Folder
from chassis.inputs import Input, event_input
from chassis.messages import Message, event_message
from chassis.records import Reader, StoredRecord
from chassis.subjects import Aggregate, Subject
from ventanilla_contracts.envelope import Event

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
INTAKE, DELIVERIES = "intake-cases", "notifications-deliveries"
TYPES = frozenset({"case-filed.v1", "message-appended.v1", "delivery-sent.v1"})
READER = Reader("", {INTAKE: True, DELIVERIES: True}, TYPES)


def message(event: Event, seq: int, seen: dict[str, int] | None = None, at: datetime = NOW) -> Message:
    return event_message(event, key="c", seq=seq, seen=seen or {}, source="test", now=at, traceparent="")


@dataclass
class Desk:
    """One case and what a database would hold of it; what is folded is read back as it would be stored."""

    aggregate: Aggregate = field(default_factory=cases)
    subject: Subject = field(default_factory=lambda: Subject("c"))
    waiting: dict[str, Any] = field(default_factory=dict)
    parked: dict[str, Any] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def record(self, message: Message, offset: int = 0) -> StoredRecord:
        return StoredRecord(message.topic, 0, offset, 1, message.key, message.value, message.headers)

    def deliver(self, *messages: Message) -> None:
        """One batch."""
        self.fold([event_input(READER.read(self.record(one, at)), self.aggregate) for at, one in enumerate(messages)])

    def fold(self, inputs: Sequence[Input]) -> None:
        folder = Folder("test", NOW)
        rows = [StoredRecord.from_row(row) for row in self.waiting.values()]
        waiting = [event_input(READER.read(row), self.aggregate) for row in rows]
        folder.fold(self.aggregate, self.subject, inputs, waiting)
        effects = folder.effects
        for _, _, version, document in effects.documents:
            assert version == self.subject.version
            self.subject = Subject.from_document(document, self.aggregate.state)
        for mine, changes in ((self.waiting, effects.waiting), (self.parked, effects.parked)):
            mine.update({row_id: row for row_id, row in changes.items() if row is not None})
            for row_id in [row_id for row_id, row in changes.items() if row is None]:
                mine.pop(row_id, None)
        for row_id in effects.released:
            del self.parked[row_id]
        self.sent += effects.messages
        for what, n in effects.counts.items():
            self.counts[what] = self.counts.get(what, 0) + n
        assert self.subject.waiting == len(self.waiting)

    def command(self, command: object, **options: Any) -> Input:
        item = Input(self.aggregate, "c", message=command, **options)
        self.fold([item])
        return item

    @property
    def heard(self) -> tuple[str, ...]:
        return self.subject.state.heard if isinstance(self.subject.state, Tally) else ()


ONE, TWO, THREE = message(filed("N"), 1), message(said("two"), 2), message(said("three"), 3)
SENT = message(delivered(), 1, {INTAKE: 2})
STRANGE = replace(TWO, headers=tuple((n, b"banana.v1" if n == "ce_type" else v) for n, v in TWO.headers))
UNHANDLED = replace(TWO, headers=tuple((n, b"case-closed.v1" if n == "ce_type" else v) for n, v in TWO.headers))


@pytest.mark.parametrize(
    ("batches", "heard", "waiting"),
    [
        ([[ONE, TWO, THREE]], "filed two three", 0),
        ([[ONE], [TWO], [THREE]], "filed two three", 0),
        ([[THREE, TWO, ONE]], "filed two three", 0),
        ([[THREE], [TWO], [ONE]], "filed two three", 0),
        ([[ONE, ONE], [ONE, TWO], [TWO, THREE, TWO]], "filed two three", 0),
        ([[THREE, THREE], [THREE], [ONE, TWO]], "filed two three", 0),
        ([[ONE, THREE]], "filed", 1),
        ([[SENT, ONE]], "filed", 1),
        ([[SENT], [ONE], [TWO]], "filed two delivered", 0),
        ([[ONE, TWO, THREE, SENT]], "filed two three delivered", 0),
        ([[ONE, UNHANDLED, THREE]], "filed three", 0),
        ([[ONE, STRANGE, THREE]], "filed three", 0),
    ],
)
def test_each_event_is_applied_once_in_its_turn(batches: list[list[Message]], heard: str, waiting: int) -> None:
    desk = Desk()
    for batch in batches:
        desk.deliver(*batch)
    assert desk.heard == tuple(heard.split())
    assert len(desk.waiting) == waiting


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """What two producers say about one case, in a causal order; each has seen some prefix of the other."""
    told = {INTAKE: 0, DELIVERIES: 0}
    knows = {INTAKE: 0, DELIVERIES: 0}
    messages = []
    for n in range(draw(st.integers(1, 10))):
        topic, other = draw(st.sampled_from([(INTAKE, DELIVERIES), (DELIVERIES, INTAKE)]))
        knows[topic] = draw(st.integers(knows[topic], told[other]))
        told[topic] += 1
        event = said(f"i{n}") if topic == INTAKE else delivered()
        messages.append(message(event, told[topic], {other: knows[topic]} if knows[topic] else {}))
    return messages


@settings(deadline=None)  # what a step takes says nothing on a busy machine
@given(data=st.data(), history=histories())
def test_any_interleaving_with_repetitions_ends_as_the_clean_order_does(
    data: st.DataObject, history: list[Message]
) -> None:
    clean, desk = Desk(), Desk()
    clean.deliver(*history)
    again = data.draw(st.lists(st.sampled_from(history), max_size=8))
    shuffled = data.draw(st.permutations([*history, *again]))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(shuffled)))) | {0, len(shuffled)})
    for start, end in pairwise(cuts):
        desk.deliver(*shuffled[start:end])
    assert desk.subject.applied == clean.subject.applied
    assert [text for text in desk.heard if text != "delivered"] == [t for t in clean.heard if t != "delivered"]
    assert sorted(desk.heard) == sorted(clean.heard)
    assert not desk.waiting
    assert desk.counts["applied"] == len(history)


@settings(deadline=None)  # what a step takes says nothing on a busy machine
@given(data=st.data())
def test_when_each_has_seen_all_before_it_there_is_one_order_only(data: st.DataObject) -> None:
    topics = data.draw(st.lists(st.sampled_from([INTAKE, DELIVERIES]), min_size=1, max_size=10))
    told = {INTAKE: 0, DELIVERIES: 0}
    history = []
    for n, topic in enumerate(topics):
        seen = {other: seq for other, seq in told.items() if other != topic and seq}
        told[topic] += 1
        history.append(message(said(f"i{n}") if topic == INTAKE else delivered(), told[topic], seen))
    clean, desk = Desk(), Desk()
    clean.deliver(*history)
    for one in data.draw(st.permutations(history)):
        desk.deliver(one)
    assert desk.heard == clean.heard


def raising() -> list[Message]:
    return [ONE, message(said("raise"), 2), THREE]


def test_what_raises_is_parked_and_what_comes_after_waits() -> None:
    desk = Desk()
    desk.deliver(*raising(), message(delivered(), 1), message(delivered(), 2, {INTAKE: 3}))
    assert desk.heard == ("filed", "delivered")  # the other topic goes on, but what has seen the gap does not
    assert [row["reason"] for row in desk.parked.values()] == ["ZeroDivisionError while deciding"]
    assert len(desk.waiting) == 2
    assert [sent.topic for sent in desk.sent] == ["routing-cases", "intake-cases-test-dlq"]


def test_a_parked_event_that_comes_again_is_parked_once() -> None:
    desk = Desk()
    desk.deliver(*raising())
    desk.deliver(*raising())
    assert (desk.heard, len(desk.parked), len(desk.waiting)) == (("filed",), 1, 1)


def replayed(desk: Desk) -> Input:
    [(row_id, row)] = desk.parked.items()
    item = event_input(READER.read(StoredRecord.from_row(row)), desk.aggregate, row_id=row_id)
    desk.fold([item])
    return item


def test_replayed_under_mended_rules_it_is_followed_by_what_waited() -> None:
    desk = Desk()
    desk.deliver(*raising())
    assert isinstance(replayed(desk).outcome, ZeroDivisionError)
    assert (len(desk.parked), len(desk.waiting)) == (1, 1)
    desk.aggregate = cases(mended=True)
    replayed(desk)
    assert desk.heard == ("filed", "raise", "three")
    assert not desk.parked
    assert not desk.waiting


def test_replayed_before_its_turn_it_waits_and_is_parked_no_more() -> None:
    desk = Desk()
    item = READER.read(desk.record(TWO))
    desk.parked["row"] = {}
    desk.fold([event_input(item, desk.aggregate, row_id="row")])
    assert (len(desk.parked), len(desk.waiting)) == (0, 1)
    desk.deliver(ONE)
    assert desk.heard == ("filed", "two")


@pytest.mark.parametrize("text", ["surrogate", "surrogate in a row"])
def test_what_cannot_be_stored_is_parked_and_keeps_what_came_before_it(text: str) -> None:
    desk = Desk()
    desk.deliver(ONE, message(said("two"), 2), message(said(text), 3), message(said("after"), 4))
    assert desk.heard == ("filed", "two")
    assert len(desk.parked) == len(desk.waiting) == 1
    assert desk.subject.emitted == {"routing-cases": 1}


def test_an_event_of_a_restored_producer_is_told_from_a_repetition_by_its_time() -> None:
    desk = Desk()
    desk.deliver(ONE)
    desk.deliver(ONE)
    assert desk.counts.get("forged") is None
    desk.deliver(message(filed("M"), 1, at=NOW + timedelta(seconds=1)))
    assert desk.counts["forged"] == 1
    assert desk.heard == ("filed",)


def test_an_event_of_another_version_parks_and_an_unknown_one_only_moves_the_seq() -> None:
    later = replace(TWO, headers=tuple((n, b"message-appended.v9" if n == "ce_type" else v) for n, v in TWO.headers))
    desk = Desk()
    parsed = READER.read(desk.record(later))
    desk.fold([event_input(READER.read(desk.record(ONE)), desk.aggregate), event_input(parsed, desk.aggregate)])
    desk.deliver(THREE)
    assert (len(desk.parked), len(desk.waiting), desk.heard) == (1, 1, ("filed",))
    unknown = Desk()
    unknown.deliver(ONE, STRANGE, THREE)
    assert unknown.heard == ("filed", "three")
    assert [sent.topic for sent in unknown.sent] == ["routing-cases", "intake-cases-test-dlq"]
    assert not unknown.parked


def test_a_timer_fires_once_and_not_when_it_was_moved() -> None:
    desk = Desk()
    desk.command(Alarm("soon", NOW))
    desk.command(Alarm("moved", NOW))
    desk.command(Alarm("moved", NOW + timedelta(days=1)))
    for name in ("soon", "soon", "moved"):
        desk.command(TimerFired(name, NOW))
    assert desk.heard == ("timer soon",)
    assert list(desk.subject.timers) == ["moved"]


def test_a_timer_that_raises_is_parked_in_its_place() -> None:
    desk = Desk()
    desk.command(Alarm("bad", NOW))
    desk.command(TimerFired("bad", NOW))
    desk.command(TimerFired("bad", NOW))
    assert desk.subject.timers["bad"].parked == "ZeroDivisionError while deciding"
    assert "due" not in desk.subject.document()
    assert desk.counts["parked"] == 1


@pytest.mark.parametrize(("text", "kind"), [("refuse", Refused), ("raise", ZeroDivisionError), ("hello", dict)])
def test_who_commands_is_told(text: str, kind: type) -> None:
    desk = Desk()
    outcome = desk.command(Note(text)).outcome
    assert isinstance(outcome, kind)
    assert bool(desk.heard) == (kind is dict)


def test_a_refused_or_raising_command_leaves_the_others_of_its_batch_alone() -> None:
    desk = Desk()
    items = [Input(desk.aggregate, "c", message=Note(text)) for text in ("a", "raise", "refuse", "b")]
    desk.fold(items)
    assert desk.heard == ("note a", "note b")
    assert [sent.topic for sent in desk.sent] == ["routing-cases"] * 2


def seqs(messages: Iterable[Message]) -> list[bytes]:
    pick: Callable[[Message], bytes] = lambda one: dict(one.headers)["ce_seq"] or b""  # noqa: E731
    return [pick(one) for one in messages]


def test_what_is_published_is_counted_without_gap_and_says_what_was_seen() -> None:
    desk = Desk()
    desk.command(Note("a"))
    desk.deliver(ONE)
    desk.command(Note("raise"))
    desk.command(Note("b"))
    assert seqs(desk.sent) == [b"1", b"2", b"3"]
    assert dict(desk.sent[2].headers)["ce_seen"] == b"intake-cases=1"


def test_a_decision_begins_another_subject_with_its_first_events() -> None:
    first, outcome = said("new"), Keyed(said("told"), "k", 4)

    def decide(known: Tally | None, message: object, now: datetime) -> Decision[Tally]:
        return Decision(Tally(note="old"), (said("split"),), begins=(Begin("d", Tally(note="new"), (first, outcome)),))

    aggregate = replace(cases(), decide=decide)
    subject = Subject("c", version=3, applied={DELIVERIES: (2, "x")}, emitted={first.TOPIC: 7})
    folder = Folder("test", NOW)
    folder.fold(aggregate, subject, [Input(aggregate, "c", message=Note("split"))], [])
    documents = {subject_id: (version, document) for _, subject_id, version, document in folder.effects.documents}
    assert {subject_id: version for subject_id, (version, _) in documents.items()} == {"c": 3, "d": 0}
    begun = Subject.from_document(documents["d"][1], Tally)
    assert (begun.version, begun.emitted, begun.applied) == (1, {first.TOPIC: 1}, {})
    assert isinstance(begun.state, Tally)
    assert begun.state.note == "new"
    headers = [dict(one.headers) for one in folder.effects.messages]
    assert [(one["ce_subject"], one["ce_seq"]) for one in headers] == [(b"c", b"8"), (b"d", b"1"), (b"k", b"4")]
    assert ["ce_seen" in one for one in headers] == [True, False, False]


def test_what_cannot_begin_leaves_nothing_of_its_decision() -> None:
    def decide(known: Tally | None, message: object, now: datetime) -> Decision[Tally]:
        too_large = Tally(note="x" * 16_000_000)
        return Decision(Tally(note="old"), (said("split"),), begins=(Begin("d", too_large, (said("new"),)),))

    aggregate = replace(cases(), decide=decide)
    item = Input(aggregate, "c", message=Note("split"))
    folder = Folder("test", NOW)
    folder.fold(aggregate, Subject("c"), [item], [])
    assert isinstance(item.outcome, ValueError)
    assert (folder.effects.documents, folder.effects.messages) == ([], [])
