# SPDX-License-Identifier: Apache-2.0
"""Timers that are due enter by the same door as events (design 2); whoever holds the lease looks for them."""

from datetime import datetime
from typing import Any

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.decision import TimerFired
from chassis.fold import Input
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Database, translated
from chassis.subjects import Aggregate

_log = get_logger(__name__)

SCAN = 500


class Timers:
    """Fires what is due by the house's clock, in the order of due times."""

    def __init__(
        self,
        database: Database,
        processor: Processor,
        clock: Clock,
        aggregates: dict[str, Aggregate],
        process: str,
    ) -> None:
        self._lease = Lease(database, "timers", process)
        self._timers = database.collection("timers")
        self._processor = processor
        self._clock = clock
        self._aggregates = aggregates

    async def step(self) -> int:
        """Fire what is due now; returns how many. Raises Unavailable."""
        fired = 0
        while await self._lease.hold():
            due = await self._due(self._clock.now())
            if not due:
                break
            await self._processor.process([self._input(row) for row in due])
            fired += len(due)
            if len(due) < SCAN:
                break
        return fired

    async def _due(self, now: datetime) -> list[dict[str, Any]]:
        with translated():
            found = self._timers.find({"due": {"$lte": now}, "parked": {"$exists": False}}).sort("due", 1).limit(SCAN)
            return await found.to_list(None)

    def _input(self, row: dict[str, Any]) -> Input:
        return Input(
            self._aggregates[row["aggregate"]],
            row["subject"],
            message=TimerFired(row["name"], row["due"], row["data"]),
            traceparent=row["traceparent"],
            row_id=row["_id"],
        )

    async def release(self) -> None:
        await self._lease.release()
