# SPDX-License-Identifier: Apache-2.0
"""Draws each month's sample once it is over, and tells every waiting case what came of it (CNF-11).

Each step can be cut off and taken again: the first draw of a month holds, and a case that was told awaits no more.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.fold import Input
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.subjects import Aggregate
from satisfaction.domain.draw import DrawSample, Sample, month_after, month_of, places
from satisfaction.store import Checks

_log = get_logger(__name__)

AT_ONCE = 500


class Drawing:
    """The monthly draw as a loop of the role ``timers``."""

    def __init__(
        self,
        checks: Checks,
        processor: Processor,
        clock: Clock,
        lease: Lease,
        *,
        cases: Aggregate,
        samples: Aggregate,
        zone: ZoneInfo,
        size: int,
        hour: int,
    ) -> None:
        self._checks = checks
        self._processor = processor
        self._clock = clock
        self._lease = lease
        self._cases = cases
        self._samples = samples
        self._zone = zone
        self._size = size
        self._hour = hour

    async def step(self) -> None:
        """Settle every month that is over and has claims waiting. Raises Unavailable."""
        if await self._lease.hold():
            for month in await self._checks.months_waiting():
                if self._clock.now() >= self._draw_time(month):
                    await self._settle(month)

    def _draw_time(self, month: str) -> datetime:
        """Some hours into the next month, so that what was said before midnight has arrived."""
        return datetime.combine(month_after(month), time(self._hour), self._zone)

    async def _settle(self, month: str) -> None:
        waiting = await self._checks.waiting(month)
        sample = await self._checks.sample(month) or await self._draw(month, waiting)
        current_month = month_of(self._clock.now().astimezone(self._zone).date())
        told = places(sample, waiting, current_month)
        await self._carry_out(Input(self._cases, case_id, message=command) for case_id, command in told.items())

    async def _draw(self, month: str, frame: list[str]) -> Sample:
        """What is kept afterwards is what holds, whoever drew it."""
        draw = DrawSample(month, tuple(frame), self._size, secrets.randbits(63))
        await self._carry_out([Input(self._samples, month, message=draw)])
        sample = await self._checks.sample(month)
        if sample is None:
            raise RuntimeError("the draw was not saved")
        _log.info("sample-drawn", month=month, population=sample.population, size=sample.size)
        return sample

    async def _carry_out(self, inputs: Iterable[Input]) -> None:
        """Commands of our own go through the one door directly: the role that draws need not be the one that serves."""
        remaining = iter(inputs)
        while batch := list(islice(remaining, AT_ONCE)):
            await self._processor.process(batch)
            for item in batch:
                if isinstance(item.outcome, Exception):
                    raise item.outcome
