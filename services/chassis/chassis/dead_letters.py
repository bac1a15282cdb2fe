# SPDX-License-Identifier: Apache-2.0
"""What a person does about parked records: look, replay once the cause is mended, or discard with a reason (design 2).

The parked row is the record, the dead-letter topic holds a copy. Until one of the two is done, the later events of the
same subject and topic wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chassis.batch import Processor
from chassis.decision import Put
from chassis.ids import new_id
from chassis.inputs import event_input
from chassis.mongo import Session, translated
from chassis.records import Reader, StoredRecord, Undecodable, Unhandled
from chassis.store import Store
from chassis.subjects import Aggregate, Turn, turn


class NotPossible(Exception):
    """What was asked cannot be done; its text says why, for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one record: applied (or waiting for its turn, or applied before), or still at fault."""

    id: str
    fault: str | None


class DeadLetters:
    """The parked records of one service."""

    def __init__(
        self, store: Store, processor: Processor, reader: Reader, aggregates: Mapping[str, Aggregate], prefix: str
    ) -> None:
        self._store = store
        self._rows = store.database.collection("parked")
        self._processor = processor
        self._reader = reader
        self._aggregates = aggregates
        self._prefix = prefix

    async def parked(self, subject: str | None = None) -> list[dict[str, Any]]:
        """The rows, of one subject or of all, in the order in which they can be replayed. Raises Unavailable."""
        order = [("subject", 1), ("source", 1), ("seq", 1), ("partition", 1), ("offset", 1)]
        with translated():
            found = self._rows.find({} if subject is None else {"subject": subject})
            return await found.sort(order).to_list(None)

    async def row(self, row_id: str) -> dict[str, Any]:
        """One row. Raises NotPossible or Unavailable."""
        with translated():
            row: dict[str, Any] | None = await self._rows.find_one({"_id": row_id})
        if row is None:
            raise NotPossible(f"{row_id}: nothing is parked under this id")
        return row

    def fault(self, row: Mapping[str, Any]) -> str | None:
        """Why this service, as it is now, cannot read the record; None if it can, and its rules can be asked."""
        parsed = self._reader.read(self._record(row))
        return parsed.reason if isinstance(parsed, Undecodable) else None

    async def replay(self, rows: Sequence[Mapping[str, Any]]) -> list[Replayed]:
        """Decide each record again, with what waited for it. Raises Unavailable."""
        return [await self._replay(row) for row in rows]

    async def _replay(self, row: Mapping[str, Any]) -> Replayed:
        parsed = self._reader.read(self._record(row))
        if isinstance(parsed, Undecodable):
            return Replayed(row["_id"], parsed.reason)
        item = event_input(parsed, self._aggregates[row["source"]], row_id=row["_id"])
        await self._processor.process([item])
        failed = isinstance(item.outcome, Exception)
        return Replayed(row["_id"], f"{type(item.outcome).__name__} while deciding" if failed else None)

    async def discard(self, row: Mapping[str, Any], *, reason: str, actor: str) -> None:
        """Go on without this record: its seq counts as applied, and who decided so is kept in ``audit``.

        Raises NotPossible while an earlier event of the same subject is missing or parked, or Unavailable.
        """
        parsed = self._reader.read(self._record(row))
        entry = Put("audit", new_id(), _audit(row, reason, actor))
        if parsed.envelope is None or parsed.envelope.seq is None:
            await self._store.database.transaction(lambda session: self._remove(session, row, entry))
            return
        aggregate = self._aggregates[row["source"]]
        subject = (await self._store.subjects(aggregate, [parsed.envelope.subject]))[parsed.envelope.subject]
        if turn(subject, row["source"], parsed.envelope, frozenset(aggregate.topics)) is Turn.LATER:
            raise NotPossible(f"{row['_id']}: something before it is missing or parked; deal with that first")
        skipped = Unhandled(parsed.origin, parsed.raw, parsed.envelope, unknown=False)
        item = event_input(skipped, aggregate, row_id=row["_id"])
        item.beside = (entry,)
        await self._processor.process([item])
        if isinstance(item.outcome, Exception):
            raise item.outcome

    async def _remove(self, session: Session, row: Mapping[str, Any], entry: Put) -> None:
        if (await self._rows.delete_one({"_id": row["_id"]}, session=session)).deleted_count:
            audit = self._store.database.collection(entry.collection)
            await audit.insert_one({"_id": entry.id, **entry.document}, session=session)

    def _record(self, row: Mapping[str, Any]) -> StoredRecord:
        return StoredRecord.from_row({**row, "topic": self._prefix + row["source"]})


def _audit(row: Mapping[str, Any], reason: str, actor: str) -> dict[str, object]:
    kept = {name: row[name] for name in ("source", "partition", "offset", "subject", "type", "seq")}
    at = datetime.now(UTC)
    return {"what": "dead-letter-discarded", "record": row["_id"], "actor": actor, "reason": reason, "at": at, **kept}
