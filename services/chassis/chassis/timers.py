# SPDX-License-Identifier: Apache-2.0
"""Timers that are due enter by the same door as events (design 2); whoever holds the lease looks for them.

They lie in their subject's document: firing one changes it, so that its version lets only one process do so.
"""

from collections.abc import Sequence
from datetime import datetime

from chassis.attempts import Attempts
from chassis.batch import Processor
from chassis.clock import Clock
from chassis.decision import TimerFired
from chassis.inputs import Input
from chassis.leases import Lease
from chassis.mongo import translated
from chassis.store import HAS_DUE, Store
from chassis.subjects import Aggregate, timers_of

SCAN = 500
DIED = "a process ended while it fired this timer"


class Timers:
    """Fires what is due by the house's clock, in the order of due times."""

    def __init__(
        self,
        store: Store,
        processor: Processor,
        clock: Clock,
        aggregates: Sequence[Aggregate],
        attempts: Attempts,
        process: str,
    ) -> None:
        self._lease = Lease(store.database, "timers", process)
        self._store = store
        self._processor = processor
        self._clock = clock
        self._aggregates = aggregates
        self._attempts = attempts

    async def step(self) -> int:
        """Fire what is due now; returns how many. Raises Unavailable."""
        fired = 0
        for aggregate in self._aggregates:
            while (due := await self._due(aggregate, self._clock.now())) and await self._lease.hold():
                await self._fire(aggregate, due)
                fired += len(due)
                if len(due) < SCAN:
                    break
        return fired

    async def _fire(self, aggregate: Aggregate, due: Sequence[Input]) -> None:
        place = f"timers/{aggregate.name}"
        if await self._attempts.begin({place: _name(due[0])}):
            for item in due:
                if await self._attempts.take_alone(place, _name(item)):
                    await self._processor.process([item])
                else:
                    await self._store.park_timer(aggregate, item.subject, _fired(item), DIED)
        else:
            await self._processor.process(due)
        self._attempts.passed([place])

    async def _due(self, aggregate: Aggregate, now: datetime) -> list[Input]:
        """The due timers of the subjects that have waited longest, each subject's in the order of their times."""
        subjects = self._store.database.collection(aggregate.name)
        with translated():
            found = subjects.find({"due": {**HAS_DUE, "$lte": now}}, {"timers": 1}).sort("due", 1).limit(SCAN)
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


def _fired(item: Input) -> TimerFired:
    assert isinstance(item.message, TimerFired)  # noqa: S101
    return item.message


def _due_time(item: Input) -> datetime:
    return _fired(item).due


def _name(item: Input) -> str:
    return f"{item.subject}/{_fired(item).name}/{_due_time(item).isoformat()}"
