# SPDX-License-Identifier: Apache-2.0
"""Publishing what was saved: at once by the process that saved it, else by the sweeper (design 2, steps 5 and 6).

Publishing twice is harmless: readers drop a seq that they applied.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from bson.raw_bson import RawBSONDocument

from chassis.documents import encoded
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.messages import Message, by_size
from chassis.mongo import Database, Session, translated

_log = get_logger(__name__)

LOOK_SECONDS = 5.0
DEAD_AFTER_SECONDS = 10
PENDING_DOCUMENTS = 32
"""So many documents wait in memory; while the broker is away the rest waits in the store."""

LARGEST_REQUEST = 5 * 1024 * 1024


class Producer:
    """One idempotent Kafka producer, built anew when it has failed for good."""

    def __init__(self, bootstrap_servers: str, client_id: str, prefix: str) -> None:
        self._servers = bootstrap_servers
        self._client_id = client_id
        self._prefix = prefix
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, messages: Sequence[Message]) -> None:
        """Send in order, return once all are acknowledged. Raises KafkaError; then any of them may be in the log."""
        producer = await self._started()
        try:
            futures = [
                await producer.send(
                    self._prefix + message.topic, message.value, key=message.key, headers=list(message.headers)
                )
                for message in messages
            ]
            await asyncio.gather(*futures)
        except KafkaError:
            await self.stop()
            raise

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                client_id=self._client_id,
                enable_idempotence=True,
                max_batch_size=256 * 1024,
                max_request_size=LARGEST_REQUEST,
                retry_backoff_ms=500,
                request_timeout_ms=30_000,
            )
            try:
                await producer.start()
            except BaseException:
                with suppress(Exception):
                    await producer.stop()
                raise
            self._producer = producer
        return self._producer

    async def stop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError, asyncio.CancelledError):
                await producer.stop()


class Outbox:
    """The documents of one process, ``process/n``: saved in its transactions, published in order, deleted."""

    def __init__(self, database: Database, producer: Producer, process: str) -> None:
        self.process = process
        self._documents = database.collection("outbox")
        self._processes = database.collection("processes")
        self._producer = producer
        self._n = 0
        self._queue: asyncio.Queue[tuple[str, list[Message]]] = asyncio.Queue()
        self._queued: set[str] = set()
        self._look = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def documents(self, messages: Sequence[Message], now: datetime) -> list[tuple[str, list[Message], RawBSONDocument]]:
        """The outbox documents of a batch. Raises Unstorable."""
        made = []
        for portion in by_size(messages):
            self._n += 1
            document_id = f"{self.process}/{self._n:012d}"
            fields: dict[str, Any] = {"_id": document_id, "process": self.process, "at": now}
            fields["messages"] = [message.fields() for message in portion]
            made.append((document_id, portion, encoded(fields)))
        return made

    async def save(self, session: Session, made: Sequence[tuple[str, list[Message], RawBSONDocument]]) -> None:
        if made:
            await self._documents.insert_many([document for _, _, document in made], session=session)

    def submit(self, made: Sequence[tuple[str, list[Message], RawBSONDocument]]) -> None:
        """Publish what was committed; past a bound it is read from the store again when its turn comes."""
        for document_id, messages, _ in made:
            if len(self._queued) < PENDING_DOCUMENTS:
                self._enqueue(document_id, messages)
            else:
                self._look.set()

    def look(self) -> None:
        """Look in the store for documents of our own (after a commit whose answer is unknown)."""
        self._look.set()

    async def room(self) -> None:
        """Wait until at most one publication is under way, so that one overlaps the next batch and no more."""
        if self._queue.qsize() > 1:
            await self._idle.wait()

    async def published(self) -> None:
        """Wait until everything submitted is published."""
        await self._idle.wait()

    def pending(self) -> int:
        return len(self._queued)

    def _enqueue(self, document_id: str, messages: list[Message]) -> None:
        if document_id not in self._queued:
            self._queued.add(document_id)
            self._idle.clear()
            self._queue.put_nowait((document_id, messages))

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            document_id, messages = await self._next()
            await self._publish_until_done(document_id, messages)
            self._queued.discard(document_id)
            if self._queue.empty():
                self._idle.set()

    async def _next(self) -> tuple[str, list[Message]]:
        while self._queue.empty():
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    return await self._queue.get()
            await self._find_own()
        if self._look.is_set() and self._queue.qsize() <= 1:
            await self._find_own()
        return self._queue.get_nowait()

    async def _find_own(self) -> None:
        self._look.clear()
        try:
            with translated():
                found = self._documents.find({"process": self.process}).sort("_id", 1).limit(PENDING_DOCUMENTS)
                rows = await found.to_list(None)
        except Exception as error:
            _log.warning("outbox-unreadable", error=type(error).__name__)
            return
        for row in rows:
            self._enqueue(row["_id"], [Message.from_fields(fields) for fields in row["messages"]])

    async def _publish_until_done(self, document_id: str, messages: Sequence[Message]) -> None:
        published = False
        while True:
            try:
                if not published:
                    await self._producer.publish(messages)
                    published = True
                with translated():
                    await self._documents.delete_one({"_id": document_id})
            except Exception as error:
                _log.warning("publish-delayed", error=type(error).__name__, document=document_id)
                await asyncio.sleep(1.0)
            else:
                return

    async def beat(self) -> None:
        """Say that this process lives, in the database's time."""
        with translated():
            await self._processes.update_one(
                {"_id": self.process},
                {"$currentDate": {"at": True}, "$setOnInsert": {"since": datetime.now(UTC)}},
                True,
            )

    async def retire(self) -> None:
        """This process ends: whatever it leaves is the sweeper's at once."""
        with suppress(Exception):
            await self._processes.delete_one({"_id": self.process})


class Sweeper:
    """Publishes what dead processes left; one at a time, by lease."""

    def __init__(self, database: Database, producer: Producer, process: str) -> None:
        self._lease = Lease(database, "sweeper", process)
        self._documents = database.collection("outbox")
        self._processes = database.collection("processes")
        self._producer = producer

    async def step(self) -> int:
        """Publish leftovers; returns how many documents."""
        if not await self._lease.hold():
            return 0
        with translated():
            alive = [row["_id"] for row in await self._processes.find(_heard_of_lately()).to_list(None)]
            rows = await self._documents.find({"process": {"$nin": alive}}).sort("_id", 1).limit(20).to_list(None)
        for row in rows:
            await self._producer.publish([Message.from_fields(fields) for fields in row["messages"]])
            with translated():
                await self._documents.delete_one({"_id": row["_id"]})
            _log.info("swept", document=row["_id"], messages=len(row["messages"]))
        return len(rows)

    async def release(self) -> None:
        await self._lease.release()


def _heard_of_lately() -> dict[str, Any]:
    oldest = {"$subtract": ["$$NOW", DEAD_AFTER_SECONDS * 1000]}
    return {"$expr": {"$gt": ["$at", oldest]}}
