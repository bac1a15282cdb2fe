# SPDX-License-Identifier: Apache-2.0
"""Publishing what dead processes left (design 2, step 6); one at a time, by lease."""

from typing import Any

from chassis.heartbeats import Heartbeats
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.messages import Message
from chassis.mongo import Database, translated
from chassis.producer import Producer

_log = get_logger(__name__)

AT_ONCE = 20


class Sweeper:
    """A process without heartbeat is dead or stopped; one that wakes publishes again, which is harmless."""

    def __init__(self, database: Database, producer: Producer, process: str) -> None:
        self._lease = Lease(database, "sweeper", process)
        self._documents = database.collection("outbox")
        self._heartbeats = Heartbeats(database)
        self._producer = producer

    async def step(self) -> int:
        """Publish leftovers; returns how many documents. Raises Unavailable or KafkaError."""
        swept = 0
        while (rows := await self._leftovers()) and await self._lease.hold():
            for row in rows:
                await self._producer.publish([Message.from_fields(fields) for fields in row["messages"]])
                with translated():
                    await self._documents.delete_one({"_id": row["_id"]})
                _log.info("swept", document=row["_id"], messages=len(row["messages"]))
            swept += len(rows)
        return swept

    async def _leftovers(self) -> list[dict[str, Any]]:
        """In the order in which they were saved, as far as they are of one process."""
        living = await self._heartbeats.living()
        with translated():
            dead = self._documents.find({"process": {"$nin": living}}).sort("_id", 1).limit(AT_ONCE)
            return await dead.to_list(None)

    async def release(self) -> None:
        await self._lease.release()
