# SPDX-License-Identifier: Apache-2.0
"""The values in which a service's pure rules speak: what came in, and what is decided.

With ``faults`` the only part of the chassis that a domain may import (ADR 0003). A service decides with one function,
``decide(state, message, now) -> Decision | Refused``; ``message`` is a Received event, a TimerFired or a command of
the service's own; ``now`` only stamps, rules use the times of the messages (design 2 and 5).
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from ventanilla_contracts.envelope import Event

S = TypeVar("S")
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """An event of another service (or of a channel system), in its turn."""

    event: E_co
    id: str
    subject: str
    time: datetime
    topic: str


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that this service set for the subject is due."""

    name: str
    due: datetime
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire ``name`` at ``due``; replaces a timer of the same name of the same subject."""

    name: str
    due: datetime
    data: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer; no error if there is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Put:
    """Store a row of the service's own, replacing what has its id."""

    collection: str
    id: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Insert:
    """Store a row that must be new; if its id is taken the whole decision is taken again on fresh state."""

    collection: str
    id: str
    document: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a row of the service's own; no error if there is none."""

    collection: str
    id: str


@dataclass(frozen=True, slots=True)
class Add:
    """Add amounts to a sum; kept per partition and added when read, so that two instances never collide."""

    collection: str
    id: str
    labels: Mapping[str, object]
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Keyed:
    """An event on a topic whose key is not the subject; its seq is counted by whoever decides."""

    event: Event
    key: str
    seq: int


Row = Put | Insert | Remove | Add


@dataclass(frozen=True, slots=True)
class Begin(Generic[S]):
    """Another subject of the same kind, which begins in the same transaction (ADR 0014).

    ``events`` are the first about it, counted from 1. If its id is taken the whole decision is taken again on fresh
    state: the rules must then know that it was begun.
    """

    id: str
    state: S
    events: tuple[Event | Keyed, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The next state and everything that follows from it, saved in one transaction.

    ``result`` (JSON-able) is what a command's caller is told.
    """

    state: S
    events: tuple[Event | Keyed, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    rows: tuple[Row, ...] = ()
    result: Mapping[str, object] = dataclasses.field(default_factory=dict)
    begins: tuple[Begin[S], ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that the state or the rules do not allow: nothing changes.

    ``code`` names the text in the service's catalogue, ``values`` fill it, ``allowed`` says what can be done now.
    """

    code: str
    kind: Literal["conflict", "invalid", "not-found", "forbidden"] = "conflict"
    field: str | None = None
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    allowed: tuple[str, ...] = ()
