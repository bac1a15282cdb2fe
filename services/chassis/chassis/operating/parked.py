# SPDX-License-Identifier: Apache-2.0
"""What is parked, as it is listed: records and timers alike."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from chassis.operating.acts import NotPossible
from ventanilla_contracts.envelope import to_instant

TIMER_PREFIX = "timer:"
_TOO_LARGE = 2**63
OutcomeKind = Literal[
    "applied", "applied before", "waits for its turn", "dropped", "done elsewhere", "failed", "discarded"
]


def is_timer(parked_id: str) -> bool:
    """Whether it names a timer, not a record."""
    return parked_id.startswith(TIMER_PREFIX)


class NotParked(NotPossible):
    """Nothing is parked under this id, or not any more."""

    def __init__(self, parked_id: str) -> None:
        super().__init__(f"{parked_id}: nothing is parked under this id")


class UnknownCursor(ValueError):
    """Not a cursor that a list gave."""


@dataclass(frozen=True, slots=True)
class Parked:
    """One record or timer, without its content; ``at``, by the house's clock: parked, or when the timer was due.

    ``topic`` and ``seq`` are None for a timer; ``subject``, ``type`` and ``seq`` for a record that does not say them.
    """

    id: str
    subject: str | None
    topic: str | None
    type: str | None
    seq: int | None
    reason: str
    at: datetime

    def cursor(self) -> str:
        """Its place in the list: what follows it comes after, also if it is gone by then."""
        return base64.urlsafe_b64encode(json.dumps(self._place()).encode()).decode()

    def _place(self) -> list[object]:
        if is_timer(self.id):
            return [self.id, self.at.isoformat()]
        _, partition, offset, _ = self.id.rsplit("/", 3)
        return [self.subject, self.topic, self.seq, int(partition), int(offset), self.id]


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor, read: after which record, or after which timer (its id and due time)."""

    record: tuple[Any, ...] | None = None
    timer: tuple[str, datetime] | None = None

    @classmethod
    def of(cls, cursor: str | None) -> "Place":
        """Raises UnknownCursor."""
        if not cursor:
            return cls()
        try:
            match json.loads(base64.urlsafe_b64decode(cursor)):
                case [str(timer_id), str(due)] as place if _can_be_stored(place):
                    return cls(timer=(timer_id, to_instant(datetime.fromisoformat(due))))
                case [str() | None, str(), int() | None, int(), int(), str()] as place if _can_be_stored(place):
                    return cls(record=tuple(place))
        except (ValueError, binascii.Error, RecursionError):
            pass
        raise UnknownCursor(cursor)


def _can_be_stored(place: Sequence[object]) -> bool:
    """Whether its numbers have 64 bits. Raises UnicodeEncodeError for half a character."""
    json.dumps(place, ensure_ascii=False).encode()
    return all(abs(one) < _TOO_LARGE for one in place if isinstance(one, int))


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list; ``next`` is the cursor of the part that follows, None at the end."""

    items: tuple[Parked, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of what is parked; a timer has no topic, and its type is its name after the word ``timer``."""

    subject: str | None = None
    topic: str | None = None
    type: str | None = None
    reason_contains: str | None = None
    since: datetime | None = None

    def is_empty(self) -> bool:
        return all(getattr(self, one.name) is None for one in fields(self))

    def of_records(self) -> dict[str, Any]:
        """The query for rows of ``parked``."""
        same = {"subject": self.subject, "source": self.topic, "type": self.type}
        asked: dict[str, Any] = {field: value for field, value in same.items() if value is not None}
        if self.reason_contains is not None:
            asked["reason"] = self._reason()
        if self.since is not None:
            asked["parked_at"] = {"$gte": self.since}
        return asked

    def of_timers(self) -> dict[str, Any] | None:
        """What a timer must be like, in its subject's document; None if no timer can be asked for."""
        if self.topic is not None or (self.type is not None and not self.type.startswith("timer ")):
            return None
        asked: dict[str, Any] = {"parked": {"$type": "string"}}
        if self.type is not None:
            asked["name"] = self.type.removeprefix("timer ")
        if self.reason_contains is not None:
            asked["parked"] |= self._reason()
        if self.since is not None:
            asked["due"] = {"$gte": self.since}
        return asked

    def _reason(self) -> dict[str, str]:
        pattern = re.escape(self.reason_contains or "").replace("\0", r"\x00")  # BSON ends a pattern there
        return {"$regex": pattern, "$options": "i"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: an OutcomeKind, after ``failed`` and ``dropped`` a colon and why."""

    id: str
    outcome: str

    @property
    def kind(self) -> OutcomeKind:
        kinds: Sequence[OutcomeKind] = get_args(OutcomeKind)
        return next(kind for kind in kinds if kind == self.outcome.partition(":")[0])

    @property
    def why(self) -> str | None:
        return self.outcome.partition(": ")[2] or None

    @property
    def failed(self) -> bool:
        return self.kind == "failed"
