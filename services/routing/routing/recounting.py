# SPDX-License-Identifier: Apache-2.0
"""Open cases whose deadline was computed by other terms or another calendar are computed again (design 5).

A case says by what its deadline was computed, so that each is found until it was done, and once: also after a restart.
While old and new processes run beside each other, those that began last decide: the others leave the cases alone.
"""

from chassis.batch import Processor
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Database, translated
from chassis.subjects import Aggregate
from routing.cases.left import LeftCases
from routing.domain.commands import CountAgain
from routing.domain.policy import Policy

RULES = "clock_rules"
"""By which terms and calendar processes compute, and since when."""
COUNTED_BY = "state.counted_by"
LOOK_SECONDS = 30.0
_log = get_logger(__name__)


class Recounting:
    """One step computes what is left again, so many at once; any number of processes may be asked to."""

    def __init__(
        self, database: Database, processor: Processor, cases: Aggregate, policy: Policy, process: str
    ) -> None:
        self._left = LeftCases(database, processor, cases)
        self._rules = database.collection(RULES)
        self._lease = Lease(database, "recounting", process)
        self._by = policy.counts_by
        self._announced = False

    async def step(self) -> int:
        """How many cases were looked at. Raises Unavailable."""
        if not self._announced:
            await self._announce()
        done, going = 0, {COUNTED_BY: {"$ne": self._by}}
        while await self._lease.hold() and await self._in_force() and (found := await self._left.found(going)):
            done += len(found)
            if not await self._left.tell(found, CountAgain(self._by)):
                break
        if done:
            _log.info("deadlines-computed-again", cases=done, by=self._by)
        await self._lease.release()
        return done

    async def _announce(self) -> None:
        """This process began now, with these rules."""
        with translated():
            since = {"$currentDate": {"since": True}}
            await self._rules.update_one({"_id": self._by}, since, upsert=True)
        self._announced = True

    async def _in_force(self) -> bool:
        with translated():
            latest = await self._rules.find_one({}, sort=[("since", -1)])
        return latest is not None and latest["_id"] == self._by
