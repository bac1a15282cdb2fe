# SPDX-License-Identifier: Apache-2.0
"""What of a store is on its way when it is counted: parked, waiting, not published yet, gaps that were accepted."""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from chassis.mongo import Database, Session
from ventanilla_contracts.audits import AcceptedGap, Left, Parked, Unpublished

LISTED_PARKED, LISTED_UNPUBLISHED, LISTED_ACCEPTED = 150, 800, 100
LONGEST_REASON, LONGEST_SUBJECT = 200, 500
_ALL: Mapping[str, Any] = {}


class OnTheWay:
    """Read within one snapshot; of each kind the first are named. Its methods raise Unavailable or Conflict."""

    def __init__(self, database: Database, session: Session, now: datetime, speed: float) -> None:
        """``now`` and ``speed``: of the house's clock, by which rows were stamped."""
        self._database = database
        self._session = session
        self._now = now
        self._speed = speed

    async def parked(self) -> tuple[list[Parked], int, set[str]]:
        """The first of them, how many there are, and whose they are."""
        fields = ("source", "partition", "offset", "subject", "seq", "reason", "parked_at")
        rows = self._database.collection("parked").find(_ALL, dict.fromkeys(fields, 1), session=self._session)
        listed: list[Parked] = []
        count, subjects = 0, set()
        async for row in rows:
            count += 1
            if row["subject"] is not None:
                subjects.add(row["subject"])
            if len(listed) < LISTED_PARKED:
                listed.append(self._parked_row(row))
        return listed, count, subjects

    def _parked_row(self, row: Mapping[str, Any]) -> Parked:
        subject: str | None = row["subject"]
        return Parked(
            topic=row["source"],
            partition=row["partition"],
            offset=row["offset"],
            subject=None if subject is None else subject[:LONGEST_SUBJECT],
            seq=row["seq"],
            reason=row["reason"][:LONGEST_REASON],
            seconds=self._seconds(row["parked_at"]),
        )

    async def waiting(self) -> Left:
        """In events."""
        return await self._left("waiting", "$since", 1)

    async def outbox(self) -> Left:
        """In messages."""
        return await self._left("outbox", "$at", {"$size": "$messages"})

    async def _left(self, collection: str, since: str, each: object) -> Left:
        grouped = {"_id": None, "count": {"$sum": each}, "oldest": {"$min": since}}
        rows = self._database.collection(collection).aggregate([{"$group": grouped}], session=self._session)
        async for row in rows:
            return Left(count=row["count"], oldest_seconds=self._seconds(row["oldest"]))
        return Left()

    async def unpublished(self, own: Container[str]) -> tuple[list[Unpublished], int]:
        """The last seq of each subject and topic (one of ``own``) that is still in the outbox."""
        parts = [{"$arrayElemAt": ["$$this", n]} for n in (0, 1, 3)]
        short = {"messages": {"$map": {"input": "$messages", "in": parts}}}
        rows = self._database.collection("outbox").aggregate([{"$project": short}], session=self._session)
        last: dict[tuple[str, str], int] = {}
        async for row in rows:
            for topic, key, headers in row["messages"]:
                if topic in own:
                    place, seq = (topic, key.decode()), int(dict(headers)["ce_seq"])
                    last[place] = max(last.get(place, 0), seq)
        listed = sorted(last.items())[:LISTED_UNPUBLISHED]
        return [Unpublished(topic=topic, subject=key, seq=seq) for (topic, key), seq in listed], len(last)

    async def accepted(self) -> tuple[list[AcceptedGap], int]:
        """Gaps that a person accepted; kept in ``audit``."""
        listed: list[AcceptedGap] = []
        count = 0
        asked = {"what": "accept", "outcome": "accepted"}
        async for row in self._database.collection("audit").find(asked, session=self._session):
            count += 1
            if len(listed) < LISTED_ACCEPTED:
                listed.append(AcceptedGap(topic=row["topic"], subject=row["subject"], seq=row["seq"]))
        return listed, count

    def _seconds(self, since: datetime) -> int:
        """In real time, as long as the house's clock has one speed."""
        return max(0, int((self._now - since).total_seconds() / self._speed))
