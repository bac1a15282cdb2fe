# SPDX-License-Identifier: Apache-2.0
"""The alarm for a gap without a cause: once when it is five minutes old, and none before its topic was read on.

In a catch-up nearly every event waits for a while for what simply was not read yet; that is no gap.
"""

import asyncio
import time
from datetime import datetime, timedelta

from chassis.clock import Clock
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.metrics import Metrics
from chassis.mongo import Database, translated
from chassis.operating.gaps import Gap, Gaps
from chassis.operating.horizons import Horizons

_log = get_logger(__name__)

ALARM_SECONDS = 300.0
ROUND_SECONDS = 15.0
LEASE_SECONDS = 60.0
NAMED_A_ROUND = 20
REST = 4
"""So many times as long as it looked it rests: a backlog of waiting events costs a fifth of its time at most."""


class GapWatch:
    """Looks at what waits too long; which gaps were told is kept in ``gaps``, one row each while they are open."""

    def __init__(
        self,
        database: Database,
        gaps: Gaps,
        horizons: Horizons,
        clock: Clock,
        metrics: Metrics,
        process: str,
        *,
        speed: float = 1.0,
    ) -> None:
        """``speed`` of the house's clock, by which waiting events were stamped."""
        self._rows = database.collection("gaps")
        self._waiting = database.collection("waiting")
        self._lease = Lease(database, "gaps", process, seconds=LEASE_SECONDS)
        self._gaps = gaps
        self._horizons = horizons
        self._clock = clock
        self._metrics = metrics
        self._speed = speed
        self._named = 0

    async def run(self) -> None:
        """Look for ever."""
        await every(ROUND_SECONDS, self.step, name="gaps")

    async def step(self) -> None:
        """Tell new gaps, forget closed ones. Raises Unavailable, Conflict, TopicsMissing or KafkaError."""
        told = await self._told()
        old = self._clock.now() - timedelta(seconds=ALARM_SECONDS * self._speed)
        with translated():
            waits = await self._waiting.find_one({"since": {"$lte": old}}, {"_id": 1})
        if (told or waits) and await self._lease.hold():
            closed = told - await self._look(old, told)
            with translated():
                await self._rows.delete_many({"_id": {"$in": list(closed)}})
            told = await self._told()
        self._metrics.gaps.set(len(told))

    async def _told(self) -> set[str]:
        with translated():
            return {row["_id"] for row in await self._rows.find({}, {"_id": 1}).to_list(None)}

    async def _look(self, old: datetime, told: set[str]) -> set[str]:
        """Those that are still open, whether told before or now."""
        still: set[str] = set()
        self._named, looked = 0, False
        started = time.monotonic()
        async for some in self._gaps.waiting(until=old):
            missing = [gap for gap in some if gap.missing]
            still |= told.intersection(gap.id for gap in missing)
            new = [gap for gap in missing if gap.id not in told]
            if new and not looked:
                await self._horizons.look(self._gaps.topics)
                looked = True
            for gap in new:
                if self._is_without_cause(gap):
                    await self._tell(gap)
                    still.add(gap.id)
            await asyncio.sleep(REST * (time.monotonic() - started))
            await self._lease.hold()
            started = time.monotonic()
        if self._named > NAMED_A_ROUND:
            _log.error("gaps-without-cause", more=self._named - NAMED_A_ROUND)
        return still

    def _is_without_cause(self, gap: Gap) -> bool:
        """It was five minutes old when its topic held nothing more than was read by now."""
        age = (self._clock.now() - gap.since).total_seconds() / self._speed
        since_read = time.monotonic() - self._horizons.read_until(gap.topic, gap.subject)
        return age - since_read >= ALARM_SECONDS

    async def _tell(self, gap: Gap) -> None:
        row = {"aggregate": gap.aggregate.name, "subject": gap.subject, "topic": gap.topic, "since": gap.since}
        with translated():
            made = await self._rows.update_one({"_id": gap.id}, {"$setOnInsert": row}, upsert=True)
        if made.upserted_id is None:
            return
        self._metrics.alarm("gap-without-cause")
        self._named += 1
        if self._named <= NAMED_A_ROUND:
            facts = {"subject": gap.subject, "topic": gap.topic, "first": gap.missing[0][0], "waiting": len(gap.behind)}
            _log.error("gap-without-cause", **facts, cure="gaps list, then reread, republish or accept")
