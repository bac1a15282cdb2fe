# SPDX-License-Identifier: Apache-2.0
"""Queries of openings of suggestion boxes and of the cases that their forms became."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.mongo import Database, translated
from intake.cursor import after, written
from intake.domain.boxes import BoxOpening

OPENED_AT = "state.opened_at"
_STATE: Mapping[bool, Mapping[str, Any]] = {
    True: {"state.closed_at": {"$type": "date"}},
    False: {"state.closed_at": None, OPENED_AT: {"$type": "date"}},
}
IS_OPENING = {"$type": "string"}
"""Said in the question too, so that the partial index has all of the answer."""


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening with the ids of the cases of its forms, by number."""

    id: str
    state: BoxOpening
    cases: Mapping[int, str]

    @property
    def missing(self) -> tuple[int, ...]:
        return self.state.missing(self.cases.keys())

    @property
    def uncounted(self) -> tuple[int, ...]:
        return self.state.uncounted(self.cases.keys())


class BoxOpenings:
    """Everything raises Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._openings = database.collection("box_openings")
        self._submissions = database.collection("submission_cases")

    async def by_id(self, opening_id: str) -> Opening | None:
        with translated():
            row = await self._openings.find_one({"_id": opening_id}, {"state": 1})
        if row is None or row["state"] is None:
            return None
        cases = await self._cases([opening_id])
        return Opening(opening_id, BoxOpening.model_validate(row["state"]), cases.get(opening_id, {}))

    async def page(self, *, closed: bool, limit: int, cursor: str | None = None) -> tuple[list[Opening], str | None]:
        """Those where something is missing, or those that are closed; the oldest first. Raises BadCursor."""
        found = await self._found({"$and": [_STATE[closed], after(cursor, OPENED_AT)]}, 1, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], written(last.state.opened_at, last.id) if last else None

    async def latest_closed(self, limit: int) -> list[Opening]:
        """The newest first."""
        return await self._found(_STATE[True], -1, limit)

    async def _found(self, query: Mapping[str, Any], order: int, limit: int) -> list[Opening]:
        with translated():
            found = self._openings.find(query, {"state": 1}).sort([(OPENED_AT, order), ("_id", order)])
            rows = await found.to_list(limit)
        cases = await self._cases([row["_id"] for row in rows])
        return [Opening(row["_id"], BoxOpening.model_validate(row["state"]), cases.get(row["_id"], {})) for row in rows]

    async def _cases(self, opening_ids: Collection[str]) -> dict[str, dict[int, str]]:
        found: dict[str, dict[int, str]] = {}
        if not opening_ids:
            return found
        query = {"box_opening": {**IS_OPENING, "$in": list(opening_ids)}}
        with translated():
            async for row in self._submissions.find(query, {"box_opening": 1, "box_form": 1, "case_id": 1}):
                found.setdefault(row["box_opening"], {})[row["box_form"]] = row["case_id"]
        return found
