# SPDX-License-Identifier: Apache-2.0
"""What pages and API read of the cases: one by its number, lists by time left, what persons said later."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from pymongo import ASCENDING, IndexModel

from chassis.mongo import Database, translated
from routing.consumers import CASES
from routing.domain.answering.drafting import DRAFTS
from routing.domain.case import FIRST, LAST, PLACES, SECOND, STOPPED, THIRD, Case
from routing.domain.filing import MESSAGES
from routing.domain.links import LINKS
from routing.domain.urgency import DueSpan
from routing.following.store import ASKED_ON
from routing.matrix.store import CASES_BY_VERSION, VERSION_INDEXES, VERSIONS
from routing.questions.store import QUESTION_INDEXES
from routing.searching.building import StillBuilding
from routing.searching.index import Found
from routing.searching.reading import SEARCH_INDEXES
from ventanilla_contracts.envelope import to_instant
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind, Priority

PLACE = "state.place"
OPEN, STATUS, KIND = "state.open", "state.status", "state.classification.kind"
CHANNEL, PRIORITY, TASK = "state.channel", "state.classification.priority", "state.task"
ANY_TASK = "any"
HAS_TASK = {"$type": "string"}
TO_CLASSIFY = "state.to_classify"
TO_REVIEW = "state.to_review"
BY_OMBUDSMAN = "state.by_ombudsman"
DUE, RESPONDER, AREA = "state.deadline.due_at", "state.assignment.responder.id", "state.assignment.area"
BY_DUE = ((PLACE, ASCENDING), (DUE, ASCENDING), ("_id", ASCENDING))
LISTS = (
    (STATUS,),
    (OPEN,),
    (RESPONDER, OPEN),
    (AREA, OPEN),
    (KIND, OPEN),
    (TO_CLASSIFY,),
    (CHANNEL, OPEN),
    (TO_REVIEW,),
    (BY_OMBUDSMAN, OPEN),
)
INDEXES: Mapping[str, Sequence[IndexModel]] = {
    CASES: [
        IndexModel([("state.case_number", ASCENDING)]),
        *(IndexModel([*((name, ASCENDING) for name in names), *BY_DUE]) for names in LISTS),
        IndexModel([(TASK, ASCENDING), *BY_DUE], partialFilterExpression={TASK: HAS_TASK}),
        IndexModel([(OPEN, ASCENDING), ("state.counted_by", ASCENDING)]),
        CASES_BY_VERSION,
        ASKED_ON,
    ],
    VERSIONS: VERSION_INDEXES,
    MESSAGES: [IndexModel([("case", ASCENDING), ("at", ASCENDING)])],
    DRAFTS: [IndexModel([("case", ASCENDING), ("revision", ASCENDING)])],
    LINKS: [IndexModel([("cases", ASCENDING), ("at", ASCENDING)])],
    **SEARCH_INDEXES,
    **QUESTION_INDEXES,
}
"""A list by one thing reads no more cases than it shows, however many are stored; each says whether they are open."""

_LAST_DAY = date.max - timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOST_LINKS_SHOWN = 50
MOST_LOOKED_AT = 2_000
"""Cases that are found by words are looked at in the store, at most so many at once."""
_RANK = "words|"
MOST_COUNTED = 1000
_UNSHOWN = {"state.history": 0, "state.text": 0, "state.proposal": 0, "state.deadline.trace": 0}


class UnknownCursor(ValueError):
    """Not a cursor that a list gave."""


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
        """Where in the queue such cases can be (Case.place_now): the index need not be read anywhere else."""
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


@dataclass(frozen=True)
class Page:
    """``next`` is the cursor of the page that follows; None at the end."""

    cases: tuple[Case, ...]
    next: str | None


class Finder(Protocol):
    """Finds cases by their words (routing.searching)."""

    async def find(self, text: str, filters: Mapping[str, Any], *, limit: int, after: int | None = None) -> Found:
        """Ids in the order of the queue, what is open first. Raises StillBuilding."""


class CaseStore:
    """Reads only; every method raises chassis.mongo.Unavailable while the database is away."""

    def __init__(self, database: Database, finder: Finder | None = None) -> None:
        self._finder = finder
        self._cases = database.collection(CASES)
        self._messages = database.collection(MESSAGES)
        self._links = database.collection(LINKS)
        self._drafts = database.collection(DRAFTS)

    async def by_number(self, number: str) -> Case | None:
        with translated():
            found = await self._cases.find_one({"state.case_number": number}, {"state": 1})
        return Case.model_validate(found["state"]) if found else None

    async def ids(self, numbers: Sequence[str]) -> dict[str, str]:
        """Of the cases with these numbers, by number."""
        with translated():
            found = self._cases.find({"state.case_number": {"$in": list(numbers)}}, {"state.case_number": 1})
            return {row["state"]["case_number"]: row["_id"] for row in await found.to_list(None)}

    async def page(self, wanted: CaseFilter, *, limit: int, cursor: str | None = None) -> Page:
        """Cases by their place in the queue, then by due date, without text, history and trace.

        By words: what is open first, in that order; then what is not, the latest first. Raises UnknownCursor, and
        StillBuilding where there is nothing yet to find them in.
        """
        if wanted.text and wanted.text.strip():
            return await self._with_words(wanted.text, wanted.query(), limit, _after_rank(cursor))
        query = {"$and": [wanted.query(), _after(cursor)]} if cursor else wanted.query()
        with translated():
            found = self._cases.find(query, _UNSHOWN).sort(list(BY_DUE))
            rows = await found.limit(limit + 1).to_list(None)
        cases = tuple(_listed(row["state"]) for row in rows[:limit])
        return Page(cases, _cursor(cases[-1]) if len(rows) > limit else None)

    async def count(self, wanted: CaseFilter, most: int = MOST_COUNTED) -> int:
        """How many such cases there are; ``most`` where there are more, which nobody waits to be counted."""
        filters = wanted.query()
        if wanted.text and wanted.text.strip() and self._finder:
            found = await self._finder.find(wanted.text, filters, limit=most)
            filters = {"$and": [{"_id": {"$in": list(found.ids)}}, filters]}
        with translated():
            return await self._cases.count_documents(filters, limit=most)

    async def _with_words(self, text: str, filters: Mapping[str, Any], limit: int, after: int | None) -> Page:
        """The index finds, the store decides: what it says of a case now must pass the filters too."""
        if self._finder is None:
            raise StillBuilding(0, 0)
        cases: list[tuple[int, Case]] = []
        size = limit + 1
        while len(cases) <= limit:
            found = await self._finder.find(text, filters, limit=size, after=after)
            with translated():
                asked = {"$and": [{"_id": {"$in": list(found.ids)}}, filters]}
                rows = await self._cases.find(asked, _UNSHOWN).hint("_id_").to_list(None)
            by_id = {row["_id"]: row["state"] for row in rows}
            ranked = zip(found.ranks, found.ids, strict=True)
            cases += [(rank, _listed(by_id[one])) for rank, one in ranked if one in by_id]
            if len(found.ids) < size:
                break
            after, size = found.ranks[-1], min(2 * size, MOST_LOOKED_AT)
        shown = cases[:limit]
        return Page(tuple(case for _, case in shown), _rank_cursor(shown[-1][0]) if len(cases) > limit else None)

    async def messages(self, case_id: str) -> list[dict[str, Any]]:
        """What the person said after the filing, in order: at, channel, text, files."""
        with translated():
            return await self._messages.find({"case": case_id}, {"_id": 0, "case": 0}).sort("at", 1).to_list(None)

    async def drafts(self, case_id: str) -> list[dict[str, Any]]:
        """Every revision of the drafts of its answer, the first first."""
        with translated():
            return await self._drafts.find({"case": case_id}, {"_id": 0, "case": 0}).sort("revision", 1).to_list(None)

    async def links(self, case_id: str, limit: int = MOST_LINKS_SHOWN) -> list[dict[str, Any]]:
        """The case's links, whichever of both has them, the latest first."""
        with translated():
            return await self._links.find({"cases": case_id}).sort("at", -1).limit(limit).to_list(None)


def _cursor(last: Case) -> str:
    due = last.deadline.due_at.isoformat() if last.deadline else ""
    return base64.urlsafe_b64encode(f"{last.place}|{due}|{last.id}".encode()).decode()


def _listed(state: dict[str, Any]) -> Case:
    """A case as lists read it: of its deadline they show the date, and not each day's reason."""
    deadline = state.get("deadline")
    return Case.model_validate({**state, "deadline": {"trace": (), **deadline} if deadline else None})


def _rank_cursor(rank: int) -> str:
    return base64.urlsafe_b64encode(f"{_RANK}{rank}".encode()).decode()


def _after_rank(cursor: str | None) -> int | None:
    if not cursor:
        return None
    try:
        written = base64.urlsafe_b64decode(cursor.encode()).decode()
        rank = int(written.removeprefix(_RANK))
    except (ValueError, binascii.Error):
        raise UnknownCursor(cursor) from None
    if not written.startswith(_RANK) or not 0 <= rank < 1 << 63:
        raise UnknownCursor(cursor)
    return rank


def _after(cursor: str) -> dict[str, Any]:
    try:
        place, due, case_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|", 2)
        moment, n = to_instant(datetime.fromisoformat(due)), int(place)
    except (ValueError, binascii.Error):
        raise UnknownCursor(cursor) from None
    later = ({PLACE: {"$gt": n}}, {PLACE: n, DUE: {"$gt": moment}}, {PLACE: n, DUE: moment, "_id": {"$gt": case_id}})
    return {PLACE: {"$gte": n}, "$or": list(later)}
