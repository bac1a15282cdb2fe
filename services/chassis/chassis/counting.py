# SPDX-License-Identifier: Apache-2.0
"""What is in the store at one instant, counted for whoever audits the house; nothing of it names a state.

Everything is read in one snapshot, so that subjects, marks, what waits, what is parked and what is not published yet
belong together. Where the service's own topics ended just before and just after tells which of its events are on them.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chassis.clock import Clock
from chassis.ledgers import StoreSums
from chassis.log_ends import Ends, LogEnds
from chassis.mongo import Collection, Database, Session
from chassis.subjects import Aggregate
from chassis.topics import load_topics
from ventanilla_contracts.audits import (
    AcceptedGap,
    Left,
    Parked,
    Position,
    Produced,
    StoreCounted,
    Unpublished,
    Unsettled,
)
from ventanilla_contracts.envelope import Actor

SUBJECTS_AT_ONCE = 500
"""Some milliseconds of adding up between two looks at everything else that the process does."""

LISTED_UNSETTLED, LISTED_PARKED, LISTED_UNPUBLISHED, LISTED_ACCEPTED = 200, 150, 800, 100
"""So many are named; with full ledgers of six topics the event then stays below 256 kB."""

LONGEST_REASON = 200
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
    def read(self) -> dict[str, None]:
        """The topics by which subjects are known."""
        specs = load_topics()
        topics = (topic for aggregate in self.aggregates for topic in aggregate.topics)
        return {topic: None for topic in topics if specs[topic].sequenced}

    @property
    def own(self) -> dict[str, None]:
        """The topics that it writes."""
        mine = (spec for spec in load_topics().values() if spec.producer == self.service)
        return {spec.name: None for spec in mine if spec.sequenced}


@dataclass
class _Subjects:
    sums: StoreSums
    counts: dict[str, int] = field(default_factory=dict)
    unsettled: list[Unsettled] = field(default_factory=list)
    unsettled_count: int = 0


class Census:
    """Counts one store."""

    def __init__(self, database: Database, clock: Clock, counted: Counted) -> None:
        self._database = database
        self._clock = clock
        self._counted = counted

    async def count(self, ends: LogEnds, *, actor: Actor) -> StoreCounted:
        """The event. Raises Unavailable, Conflict (counting took longer than the snapshot is kept), KafkaError."""
        before = await ends.now()
        async with self._database.snapshot() as session:
            positions = await self._positions(session)  # the first read fixes the instant
            counted_at, now = datetime.now(UTC), self._clock.now()
            after = await ends.now()
            parked, parked_count, suspects = await self._parked(session, now)
            subjects = await self._subjects(session, suspects)
            unpublished = await self._unpublished(session)
            accepted, accepted_count = await self._accepted(session)
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
                waiting=await self._left(session, "waiting", "$since", 1, now),
                parked_count=parked_count,
                parked=parked,
                outbox=await self._left(session, "outbox", "$at", {"$size": "$messages"}, now),
                unpublished_count=len(unpublished),
                unpublished=tuple(unpublished[:LISTED_UNPUBLISHED]),
                accepted_count=accepted_count,
                accepted=accepted,
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
        found = _Subjects(StoreSums(counted.read, {t: None for t in counted.own if t not in counted.told}))
        for aggregate in counted.aggregates:
            found.counts[aggregate.name] = 0
            fields = {"applied": 1, "emitted": 1, "waiting": 1}
            async for rows in _batches(self._database.collection(aggregate.name), fields, session):
                found.counts[aggregate.name] += len(rows)
                _take_in(found, rows, suspects)
        for topic, collection in counted.told.items():
            async for rows in _batches(self._database.collection(collection), {"_id": 1}, session):
                for row in rows:
                    found.sums.add_told(topic, row["_id"])
        return found

    async def _parked(self, session: Session, now: datetime) -> tuple[tuple[Parked, ...], int, set[str]]:
        """The first of them, how many there are, and whose they are."""
        fields = ("source", "partition", "offset", "subject", "seq", "reason", "parked_at")
        rows = self._database.collection("parked").find(_ALL, dict.fromkeys(fields, 1), session=session)
        listed: list[Parked] = []
        count, subjects = 0, set()
        async for row in rows:
            count += 1
            if row["subject"] is not None:
                subjects.add(row["subject"])
            if len(listed) < LISTED_PARKED:
                listed.append(self._parked_row(row, now))
        return tuple(listed), count, subjects

    def _parked_row(self, row: Mapping[str, Any], now: datetime) -> Parked:
        subject = row["subject"]
        return Parked(
            topic=row["source"],
            partition=row["partition"],
            offset=row["offset"],
            subject=None if subject is None else subject[:500],
            seq=row["seq"],
            reason=row["reason"][:LONGEST_REASON],
            seconds=self._seconds(row["parked_at"], now),
        )

    async def _left(self, session: Session, collection: str, since: str, each: object, now: datetime) -> Left:
        grouped = {"_id": None, "count": {"$sum": each}, "oldest": {"$min": since}}
        rows = self._database.collection(collection).aggregate([{"$group": grouped}], session=session)
        async for row in rows:
            return Left(count=row["count"], oldest_seconds=self._seconds(row["oldest"], now))
        return Left()

    async def _unpublished(self, session: Session) -> list[Unpublished]:
        """The last seq of each subject and topic that is still in the outbox."""
        own = self._counted.own
        parts = [{"$arrayElemAt": ["$$this", n]} for n in (0, 1, 3)]
        short = {"messages": {"$map": {"input": "$messages", "in": parts}}}
        last: dict[tuple[str, str], int] = {}
        async for row in self._database.collection("outbox").aggregate([{"$project": short}], session=session):
            for topic, key, headers in row["messages"]:
                if topic in own:
                    place, seq = (topic, key.decode()), int(dict(headers)["ce_seq"])
                    last[place] = max(last.get(place, 0), seq)
        return [Unpublished(topic=topic, subject=key, seq=seq) for (topic, key), seq in sorted(last.items())]

    async def _accepted(self, session: Session) -> tuple[tuple[AcceptedGap, ...], int]:
        """Gaps that a person accepted; kept in ``audit``."""
        listed: list[AcceptedGap] = []
        count = 0
        asked = {"what": "accept", "outcome": {"$ne": "begun"}}
        async for row in self._database.collection("audit").find(asked, session=session):
            count += 1
            if len(listed) < LISTED_ACCEPTED:
                listed.append(AcceptedGap(topic=row["topic"], subject=row["subject"], seq=row["seq"]))
        return tuple(listed), count

    def _seconds(self, since: datetime, now: datetime) -> int:
        """In real time, as long as the house's clock has one speed."""
        return max(0, int((now - since).total_seconds() / self._counted.speed))


def _take_in(found: _Subjects, rows: Sequence[Mapping[str, Any]], suspects: set[str]) -> None:
    for row in rows:
        found.sums.add_subject(row)
        if row["waiting"] or row["_id"] in suspects:
            found.unsettled_count += 1
            if len(found.unsettled) < LISTED_UNSETTLED:
                applied = {topic: seq for topic, (seq, _) in row["applied"].items()}
                found.unsettled.append(Unsettled(subject=row["_id"], applied=applied, waiting=row["waiting"]))


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
