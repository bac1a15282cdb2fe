# SPDX-License-Identifier: Apache-2.0
"""What is read of links, of what was said in a case, and of mass letters; all writing goes through the chassis."""

from typing import Any

from chassis.mongo import Database, translated
from intake.cursor import before, written
from intake.domain.letters import LETTERS
from intake.domain.links import LINKS

Rows = list[dict[str, Any]]


class Links:
    """Everything raises Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._links = database.collection(LINKS)
        self._letters = database.collection(LETTERS)
        self._submissions = database.collection("submission_cases")

    async def of_case(self, case_id: str, limit: int, cursor: str | None = None) -> tuple[Rows, str | None]:
        """Links of the case, kept at it or at the other, the latest first. Raises BadCursor."""
        query = {"$and": [{"cases": case_id}, before(cursor, "at")]}
        with translated():
            rows = await self._links.find(query).sort([("at", -1), ("_id", -1)]).to_list(limit + 1)
        return _page(rows, limit, "at")

    async def letters(self, limit: int, cursor: str | None = None) -> tuple[Rows, str | None]:
        """Letters that many persons sent, those that came last first. Raises BadCursor."""
        with translated():
            found = self._letters.find(before(cursor, "last_at")).sort([("last_at", -1), ("_id", -1)])
            rows = await found.to_list(limit + 1)
        return _page(rows, limit, "last_at")

    async def said(self, case_id: str, limit: int) -> Rows:
        """What was said in the case, the first first."""
        with translated():
            found = self._submissions.find({"case_id": case_id}).sort([("registered_at", 1), ("_id", 1)])
            return await found.to_list(limit)


def _page(rows: Rows, limit: int, field: str) -> tuple[Rows, str | None]:
    kept = rows[:limit]
    return kept, written(kept[-1][field], kept[-1]["_id"]) if len(rows) > limit else None
