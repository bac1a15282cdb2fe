# SPDX-License-Identifier: Apache-2.0
"""What kills or hangs a process must not kill its successors too (hazard 15).

A process notes where it begins. Where three have begun and none has come past, the next takes things one by one and
notes each; the one at which a process then died is not tried again.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo import ReplaceOne

from chassis.heartbeats import Heartbeats
from chassis.log import get_logger
from chassis.mongo import Database, translated

_log = get_logger(__name__)

DEATHS_BEFORE_CARE = 3


class Attempts:
    """Where the processes of a service began: a place (a partition, a kind of timer) and the first thing there."""

    def __init__(self, database: Database, heartbeats: Heartbeats, process: str) -> None:
        self._rows = database.collection("attempts")
        self._heartbeats = heartbeats
        self._process = process
        self._passed: set[str] = set()

    async def begin(self, firsts: Mapping[str, str]) -> set[str]:
        """Note the first thing at each place; those places at which care is needed. Raises Unavailable.

        Costs nothing at places that this process has passed.
        """
        new = {place: first for place, first in firsts.items() if place not in self._passed}
        if not new:
            return set()
        ids = [*new, *map(_alone, new)]
        with translated():
            rows = {row["_id"]: row for row in await self._rows.find({"_id": {"$in": ids}}).to_list(None)}
        tries = {place: self._tries(rows.get(place), rows.get(_alone(place)), first) for place, first in new.items()}
        writes = [
            ReplaceOne({"_id": place}, {"first": first, "tries": tries[place], "process": self._process}, upsert=True)
            for place, first in new.items()
        ]
        with translated():
            await self._rows.bulk_write(writes)
        careful = {place for place, n in tries.items() if n > DEATHS_BEFORE_CARE}
        for place in careful:
            _log.error("processes-died-here", place=place, first=new[place], times=tries[place] - 1)
        return careful

    def _tries(self, row: Mapping[str, Any] | None, alone: Mapping[str, Any] | None, first: str) -> int:
        """The first process to begin here is 1; a process that begins again is not counted twice."""
        if alone is not None and alone["first"] == first:
            return DEATHS_BEFORE_CARE + 1
        if row is None or row["first"] != first:
            return 1
        tries: int = row["tries"]
        return tries if row["process"] == self._process else tries + 1

    async def take_alone(self, place: str, thing: str) -> bool:
        """Note that this thing is tried by itself; False if a process died at it so. Raises Unavailable."""
        with translated():
            row = await self._rows.find_one({"_id": _alone(place)})
        if row is not None and row["first"] == thing and await self._died(row["process"]):
            _log.error("process-died-at-this", place=place, thing=thing)
            return False
        note = {"first": thing, "process": self._process}
        with translated():
            await self._rows.replace_one({"_id": _alone(place)}, note, upsert=True)
        return True

    async def _died(self, process: str) -> bool:
        return process != self._process and await self._heartbeats.is_dead(process)

    def passed(self, places: Iterable[str]) -> None:
        """This process has come past the first things at these places."""
        self._passed.update(places)

    async def retire(self) -> None:
        """This process ends in good order: it did not die where it began. Raises Unavailable."""
        with translated():
            await self._rows.delete_many({"process": self._process})


def _alone(place: str) -> str:
    return f"{place} alone"
