# SPDX-License-Identifier: Apache-2.0
"""Gaps: events of a subject that are missing, so that later ones wait (design 2).

Missing is a seq below a waiting event's own, or one that a waiting event had seen, which is neither applied nor
waiting. If it is parked the cause is known, and it is no gap; whether it may still come is for ``horizons`` to say.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chassis.mongo import Database, Session, translated
from chassis.operating.acts import NotPossible
from chassis.subjects import Aggregate
from ventanilla_contracts.envelope import Envelope

SUBJECTS_AT_ONCE = 200

Fault = Literal["nothing-missing", "parked", "another-first", "unread", "broker-away", "most-raise"]


class GapStays(NotPossible):
    """Nothing can be done about a gap in this way; ``fault`` says why, in a word for pages."""

    def __init__(self, fault: Fault, told: str) -> None:
        super().__init__(told)
        self.fault = fault


Seqs = tuple[int, int]
"""From the first to the last, both included: a seq in a header may be any number."""


@dataclass(frozen=True, slots=True)
class Waits:
    """An event that waits for its turn; ``since`` by the house's clock."""

    topic: str
    seq: int
    seen: Mapping[str, int]
    since: datetime

    def wants(self, topic: str, seq: int) -> bool:
        """Whether it waits, among others, for this one."""
        return self.seq > seq if self.topic == topic else self.seen.get(topic, 0) >= seq


@dataclass(frozen=True, slots=True)
class Gap:
    """What a subject lacks of one topic after ``applied``, the last seq that it has.

    ``missing``: seqs that are nowhere; ``parked``: those whose cause is known, with the id of the parked row;
    ``behind``: the events that wait for them, at least one.
    """

    aggregate: Aggregate
    subject: str
    topic: str
    applied: int
    missing: tuple[Seqs, ...]
    parked: Mapping[int, str]
    behind: tuple[Waits, ...]

    @property
    def id(self) -> str:
        """Names it until something of the topic is applied."""
        return f"{self.aggregate.name}/{self.subject}/{self.topic}/{self.missing[0][0] if self.missing else 0}"

    @property
    def since(self) -> datetime:
        return min(event.since for event in self.behind)

    def lacks(self, seq: int) -> bool:
        return any(first <= seq <= last for first, last in self.missing)


def gaps_among(
    aggregate: Aggregate,
    subject: str,
    applied: Mapping[str, int],
    waiting: Sequence[Waits],
    parked: Mapping[tuple[str, int], str],
) -> list[Gap]:
    """The gaps of one subject, those with a known cause too; ``parked``: topic and seq -> id of the row."""
    needed: dict[str, int] = {}
    for event in waiting:
        wanted = {topic: seq for topic, seq in event.seen.items() if topic in aggregate.topics and topic != event.topic}
        for topic, seq in {**wanted, event.topic: event.seq - 1}.items():
            needed[topic] = max(needed.get(topic, 0), seq)
    found = [
        _gap(aggregate, subject, topic, applied.get(topic, 0), last, waiting, parked)
        for topic, last in sorted(needed.items())
    ]
    return [gap for gap in found if gap.missing or gap.parked]


def seqs_text(seqs: Iterable[Seqs]) -> str:
    """
    >>> seqs_text([(6, 6), (8, 10)])
    '6, 8-10'
    """
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in seqs)


def _gap(
    aggregate: Aggregate,
    subject: str,
    topic: str,
    applied: int,
    last: int,
    waiting: Sequence[Waits],
    parked: Mapping[tuple[str, int], str],
) -> Gap:
    known = {seq: row_id for (source, seq), row_id in parked.items() if source == topic and applied < seq <= last}
    here = {event.seq for event in waiting if event.topic == topic}
    missing = holes(applied, sorted(here | known.keys()), last)
    first = min([*known, *(start for start, _ in missing)], default=last + 1)
    behind = [event for event in waiting if event.wants(topic, first)]
    behind.sort(key=lambda event: (event.topic, event.seq))
    return Gap(aggregate, subject, topic, applied, missing, known, tuple(behind))


def holes(after: int, there: Sequence[int], last: int) -> tuple[Seqs, ...]:
    """What lies between ``after`` and ``last``, and is not there; ``there`` in order.

    >>> holes(5, [7, 9], 10)
    ((6, 6), (8, 8), (10, 10))
    """
    found = []
    for seq in (*(seq for seq in there if after < seq <= last), last + 1):
        if seq > after + 1:
            found.append((after + 1, seq - 1))
        after = seq
    return tuple(found)


class Gaps:
    """Finds the gaps in one service's store; looks only at subjects of which events wait."""

    def __init__(self, database: Database, aggregates: Iterable[Aggregate], prefix: str) -> None:
        self._database = database
        self._aggregates = {aggregate.name: aggregate for aggregate in aggregates}
        self._prefix = len(prefix)
        self.topics = tuple({topic: None for kind in self._aggregates.values() for topic in kind.topics})

    async def of(self, subject: str, topic: str | None = None) -> list[Gap]:
        """Of one subject. Raises Unavailable or Conflict."""
        found = [gap for aggregate in self._aggregates.values() for gap in await self._of(aggregate, [subject])]
        return [gap for gap in found if topic is None or gap.topic == topic]

    async def oldest(self, subjects: int) -> list[Gap]:
        """Of so many subjects, those that wait longest first. Raises as ``of`` does."""
        found = [gap async for some in self.waiting(limit=subjects) for gap in some]
        return sorted(found, key=lambda gap: gap.since)

    async def waiting(self, *, until: datetime | None = None, limit: int | None = None) -> AsyncIterator[list[Gap]]:
        """Of subjects that wait since ``until`` or longer, the oldest first, some at a time. Raises as ``of`` does."""
        asked = {} if until is None else {"since": {"$lte": until}}
        each = {"_id": {"aggregate": "$aggregate", "subject": "$subject"}, "since": {"$min": "$since"}}
        steps: list[Mapping[str, Any]] = [{"$match": asked}, {"$group": each}, {"$sort": {"since": 1}}]
        if limit is not None:
            steps.append({"$limit": limit})
        with translated():
            cursor = self._database.collection("waiting").aggregate(steps, allowDiskUse=True)
            rows = await cursor.to_list(SUBJECTS_AT_ONCE)
        while rows:
            for aggregate in self._aggregates.values():
                ids = [row["_id"]["subject"] for row in rows if row["_id"]["aggregate"] == aggregate.name]
                if ids:
                    yield await self._of(aggregate, ids)
            with translated():
                rows = await cursor.to_list(SUBJECTS_AT_ONCE)

    async def subjects(self) -> int:
        """Of how many subjects events wait. Raises Unavailable."""
        each = {"_id": {"aggregate": "$aggregate", "subject": "$subject"}}
        with translated():
            cursor = self._database.collection("waiting").aggregate([{"$group": each}, {"$count": "n"}])
            return sum([row["n"] async for row in cursor])

    async def _of(self, aggregate: Aggregate, ids: Sequence[str]) -> list[Gap]:
        """All of it at one instant: an event that is applied meanwhile would look like a gap."""
        async with self._database.snapshot() as session:
            waiting = await self._waiting(aggregate, ids, session)
            applied = await self._applied(aggregate, list(waiting), session)
            parked = await self._parked(list(waiting), session)
        return [
            gap
            for subject, events in waiting.items()
            for gap in gaps_among(aggregate, subject, applied.get(subject, {}), events, parked.get(subject, {}))
        ]

    async def _waiting(self, aggregate: Aggregate, ids: Sequence[str], session: Session) -> dict[str, list[Waits]]:
        asked = {"aggregate": aggregate.name, "subject": {"$in": list(ids)}}
        fields = {"subject": 1, "topic": 1, "headers": 1, "since": 1}
        found: dict[str, list[Waits]] = {}
        async for row in self._database.collection("waiting").find(asked, fields, session=session):
            envelope = Envelope.from_headers((name, value) for name, value in row["headers"])
            event = Waits(row["topic"][self._prefix :], envelope.seq or 0, envelope.seen, row["since"])
            found.setdefault(row["subject"], []).append(event)
        return found

    async def _applied(self, aggregate: Aggregate, ids: Sequence[str], session: Session) -> dict[str, dict[str, int]]:
        rows = self._database.collection(aggregate.name).find({"_id": {"$in": ids}}, {"applied": 1}, session=session)
        return {row["_id"]: {topic: seq for topic, (seq, _) in row["applied"].items()} async for row in rows}

    async def _parked(self, ids: Sequence[str], session: Session) -> dict[str, dict[tuple[str, int], str]]:
        found: dict[str, dict[tuple[str, int], str]] = {}
        fields = {"subject": 1, "source": 1, "seq": 1}
        async for row in self._database.collection("parked").find({"subject": {"$in": ids}}, fields, session=session):
            if row["seq"] is not None:
                found.setdefault(row["subject"], {})[row["source"], row["seq"]] = row["_id"]
        return found
