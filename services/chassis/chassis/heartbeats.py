# SPDX-License-Identifier: Apache-2.0
"""Which processes of a service live: each says so every few seconds, in the database's time (design 2, step 6)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from chassis.mongo import Database, translated

DEAD_AFTER_SECONDS = 10
LOOK_SECONDS = 0.5


class Heartbeats:
    """The heartbeats of one service's processes."""

    def __init__(self, database: Database) -> None:
        self._processes = database.collection("processes")

    async def beat(self, process: str) -> None:
        """Say that this process lives. Raises Unavailable."""
        with translated():
            await self._processes.update_one(
                {"_id": process}, {"$currentDate": {"at": True}, "$setOnInsert": {"since": datetime.now(UTC)}}, True
            )

    async def retire(self, process: str) -> None:
        """This process ends in good order: whatever it leaves is others' at once."""
        with suppress(Exception):
            await self._processes.delete_one({"_id": process})

    async def living(self) -> list[str]:
        """The processes heard of lately; one that is stopped or dead is not among them. Raises Unavailable."""
        with translated():
            return [row["_id"] for row in await self._processes.find(_heard_of_lately()).to_list(None)]

    async def dead(self, processes: Sequence[str]) -> set[str]:
        """Which of these did not end in good order and are heard of no more, for a day. Raises Unavailable."""
        with translated():
            known = await self._processes.find({"_id": {"$in": list(processes)}}, {"_id": 1}).to_list(None)
        return {row["_id"] for row in known} - set(await self.living())

    async def is_dead(self, process: str) -> bool:
        """Whether a process is heard of no more; it may take ten seconds to tell. Raises Unavailable."""
        first = await self._last(process)
        while process in await self.living():
            if await self._last(process) != first:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def _last(self, process: str) -> datetime | None:
        with translated():
            row: dict[str, Any] | None = await self._processes.find_one({"_id": process})
        return None if row is None else row["at"]


def _heard_of_lately() -> dict[str, Any]:
    oldest = {"$subtract": ["$$NOW", DEAD_AFTER_SECONDS * 1000]}
    return {"$expr": {"$gt": ["$at", oldest]}}
