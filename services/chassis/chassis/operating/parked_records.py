# SPDX-License-Identifier: Apache-2.0
"""Records that could not be applied: each lies in a row of ``parked``, with its bytes, until a person says so."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.batch import Processor
from chassis.inputs import Input, event_input
from chassis.mongo import Session, translated
from chassis.operating.acts import Act, Acts, By, NotPossible
from chassis.operating.parked import Filter, NotParked, Parked
from chassis.records import Origin, Parsed, Reader, StoredRecord, Undecodable, Unhandled, waiting_id
from chassis.store import PARKED_ORDER, Store
from chassis.subjects import Aggregate, Turn, turn

WITHOUT_BYTES = {"value": 0, "headers": 0, "key": 0}
ABOUT = ("source", "partition", "offset", "subject", "type", "seq")
Row = Mapping[str, Any]


class ParkedRecords:
    """The parked records of one service."""

    def __init__(
        self,
        store: Store,
        processor: Processor,
        reader: Reader,
        aggregates: Mapping[str, Aggregate],
        prefix: str,
        acts: Acts,
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about."""
        self._store = store
        self._rows = store.database.collection("parked")
        self._waiting = store.database.collection("waiting")
        self._processor = processor
        self._reader = reader
        self._aggregates = aggregates
        self._prefix = prefix
        self._acts = acts

    async def count(self, wanted: Filter) -> int:
        """Raises Unavailable."""
        with translated():
            found: int = await self._rows.count_documents(wanted.of_records())
        return found

    async def page(self, wanted: Filter, limit: int, after: tuple[Any, ...] | None = None) -> list[Parked]:
        """At most ``limit``, after a place in PARKED_ORDER. Raises Unavailable."""
        rows = self._rows.find(wanted.of_records(), WITHOUT_BYTES).sort(PARKED_ORDER)
        if after is not None:  # as the index orders them, which knows where None stands
            names = [name for name, _ in PARKED_ORDER]
            rows = rows.min(list(zip(names, after, strict=True))).hint(PARKED_ORDER)
        with translated():
            found = [_listed(row) for row in await rows.limit(limit + 1).to_list(None)]
        return [one for one in found if after is None or one.id != after[-1]][:limit]

    async def one(self, row_id: str) -> Row:
        """Raises NotParked or Unavailable."""
        with translated():
            row: Row | None = await self._rows.find_one({"_id": row_id})
        if row is None:
            raise NotParked(row_id)
        return row

    def listed(self, row: Row) -> Parked:
        return _listed(row)

    def record(self, row: Row) -> StoredRecord:
        """As it was read."""
        return StoredRecord.from_row({**row, "topic": self._prefix + row["source"]})

    def fault(self, row: Row) -> str | None:
        """Why this version of the service cannot read it; None if it can, and its rules can be asked."""
        parsed = self._read(row)
        return parsed.reason if isinstance(parsed, Undecodable) else None

    def _read(self, row: Row) -> Parsed:
        record = self.record(row)
        if row["source"] not in self._aggregates:
            origin = Origin(row["source"], record.partition, record.offset, record.timestamp)
            return Undecodable(origin, record, f"topic {row['source']}: this version does not read it")
        return self._reader.read(record)

    async def behind(self, parked: Iterable[Parked]) -> dict[str, int]:
        """By subject: how many of its events wait, for one reason or another. Raises Unavailable."""
        subjects: dict[str, set[str]] = {}
        for one in parked:
            if one.topic is not None and one.topic in self._aggregates and one.subject is not None:
                subjects.setdefault(self._aggregates[one.topic].name, set()).add(one.subject)
        found: dict[str, int] = {}
        for kind, ids in subjects.items():
            asked = {"aggregate": kind, "subject": {"$in": sorted(ids)}}
            steps = [{"$match": asked}, {"$group": {"_id": "$subject", "events": {"$sum": 1}}}]
            with translated():
                found |= {row["_id"]: row["events"] for row in await self._waiting.aggregate(steps).to_list(None)}
        return found

    async def replay(self, row: Row, by: By) -> str:
        """Decide it again, with what waited for it; what became of it. Raises Unavailable."""
        return await self.enter(row, await self._acts.begin("replay", row["_id"], by, _about(row)))

    async def enter(self, row: Row, act: Act) -> str:
        """Decide a record that lies in ``parked``, and end the act with what became of it. Raises Unavailable."""
        parsed = self._read(row)
        if isinstance(parsed, Undecodable):
            return await self._failed(row, act, parsed.reason)
        item = event_input(parsed, self._aggregates[row["source"]], row_id=row["_id"])
        item.beside = (act.done(await self._foreseen(item)),)
        await self._processor.process([item])
        if isinstance(item.outcome, Exception):
            return await self._failed(row, act, f"{type(item.outcome).__name__} while deciding")
        return await self._acts.end(act, await self._undecided(item))

    async def _failed(self, row: Row, act: Act, reason: str) -> str:
        """It stays parked, with the reason of this time."""
        with translated():
            await self._rows.update_one({"_id": row["_id"]}, {"$set": {"reason": reason}})
        return await self._acts.end(act, f"failed: {reason}")

    async def _foreseen(self, item: Input) -> str:
        match await self._turn(item):
            case Turn.OLD:
                return "applied before"
            case Turn.FORGED:
                return "dropped: another event of this seq was applied"
        return "applied"

    async def _undecided(self, item: Input) -> str:
        """It was not applied: it waits for its turn, or somebody else has replayed or discarded it."""
        if item.parsed is None or item.envelope is None:
            return "done elsewhere"
        waits = waiting_id(item.aggregate.name, item.subject, item.parsed.origin.topic, item.envelope.seq)
        with translated():
            found = await self._waiting.find_one({"_id": waits}, {"_id": 1})
        return "waits for its turn" if found else "done elsewhere"

    async def _turn(self, item: Input) -> Turn:
        if item.parsed is None or item.envelope is None or item.envelope.seq is None:
            return Turn.NOW
        subject = (await self._store.subjects(item.aggregate, [item.subject]))[item.subject]
        return turn(subject, item.parsed.origin.topic, item.envelope, frozenset(item.aggregate.topics))

    async def discard(self, row: Row, by: By) -> str:
        """Go on without it: its seq counts as applied.

        Raises NotPossible while an earlier event of the same subject is missing or parked, Unavailable, Conflict.
        """
        parsed = self._read(row)
        if parsed.envelope is None or parsed.envelope.seq is None:
            return await self._remove(row, await self._acts.begin("discard", row["_id"], by, _about(row)))
        skipped = Unhandled(parsed.origin, parsed.raw, parsed.envelope, unknown=False)
        item = event_input(skipped, self._aggregates[row["source"]], row_id=row["_id"])
        if await self._turn(item) is Turn.LATER:
            raise NotPossible(f"{row['_id']}: something before it is missing or parked; deal with that first")
        act = await self._acts.begin("discard", row["_id"], by, _about(row))
        item.beside = (act.done("discarded"),)
        await self._processor.process([item])
        if isinstance(item.outcome, Exception):
            raise item.outcome
        return await self._acts.end(act, "done elsewhere")

    async def _remove(self, row: Row, act: Act) -> str:
        """A record without a seq holds up nothing."""

        async def work(session: Session) -> None:
            gone = await self._rows.delete_one({"_id": row["_id"]}, session=session)
            await self._acts.end_within(session, act, "discarded" if gone.deleted_count else "done elsewhere")

        await self._store.database.transaction_again(work)
        return await self._acts.end(act, "discarded")


def _listed(row: Row) -> Parked:
    place = (row["_id"], row["subject"], row["source"], row["type"], row["seq"])
    return Parked(*place, row["reason"], row["parked_at"])


def _about(row: Row) -> dict[str, object]:
    return {name: row[name] for name in ABOUT}
