# SPDX-License-Identifier: Apache-2.0
"""What is read of the cases: one by its number, lists by time left, what persons said later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from chassis.mongo import Database, translated
from routing.cases.cursors import after, after_rank, cursor_of, cursor_of_rank
from routing.cases.fields import BY_DUE, NUMBER
from routing.cases.filters import CaseFilter
from routing.consumers import CASES
from routing.domain.answering.drafting import DRAFTS
from routing.domain.case import Case
from routing.domain.filing import MESSAGES
from routing.domain.links import LINKS
from routing.searching.building import StillBuilding
from routing.searching.index import Found

K = TypeVar("K")
MOST_LINKS_SHOWN = 50
MOST_LOOKED_AT = 2_000
"""Cases that are found by words are looked at in the store, at most so many at once."""
MOST_COUNTED = 1000
_UNSHOWN = {"state.history": 0, "state.text": 0, "state.proposal": 0, "state.deadline.trace": 0}


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
            found = await self._cases.find_one({NUMBER: number}, {"state": 1})
        return Case.model_validate(found["state"]) if found else None

    async def ids(self, numbers: Sequence[str]) -> dict[str, str]:
        """Of the cases with these numbers, by number."""
        with translated():
            found = self._cases.find({NUMBER: {"$in": list(numbers)}}, {NUMBER: 1})
            return {row["state"]["case_number"]: row["_id"] for row in await found.to_list(None)}

    async def page(self, wanted: CaseFilter, *, limit: int, cursor: str | None = None) -> Page:
        """Cases by their place in the queue, then by due date, without text, history and trace.

        By words: what is open first, in that order; then what is not, the latest first. Raises UnknownCursor, and
        StillBuilding where there is nothing yet to find them in.
        """
        if wanted.text and wanted.text.strip():
            return await self._with_words(wanted.text, wanted.query(), limit, after_rank(cursor))
        query = {"$and": [wanted.query(), after(cursor)]} if cursor else wanted.query()
        with translated():
            found = self._cases.find(query, _UNSHOWN).sort(list(BY_DUE))
            rows = await found.limit(limit + 1).to_list(None)
        cases = tuple(_listed(row["state"]) for row in rows[:limit])
        return Page(cases, cursor_of(cases[-1]) if len(rows) > limit else None)

    async def counts(self, wanted: Mapping[K, CaseFilter], most: int = MOST_COUNTED) -> dict[K, int]:
        """How many such cases there are of each; ``most`` where there are more, which nobody waits to be counted.

        One question, each part of it by its own index: one $facet would read every case that any of them could be.
        """
        each: list[list[dict[str, Any]]] = [
            [{"$match": one.query()}, {"$limit": most}, {"$count": "found"}, {"$set": {"of": n}}]
            for n, one in enumerate(wanted.values())
        ]
        others = [{"$unionWith": {"coll": CASES, "pipeline": one}} for one in each[1:]]
        with translated():
            rows = await self._cases.aggregate([*each[0], *others]).to_list(None)
        found = {row["of"]: row["found"] for row in rows}
        return {name: found.get(n, 0) for n, name in enumerate(wanted)}

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
        return Page(tuple(case for _, case in shown), cursor_of_rank(shown[-1][0]) if len(cases) > limit else None)

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


def _listed(state: dict[str, Any]) -> Case:
    """A case as lists read it: of its deadline they show the date, and not each day's reason."""
    deadline = state.get("deadline")
    return Case.model_validate({**state, "deadline": {"trace": (), **deadline} if deadline else None})
