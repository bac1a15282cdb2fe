# SPDX-License-Identifier: Apache-2.0
"""What a service keeps in its own database: subjects, waiting and parked events, marks (design 2, step 4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DeleteOne, IndexModel, InsertOne, ReplaceOne, UpdateOne

from chassis.decision import Add, Insert, Put, Remove, Row, TimerFired
from chassis.effects import Change, Effects
from chassis.mongo import Conflict, Database, Session, translated
from chassis.subjects import Aggregate, Subject, with_timer_parked

BulkOperation = InsertOne[Any] | ReplaceOne[Any] | DeleteOne | UpdateOne

PARKED_ORDER = [(name, ASCENDING) for name in ("subject", "source", "seq", "partition", "offset", "_id")]
"""In which parked records can be replayed: each subject's events of a topic one after the other."""

CHASSIS_INDEXES: dict[str, list[IndexModel]] = {
    "waiting": [
        IndexModel([("aggregate", ASCENDING), ("subject", ASCENDING)]),
        IndexModel([("since", ASCENDING), ("aggregate", ASCENDING), ("subject", ASCENDING)]),
    ],
    "parked": [IndexModel([("parked_at", ASCENDING)]), IndexModel(PARKED_ORDER)],
    "outbox": [IndexModel([("process", ASCENDING)])],
    "idempotency": [IndexModel([("at", ASCENDING)], expireAfterSeconds=7 * 86_400)],
    "marks": [],
    "audit": [IndexModel([(name, ASCENDING), ("at", ASCENDING)]) for name in ("record", "subject")]
    + [IndexModel([("at", ASCENDING)])],
    "leases": [],
    "attempts": [],
    "gaps": [],
    "processes": [IndexModel([("at", ASCENDING)], expireAfterSeconds=86_400)],
}


HAS_DUE = {"$type": "date"}
DUE_INDEX = IndexModel([("due", ASCENDING)], partialFilterExpression={"due": HAS_DUE})
"""On every kind of subject: only those with a timer are in it. Used only for questions that say ``HAS_DUE`` too."""

PARKED_TIMERS_INDEX = IndexModel(
    [("_id", ASCENDING), ("timers.parked", ASCENDING)], partialFilterExpression={"timers.parked": {"$type": "string"}}
)
"""On every kind of subject: only those with a parked timer are in it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a partition was applied: the next offset, and which record was the last."""

    next: int
    offset: int
    timestamp: int


Partition = tuple[str, int]
"""Topic (without prefix) and partition number."""


class Store:
    """Reads what a batch needs, writes what it decided."""

    def __init__(self, database: Database, group: str) -> None:
        self.database = database
        self._group = group

    async def subjects(self, aggregate: Aggregate, ids: Sequence[str]) -> dict[str, Subject]:
        """The subjects of these ids; unknown ones come as new. Raises Unavailable."""
        found = {subject_id: Subject(subject_id) for subject_id in ids}
        with translated():
            cursor = self.database.collection(aggregate.name).find({"_id": {"$in": list(found)}})
            for document in await cursor.to_list(None):
                found[document["_id"]] = Subject.from_document(document, aggregate.state)
        return found

    async def waiting(self, aggregate: Aggregate, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of events that wait for their turn."""
        with translated():
            cursor = self.database.collection("waiting").find({"aggregate": aggregate.name, "subject": {"$in": ids}})
            return await cursor.to_list(None)

    async def marks(self, partitions: Iterable[Partition]) -> dict[Partition, Mark]:
        ids = {self._mark_id(partition): partition for partition in partitions}
        with translated():
            rows = await self.database.collection("marks").find({"_id": {"$in": list(ids)}}).to_list(None)
        return {ids[row["_id"]]: Mark(**row["position"]) for row in rows}

    async def still_parked(self, row_ids: Sequence[str]) -> set[str]:
        """Which of these rows nobody else has replayed or discarded."""
        with translated():
            rows = self.database.collection("parked").find({"_id": {"$in": list(row_ids)}}, {"_id": 1})
            return {row["_id"] for row in await rows.to_list(None)}

    async def park_timer(self, aggregate: Aggregate, subject_id: str, fired: TimerFired, reason: str) -> None:
        """Set a timer aside whose effects cannot be saved. Raises Conflict or Unavailable."""
        subjects = self.database.collection(aggregate.name)
        with translated():
            document = await subjects.find_one({"_id": subject_id})
            if document is None:
                return
            version = document["version"]
            if (
                await subjects.replace_one(
                    {"_id": subject_id, "version": version}, with_timer_parked(document, fired, reason)
                )
            ).matched_count != 1:
                raise Conflict(f"{aggregate.name}: a subject changed meanwhile")

    async def save(self, session: Session, effects: Effects, marks: Mapping[Partition, Mark]) -> None:
        """Write the effects and marks of one batch. Raises Conflict if any of it was changed meanwhile."""
        await self._save_subjects(session, effects)
        await self._save_rows(session, effects.rows)
        await self._bulk(session, "waiting", _changes(effects.waiting))
        await self._save_parked(session, effects)
        await self._bulk(session, "marks", [self._mark(partition, mark) for partition, mark in marks.items()])

    async def _save_subjects(self, session: Session, effects: Effects) -> None:
        by_collection: dict[str, list[BulkOperation]] = {}
        for aggregate, subject_id, version, document in effects.documents:
            by_collection.setdefault(aggregate.name, []).append(
                ReplaceOne({"_id": subject_id, "version": version}, document) if version else InsertOne(document)
            )
        for name, operations in by_collection.items():
            result = await self.database.collection(name).bulk_write(operations, ordered=False, session=session)
            if result.inserted_count + result.matched_count != len(operations):
                raise Conflict(f"{name}: a subject changed meanwhile")

    async def _save_parked(self, session: Session, effects: Effects) -> None:
        parked = self.database.collection("parked")
        if effects.released:
            gone = await parked.delete_many({"_id": {"$in": list(effects.released)}}, session=session)
            if gone.deleted_count != len(effects.released):
                raise Conflict("parked: one was replayed elsewhere")
        await self._bulk(session, "parked", _changes(effects.parked))

    async def _save_rows(self, session: Session, rows: Sequence[tuple[int, Row]]) -> None:
        by_collection: dict[str, list[BulkOperation]] = {}
        sums: dict[tuple[str, str], tuple[Add, int, dict[str, int]]] = {}
        for partition, row in rows:
            if isinstance(row, Add):
                key = (row.collection, f"{row.id}|{partition}")
                amounts = sums.setdefault(key, (row, partition, {}))[2]
                for name, amount in row.amounts.items():
                    amounts[name] = amounts.get(name, 0) + amount
            else:
                by_collection.setdefault(row.collection, []).append(_operation(row))
        for (collection, row_id), (row, partition, amounts) in sums.items():
            by_collection.setdefault(collection, []).append(
                UpdateOne(
                    {"_id": row_id},
                    {"$inc": amounts, "$setOnInsert": {"sum": row.id, "partition": partition, **row.labels}},
                    upsert=True,
                )
            )
        for name, operations in by_collection.items():
            await self._bulk(session, name, operations)

    async def _bulk(self, session: Session, collection: str, operations: Sequence[BulkOperation]) -> None:
        if operations:
            await self.database.collection(collection).bulk_write(list(operations), session=session)

    def _mark_id(self, partition: Partition) -> str:
        return f"{self._group}/{partition[0]}/{partition[1]}"

    def _mark(self, partition: Partition, mark: Mark) -> BulkOperation:
        position = {"next": mark.next, "offset": mark.offset, "timestamp": mark.timestamp}
        return UpdateOne({"_id": self._mark_id(partition)}, {"$max": {"position": position}}, upsert=True)


def _changes(rows: Mapping[str, Change]) -> list[BulkOperation]:
    return [
        DeleteOne({"_id": row_id}) if row is None else ReplaceOne({"_id": row_id}, row, upsert=True)
        for row_id, row in rows.items()
    ]


def _operation(row: Put | Insert | Remove) -> BulkOperation:
    """The fold has made the document whole, with its id."""
    match row:
        case Put():
            return ReplaceOne({"_id": row.id}, row.document, upsert=True)
        case Insert():
            return InsertOne(row.document)
        case Remove():
            return DeleteOne({"_id": row.id})
