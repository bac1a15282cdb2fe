# SPDX-License-Identifier: Apache-2.0
"""What a person does about what is parked: look, replay once the cause is mended, or discard (design 2).

The parked row is the record, the dead-letter topic holds a copy. Until one of the two is done, the later events of the
same subject and topic wait.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.batch import Processor
from chassis.operating.acts import Acts, By
from chassis.operating.parked import Filter, NotParked, Outcome, Page, Parked, Place, is_timer
from chassis.operating.parked_records import ParkedRecords
from chassis.operating.parked_timers import ParkedTimer, ParkedTimers
from chassis.records import Reader, StoredRecord
from chassis.store import Store
from chassis.subjects import Aggregate

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Detail:
    """One that is parked, whole: ``record`` or ``timer`` may hold personal data.

    ``fault``: why this version cannot read the record; None if it can, and its rules can be asked. ``behind``: how
    many events of its subject wait. ``acts``: what was done about it, the last first.
    """

    parked: Parked
    record: StoredRecord | None
    timer: ParkedTimer | None
    fault: str | None
    behind: int
    acts: Sequence[Mapping[str, Any]]


class DeadLetters:
    """What is parked in one service: records and timers."""

    def __init__(
        self, store: Store, processor: Processor, reader: Reader, aggregates: Mapping[str, Aggregate], prefix: str
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about."""
        self.acts = Acts(store.database)
        self.records = ParkedRecords(store, processor, reader, aggregates, prefix, self.acts)
        self.timers = ParkedTimers(store.database, processor, dict.fromkeys(aggregates.values()), self.acts)

    async def page(self, wanted: Filter | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """In the order in which they can be replayed: records, then timers. Raises UnknownCursor, Unavailable."""
        wanted, after = wanted or Filter(), Place.of(cursor)
        found: list[Parked] = []
        if after.timer is None:
            found = await self.records.page(wanted, limit + 1, after.record)
        if len(found) <= limit:
            found += await self.timers.page(wanted, limit + 1 - len(found), after.timer)
        return Page(tuple(found[:limit]), found[limit - 1].cursor() if len(found) > limit else None)

    async def ids(self, wanted: Filter) -> list[str]:
        """All of them, as they are now. Raises Unavailable."""
        page = await self.page(wanted, AT_ONCE)
        found = [one.id for one in page.items]
        while page.next is not None:
            page = await self.page(wanted, AT_ONCE, page.next)
            found += [one.id for one in page.items]
        return found

    async def count(self, wanted: Filter | None = None) -> int:
        """How many. Raises Unavailable."""
        wanted = wanted or Filter()
        return await self.records.count(wanted) + await self.timers.count(wanted)

    async def detail(self, parked_id: str) -> Detail:
        """Raises NotParked or Unavailable."""
        acts = await self.acts.history(record=parked_id)
        if is_timer(parked_id):
            timer = await self.timers.one(parked_id)
            return Detail(timer.listed(), None, timer, None, 0, acts)
        row = await self.records.one(parked_id)
        parked = self.records.listed(row)
        behind = (await self.records.behind([parked])).get(parked.subject or "", 0)
        return Detail(parked, self.records.record(row), None, self.records.fault(row), behind, acts)

    async def fault(self, parked_id: str) -> str | None:
        """Why this version cannot read it; None if it can, or if it is a timer. Raises NotParked or Unavailable."""
        if is_timer(parked_id):
            await self.timers.one(parked_id)
            return None
        return self.records.fault(await self.records.one(parked_id))

    async def replay(self, ids: Sequence[str], by: By, rate: float | None = None) -> AsyncIterator[Outcome]:
        """Decide each again, with what waited for it; at most ``rate`` a second of real time. Raises Unavailable."""
        started = time.monotonic()
        for n, parked_id in enumerate(ids):
            if rate:
                await asyncio.sleep(max(0.0, started + n / rate - time.monotonic()))
            try:
                yield Outcome(parked_id, await self._replay(parked_id, by))
            except NotParked:
                yield Outcome(parked_id, "done elsewhere")

    async def _replay(self, parked_id: str, by: By) -> str:
        if is_timer(parked_id):
            return await self.timers.replay(await self.timers.one(parked_id), by)
        return await self.records.replay(await self.records.one(parked_id), by)

    async def discard(self, parked_id: str, by: By) -> str:
        """Go on without it: a record's seq counts as applied, a timer never fires.

        Raises NotParked; NotPossible while an earlier event of the same subject is missing or parked; Unavailable,
        Conflict.
        """
        if is_timer(parked_id):
            return await self.timers.discard(await self.timers.one(parked_id), by)
        return await self.records.discard(await self.records.one(parked_id), by)
