# SPDX-License-Identifier: Apache-2.0
"""The role ``regulator``: one process at a time talks with the platform, both ways.

It has one account, whose tokens work once and whose requests are counted: two that talk at once would lock each other
out. What one leaves undone the next one finds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.mongo import Conflict, Unavailable
from intake.regulator.gateway import RegulatorAway
from intake.regulator.persons import PersonsPuller
from intake.regulator.pulling import Puller
from intake.regulator.sending import Sender
from intake.regulator.smartsupervision import SmartSupervision

T = TypeVar("T")

LONGEST_PAUSE = 300.0
KEEP_SECONDS = 5.0
"""The lease, which lasts 15 seconds, is renewed so often while something is under way."""

_log = get_logger(__name__)


@dataclass
class RegulatorRole:
    """``look_seconds``: between two looks for what is owed; ``pull_seconds``: between two pulls."""

    gateway: SmartSupervision
    lease: Lease
    puller: Puller
    persons: PersonsPuller
    sender: Sender
    look_seconds: float
    pull_seconds: float
    failures: int = 0
    away: str = ""
    _next_pull: float = field(default=0.0)

    async def run(self) -> None:
        """For ever; whoever comes after need not wait for the lease."""
        try:
            await every(self.look_seconds, self.step, name="regulator")
        finally:
            await self.gateway.close()
            await self.lease.release()

    async def step(self) -> None:
        """Send what is owed, pull if it is time, and wait where the platform is away. Raises Unavailable."""
        if not await self.lease.hold():
            return
        try:
            await self._send()
            if time.monotonic() >= self._next_pull and await self.lease.hold():
                taken = await self._holding(self.puller.pull)
                persons = await self._holding(self.persons.pull)
                self._next_pull = time.monotonic() + self.pull_seconds
                _log.info("regulator-pulled", acknowledged=taken, persons=persons)
        except RegulatorAway as error:
            await self._pause(error)
        else:
            self.failures, self.away = 0, ""

    async def _send(self) -> None:
        """Each case by itself: what cannot be sent for a fault of ours keeps no other case back."""
        for case_id, case in await self.sender.pending():
            if not await self.lease.hold():
                return
            try:
                await self._holding(partial(self.sender.send, case_id, case))
            except (RegulatorAway, Unavailable, Conflict):
                raise
            except Exception as error:  # its data must not reach the log
                _log.error("regulator-dispatch-failed", subject=case_id, error=type(error).__name__)

    async def _holding(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, and keep the lease meanwhile: files take longer than it lasts."""
        keeping = asyncio.create_task(every(KEEP_SECONDS, self.lease.hold, name="regulator-lease"))
        try:
            return await work()
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _pause(self, error: RegulatorAway) -> None:
        """As long as it says, else longer each time; the lease is kept meanwhile, so that nobody else asks either."""
        self.failures += 1
        self.away = str(error)
        longer = min(self.look_seconds * 2 ** min(self.failures, 10), LONGEST_PAUSE)
        seconds = longer if error.seconds is None else error.seconds
        _log.warning("regulator-away", reason=str(error), again_after=round(seconds, 1))
        await self._holding(partial(asyncio.sleep, seconds))
