# SPDX-License-Identifier: Apache-2.0
"""Letters as they are found, claimed and listed."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from chassis.mongo import Database, translated
from notifications.domain.bounces import BOUNCES
from notifications.domain.case import Case
from notifications.domain.letters import Letter, LetterState
from notifications.domain.outcomes import LETTERS
from ventanilla_contracts.vocabulary import LetterKind

CASES = "cases"
INDEXES: Mapping[str, Sequence[IndexModel]] = {
    LETTERS: [
        IndexModel([("state", ASCENDING), ("place", ASCENDING), ("written_at", ASCENDING)]),
        IndexModel([("case_number", ASCENDING)]),
        IndexModel([("written_at", DESCENDING), ("_id", DESCENDING)]),
    ],
    BOUNCES: [],
}


class BadCursor(ValueError):
    """Not a cursor that we gave."""


@dataclass(frozen=True)
class Wanted:
    """Which letters to list, newest first."""

    case_number: str | None = None
    states: tuple[LetterState, ...] = ()
    kind: LetterKind | None = None
    cursor: str | None = None
    limit: int = 50


class Letters:
    """The collection ``letters``. Every method may raise chassis.mongo.Unavailable."""

    def __init__(self, database: Database) -> None:
        self._letters = database.collection(LETTERS)
        self._cases = database.collection(CASES)
        self._bounces = database.collection(BOUNCES)

    async def one(self, letter_id: str) -> Letter | None:
        with translated():
            row = await self._letters.find_one({"_id": letter_id})
        return None if row is None else _letter(row)

    async def waiting(self, state: LetterState, limit: int) -> list[Letter]:
        """Of those in a state the first in the queue; of the pending ones, those whose time has come (real time)."""
        due = _due() if state == "pending" else {}
        with translated():
            found = (
                self._letters.find({"state": state, **due})
                .sort([("place", ASCENDING), ("written_at", ASCENDING)])
                .limit(limit)
            )
            return [_letter(row) for row in await found.to_list(None)]

    async def before(self, place: int, limit: int) -> set[str]:
        """Letters, by id, that go before those of this place and could go now."""
        with translated():
            found = self._letters.find({"state": "pending", "place": {"$lt": place}, **_due()}, {"_id": 1})
            return {row["_id"] for row in await found.limit(limit).to_list(None)}

    async def claim(self, letters: Sequence[Letter], process: str) -> list[Letter]:
        """Mark them as being sent, before they are; those of them that nobody claimed or settled first, in order."""
        wanted = {"_id": {"$in": [letter.id for letter in letters]}}
        claim = {"state": "sending", "process": process, "claimed_at": datetime.now(UTC)}
        with translated():
            marked = await self._letters.update_many(
                {**wanted, "state": "pending"}, {"$set": claim, "$inc": {"attempt": 1}}
            )
            if marked.modified_count == len(letters):
                return [one.model_copy(update={**claim, "attempt": one.attempt + 1}) for one in letters]
            rows = await self._letters.find({**wanted, **claim}).to_list(None)
        ours = {row["_id"]: _letter(row) for row in rows}
        return [ours[letter.id] for letter in letters if letter.id in ours]

    async def put_back(
        self, letter: Letter, reason: str, not_before: datetime | None = None, *, claimed_by: str | None = None
    ) -> None:
        """It was not sent and waits again, with as many attempts as ``letter`` says; ``not_before`` is real time.

        ``claimed_by``: only if it is still this process that has it in hand.
        """
        back = {
            "state": "pending",
            "attempt": letter.attempt,
            "reason": reason,
            "not_before": not_before,
            "process": None,
            "claimed_at": None,
        }
        still = {"process": claimed_by} if claimed_by else {}
        with translated():
            await self._letters.update_one(
                {"_id": letter.id, "state": {"$in": ["sending", "pending"]}, **still}, {"$set": back}
            )

    async def counts(self, states: Sequence[LetterState]) -> dict[LetterState, int]:
        """How many letters are in each of these states."""
        stages: list[Mapping[str, Any]] = [
            {"$match": {"state": {"$in": list(states)}}},
            {"$group": {"_id": "$state", "n": {"$sum": 1}}},
        ]
        with translated():
            return {row["_id"]: row["n"] for row in await self._letters.aggregate(stages).to_list(None)}

    async def page(self, wanted: Wanted) -> tuple[list[Letter], str | None]:
        """Letters and the cursor of the next page. Raises BadCursor."""
        query = _query(wanted)
        with translated():
            found = self._letters.find(query).sort([("written_at", DESCENDING), ("_id", DESCENDING)])
            letters = [_letter(row) for row in await found.limit(wanted.limit + 1).to_list(None)]
        more, letters = len(letters) > wanted.limit, letters[: wanted.limit]
        return letters, _cursor(letters[-1]) if more else None

    async def bounces(self, limit: int) -> list[tuple[str, Mapping[str, Any]]]:
        """Reports of letters that came back, the oldest first, by id."""
        with translated():
            rows = await self._bounces.find({}).sort("reported_at", ASCENDING).limit(limit).to_list(None)
        return [(row["_id"], row) for row in rows]

    async def cases(self, ids: Sequence[str]) -> dict[str, Case]:
        """What is known of the cases of letters."""
        with translated():
            rows = await self._cases.find({"_id": {"$in": list(set(ids))}}, {"state": 1}).to_list(None)
        return {row["_id"]: Case.model_validate(row["state"]) for row in rows}


def _due() -> Mapping[str, Any]:
    return {"not_before": {"$not": {"$gt": datetime.now(UTC)}}}


def _letter(row: Mapping[str, Any]) -> Letter:
    return Letter.model_validate({"id": row["_id"], **{name: row[name] for name in row if name != "_id"}})


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {}
    if wanted.case_number:
        query["case_number"] = wanted.case_number
    if wanted.states:
        query["state"] = {"$in": list(wanted.states)}
    if wanted.kind:
        query["kind"] = wanted.kind
    if wanted.cursor:
        at, letter_id = _read(wanted.cursor)
        query["$or"] = [{"written_at": {"$lt": at}}, {"written_at": at, "_id": {"$lt": letter_id}}]
    return query


def _cursor(letter: Letter) -> str:
    text = f"{letter.written_at.isoformat()} {letter.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, letter_id = text.partition(" ")
        moment = datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise BadCursor(cursor) from None
    if moment.tzinfo is None or not re.fullmatch(r"[0-9a-f-]{36}", letter_id):
        raise BadCursor(cursor)
    return moment, letter_id
