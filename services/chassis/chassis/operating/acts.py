# SPDX-License-Identifier: Apache-2.0
"""What a person did about parked records and gaps: each act is a row of ``audit``, begun before and completed with it.

A row whose outcome is still ``begun`` was broken off: nothing is known to be done, and it is safe to ask again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from chassis.decision import Put
from chassis.ids import new_id
from chassis.mongo import Database, Session, translated

COLLECTION = "audit"
BEGUN = "begun"
What = Literal["replay", "discard", "reread", "republish", "accept"]


class NotPossible(Exception):
    """What was asked cannot be done; its text says why, for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts (the id of a member of staff), and why."""

    actor: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One row, as it was begun."""

    id: str
    fields: Mapping[str, object]

    def done(self, outcome: str) -> Put:
        """The row to write in the transaction that does it."""
        return Put(COLLECTION, self.id, {**self.fields, "outcome": outcome})


class Acts:
    """The acts in one service's database."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection(COLLECTION)

    async def begin(self, what: What, record: str, by: By, about: Mapping[str, object]) -> Act:
        """Write down that it is tried; ``record`` names what it is about. Raises Unavailable."""
        who = {"actor": by.actor, "reason": by.reason, "at": datetime.now(UTC)}
        act = Act(new_id(), {"what": what, "record": record, **who, **about})
        with translated():
            await self._rows.insert_one({"_id": act.id, **act.fields, "outcome": BEGUN})
        return act

    async def end(self, act: Act, otherwise: str) -> str:
        """What became of it: what its transaction wrote, else ``otherwise``. Raises Unavailable."""
        with translated():
            await self._rows.update_one({"_id": act.id, "outcome": BEGUN}, {"$set": {"outcome": otherwise}})
            row = await self._rows.find_one({"_id": act.id}, {"outcome": 1})
        return str(row["outcome"]) if row else otherwise

    async def end_within(self, session: Session, act: Act, outcome: str) -> None:
        """Complete the row in a transaction of the caller's."""
        await self._rows.update_one({"_id": act.id}, {"$set": {"outcome": outcome}}, session=session)

    async def history(
        self, subject: str | None = None, record: str | None = None, limit: int = 100
    ) -> list[dict[str, Any]]:
        """The latest acts, the last one first: all, about a subject, or about one record. Raises Unavailable."""
        asked = {name: value for name, value in (("subject", subject), ("record", record)) if value is not None}
        with translated():
            return await self._rows.find(asked).sort([("at", -1), ("_id", 1)]).limit(limit).to_list(None)
