# SPDX-License-Identifier: Apache-2.0
"""What is in the store at one instant, counted for whoever audits the house; nothing of it names a state.

Everything is read in one snapshot, so that subjects, marks, what waits, what is parked and what is not published yet
belong together. Where the service's own topics ended just before and just after tells which of its events are on them.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chassis.clock import Clock
from chassis.log_ends import Ends, LogEnds
from chassis.mongo import Collection, Conflict, Database, Session
from chassis.operating.ledgers import StoreSums
from chassis.operating.on_the_way import LONGEST_SUBJECT, OnTheWay
from chassis.subjects import Aggregate
from chassis.topics import load_topics
from ventanilla_contracts.audits import Position, Produced, StoreCounted, Unsettled
from ventanilla_contracts.envelope import Actor

SUBJECTS_AT_ONCE = 500
"""Some milliseconds of adding up between two looks at everything else that the process does."""

LISTED_UNSETTLED = 200
"""So many are named; with full ledgers of six topics the event then stays below 256 kB."""

TRIES = 3
_ALL: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Counted:
    """What a service counts of itself.

    ``told``: topics of its own whose keys are the ids of a collection of its own, instead of its subjects.
    ``speed``: of the house's clock, by which rows were stamped.
    """

    service: str
    aggregates: tuple[Aggregate, ...]
    told: Mapping[str, str]
    group: str
    speed: float = 1.0

    @property
    def read(self) -> list[str]:
        """The topics by which subjects are known."""
        specs = load_topics()
        topics = (topic for aggregate in self.aggregates for topic in aggregate.topics)
        return [topic for topic in topics if specs[topic].sequenced]

    @property
    def own(self) -> list[str]:
        """The topics that it writes."""
        return [spec.name for spec in load_topics().values() if spec.producer == self.service and spec.sequenced]


@dataclass
class _Subjects:
    sums: StoreSums
    counts: dict[str, int] = field(default_factory=dict)
    unsettled: list[Unsettled] = field(default_factory=list)
    unsettled_count: int = 0

    def add_unsettled(self, subject: str, applied: Mapping[str, int], *, waiting: int) -> None:
        self.unsettled_count += 1
        if len(self.unsettled) < LISTED_UNSETTLED:
            self.unsettled.append(Unsettled(subject=subject[:LONGEST_SUBJECT], applied=dict(applied), waiting=waiting))


class Census:
    """Counts one store."""

    def __init__(self, database: Database, clock: Clock, counted: Counted) -> None:
        self._database = database
        self._clock = clock
        self._counted = counted

    async def count(self, ends: LogEnds, *, actor: Actor) -> StoreCounted:
        """The event. Raises Unavailable, Conflict (no instant could be read as a whole, at each try), KafkaError."""
        for _ in range(TRIES - 1):
            try:
                return await self._count_once(ends, actor)
            except Conflict:  # an index was being built, or the snapshot was not kept long enough
                await asyncio.sleep(1.0)
        return await self._count_once(ends, actor)

    async def _count_once(self, ends: LogEnds, actor: Actor) -> StoreCounted:
        before = await ends.now()
        async with self._database.snapshot() as session:
            positions = await self._positions(session)  # the first read fixes the instant
            counted_at, now = datetime.now(UTC), self._clock.now()
            after = await ends.now()
            on_the_way = OnTheWay(self._database, session, now, self._counted.speed)
            parked, parked_count, suspects = await on_the_way.parked()
            subjects = await self._subjects(session, suspects)
            unpublished, unpublished_count = await on_the_way.unpublished(self._counted.own)
            accepted, accepted_count = await on_the_way.accepted()
            return StoreCounted(
                actor=actor,
                service=self._counted.service,
                counted_at=counted_at,
                subjects=subjects.counts,
                ledgers=subjects.sums.ledgers(),
                positions=positions,
                produced=_produced(before, after),
                unsettled_count=subjects.unsettled_count,
                unsettled=tuple(subjects.unsettled),
                waiting=await on_the_way.waiting(),
                parked_count=parked_count,
                parked=tuple(parked),
                outbox=await on_the_way.outbox(),
                unpublished_count=unpublished_count,
                unpublished=tuple(unpublished),
                accepted_count=accepted_count,
                accepted=tuple(accepted),
            )

    async def _positions(self, session: Session) -> tuple[Position, ...]:
        """Of this group: a rebuild has another."""
        found, group = [], f"{self._counted.group}/"
        async for row in self._database.collection("marks").find(_ALL, session=session):
            topic, _, partition = row["_id"].removeprefix(group).rpartition("/")
            if row["_id"].startswith(group) and "/" not in topic:
                found.append(Position(topic=topic, partition=int(partition), next=row["position"]["next"]))
        return tuple(sorted(found, key=lambda one: (one.topic, one.partition)))

    async def _subjects(self, session: Session, suspects: set[str]) -> _Subjects:
        counted = self._counted
        emitted = [topic for topic in counted.own if topic not in counted.told]
        found, unmet = _Subjects(StoreSums(counted.read, emitted, counted.told)), set(suspects)
        for aggregate in counted.aggregates:
            found.counts[aggregate.name] = 0
            fields = {"applied": 1, "emitted": 1, "waiting": 1}
            async for rows in _batches(self._database.collection(aggregate.name), fields, session):
                found.counts[aggregate.name] += len(rows)
                for row in rows:
                    _take_in(found, row, parked=row["_id"] in suspects)
                    unmet.discard(row["_id"])
        for subject in sorted(unmet):  # its very first event is parked, so that nothing of it is stored
            found.add_unsettled(subject, {}, waiting=0)
        for topic, collection in counted.told.items():
            async for rows in _batches(self._database.collection(collection), {"_id": 1}, session):
                for row in rows:
                    found.sums.add_told(topic, row["_id"])
        return found


def _take_in(found: _Subjects, row: Mapping[str, Any], *, parked: bool) -> None:
    found.sums.add_subject(row)
    if parked or row["waiting"]:
        applied = {topic: seq for topic, (seq, _) in row["applied"].items()}
        found.add_unsettled(row["_id"], applied, waiting=row["waiting"])


async def _batches(
    collection: Collection, fields: Mapping[str, int], session: Session
) -> AsyncIterator[list[dict[str, Any]]]:
    cursor = collection.find(_ALL, fields, session=session, batch_size=SUBJECTS_AT_ONCE)
    while rows := await cursor.to_list(SUBJECTS_AT_ONCE):
        yield rows


def _produced(before: Ends, after: Ends) -> tuple[Produced, ...]:
    return tuple(
        Produced(topic=topic, partition=partition, before=start, after=max(start, after[topic, partition]))
        for (topic, partition), start in sorted(before.items())
    )
