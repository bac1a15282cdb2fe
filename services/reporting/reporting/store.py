# SPDX-License-Identifier: Apache-2.0
"""Reads the sums and counts the backlog; all writing goes through the chassis.

Sums are kept per partition and added here (hazard 12): what an answer costs grows with days and cells, not cases.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from pymongo import ASCENDING, IndexModel

from chassis.mongo import Collection, Database, translated
from reporting.domain.facts import CASE_SUMS, Measure, Place
from reporting.domain.indicators import Figures
from reporting.domain.monthly import Sums
from reporting.domain.period import ONE_DAY, Period
from reporting.domain.submissions import SUBMISSION_SUMS, Outcome
from ventanilla_contracts.vocabulary import Kind

INDEXES = {
    "cases": [
        IndexModel([("state.open_until", ASCENDING), ("state.received_on", ASCENDING)]),
        IndexModel([("state.unanswered_until", ASCENDING), ("state.due", ASCENDING)]),
    ],
    "submissions": [IndexModel([("state.outcome", ASCENDING)])],
    CASE_SUMS: [IndexModel([("day", ASCENDING)])],
    SUBMISSION_SUMS: [IndexModel([("day", ASCENDING)])],
}
PLACE = tuple(name for name in Place.model_fields if name != "area_name")

Query = Mapping[str, Any]


class Counts:
    """What the doors read. Every method raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._cases = database.collection("cases")
        self._submissions = database.collection("submissions")
        self._case_sums = database.collection(CASE_SUMS)
        self._submission_sums = database.collection(SUBMISSION_SUMS)

    async def figures(self, period: Period, today: date) -> Figures:
        """What the indicators of a period are made of."""
        with translated():
            return Figures(
                cases=await self._by_kind(period),
                before=await self._by_kind(period.before()),
                submissions=await self._outcomes(period),
                open=await self._cases.count_documents(_open(period.last)),
                overdue=await self._cases.count_documents(_overdue(period.last, today)),
                held_now=await self._submissions.count_documents({"state.outcome": "held"}),
            )

    async def by_place(self, period: Period) -> list[Sums]:
        """The sums of each place."""
        with translated():
            rows = await _added(
                self._case_sums, period, PLACE, get_args(Measure), {"area_name": {"$max": "$area_name"}}
            )
        return [Sums(Place(**row["_id"], area_name=row["area_name"]), row) for row in rows]

    async def open_at(self, last: date) -> dict[Place, int]:
        """How many cases of each place were open at the end of a day."""
        stages: list[Query] = [{"$match": _open(last)}, {"$group": {"_id": "$state.place", "cases": {"$sum": 1}}}]
        with translated():
            rows = await self._cases.aggregate(stages).to_list(None)
        return {Place(**row["_id"]): row["cases"] for row in rows}

    async def _by_kind(self, period: Period) -> dict[Kind | None, Mapping[str, int]]:
        rows = await _added(self._case_sums, period, ("kind",), get_args(Measure))
        return {row["_id"]["kind"]: row for row in rows}

    async def _outcomes(self, period: Period) -> Mapping[str, int]:
        rows = await _added(self._submission_sums, period, (), (*get_args(Outcome), "repeated"))
        return rows[0] if rows else {}


def _open(last: date) -> Query:
    """Received by the end of a day and closed later or not yet."""
    return {"state.received_on": {"$lte": last.isoformat()}, "state.open_until": {"$gt": last.isoformat()}}


def _overdue(last: date, today: date) -> Query:
    """Open and unanswered at the end of a day, with the term over; a term that ends today is not over yet."""
    over_before = min(last + ONE_DAY, today)
    late = {"state.unanswered_until": {"$gt": last.isoformat()}, "state.due": {"$lt": over_before.isoformat()}}
    return {**_open(last), **late}


async def _added(
    sums: Collection, period: Period, labels: Sequence[str], measures: Sequence[str], more: Query | None = None
) -> list[dict[str, Any]]:
    """The sums of a period over all partitions, by labels."""
    days = {"$gte": period.first.isoformat(), "$lte": period.last.isoformat()}
    group = {
        "_id": {label: f"${label}" for label in labels},
        **{measure: {"$sum": f"${measure}"} for measure in measures},
        **(more or {}),
    }
    return await sums.aggregate([{"$match": {"day": days}}, {"$group": group}]).to_list(None)
