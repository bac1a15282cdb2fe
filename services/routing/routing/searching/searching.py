# SPDX-License-Identifier: Apache-2.0
"""One process's index beside the store: built from it, following it, asked by pages and API (ADR 0029).

The index only finds: what is shown is read from the store. It is behind by a second or so; how far, /metrics says.
"""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from chassis.log import get_logger
from chassis.mongo import Conflict, Database, Unavailable
from routing.searching.building import StillBuilding
from routing.searching.entries import Entry
from routing.searching.index import CaseIndex, Found, Often
from routing.searching.places import Built, InMemory, NoPlace, Place, place_under
from routing.searching.reading import CaseReading, Changes, HistoryLost, entries_of, now_in

PAUSE_SECONDS = 1.0
LOOK_SECONDS = 10.0
"""How often it is asked whether somebody wants the index built anew."""
NEVER = -1
_log = get_logger(__name__)


class Searching:
    """``run`` builds and follows for ever; ``find`` and ``nearest`` ask. Raises StillBuilding while there is none."""

    def __init__(self, database: Database, directory: Path | None = None, process: str = "routing") -> None:
        self._reading = CaseReading(database)
        self._directory = directory
        self._process = process
        self._built: Built | None = None
        self._looked = 0.0
        self._up_to_date: float | None = None
        self._kept = "memory"
        self.done = 0
        self.total = 0
        self.building = False

    async def run(self) -> None:
        """Keep the index beside the store, whatever becomes of either; ends only when cancelled."""
        self._up_to_date = time.monotonic()
        place = await asyncio.to_thread(self._take_place)
        try:
            self._built = await asyncio.to_thread(place.found)
            while True:
                with suppress(Unavailable, Conflict):
                    await self._follow(place)
                await asyncio.sleep(PAUSE_SECONDS)
        finally:
            place.close()

    async def find(self, text: str, filters: Mapping[str, Any], *, limit: int, after: int | None = None) -> Found:
        """Cases with all these words that pass the filters, in the order of the queue, after that rank."""
        return await asyncio.to_thread(self._index.find, text, filters, limit=limit, after=after)

    async def nearest(self, asked: Collection[str], area: str, *, limit: int) -> Sequence[str]:
        """Ids of answered cases in which the like was asked, the nearest first."""
        return await asyncio.to_thread(self._index.nearest, asked, area, limit=limit)

    async def weights(self, asked: Collection[str]) -> Mapping[str, float]:
        """How much each of these stems tells."""
        return await asyncio.to_thread(self._index.weights, asked)

    async def often_answered(self, *, at_least: int, limit: int) -> Sequence[Often]:
        """Answers that so many cases got in the same words, the most frequent first."""
        return await asyncio.to_thread(self._index.often_answered, at_least=at_least, limit=limit)

    @property
    def cases(self) -> int:
        return len(self._built.index) if self._built else 0

    @property
    def behind(self) -> float:
        """Seconds since it knew all that the store knew; 0 where no index is kept."""
        return 0.0 if self._up_to_date is None else time.monotonic() - self._up_to_date

    @property
    def _index(self) -> CaseIndex:
        if self._built is None:
            raise StillBuilding(self.done, self.total)
        return self._built.index

    def _take_place(self) -> Place:
        try:
            place = place_under(self._directory)
        except NoPlace as error:
            _log.error("search-index-in-memory", reason=str(error))
            return InMemory()
        self._kept = "memory" if isinstance(place, InMemory) else "disk"
        return place

    async def _follow(self, place: Place) -> None:
        """Until the store is away or the index must be built anew."""
        asked = await self._reading.rebuilds_asked()
        built = self._built
        if built is None or built.asked != asked:
            built = self._built = await self._build(place, asked)
        changes = Changes(self._reading.database, built.token)
        try:
            while not await self._wanted_anew(asked):
                built = self._built = await self._take(place, changes, built)
        except HistoryLost as lost:
            _log.warning("search-index-lost-its-place", reason=str(lost))
            self._built = replace(built, asked=NEVER)  # it goes on finding what it knows, until there is another
        finally:
            await changes.close()

    async def _wanted_anew(self, asked: int) -> bool:
        """Looked at now and then, when it is also said how the index stands."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        await self._report()
        return await self._reading.rebuilds_asked() != asked

    async def _report(self) -> None:
        stands = {"cases": self.cases, "behind": round(self.behind, 1), "kept": self._kept}
        progress = {"building": self.building, "done": self.done, "total": self.total}
        await self._reading.report({"_id": self._process, **stands, **progress})

    async def _take(self, place: Place, changes: Changes, built: Built) -> Built:
        """What changed, if anything did."""
        ids, all_of_them = await changes.next()
        if ids:
            rows = await self._reading.these(ids)
            entries = await asyncio.to_thread(entries_of, rows, await self._reading.said(rows))
            await asyncio.to_thread(_kept, built.index, entries, ids - {row["_id"] for row in rows})
            built = replace(built, token=changes.token)
            await asyncio.to_thread(place.whole, built)
        if all_of_them:
            self._up_to_date = time.monotonic()
        return built

    async def _build(self, place: Place, asked: int) -> Built:
        """From the store, beside the one in use, if there is one; what changes meanwhile is followed afterwards."""
        began, token = time.monotonic(), await now_in(self._reading.database)
        self.done, self.total, self.building = 0, await self._reading.count(), True
        try:
            await self._report()
            index = await asyncio.to_thread(place.begin)
            async for rows in self._reading.all():
                entries = await asyncio.to_thread(entries_of, rows, await self._reading.said(rows))
                await asyncio.to_thread(index.put, entries)
                self.done += len(rows)
                if time.monotonic() - self._looked > LOOK_SECONDS:
                    self._looked = time.monotonic()
                    await self._report()
            await asyncio.to_thread(index.commit)
        finally:
            self.building = False
        built = Built(index, token, asked)
        await asyncio.to_thread(place.whole, built)
        _log.info("search-index-built", cases=self.done, seconds=round(time.monotonic() - began, 1))
        return built


def _kept(index: CaseIndex, entries: Sequence[Entry], gone: Collection[str]) -> None:
    index.put(entries, gone)
    index.commit()
