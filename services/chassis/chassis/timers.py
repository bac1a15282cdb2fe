# SPDX-License-Identifier: Apache-2.0
"""Timers that are due enter by the same door as events (design 2); whoever holds the lease looks for them.

They lie in their subject's document: firing one changes it, so that its version lets only one process do so.
"""

from collections.abc import Sequence
from datetime import datetime

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.decision import TimerFired
from chassis.inputs import Input
from chassis.leases import Lease
from chassis.mongo import Database, translated
from chassis.subjects import Aggregate, timers_of

SCAN = 500


class Timers:
    """Fires what is due by the house's clock, in the order of due times."""

    def __init__(
        self, database: Database, processor: Processor, clock: Clock, aggregates: Sequence[Aggregate], process: str
    ) -> None:
        self._lease = Lease(database, "timers", process)
        self._database = database
        self._processor = processor
        self._clock = clock
        self._aggregates = aggregates

    async def step(self) -> int:
        """Fire what is due now; returns how many. Raises Unavailable."""
        fired = 0
        for aggregate in self._aggregates:
            while (due := await self._due(aggregate, self._clock.now())) and await self._lease.hold():
                await self._processor.process(due)
                fired += len(due)
                if len(due) < SCAN:
                    break
        return fired

    async def _due(self, aggregate: Aggregate, now: datetime) -> list[Input]:
        """The due timers of the subjects that have waited longest, each subject's in the order of their times."""
        subjects = self._database.collection(aggregate.name)
        with translated():
            found = subjects.find({"due": {"$lte": now}}, {"timers": 1}).sort("due", 1).limit(SCAN)
            rows = await found.to_list(None)
        inputs = [
            Input(aggregate, row["_id"], message=TimerFired(name, timer.due, timer.data), traceparent=timer.traceparent)
            for row in rows
            for name, timer in timers_of(row).items()
            if timer.parked is None and timer.due <= now
        ]
        return sorted(inputs, key=_due_time)

    async def release(self) -> None:
        await self._lease.release()


def _due_time(item: Input) -> datetime:
    assert isinstance(item.message, TimerFired)  # noqa: S101
    return item.message.due
