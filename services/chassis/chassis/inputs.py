# SPDX-License-Identifier: Apache-2.0
"""What is to be decided: an event, a timer or a command, about one subject."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.decision import Refused, Row, TimerFired
from chassis.records import Parsed
from chassis.subjects import Aggregate
from ventanilla_contracts.envelope import Envelope


@dataclass(frozen=True, slots=True)
class GoOn:
    """Go on in a topic after ``after`` as if all up to ``to`` were applied: a person accepts that they are gone."""

    topic: str
    after: int
    to: int


Outcome = Mapping[str, object] | Refused | Exception
"""What a command's caller hears: its result, a refusal, or the bug that it met."""


@dataclass(slots=True, eq=False)
class Input:
    """One thing to decide about a subject: an event in ``parsed``, or a timer or command in ``message``.

    ``row_id`` is the parked row that this input is replayed from; it goes when the input is applied.
    ``key`` (Idempotency-Key) and ``fingerprint`` of its body make a command's repetition hear the first outcome.
    ``again``: it is read from its topic a second time. Neither of the two moves a mark.
    ``beside``: rows to write with it. ``saved``: the outcome stands; an outcome before that was only thought of.
    ``resolved``: the service named the subject, and names it anew on fresh state after a conflict.
    """

    aggregate: Aggregate
    subject: str
    message: object = None
    parsed: Parsed | None = None
    traceparent: str | None = None
    row_id: str | None = None
    again: bool = False
    key: str | None = None
    fingerprint: str = ""
    beside: tuple[Row, ...] = ()
    outcome: Outcome | None = None
    saved: bool = False
    resolved: bool = False

    @property
    def moves_mark(self) -> bool:
        """Whether it is a record in its place in the log."""
        return self.row_id is None and not self.again

    @property
    def name(self) -> str:
        """What it is, for logs: an event's type, a timer's name, or the kind of command."""
        if self.envelope is not None:
            return self.envelope.type
        return self.message.name if isinstance(self.message, TimerFired) else type(self.message).__name__

    @property
    def envelope(self) -> Envelope | None:
        return None if self.parsed is None else self.parsed.envelope


def event_input(
    parsed: Parsed, aggregate: Aggregate, *, subject: str = "", row_id: str | None = None, again: bool = False
) -> Input:
    """An event as it was read, about the subject it names; unsequenced ones are resolved by the service."""
    envelope = parsed.envelope
    if envelope is None:
        return Input(aggregate, subject, parsed=parsed, row_id=row_id, again=again)
    known = envelope.subject if envelope.seq is not None else subject
    return Input(aggregate, known, parsed=parsed, traceparent=envelope.traceparent, row_id=row_id, again=again)
