# SPDX-License-Identifier: Apache-2.0
"""A store that was restored from a backup counts its events again: its topics say how far it had come (hazard 9)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pymongo import UpdateOne

from chassis.acts import NotPossible
from chassis.counting import Counted
from chassis.heartbeats import Heartbeats
from chassis.log import get_logger
from chassis.log_reading import Logs
from chassis.mongo import Database, translated
from ventanilla_contracts.envelope import Envelope, Malformed

_log = get_logger(__name__)

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Resynced:
    """One topic of the service's own: subjects on it, those whose count was behind it, those that the store lacks.

    ``counted`` is False where the counts live in the rules' own states (see Definition.told): nothing was lifted.
    """

    topic: str
    on_topic: int
    behind: int
    not_stored: int
    counted: bool


class Resync:
    """Lifts the counts of one store."""

    def __init__(self, database: Database, counted: Counted, logs: Logs, heartbeats: Heartbeats) -> None:
        self._database = database
        self._counted = counted
        self._logs = logs
        self._heartbeats = heartbeats

    async def run(self, *, dry_run: bool = False) -> list[Resynced]:
        """Raise the count of each stored subject to what its topics hold; lower none, make no subject.

        Raises NotPossible while a process of the service lives; TopicsMissing, KafkaError, Unavailable.
        """
        if living := await self._heartbeats.living():
            raise NotPossible(f"stop these processes first: {', '.join(sorted(living))}")
        return [await self._topic(topic, dry_run=dry_run) for topic in self._counted.own]

    async def _topic(self, topic: str, *, dry_run: bool) -> Resynced:
        last = await self._last_seqs(topic)
        collections = [aggregate.name for aggregate in self._counted.aggregates]
        counted = topic not in self._counted.told
        if not counted:
            collections = [self._counted.told[topic]]
        behind, stored, keys = 0, 0, list(last)
        for start in range(0, len(keys), AT_ONCE):
            some = {key: last[key] for key in keys[start : start + AT_ONCE]}
            for name in collections:
                there, late = await self._lift(name, topic, some, write=counted and not dry_run)
                stored += there
                behind += late if counted else 0
        found = Resynced(topic, len(last), behind, len(last) - stored, counted)
        _log.info("resynced", topic=topic, subjects=found.on_topic, lifted=behind, dry_run=dry_run)
        return found

    async def _last_seqs(self, topic: str) -> dict[str, int]:
        last: dict[str, int] = {}
        async for record in self._logs.read(topic):
            try:
                envelope = Envelope.from_headers(record.headers)
            except Malformed:
                continue
            last[envelope.subject] = max(last.get(envelope.subject, 0), envelope.seq or 0)
        return last

    async def _lift(self, collection: str, topic: str, last: Mapping[str, int], *, write: bool) -> tuple[int, int]:
        """How many of these are stored, and how many of those were behind."""
        rows, field = self._database.collection(collection), f"emitted.{topic}"
        with translated():
            found = await rows.find({"_id": {"$in": list(last)}}, {field: 1}).to_list(None)
        late = [row["_id"] for row in found if row.get("emitted", {}).get(topic, 0) < last[row["_id"]]]
        if late and write:
            lifts = [UpdateOne({"_id": key}, {"$max": {field: last[key]}, "$inc": {"version": 1}}) for key in late]
            with translated():
                await rows.bulk_write(lifts, ordered=False)
        return len(found), len(late)
