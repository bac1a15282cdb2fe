# SPDX-License-Identifier: Apache-2.0
"""One holder at a time, in real time: accelerated clocks never shrink a lease (hazard 20)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from chassis.log import get_logger
from chassis.mongo import Conflict, Database, Unavailable, translated

_log = get_logger(__name__)


class Lease:
    """A named lease in the service's database; it lapses by itself when its holder dies."""

    def __init__(self, database: Database, name: str, holder: str, *, seconds: float = 15.0) -> None:
        self._leases = database.collection("leases")
        self._name = name
        self._holder = holder
        self._length = timedelta(seconds=seconds)

    async def hold(self) -> bool:
        """Take or renew it; False while another process holds it. Raises Unavailable."""
        now = datetime.now(UTC)
        mine_or_lapsed = {"_id": self._name, "$or": [{"holder": self._holder}, {"until": {"$lt": now}}]}
        try:
            with translated():
                await self._leases.update_one(
                    mine_or_lapsed, {"$set": {"holder": self._holder, "until": now + self._length}}, upsert=True
                )
        except Conflict:  # the row exists and is somebody else's: the upsert hit its id
            return False
        return True

    async def release(self) -> None:
        """Give it back at once, so that a successor does not wait for it to lapse."""
        with suppress(Unavailable), translated():
            await self._leases.delete_one({"_id": self._name, "holder": self._holder})


async def every(seconds: float, step: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Run ``step`` for ever with pauses between; an unavailable database only delays it."""
    while True:
        try:
            await step()
        except (Unavailable, Conflict) as error:
            _log.warning("step-delayed", step=name, error=type(error).__name__)
        except Exception:
            _log.exception("step-failed", step=name)
        await asyncio.sleep(seconds)
