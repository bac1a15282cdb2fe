# SPDX-License-Identifier: Apache-2.0
"""Queries of persons and their cases, and who looked; all other writing goes through the chassis."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pymongo import ASCENDING, DESCENDING, IndexModel

from chassis.ids import new_id
from chassis.mongo import Database, translated
from intake.domain.identifying import Holder
from intake.domain.person_changes import Survivor
from intake.domain.persons import KnownPerson, words_asked
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind

IS_TEXT = {"$type": "string"}
OF_PERSON = IndexModel(
    [("state.person_id", ASCENDING), ("state.received_at", DESCENDING)],
    partialFilterExpression={"state.person_id": IS_TEXT},
)
"""On cases: only those whose person is certain."""

PERSON_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "persons": [
        IndexModel([("state.words", ASCENDING)]),
        IndexModel([("state.keys", ASCENDING)]),
        IndexModel([("state.merged_into", ASCENDING)], partialFilterExpression={"state.merged_into": IS_TEXT}),
    ],
    "person_mentions": [IndexModel([("at", ASCENDING)])],
    "person_corrections": [IndexModel([("at", ASCENDING)])],
    "person_merges": [],
    "person_looks": [IndexModel([("persons", ASCENDING), ("at", DESCENDING)]), IndexModel([("at", ASCENDING)])],
}

Look = Literal["search", "person", "certificate"]
Found = dict[str, KnownPerson]
LOOKED_AT = 32
"""So many persons that fit a search are read; who begins to type sees a part of them."""

_IN_LISTS = {"state.history": 0, "state.keys": 0}
_OF_CASES = {"state.number": 1, "state.received_at": 1, "state.channel": 1, "state.progress.status": 1}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a person's list."""

    number: str
    received_at: datetime
    status: CaseStatus
    channel: Channel
    kind: Kind | None
    subject: str


class Persons:
    """Everything raises Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._persons = database.collection("persons")
        self._cases = database.collection("cases")
        self._submissions = database.collection("submission_cases")
        self._merges = database.collection("person_merges")
        self._looks = database.collection("person_looks")

    async def of_ids(self, ids: Collection[str]) -> Found:
        """Those of these that exist."""
        if not ids:
            return {}
        with translated():
            rows = await self._persons.find({"_id": {"$in": list(ids)}}, {"state": 1}).to_list(None)
        return {row["_id"]: KnownPerson.model_validate(row["state"]) for row in rows}

    async def holders(self, keys: Collection[str], ids: Collection[str]) -> tuple[dict[str, list[Holder]], set[str]]:
        """To whom each key leads, and which of the ids are taken: one query."""
        if not keys:
            return {}, set()
        query = {"$or": [{"state.keys": {"$in": list(keys)}}, {"_id": {"$in": list(ids)}}]}
        fields = {"state.keys": 1, "state.merged_into": 1, "state.name": 1}
        found: dict[str, list[Holder]] = {}
        taken: set[str] = set()
        with translated():
            async for row in self._persons.find(query, fields):
                state, taken = row["state"], taken | {row["_id"]}
                holder = Holder(row["_id"], state["merged_into"] or row["_id"], state["name"])
                for key in state["keys"]:
                    found.setdefault(key, []).append(holder)
        return found, taken

    async def search(self, query: str, limit: int) -> Found:
        """Who fits what was typed: each word begins a name, number or address. Merged ones as whom they are shown."""
        words = words_asked(query)
        if not words:
            return {}
        wanted = {"$and": [{"state.words": {"$regex": f"^{re.escape(word)}"}} for word in words]}
        with translated():
            rows = await self._persons.find(wanted, _IN_LISTS).limit(LOOKED_AT).to_list(None)
        best = sorted(rows, key=lambda row: _rank(row["state"], words))[:limit]
        hits = {row["_id"]: KnownPerson.model_validate(row["state"]) for row in best}
        roots = await self.of_ids({one.merged_into for one in hits.values() if one.merged_into})
        shown: Found = {}
        for one_id, one in hits.items():
            root = one.merged_into or one_id
            shown.setdefault(root, roots[root] if one.merged_into else one)
        return shown

    async def merged_into(self, ids: Collection[str]) -> Found:
        """Those who are shown as one of these."""
        query = {"state.merged_into": {**IS_TEXT, "$in": list(ids)}}
        with translated():
            rows = await self._persons.find(query, {"state": 1}).to_list(None)
        return {row["_id"]: KnownPerson.model_validate(row["state"]) for row in rows}

    async def cases_of(self, groups: Sequence[Sequence[str]], limit: int) -> list[list[CaseLine]]:
        """Of each group of ids that are one person the latest cases, the last one first: two queries in all."""
        if not groups:
            return []
        first, *others = (_latest(n, ids, limit) for n, ids in enumerate(groups))
        united = [{"$unionWith": {"coll": self._cases.name, "pipeline": one}} for one in others]
        with translated():
            rows = await self._cases.aggregate([*first, *united]).to_list(None)
            said = self._submissions.find(
                {"case_id": {"$in": [row["_id"] for row in rows]}, "outcome": "created"},
                {"case_id": 1, "personal.form.subject": 1, "personal.form.kind": 1},
            )
            forms = {row["case_id"]: row["personal"]["form"] async for row in said}
        lines = [(row["group"], _line(row["state"], forms.get(row["_id"], {}))) for row in rows]
        return [[line for group, line in lines if group == n] for n in range(len(groups))]

    async def in_other_cases(self, person_id: str | None, case_id: str) -> bool:
        """Whether another case is of this person, or of who is shown as they are."""
        if person_id is None:
            return False
        ids = [person_id, *await self.merged_into([person_id])]
        query = {"state.person_id": {**IS_TEXT, "$in": ids}, "_id": {"$ne": case_id}}
        with translated():
            return await self._cases.find_one(query, {"_id": 1}) is not None

    async def facts(self, goer: str, into: str | None) -> Survivor:
        """What a merge or its undoing must know beside the person that it is about."""
        with translated():
            last = await self._merges.find_one({}, {"_id": 1}, sort=[("_id", -1)])
        found = await self.of_ids([into] if into else [])
        stays = found.get(into or "")
        return Survivor(
            exists=stays is not None,
            merged=stays is not None and stays.merged_into is not None,
            goer_has_merged=bool(await self.merged_into([goer])),
            merges=int(last["_id"]) if last else 0,
        )

    async def looked(self, actor: Actor, what: Look, persons: Sequence[str], about: str | None = None) -> None:
        """Who looked at whose data, before it is shown; what was typed is not kept (ICX-13)."""
        row = {"_id": new_id(), "at": datetime.now(UTC), "actor": actor.model_dump(), "what": what}
        with translated():
            await self._looks.insert_one({**row, "persons": list(persons), "about": about})

    async def looks_at(self, ids: Collection[str], limit: int) -> list[dict[str, Any]]:
        """The latest looks at these, the last one first."""
        with translated():
            rows = self._looks.find({"persons": {"$in": list(ids)}}).sort([("at", -1)]).limit(limit)
            return await rows.to_list(None)


def _latest(group: int, ids: Sequence[str], limit: int) -> list[dict[str, Any]]:
    return [
        {"$match": {"state.person_id": {**IS_TEXT, "$in": list(ids)}}},
        {"$sort": {"state.received_at": -1}},
        {"$limit": limit},
        {"$project": {**_OF_CASES, "group": {"$literal": group}}},
    ]


def _rank(state: Mapping[str, Any], words: Sequence[str]) -> tuple[int, str]:
    """Whole words first, then by name."""
    return -sum(word in state["words"] for word in words), state["name"] or ""


def _line(state: Mapping[str, Any], form: Mapping[str, Any]) -> CaseLine:
    return CaseLine(
        number=state["number"],
        received_at=state["received_at"],
        status=state["progress"]["status"],
        channel=state["channel"],
        kind=form.get("kind"),
        subject=form.get("subject", ""),
    )
