# SPDX-License-Identifier: Apache-2.0
"""One holder at a time, in real time: accelerated clocks never shrink a lease (hazard 20)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiokafka.errors import KafkaError
from pymongo import ReturnDocument

from chassis.log import get_logger
from chassis.mongo import Conflict, Database, Unavailable, translated

_log = get_logger(__name__)


class Lease:
    """A named lease in the service's database, in its time; it lapses by itself when its holder dies."""

    def __init__(self, database: Database, name: str, holder: str, *, seconds: float = 15.0) -> None:
        self._leases = database.collection("leases")
        self._name = name
        self._holder = holder
        self._milliseconds = int(seconds * 1000)

    async def hold(self) -> bool:
        """Take or renew it; False while another process holds it. Raises Unavailable."""
        free = {"$or": [{"$eq": ["$holder", {"$literal": self._holder}]}, {"$lt": ["$until", "$$NOW"]}]}
        later = {"$add": ["$$NOW", self._milliseconds]}
        taken = {
            "holder": {"$cond": [free, {"$literal": self._holder}, "$holder"]},
            "until": {"$cond": [free, later, "$until"]},
        }
        try:
            with translated():
                row = await self._leases.find_one_and_update(
                    {"_id": self._name}, [{"$set": taken}], upsert=True, return_document=ReturnDocument.AFTER
                )
        except Conflict:  # two made the row at once
            return False
        return bool(row["holder"] == self._holder)

    async def release(self) -> None:
        """Give it back at once, so that a successor does not wait for it to lapse."""
        with suppress(Unavailable), translated():
            await self._leases.delete_one({"_id": self._name, "holder": self._holder})


async def every(seconds: float, step: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Run ``step`` for ever with pauses between; an unavailable database or broker only delays it."""
    while True:
        try:
            await step()
        except (Unavailable, Conflict, KafkaError) as error:
            _log.warning("step-delayed", step=name, error=type(error).__name__)
        except Exception:
            _log.exception("step-failed", step=name)
        await asyncio.sleep(seconds)
