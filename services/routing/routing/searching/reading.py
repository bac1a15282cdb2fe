# SPDX-License-Identifier: Apache-2.0
"""What an index reads of the store: all cases once, then which of them changed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import OperationFailure

from chassis.mongo import Database, translated
from routing.consumers import CASES
from routing.domain.filing import MESSAGES
from routing.searching.entries import READ, Entry, entry_of

AT_ONCE = 500
WAIT_MILLISECONDS = 250
ASKED = "search"
"""Collection: how often a rebuild was asked for (``python -m routing search rebuild``), and how each index stands."""
REBUILD = "rebuild"
SEARCH_INDEXES = {ASKED: [IndexModel([("at", ASCENDING)], expireAfterSeconds=3_600)]}
_OF_ANSWERS = {
    **{path: 1 for path in READ if not path.startswith("state.classification.")},
    **{f"state.{name}": 1 for name in ("classification", "assignment.area_name")},
}

Rows = Sequence[Mapping[str, Any]]
Token = Mapping[str, Any]


class HistoryLost(Exception):
    """What changed since a token cannot be told any more: all must be read again."""


class Changes:
    """Which cases change, from a token on, or from now. Close it when done."""

    def __init__(self, database: Database, token: Token | None) -> None:
        pipeline: list[dict[str, Any]] = [{"$project": {"documentKey": 1, "operationType": 1}}]
        self._stream = database.collection(CASES).watch(
            pipeline, resume_after=token, max_await_time_ms=WAIT_MILLISECONDS, batch_size=AT_ONCE
        )

    async def next(self) -> tuple[frozenset[str], bool]:
        """Ids of those that changed, at most AT_ONCE, and whether these were all of them.

        Raises HistoryLost and Unavailable.
        """
        found: set[str] = set()
        try:
            with translated():
                while len(found) < AT_ONCE:
                    change = await self._stream.try_next()
                    if change is None:
                        return frozenset(found), True
                    if change["operationType"] not in ("insert", "update", "replace", "delete"):
                        raise HistoryLost(change["operationType"])
                    found.add(change["documentKey"]["_id"])
        except OperationFailure as error:  # its log begins later (286), or the token is none that it understands
            raise HistoryLost(f"{error.code}") from error
        return frozenset(found), False

    @property
    def token(self) -> Token:
        """From where to go on. Only after ``next``."""
        token: Token = self._stream.resume_token
        return token

    async def close(self) -> None:
        await self._stream.close()


async def now_in(database: Database) -> Token:
    """From where to follow what changes from now on. Raises Unavailable."""
    changes = Changes(database, None)
    try:
        await changes.next()
        return changes.token
    finally:
        await changes.close()


class CaseReading:
    """Reads only; every method raises Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._cases = database.collection(CASES)
        self._messages = database.collection(MESSAGES)
        self._search = database.collection(ASKED)

    async def count(self) -> int:
        with translated():
            return int(await self._cases.estimated_document_count())

    async def all(self) -> AsyncIterator[Rows]:
        """Every case, by ids, so many at once."""
        last = ""
        while True:
            with translated():
                found = self._cases.find({"_id": {"$gt": last}, **TAKEN_IN}, READ).sort("_id", 1)
                rows = await found.limit(AT_ONCE).to_list(None)
            if not rows:
                return
            yield rows
            last = rows[-1]["_id"]

    async def these(self, ids: frozenset[str]) -> Rows:
        with translated():
            return await self._cases.find({"_id": {"$in": list(ids)}, **TAKEN_IN}, READ).to_list(None)

    async def answered(self, ids: Sequence[str]) -> Rows:
        """The states of these cases in that order, with their answers; those that are not there are left out."""
        with translated():
            found = self._cases.find({"_id": {"$in": list(ids)}, **TAKEN_IN}, _OF_ANSWERS)
            rows = {row["_id"]: row["state"] for row in await found.to_list(None)}
        return [rows[one] for one in ids if one in rows]

    async def said(self, rows: Rows) -> Mapping[str, Sequence[str]]:
        """By case, what its person said after the filing."""
        talking = [row["_id"] for row in rows if row["state"].get("messages")]
        said: dict[str, list[str]] = {}
        if talking:
            with translated():
                found = self._messages.find({"case": {"$in": talking}}, {"case": 1, "text": 1})
                for message in await found.to_list(None):
                    said.setdefault(message["case"], []).append(message["text"])
        return said

    async def rebuilds_asked(self) -> int:
        with translated():
            row = await self._search.find_one({"_id": REBUILD})
        return int(row["asked"]) if row else 0

    async def ask_for_rebuild(self) -> None:
        """Every process that has an index builds it anew, within seconds."""
        with translated():
            await self._search.update_one({"_id": REBUILD}, {"$inc": {"asked": 1}}, upsert=True)

    async def report(self, standing: Mapping[str, Any]) -> None:
        """How the index of a process stands: ``_id`` is the process; forgotten an hour after its last."""
        with translated():
            stands = {"$set": dict(standing), "$currentDate": {"at": True}}
            await self._search.update_one({"_id": standing["_id"]}, stands, upsert=True)

    async def reports(self) -> Rows:
        with translated():
            found = self._search.find({"_id": {"$ne": REBUILD}}).sort("_id", 1)
            return await found.to_list(None)


TAKEN_IN = {"state": {"$ne": None}}
"""Of a case whose filing is still to come only events that wait are known."""


def entries_of(rows: Rows, said: Mapping[str, Sequence[str]]) -> Sequence[Entry]:
    return [entry_of(row["state"], said.get(row["_id"], ())) for row in rows]
