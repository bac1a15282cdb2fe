# SPDX-License-Identifier: Apache-2.0
"""Which cases a list shows, and how the store is asked for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from routing.cases.fields import (
    AREA,
    BY_OMBUDSMAN,
    CHANNEL,
    DUE,
    HAS_TASK,
    KIND,
    OPEN,
    PLACE,
    PRIORITY,
    RESPONDER,
    STATUS,
    TASK,
    TO_CLASSIFY,
    TO_REVIEW,
)
from routing.domain.case import FIRST, LAST, PLACES, SECOND, STOPPED, THIRD
from routing.domain.urgency import DueSpan
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind, Priority

ANY_TASK = "any"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_DAY = date.max - timedelta(days=1)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows; None lets all through. ``area`` is the one that has them.

    ``to_classify``: those of which a person has yet to say what they are about; all of them are open. ``to_review``:
    those whose draft waits for the legal team. ``waits``: for the person, who has not replied yet; ``due_within``: only
    those whose clock runs. ``by_ombudsman``: those of which the ombudsman ever asked. ``text``:
    those that have all these words; asked of an index, and not of the store.
    """

    area: str | None = None
    responder: str | None = None
    status: CaseStatus | None = None
    kind: Kind | None = None
    due_before: date | None = None
    open: bool | None = None
    to_classify: bool | None = None
    channel: Channel | None = None
    priority: Priority | None = None
    task: str | None = None
    waits: bool | None = None
    due_within: DueSpan | None = None
    text: str | None = None
    to_review: bool | None = None
    by_ombudsman: bool | None = None

    def query(self) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            AREA: self.area,
            RESPONDER: self.responder,
            STATUS: self._status,
            KIND: self.kind,
            CHANNEL: self.channel,
            PRIORITY: self.priority,
            TASK: self._task,
            TO_CLASSIFY: {"$ne": True} if self.to_classify is False else self.to_classify,
            TO_REVIEW: {"$ne": True} if self.to_review is False else self.to_review,
            BY_OMBUDSMAN: {"$ne": True} if self.by_ombudsman is False else self.by_ombudsman,
            OPEN: {"$in": [True, False]} if self.open is None else self.open,
            "state.deadline.due": {"$lt": self.due_before.isoformat()} if self.due_before else None,
            PLACE: {"$in": list(self._places)},
            DUE: {"$gt": LONG_AGO, **self._earlier, **self._within},  # leaves out cases whose filing is still to come
        }
        return {name: value for name, value in wanted.items() if value is not None}

    @property
    def _task(self) -> Any:
        """Only a question that says it too uses the index of cases with a task."""
        return None if self.task is None else HAS_TASK if self.task == ANY_TASK else {"$eq": self.task, **HAS_TASK}

    @property
    def _status(self) -> Any:
        """Of a case whose clock stands still there is no urgency (domain.urgency)."""
        runs = {"$ne": "suspended"} if self.due_within is not None else {}
        return {"$eq": self.status, **runs} if self.status and runs else self.status or runs or None

    @property
    def _places(self) -> tuple[int, ...]:
        """Where in the queue such cases can be (domain.queue): the index need not be read anywhere else."""
        fits = PLACES if self.waits is None else (STOPPED,) if self.waits else tuple(set(PLACES) - {STOPPED})
        by_priority = {
            "emergency": {FIRST, LAST},
            "high": {SECOND, THIRD, STOPPED, LAST},
            "normal": set(PLACES) - {FIRST},
        }
        left = [place for place in fits if self.priority is None or place in by_priority[self.priority]]
        return tuple(sorted(set(left) - self._closed_place))

    @property
    def _closed_place(self) -> set[int]:
        """What is not open any more stands last, where open cases of such a priority never are."""
        return {LAST} if self.open and self.priority in ("emergency", "high") else set()

    @property
    def _within(self) -> dict[str, datetime]:
        """Later bounds than those of ``_earlier``, where both are asked for."""
        span = self.due_within
        if span is None:
            return {}
        earlier = self._earlier.get("$lt")
        after = {"$gt": span.after} if span.after else {}
        until = {"$lte": span.until} if span.until and (earlier is None or span.until < earlier) else {}
        return {**after, **until}

    @property
    def _earlier(self) -> dict[str, datetime]:
        """Where the index need not be read further, wherever on earth that day is."""
        if self.due_before is None:
            return {}
        return {"$lt": datetime.combine(min(self.due_before, _LAST_DAY), time(), UTC) + timedelta(days=1)}
