# SPDX-License-Identifier: Apache-2.0
"""Queries of the checks and samples; all writing goes through the chassis."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from chassis.mongo import Database, translated
from satisfaction.domain.check import Check, Status
from satisfaction.domain.draw import Sample

INDEXES = {
    "cases": [
        IndexModel([("state.status", ASCENDING), ("state.begun_at", ASCENDING), ("_id", ASCENDING)]),
        IndexModel([("state.status", ASCENDING), ("state.month", ASCENDING)]),
        IndexModel([("state.case_number", ASCENDING)]),
    ],
}

LISTED: tuple[Status, ...] = ("pending", "waiting-for-sample", "completed", "waived")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCursor(ValueError):
    """Not a cursor that we gave."""


@dataclass(frozen=True)
class Wanted:
    """Which checks: of one status, due for a call on a day, of one case; up to ``limit`` after ``cursor``."""

    status: Status | None = None
    due_on: date | None = None
    case_number: str | None = None
    limit: int = 50
    cursor: str | None = None

    def query(self) -> dict[str, Any]:
        """Raises BadCursor."""
        query: dict[str, Any] = {"state.status": self.status or {"$in": LISTED}}
        if self.due_on is not None:
            query |= {"state.status": "pending", "state.next_attempt_on": {"$lte": self.due_on.isoformat()}}
            if self.status not in (None, "pending"):
                query["state.status"] = {"$in": []}
        if self.case_number is not None:
            query["state.case_number"] = self.case_number
        if self.cursor is not None:
            begun_at, case_id = read_cursor(self.cursor)
            later = {"state.begun_at": {"$gt": begun_at}}
            query["$or"] = [later, {"state.begun_at": begun_at, "_id": {"$gt": case_id}}]
        return query


class Checks:
    """What the doors and the draw read."""

    def __init__(self, database: Database) -> None:
        self._cases = database.collection("cases")
        self._samples = database.collection("samples")

    async def page(self, wanted: Wanted) -> tuple[list[Check], str | None]:
        """The checks, oldest answer first, and the cursor of the next page. Raises BadCursor, Unavailable."""
        with translated():
            found = self._cases.find(wanted.query(), {"state": 1})
            rows = await found.sort([("state.begun_at", 1), ("_id", 1)]).limit(wanted.limit + 1).to_list(None)
        checks = [_check(row) for row in rows[: wanted.limit]]
        return checks, _cursor(checks[-1]) if len(rows) > wanted.limit else None

    async def one(self, case_id: str) -> Check | None:
        """Raises Unavailable."""
        with translated():
            row = await self._cases.find_one({"_id": case_id}, {"state": 1})
        return None if row is None or row["state"] is None else _check(row)

    async def months_waiting(self) -> dict[str, int]:
        """How many claims wait for the draw of each month. Raises Unavailable."""
        stages: list[Mapping[str, Any]] = [
            {"$match": {"state.status": "waiting-for-sample"}},
            {"$group": {"_id": "$state.month", "claims": {"$sum": 1}}},
            {"$sort": {"_id": 1}},
        ]
        with translated():
            return {row["_id"]: row["claims"] async for row in self._cases.aggregate(stages)}

    async def waiting(self, month: str) -> list[str]:
        """The ids of the claims that wait for the draw of a month. Raises Unavailable."""
        query = {"state.status": "waiting-for-sample", "state.month": month}
        with translated():
            return [row["_id"] async for row in self._cases.find(query, {"_id": 1})]

    async def sample(self, month: str) -> Sample | None:
        """Raises Unavailable."""
        with translated():
            row = await self._samples.find_one({"_id": month}, {"state": 1})
        return None if row is None or row["state"] is None else Sample.model_validate(row["state"])

    async def samples(self) -> list[Sample]:
        """All that were drawn, the newest first. Raises Unavailable."""
        with translated():
            rows = await self._samples.find({}, {"state": 1}).sort("_id", DESCENDING).to_list(None)
        return [Sample.model_validate(row["state"]) for row in rows]


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """Where a page ended. Raises BadCursor."""
    try:
        milliseconds, _, case_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(".")
        return _EPOCH + timedelta(milliseconds=int(milliseconds)), case_id
    except (binascii.Error, ValueError, OverflowError):
        raise BadCursor(cursor) from None


def _cursor(check: Check) -> str:
    since_epoch = (check.begun_at or _EPOCH) - _EPOCH
    text = f"{since_epoch // timedelta(milliseconds=1)}.{check.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _check(row: Mapping[str, Any]) -> Check:
    return Check.model_validate(row["state"])
