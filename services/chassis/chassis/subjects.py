# SPDX-License-Identifier: Apache-2.0
"""What is kept about one subject (a case, a submission): its state, and how far each topic was applied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel

from chassis.decision import Decision, Refused, TimerFired
from ventanilla_contracts.envelope import Envelope, Event


@dataclass(frozen=True, eq=False)
class Aggregate:
    """One kind of subject: where it is stored, which topics are keyed by it, which events its rules handle.

    ``decide(state, message, now)`` is the service's pure rules (see chassis.decision).
    """

    name: str
    state: type[BaseModel]
    decide: Callable[[Any, Any, datetime], Decision[Any] | Refused]
    topics: tuple[str, ...]
    handles: tuple[type[Event], ...]


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that is set; ``parked`` says why it is not fired any more."""

    due: datetime
    data: Mapping[str, object]
    traceparent: str | None = None
    parked: str | None = None

    def fields(self) -> dict[str, Any]:
        return {"due": self.due, "data": dict(self.data), "traceparent": self.traceparent, "parked": self.parked}


@dataclass(slots=True)
class Subject:
    """One subject as loaded and as it will be saved; ``version`` 0 is not stored yet.

    ``applied``: topic -> (seq, identity) of the last event applied; ``emitted``: topic -> last seq published;
    ``waiting``: how many of its events wait for their turn; ``timers``: by name, in the same document, since a write
    of its own for each would cost more than the case itself (ADR 0006).
    """

    id: str
    version: int = 0
    applied: dict[str, tuple[int, str]] = field(default_factory=dict)
    emitted: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    timers: dict[str, Timer] = field(default_factory=dict)
    state: BaseModel | None = None

    def copy(self) -> "Subject":
        kept = (dict(self.applied), dict(self.emitted), self.waiting, dict(self.timers), self.state)
        return Subject(self.id, self.version, *kept)

    def document(self) -> dict[str, Any]:
        """As stored, one version on; ``due`` is when the first timer is to be looked at."""
        document = {
            "_id": self.id,
            "version": self.version + 1,
            "applied": {topic: list(last) for topic, last in self.applied.items()},
            "emitted": self.emitted,
            "waiting": self.waiting,
            "timers": [{"name": name, **timer.fields()} for name, timer in self.timers.items()],
            "state": None if self.state is None else self.state.model_dump(),
        }
        due = [timer.due for timer in self.timers.values() if timer.parked is None]
        if due:
            document["due"] = min(due)
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any], state: type[BaseModel]) -> "Subject":
        stored = document["state"]
        return cls(
            id=document["_id"],
            version=document["version"],
            applied={topic: (seq, identity) for topic, (seq, identity) in document["applied"].items()},
            emitted=dict(document["emitted"]),
            waiting=document["waiting"],
            timers=timers_of(document),
            state=None if stored is None else state.model_validate(stored),
        )


def timers_of(document: Mapping[str, Any]) -> dict[str, Timer]:
    """The timers in a stored subject, by name."""
    return {timer["name"]: timer_of(timer) for timer in document["timers"]}


def timer_of(fields: Mapping[str, Any]) -> Timer:
    """A timer as it is stored, beside its name."""
    return Timer(fields["due"], fields["data"], fields["traceparent"], fields["parked"])


def with_timer_parked(document: Mapping[str, Any], fired: TimerFired, reason: str) -> dict[str, Any]:
    """A stored subject, one version on, in which this timer is not fired any more; its state is not looked at."""
    timers = [
        {**timer, "parked": reason} if (timer["name"], timer["due"]) == (fired.name, fired.due) else timer
        for timer in document["timers"]
    ]
    changed = {**document, "version": document["version"] + 1, "timers": timers}
    changed.pop("due", None)
    due = [timer["due"] for timer in timers if timer["parked"] is None]
    return {**changed, "due": min(due)} if due else changed


ACCEPTED = ""
"""Stands for the identity of an event that a person accepted as missing: nobody knows it."""


def identity(envelope: Envelope) -> str:
    """What tells an event from another of the same seq: its id, made of the seq, would be the same."""
    return f"{envelope.id} {envelope.time.isoformat()}"


class Turn(Enum):
    """Whether it is an event's turn."""

    NOW = "now"
    OLD = "old"
    FORGED = "forged"
    LATER = "later"


def turn(subject: Subject, topic: str, envelope: Envelope, reads: frozenset[str]) -> Turn:
    """Last + 1 is applied once what it had seen is; what is not newer is dropped; all else waits (design 2).

    ``reads``: the topics that this kind of subject is built from. FORGED is the last seq with another identity: its
    producer was restored from a backup and counts again (hazard 9).
    """
    if envelope.seq is None:
        return Turn.NOW
    last, last_identity = subject.applied.get(topic, (0, ""))
    if envelope.seq <= last:
        known = envelope.seq == last and last_identity != ACCEPTED
        return Turn.FORGED if known and identity(envelope) != last_identity else Turn.OLD
    if envelope.seq > last + 1:
        return Turn.LATER
    for other, seq in envelope.seen.items():
        if other in reads and subject.applied.get(other, (0, ""))[0] < seq:
            return Turn.LATER
    return Turn.NOW
