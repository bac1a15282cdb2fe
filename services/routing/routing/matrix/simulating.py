# SPDX-License-Identifier: Apache-2.0
"""`matrix simulate`: a changed matrix over the past cases, before it is put in force (ICX-02).

Cases are read one after the other, without what persons said; nothing of them stays in memory but counts.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from chassis.clock import Clock
from chassis.mongo import Database, translated
from routing.consumers import CASES
from routing.domain.matrix.comparing import Held, LevelCounts, Move, Tally
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.foreseen import PastCase, foreseen
from routing.matrix.rules import Rules
from routing.shown.summary import View
from ventanilla_contracts.envelope import Instant

A_YEAR = timedelta(days=365)
AT_ONCE = 100
"""So many cases are looked at before others get their turn: some hundredths of a second."""

MOST_CASES = 200_000
_ENDS = ("answered", "withdrawn", "transferred", "closed")
_READ = {f"state.{name}": 1 for name in PastCase.model_fields if name not in _ENDS}
_READ |= {f"state.{name}.at": 1 for name in _ENDS}


class Simulation(View):
    """What would have been otherwise if ``version`` had been in force instead of ``compared_with``.

    Staff ids and case numbers; no word of anybody.
    """

    version: str
    compared_with: str
    received_from: Instant
    received_until: Instant
    cases: int = Field(description="how many were looked at")
    complete: bool = Field(description=f"false: there are more, and only the first {MOST_CASES} were looked at")
    seconds: float = Field(description="how long that took")
    assigned_otherwise: int
    copies_otherwise: int
    areas: tuple[Held, ...]
    responders: tuple[Held, ...]
    moves: tuple[Move, ...]
    levels: tuple[LevelCounts, ...]


class Simulating:
    """Wired once; one simulation at a time in each process."""

    def __init__(self, database: Database, rules: Rules, clock: Clock) -> None:
        self._cases = database.collection(CASES)
        self._rules = rules
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def run(self, changed: MatrixFile, since: datetime | None, until: datetime | None) -> Simulation:
        """Over the cases received in that time (None: from a year before, until now). Raises Unavailable."""
        async with self._one_at_a_time:
            return await self._run(changed, since, until)

    async def _run(self, changed: MatrixFile, since: datetime | None, until: datetime | None) -> Simulation:
        begun, now, policy = time.monotonic(), self._clock.now(), self._rules()
        until = until or now
        since = since or until - A_YEAR
        after, tally = policy.matrix.with_file(changed, policy.matrix.number + 1), Tally()
        async for case in self.past(since, until):
            if tally.cases == MOST_CASES:
                break
            both = (foreseen(case, matrix, policy.calendar, now) for matrix in (policy.matrix, after))
            tally.add(case.case_number, *both)
            if tally.cases % AT_ONCE == 0:
                await asyncio.sleep(0)
        return Simulation(
            version=changed.version,
            compared_with=policy.matrix.file.version,
            received_from=since,
            received_until=until,
            cases=tally.cases,
            complete=tally.cases < MOST_CASES,
            seconds=round(time.monotonic() - begun, 3),
            assigned_otherwise=tally.assigned_otherwise,
            copies_otherwise=tally.copies_otherwise,
            areas=tally.held("area"),
            responders=tally.held("responder"),
            moves=tally.moves(),
            levels=tally.levels(),
        )

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[PastCase]:
        """The cases received in that time that were classified, in no order."""
        wanted: dict[str, Any] = {
            "state.received_at": {"$gte": since, "$lt": until},
            "state.classification": {"$ne": None},
        }
        with translated():
            async for row in self._cases.find(wanted, _READ, batch_size=500):
                yield PastCase.model_validate(row["state"])
