# SPDX-License-Identifier: Apache-2.0
"""Open cases take a version that holds for them too, in the background: each once, by whichever process (ICX-02).

A case says by which version it goes, so that each is found until it was done, also after a restart, and if a process
that had not heard of the version decided it meanwhile.
"""

from chassis.batch import Processor
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Database
from chassis.subjects import Aggregate
from routing.cases.left import LeftCases
from routing.domain.commands import TakeMatrix
from routing.matrix.rules import Rules

LOOK_SECONDS = 3.0
_log = get_logger(__name__)


class Taking:
    """One step brings what is left to the version, so many cases at once; any number of processes may be asked to."""

    def __init__(self, database: Database, processor: Processor, cases: Aggregate, rules: Rules, process: str) -> None:
        self._left = LeftCases(database, processor, cases)
        self._lease = Lease(database, "taking-matrix", process)
        self._rules = rules

    async def step(self) -> int:
        """How many cases were looked at. Raises Unavailable."""
        await self._rules.refresh()
        number, done = self._rules.to_take, 0
        if not number:
            return 0
        while (found := await self._left.found({"state.matrix_number": {"$lt": number}})) and await self._lease.hold():
            done += len(found)
            if not await self._left.tell(found, TakeMatrix(number)):
                break
        if done:
            _log.info("matrix-taken", cases=done, number=number)
            await self._lease.release()
        return done
