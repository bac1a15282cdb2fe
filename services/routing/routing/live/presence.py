# SPDX-License-Identifier: Apache-2.0
"""Who has a case's page open, in whatever process; a row lapses by itself, in real time, when nobody renews it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from chassis.mongo import Database, translated

PRESENCE = "presence"
PRESENCE_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    PRESENCE: [IndexModel([("until", ASCENDING)], expireAfterSeconds=0), IndexModel([("case", ASCENDING)])]
}
STAYS_SECONDS = 60
"""How long somebody counts as present who has said nothing more; a page without scripts says it only once."""
LEAVES_SECONDS = 3
"""After a page was closed: time for the same person to come to it again."""


@dataclass(frozen=True)
class Present:
    member: str
    since: datetime


class Presence:
    """Every method raises chassis.mongo.Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection(PRESENCE)

    async def enter(self, case_id: str, member: str, now: datetime) -> None:
        """Come, or still be there; ``now`` by the clock of the house is shown if they were not there before."""
        there = {"$gt": [{"$ifNull": ["$until", 0]}, "$$NOW"]}
        row: dict[str, Any] = {
            "case": {"$literal": case_id},
            "member": {"$literal": member},
            "since": {"$cond": [there, "$since", now]},
            "until": {"$add": ["$$NOW", STAYS_SECONDS * 1000]},
        }
        with translated():
            await self._rows.update_one({"_id": f"{member} {case_id}"}, [{"$set": row}], upsert=True)

    async def leave(self, case_id: str, member: str) -> None:
        soon = {"$min": ["$until", {"$add": ["$$NOW", LEAVES_SECONDS * 1000]}]}
        with translated():
            await self._rows.update_one({"_id": f"{member} {case_id}"}, [{"$set": {"until": soon}}])

    async def others(self, case_id: str, member: str) -> list[Present]:
        """Everybody else, the first first."""
        there = {"case": case_id, "member": {"$ne": member}, "$expr": {"$gt": ["$until", "$$NOW"]}}
        with translated():
            rows = await self._rows.find(there).sort("since", ASCENDING).to_list(20)
        return [Present(row["member"], row["since"]) for row in rows]


def case_of(row_id: str) -> str:
    return row_id.partition(" ")[2]
