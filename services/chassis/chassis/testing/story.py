# SPDX-License-Identifier: Apache-2.0
"""What happens around a service, told as tales of a few subjects, each with one outcome whatever is delivered when.

An event has seen what its tale tells before it, unless it says otherwise; a command is given once what comes before it
was applied; nothing of a tale is told while a timer of its subject is due. Delivery may do as it likes with the rest.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from chassis.messages import Message
from chassis.mongo import Database
from chassis.testing import Wire
from chassis.topics import load_topics
from ventanilla_contracts.envelope import Envelope, Event


@dataclass(frozen=True)
class Heard:
    """Another producer says something; ``key`` if not about the tale's subject, ``blind_to``: topics it knew not."""

    event: Event
    key: str = ""
    blind_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Somebody gives a command, again under the same Idempotency-Key until it is answered.

    ``kind``: which of the service's aggregates it is about; ``resolved``: the service itself finds its subject;
    ``keyed``: without a key the rules themselves must know a repetition.
    """

    command: "object | Found"
    kind: int = 0
    resolved: bool = False
    keyed: bool = True


@dataclass(frozen=True)
class Found:
    """A command that is made of what its giver reads in the store."""

    make: Callable[[Database], Awaitable[object]]


@dataclass(frozen=True)
class Day:
    """At ``now`` of the house's clock what is due fires; then the steps happen, all at that moment."""

    now: datetime
    steps: tuple[Heard | Asked, ...] = ()


@dataclass(frozen=True)
class Tale:
    subject: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class Step:
    """One step as it will happen: an event as its producer writes it, or a command and its Idempotency-Key."""

    subject: str
    day: datetime
    key: str
    message: Message | None
    asked: Asked | None


@dataclass(slots=True)
class Telling:
    """How far one tale is told; ``told``: by topic the last seq about its subject."""

    subject: str
    steps: Sequence[Step]
    today: list[Step] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)

    def begin(self, now: datetime) -> None:
        self.today = [step for step in self.steps if step.day == now]

    @property
    def asks(self) -> Asked | None:
        """The command that comes next."""
        return self.today[0].asked if self.today else None

    def events(self, most: int) -> list[Message]:
        """The next events, up to a command or ``most``: they may be told in one breath."""
        found: list[Message] = []
        while self.today and len(found) < most and (message := self.today[0].message) is not None:
            envelope = Envelope.from_headers(message.headers)
            if envelope.subject == self.subject and envelope.seq is not None:
                self.told[message.topic] = envelope.seq
            found.append(message)
            self.today.pop(0)
        return found


def moments(tales: Sequence[Tale]) -> list[datetime]:
    return sorted({day.now for tale in tales for day in tale.days})


def steps_of(tale: Tale) -> list[Step]:
    """Made once, so that every run of the tale hears the same bytes."""
    return list(_steps(tale))


def _steps(tale: Tale) -> Iterator[Step]:
    wire = Wire("", "", None, None)
    for day in tale.days:
        for n, step in enumerate(day.steps):
            message = _message(wire, step, step.key or tale.subject, day.now) if isinstance(step, Heard) else None
            asked = step if isinstance(step, Asked) else None
            yield Step(tale.subject, day.now, f"{tale.subject} {day.now.isoformat()} {n}", message, asked)


def _message(wire: Wire, step: Heard, key: str, now: datetime) -> Message:
    topic = step.event.TOPIC
    seen = {
        other: count
        for (other, about), count in wire.counts.items()
        if about == key and other != topic and other not in step.blind_to
    }
    message = wire.message(key, step.event, seen=seen, at=now)
    if _is_sequenced(topic):
        return message
    return replace(message, headers=tuple(header for header in message.headers if header[0] != "ce_seq"))


@cache
def _is_sequenced(topic: str) -> bool:
    return load_topics()[topic].sequenced
