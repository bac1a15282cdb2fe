# SPDX-License-Identifier: Apache-2.0
"""Queries of cases and submissions; all writing goes through the chassis."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import getitem
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from chassis.mongo import Database, translated
from intake.cursor import BadCursor, after, before, written
from intake.domain.case import Case
from intake.domain.submission import EMERGENCY_FIRST, THEN_TUTELA
from intake.mail.readings import READINGS_INDEXES
from intake.mail.token_shelf import TOKEN_INDEXES
from intake.persons.store import OF_PERSON, PERSON_INDEXES

IS_NUMBERED = {"$type": "string"}
"""Said in the question too: else the database does not see that the partial index has all of the answer."""

OWED, ATTENTION = "state.regulator_file.pending_since", "state.regulator_file.attention_since"
"""Since when something is to be sent to the regulator's platform, or a person is to do something about it."""

HELD_ORDER = (EMERGENCY_FIRST, THEN_TUTELA, None)
"""Of what is held: what is first in the list. Most of it is neither, and says nothing of it."""

TO_UPLOAD = "state.to_upload.approved_at"
"""When the answer to a regulator's request was approved, until somebody uploaded it."""

PUBLISHED = "state.progress.published_at"
"""When the answer to an anonymous case was published."""

BY_CODE = "state.regulator_file.said.codigo_queja"

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "cases": [
        IndexModel(
            [("state.number", ASCENDING)],
            unique=True,
            partialFilterExpression={"state.number": IS_NUMBERED},
        ),
        IndexModel(
            [(TO_UPLOAD, ASCENDING), ("_id", ASCENDING)], partialFilterExpression={TO_UPLOAD: {"$type": "date"}}
        ),
        IndexModel(
            [(PUBLISHED, ASCENDING), ("_id", ASCENDING)], partialFilterExpression={PUBLISHED: {"$type": "date"}}
        ),
        IndexModel([("state.asks_due", ASCENDING)], partialFilterExpression={"state.asks_due": {"$type": "date"}}),
        OF_PERSON,
        IndexModel([(OWED, ASCENDING), ("_id", ASCENDING)], partialFilterExpression={OWED: {"$type": "date"}}),
        IndexModel(
            [(ATTENTION, ASCENDING), ("_id", ASCENDING)], partialFilterExpression={ATTENTION: {"$type": "date"}}
        ),
        IndexModel([(BY_CODE, ASCENDING)], partialFilterExpression={BY_CODE: IS_NUMBERED}),
    ],
    "submissions": [],
    "submission_cases": [
        IndexModel([("outcome", ASCENDING), ("registered_at", ASCENDING), ("_id", ASCENDING)]),
        IndexModel(
            [("urgency", ASCENDING), ("registered_at", ASCENDING), ("_id", ASCENDING)],
            partialFilterExpression={"outcome": "held"},
        ),
        IndexModel([("case_id", ASCENDING)]),
        IndexModel(
            [("box_opening", ASCENDING), ("box_form", ASCENDING)],
            partialFilterExpression={"box_opening": {"$type": "string"}},
        ),
        IndexModel(
            [("sender.address", ASCENDING), ("registered_at", ASCENDING)],
            partialFilterExpression={"sender.address": IS_NUMBERED},
        ),
        IndexModel(
            [("personal.keys", ASCENDING), ("registered_at", ASCENDING)],
            partialFilterExpression={"personal.keys": {"$exists": True}},
        ),
        IndexModel(
            [("letter", ASCENDING), ("registered_at", ASCENDING)],
            partialFilterExpression={"letter": {"$exists": True}},
        ),
        IndexModel(
            [("products", ASCENDING), ("registered_at", ASCENDING)],
            partialFilterExpression={"products": {"$exists": True}},
        ),
    ],
    "box_openings": [
        IndexModel([("state.closed_at", ASCENDING), ("state.opened_at", ASCENDING), ("_id", ASCENDING)]),
    ],
    "links": [IndexModel([("cases", ASCENDING), ("at", ASCENDING), ("_id", ASCENDING)])],
    "letters": [IndexModel([("last_at", ASCENDING), ("_id", ASCENDING)])],
    "external_ids": [],
    "counters": [],
    "mailboxes": [],
    "readings": READINGS_INDEXES,
    "refresh_tokens": TOKEN_INDEXES,
    **PERSON_INDEXES,
}

Page = tuple[list[tuple[str, Case]], str | None]


class Cases:
    """What the doors read. Everything raises Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._cases = database.collection("cases")
        self._submissions = database.collection("submission_cases")
        self._links = database.collection("links")

    async def by_number(self, number: str) -> tuple[str, Case] | None:
        """Case id and case."""
        with translated():
            row = await self._cases.find_one({"state.number": {**IS_NUMBERED, "$eq": number}}, {"state": 1})
        return None if row is None else (row["_id"], Case.model_validate(row["state"]))

    async def of_ids(self, case_ids: Collection[str]) -> dict[str, Case]:
        """The cases that exist of these."""
        if not case_ids:
            return {}
        with translated():
            rows = self._cases.find({"_id": {"$in": list(case_ids)}}, {"state": 1})
            return {row["_id"]: Case.model_validate(row["state"]) async for row in rows if row["state"]}

    async def filing(self, case_id: str) -> dict[str, Any] | None:
        """The row of the submission that made the case: what was said, by whom, with which files."""
        with translated():
            return await self._submissions.find_one({"case_id": case_id, "outcome": "created"})

    async def of_submissions(self, submission_ids: Collection[str]) -> dict[str, str | None]:
        """Submission id to its case (None: it became none), for those that were filed."""
        if not submission_ids:
            return {}
        with translated():
            rows = self._submissions.find({"_id": {"$in": list(submission_ids)}}, {"case_id": 1})
            return {row["_id"]: row["case_id"] async for row in rows}

    async def of_links(self, link_ids: Collection[str]) -> dict[str, str]:
        """By link: the case at which it is kept."""
        with translated():
            rows = self._links.find({"_id": {"$in": list(link_ids)}}, {"case_id": 1})
            return {row["_id"]: row["case_id"] async for row in rows}

    async def awaiting_upload(self, limit: int, cursor: str | None = None) -> Page:
        """Regulator requests whose approved answer was not uploaded yet, oldest approval first. Raises BadCursor."""
        return await self._by_time(TO_UPLOAD, limit, cursor)

    async def published(self, limit: int, cursor: str | None = None) -> Page:
        """Anonymous cases whose answer was published, the latest first. Raises BadCursor."""
        return await self._by_time(PUBLISHED, limit, cursor, latest_first=True)

    async def owed_to_regulator(self, limit: int) -> list[tuple[str, Case]]:
        """Cases of which something is to be sent to the regulator's platform, those that wait longest first."""
        return (await self._by_time(OWED, limit, None))[0]

    async def regulator_attention(self, limit: int, cursor: str | None = None) -> Page:
        """Cases of which the platform refused something, or for which a person must decide. Raises BadCursor."""
        return await self._by_time(ATTENTION, limit, cursor)

    async def _by_time(self, field: str, limit: int, cursor: str | None, *, latest_first: bool = False) -> Page:
        """Those that have this time, in its order."""
        behind, order = (before, DESCENDING) if latest_first else (after, ASCENDING)
        query = {"$and": [{field: {"$type": "date"}}, behind(cursor, field)]}
        with translated():
            found = self._cases.find(query, {"state": 1}).sort([(field, order), ("_id", order)])
            rows = await found.to_list(limit + 1)
        cases = [(row["_id"], Case.model_validate(row["state"])) for row in rows[:limit]]
        if len(rows) <= limit:
            return cases, None
        last: Any = rows[limit - 1]
        return cases, written(reduce(getitem, field.split("."), last), last["_id"])

    async def regulator_now(self) -> tuple[int, int, datetime | None]:
        """How many cases are owed and how many wait for a person, and since when the oldest is owed."""
        is_date = {"$type": "date"}
        with translated():
            pending = await self._cases.count_documents({OWED: is_date})
            attention = await self._cases.count_documents({ATTENTION: is_date})
            oldest = await self._cases.find_one({OWED: is_date}, {OWED: 1}, sort=[(OWED, 1)])
        return pending, attention, oldest["state"]["regulator_file"]["pending_since"] if oldest else None

    async def by_regulator_code(self, code: str) -> tuple[str, Case] | None:
        """The case that came from the regulator's platform under this code; of several the last."""
        with translated():
            query = {BY_CODE: {**IS_NUMBERED, "$eq": code}}
            row = await self._cases.find_one(query, {"state": 1}, sort=[("state.registered_at", -1)])
        return None if row is None else (row["_id"], Case.model_validate(row["state"]))

    async def files_of(self, case_id: str) -> set[str]:
        """The contents (sha256) that came with what was said in the case."""
        with translated():
            rows = self._submissions.find({"case_id": case_id}, {"files.sha256": 1})
            return {file["sha256"] async for row in rows for file in row["files"]}

    async def of_product(
        self, key: str, limit: int, cursor: str | None = None, *, exact: bool
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Rows of submissions in cases that name a piece with this key, the latest first. Raises BadCursor."""
        named = {"$eq": key} if exact else {"$gte": key, "$lt": f"{key}\uffff"}
        query = {
            "$and": [
                {"products": {"$elemMatch": named}, "case_id": {"$type": "string"}},
                before(cursor, "registered_at"),
            ]
        }
        with translated():
            found = self._submissions.find(query).sort([("registered_at", -1), ("_id", -1)])
            rows = await found.to_list(limit + 1)
        kept = rows[:limit]
        return kept, written(kept[-1]["registered_at"], kept[-1]["_id"]) if len(rows) > limit else None

    async def asking_due(self, limit: int) -> list[Case]:
        """Requests of regulators of which nobody said yet until when, the oldest first."""
        query = {"state.asks_due": {"$type": "date"}}
        with translated():
            rows = await self._cases.find(query, {"state": 1}).sort("state.asks_due", 1).to_list(limit)
        return [Case.model_validate(row["state"]) for row in rows]

    async def submission(self, submission_id: str) -> dict[str, Any] | None:
        """The row of a submission, whatever became of it."""
        with translated():
            return await self._submissions.find_one({"_id": submission_id})

    async def held_now(self) -> tuple[int, datetime | None]:
        """How many submissions wait for a person, and when the one that waits longest was registered."""
        with translated():
            count = await self._submissions.count_documents({"outcome": "held"})
            oldest = await self._submissions.find_one({"outcome": "held"}, sort=[("registered_at", 1)])
        return count, oldest["registered_at"] if oldest else None

    async def held(self, limit: int, cursor: str | None = None) -> tuple[list[dict[str, Any]], str | None]:
        """Rows of submissions that wait for a person: emergencies, tutelas, the rest; the oldest first of each.

        Raises BadCursor.
        """
        first, within = _place_in(cursor)
        rows: list[dict[str, Any]] = []
        for place in range(first, len(HELD_ORDER)):
            behind = after(within, "registered_at") if place == first else {}
            query = {"$and": [{"outcome": "held", "urgency": HELD_ORDER[place]}, behind]}
            with translated():
                found = self._submissions.find(query).sort([("registered_at", 1), ("_id", 1)])
                rows += await found.to_list(limit + 1 - len(rows))
            if len(rows) > limit:
                break
        kept = rows[:limit]
        return kept, _held_cursor(kept[-1]) if len(rows) > limit else None


def _held_cursor(row: dict[str, Any]) -> str:
    return f"{HELD_ORDER.index(row.get('urgency'))}-{written(row['registered_at'], row['_id'])}"


def _place_in(cursor: str | None) -> tuple[int, str | None]:
    """Where in HELD_ORDER a page begins, and behind what. Raises BadCursor."""
    if cursor is None:
        return 0, None
    place, dash, within = cursor.partition("-")
    if not dash or place not in map(str, range(len(HELD_ORDER))):
        raise BadCursor(cursor)
    return int(place), within
