# SPDX-License-Identifier: Apache-2.0
"""A store that was restored from a backup counts its events again: its topics say how far it had come (hazard 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError
from pymongo import UpdateOne

from chassis.heartbeats import Heartbeats
from chassis.log import get_logger
from chassis.mongo import Database, translated
from chassis.operating.acts import NotPossible
from chassis.operating.counting import Counted
from chassis.operating.log_reading import Logs
from chassis.positions import Record
from ventanilla_contracts.envelope import Envelope, Event, Malformed

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


@dataclass(frozen=True, slots=True)
class Lifted:
    """One counter that was behind."""

    what: str
    before: int
    after: int


class Series(Protocol):
    """Numbers that a service gives and its own events tell, so that none is given twice."""

    @property
    def told_by(self) -> type[Event]:
        """The event of each number."""

    def heard(self, event: Event) -> None:
        """One of them."""

    async def lift(self, *, write: bool) -> list[Lifted]:
        """Raise what counts them to what was heard; what was behind. Raises Unavailable."""


class Resync:
    """Lifts the counts of one store, and its series of numbers if it gives any."""

    def __init__(
        self, database: Database, counted: Counted, logs: Logs, heartbeats: Heartbeats, series: Series | None = None
    ) -> None:
        self._database = database
        self._counted = counted
        self._logs = logs
        self._heartbeats = heartbeats
        self._series = series

    async def run(self, *, dry_run: bool = False) -> tuple[list[Resynced], list[Lifted]]:
        """Raise the count of each stored subject to what its topics hold; lower none, make no subject.

        Raises NotPossible while a process of the service lives; TopicsMissing, KafkaError, Unavailable.
        """
        if living := await self._heartbeats.living():
            raise NotPossible(f"stop these processes first: {', '.join(sorted(living))}")
        resynced = [await self._topic(topic, dry_run=dry_run) for topic in self._counted.own]
        return resynced, await self._series.lift(write=not dry_run) if self._series else []

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
            self._tell(envelope, record)
        return last

    def _tell(self, envelope: Envelope, record: Record) -> None:
        if self._series is None or envelope.type != self._series.told_by.TYPE:
            return
        try:
            self._series.heard(self._series.told_by.read(record.value or b""))
        except ValidationError:
            _log.error("unreadable-event", topic=record.topic, partition=record.partition, offset=record.offset)

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
