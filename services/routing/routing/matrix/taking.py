# SPDX-License-Identifier: Apache-2.0
"""Open cases take a version that holds for them too, in the background: each once, by whichever process (ICX-02).

A case says by which version it goes, so that each is found until it was done, also after a restart, and if a process
that had not heard of the version decided it meanwhile.
"""

import asyncio

from chassis.batch import Processor
from chassis.inputs import Input
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Database, translated
from chassis.subjects import Aggregate
from routing.domain.commands import TakeMatrix
from routing.matrix.rules import Rules

LOOK_SECONDS = 3.0
AT_ONCE = 200
_log = get_logger(__name__)


class Taking:
    """One step brings what is left to the version, so many cases at once; any number of processes may be asked to."""

    def __init__(self, database: Database, processor: Processor, cases: Aggregate, rules: Rules, process: str) -> None:
        self._cases = database.collection(cases.name)
        self._lease = Lease(database, "taking-matrix", process)
        self._processor = processor
        self._aggregate = cases
        self._rules = rules

    async def step(self) -> int:
        """How many cases were looked at. Raises Unavailable."""
        await self._rules.refresh()
        number, done = self._rules.to_take, 0
        if not number:
            return 0
        while (found := await self._found(number)) and await self._lease.hold():
            inputs = [Input(self._aggregate, case_id, message=TakeMatrix(number)) for case_id in found]
            await self._processor.process(inputs)
            done += len(found)
            if not all(item.saved for item in inputs):
                break
            await asyncio.sleep(0)
        if done:
            _log.info("matrix-taken", cases=done, number=number)
            await self._lease.release()
        return done

    async def _found(self, number: int) -> list[str]:
        wanted = {"state.open": True, "state.matrix_number": {"$lt": number}}
        with translated():
            rows = await self._cases.find(wanted, {"_id": 1}).limit(AT_ONCE).to_list(None)
        return [row["_id"] for row in rows]
