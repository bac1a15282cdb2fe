# SPDX-License-Identifier: Apache-2.0
"""Deciding: the inputs of one subject folded in order into its next state and all that follows (design 2, step 3).

Pure: no I/O, no clock. A raise parks the record that caused it and keeps what came before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument

from chassis.decision import (
    Add,
    Begin,
    CancelTimer,
    Decision,
    Insert,
    Keyed,
    Put,
    Received,
    Refused,
    Row,
    SetTimer,
    TimerFired,
)
from chassis.documents import encoded
from chassis.effects import Effects
from chassis.ids import child_traceparent
from chassis.inputs import GoOn, Input, Outcome, event_input
from chassis.messages import Message, dead_letter, event_message
from chassis.records import Parsed, Readable, Undecodable, Unhandled, kept, record_fields, waiting_id
from chassis.subjects import ACCEPTED, Aggregate, Subject, Timer, Turn, identity, turn
from ventanilla_contracts.envelope import Event

__all__ = ["Effects", "Folder", "Input", "Outcome", "event_input"]


@dataclass(slots=True)
class Folder:
    """Folds subjects of one batch into one set of effects."""

    service: str
    now: datetime
    effects: Effects = field(default_factory=Effects)

    def fold(self, aggregate: Aggregate, before: Subject, inputs: Sequence[Input], waiting: Sequence[Input]) -> None:
        """Apply the inputs in order, and after each the waiting events whose turn has come."""
        attempt = _Attempt(self, aggregate, before.copy(), list(waiting), check_each=False)
        if not attempt.run(inputs):
            attempt = _Attempt(self, aggregate, before.copy(), list(waiting), check_each=True)
            attempt.run(inputs)
        attempt.deliver(self.effects)

    def park(self, item: Parsed, reason: str, into: Effects | None = None) -> None:
        """Keep the record for a person to look at, and copy it to the dead letters."""
        (self.effects if into is None else into).park(item, reason, service=self.service, now=self.now)


class _Attempt:
    """One pass over the inputs of one subject; its effects count only once delivered."""

    def __init__(
        self, folder: Folder, aggregate: Aggregate, subject: Subject, waiting: list[Input], *, check_each: bool
    ) -> None:
        self.folder = folder
        self.aggregate = aggregate
        self.subject = subject
        self.waiting = waiting
        self.check_each = check_each
        self.reads = frozenset(aggregate.topics)
        self.effects = Effects()
        self.changed = False
        self.document: RawBSONDocument | None = None

    def run(self, inputs: Sequence[Input]) -> bool:
        """False if the state that came out cannot be stored: then each step must be checked by itself."""
        for item in inputs:
            self._take(item)
            if self.waiting:
                self._drain()
        self.subject.waiting = len(self.waiting)
        if self.changed:
            try:
                self.document = encoded(self.subject.document())
            except ValueError:
                if self.check_each:
                    raise
                return False
        return True

    def deliver(self, effects: Effects) -> None:
        if self.document is not None:
            effects.documents.append((self.aggregate, self.subject.id, self.subject.version, self.document))
        effects.add(self.effects)

    def _take(self, item: Input) -> None:
        match self._turn(item):
            case Turn.NOW:
                self._apply(item)
            case Turn.LATER:
                self._wait(item)
            case Turn.OLD:
                self._drop(item, "dropped")
            case Turn.FORGED:
                self._drop(item, "forged")

    def _turn(self, item: Input) -> Turn:
        """What cannot be read is parked whatever seq it claims: its word is not to be trusted (ADR 0005)."""
        if item.parsed is None or item.parsed.envelope is None or isinstance(item.parsed, Undecodable):
            return Turn.NOW
        return turn(self.subject, item.parsed.origin.topic, item.parsed.envelope, self.reads)

    def _drain(self) -> None:
        """Apply waiting events until none is next."""
        progress = True
        while progress and self.waiting:
            progress = False
            for item in self.waiting:
                if self._turn(item) is not Turn.LATER:
                    self.waiting.remove(item)
                    self._unwait(item)
                    self._take(item)
                    progress = True
                    break

    def _waiting_id(self, item: Input) -> str | None:
        if item.parsed is None or item.parsed.envelope is None:
            return None
        return waiting_id(self.aggregate.name, self.subject.id, item.parsed.origin.topic, item.parsed.envelope.seq)

    def _wait(self, item: Input) -> None:
        row_id = self._waiting_id(item)
        if item.parsed is None or row_id is None:
            return
        self._release(item)
        if any(self._waiting_id(other) == row_id for other in self.waiting):
            return
        self.waiting.append(item)
        self.effects.waiting[row_id] = {
            **record_fields(item.parsed.raw),
            "aggregate": self.aggregate.name,
            "subject": self.subject.id,
            "since": self.folder.now,
        }
        self.effects.count("waiting")
        self.changed = True

    def _unwait(self, item: Input) -> None:
        if (row_id := self._waiting_id(item)) is not None:
            self.effects.waiting[row_id] = None
            self.changed = True

    def _drop(self, item: Input, what: str) -> None:
        self.effects.count(what)
        self._release(item)
        self.effects.rows += [(-1, _row(row)) for row in item.beside]

    def _release(self, item: Input) -> None:
        """The parked row that an input was replayed from is not needed any more."""
        if item.parsed is not None and item.row_id is not None:
            self.effects.released.add(item.row_id)

    def _apply(self, item: Input) -> None:
        if isinstance(item.parsed, Undecodable):
            self._fail(item, ValueError(item.parsed.reason), item.parsed.reason)
            return
        if isinstance(item.message, TimerFired) and not self._is_set(item.message):
            self.effects.count("dropped")
            return
        before = self.subject.copy()
        marked = len(self.effects.messages)
        try:
            self._decide(item)
        except Exception as error:  # whatever a rule raises is about this input only
            self.subject = before
            del self.effects.messages[marked:]
            self._fail(item, error, f"{type(error).__name__} while deciding")
            self.effects.failed.append(item)

    def _is_set(self, fired: TimerFired) -> bool:
        """A timer may have been fired elsewhere, cancelled, moved or parked since it was found due."""
        timer = self.subject.timers.get(fired.name)
        return timer is not None and timer.due == fired.due and timer.parked is None

    def _decide(self, item: Input) -> None:
        parsed = item.parsed
        if isinstance(item.message, GoOn):
            self._go_on(item, item.message)
            return
        if isinstance(item.message, TimerFired):
            del self.subject.timers[item.message.name]
            self.changed = True
        decision: Decision[Any] | Refused | None
        if isinstance(parsed, Unhandled):
            decision = None
            self._copy_unknown(parsed)
        else:
            decision = self.aggregate.decide(self.subject.state, _message(item), self.folder.now)
        if isinstance(decision, Refused):
            self._refuse(item, decision)
            return
        if parsed is not None and parsed.envelope is not None and parsed.envelope.seq is not None:
            self.subject.applied[parsed.origin.topic] = (parsed.envelope.seq, identity(parsed.envelope))
            self.changed = True
        if decision is not None:
            self._adopt(item, decision)
        self._release(item)
        self.effects.rows += [(-1, _row(row)) for row in item.beside]
        self.effects.count("applied")

    def _go_on(self, item: Input, without: GoOn) -> None:
        """Only if what is missing is still missing, and nothing that waits would be passed over."""
        last = self.subject.applied.get(without.topic, (0, ""))[0]
        here = (one.parsed for one in self.waiting if one.parsed is not None and one.parsed.envelope is not None)
        seqs = (one.envelope.seq or 0 for one in here if one.origin.topic == without.topic and one.envelope)
        if last != without.after or min(seqs, default=without.to + 1) <= without.to:
            item.outcome = Refused("changed-meanwhile")
            return
        self.subject.applied[without.topic] = (without.to, ACCEPTED)
        self.changed = True
        self.effects.rows += [(-1, _row(row)) for row in item.beside]
        self.effects.count("accepted")

    def _copy_unknown(self, parsed: Unhandled) -> None:
        if parsed.unknown:
            reason = f"type {parsed.envelope.type}: unknown"
            self.effects.messages.append(
                dead_letter(kept(parsed.raw), parsed.origin, reason, service=self.folder.service, now=self.folder.now)
            )
            self.effects.count("unknown")

    def _adopt(self, item: Input, decision: Decision[Any]) -> None:
        """Take over a decision; whatever of it cannot be encoded raises before anything is kept."""
        traceparent = child_traceparent(item.traceparent) if decision.events or decision.begins else ""
        messages = [self._message(event, traceparent) for event in decision.events]
        begun = [self._begun(begin, traceparent) for begin in decision.begins]
        rows = [_row(row) for row in decision.rows]
        if item.key:
            encoded(dict(decision.result))
        if decision.state is not self.subject.state:
            self.subject.state = decision.state
            self.changed = True
        for timer in decision.timers:
            self._set_timer(timer, item.traceparent)
        if self.check_each:
            encoded(self.subject.document())
        self.effects.messages += messages
        self.changed = self.changed or bool(messages)
        for subject_id, document, told in begun:
            self.effects.documents.append((self.aggregate, subject_id, 0, document))
            self.effects.messages += told
        partition = item.parsed.origin.partition if item.parsed is not None else -1
        self.effects.rows += [(partition, row) for row in rows]
        item.outcome = decision.result

    def _begun(self, begin: Begin[Any], traceparent: str) -> tuple[str, RawBSONDocument, list[Message]]:
        """Another subject and its first events: nothing was applied to it yet."""
        subject = Subject(begin.id, state=begin.state)
        told = [self._message(event, traceparent, subject) for event in begin.events]
        return subject.id, encoded(subject.document()), told

    def _message(self, event: Event | Keyed, traceparent: str, about: Subject | None = None) -> Message:
        subject = about or self.subject
        keyed = event if isinstance(event, Keyed) else _next(subject, event)
        topic = keyed.event.TOPIC
        return event_message(
            keyed.event,
            key=keyed.key,
            seq=keyed.seq,
            seen={other: applied for other, (applied, _) in subject.applied.items() if other != topic},
            source=self.folder.service,
            now=self.folder.now,
            traceparent=traceparent,
        )

    def _set_timer(self, timer: SetTimer | CancelTimer, traceparent: str | None) -> None:
        if isinstance(timer, CancelTimer):
            self.changed = self.subject.timers.pop(timer.name, None) is not None or self.changed
        else:
            self.subject.timers[timer.name] = Timer(timer.due, timer.data, traceparent)
            self.changed = True

    def _refuse(self, item: Input, refused: Refused) -> None:
        if item.parsed is not None:
            raise TypeError(f"the rules refused an event: {refused.code}")
        if isinstance(item.message, TimerFired):
            raise TypeError(f"the rules refused a timer: {refused.code}")
        item.outcome = refused

    def _fail(self, item: Input, error: Exception, reason: str) -> None:
        """Park the event or timer; what was replayed stays parked, and who commands is told."""
        if isinstance(item.message, TimerFired):
            timer = self.subject.timers[item.message.name]
            self.subject.timers[item.message.name] = replace(timer, parked=reason)
            self.effects.count("parked")
            self.changed = True
        elif item.parsed is not None and item.row_id is not None:
            self.effects.released.discard(item.row_id)
        elif item.parsed is not None:
            self.folder.park(item.parsed, reason, self.effects)
        item.outcome = error


def _next(subject: Subject, event: Event) -> Keyed:
    seq = subject.emitted.get(event.TOPIC, 0) + 1
    subject.emitted[event.TOPIC] = seq
    return Keyed(event, subject.id, seq)


def _row(row: Row) -> Row:
    """The row with its document encoded and measured. Raises Unstorable."""
    if isinstance(row, (Put, Insert)):
        return replace(row, document=encoded({**row.document, "_id": row.id}))
    if isinstance(row, Add):
        encoded({**row.labels, **row.amounts})
    return row


def _message(item: Input) -> object:
    if item.message is None and isinstance(item.parsed, Readable):
        envelope = item.parsed.envelope
        return Received(item.parsed.event, envelope.id, envelope.subject, envelope.time, item.parsed.origin.topic)
    return item.message
