# SPDX-License-Identifier: Apache-2.0
"""Publishing what was saved: at once by the process that saved it (design 2, step 5), else by the sweeper.

Publishing twice is harmless: readers drop a seq that they applied.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from bson.raw_bson import RawBSONDocument

from chassis.documents import encoded
from chassis.log import get_logger
from chassis.messages import Message, by_size
from chassis.mongo import Database, Session, translated
from chassis.producer import Producer
from chassis.topics import is_dead_letter_topic

_log = get_logger(__name__)

LOOK_SECONDS = 5.0
PENDING_DOCUMENTS = 32
"""So many documents wait in memory; while the broker is away the rest waits in the store."""
MOST_FOUND_FIRST = 1_000

Made = tuple[str, list[Message], RawBSONDocument]


class Outbox:
    """The documents of one process, ``process/n``: saved in its transactions, published in order, deleted."""

    def __init__(self, database: Database, producer: Producer, process: str) -> None:
        self.process = process
        self._documents = database.collection("outbox")
        self._producer = producer
        self._n = 0
        self._waiting: deque[tuple[str, Sequence[Message]]] = deque()
        self._publishing: str | None = None
        self._found_first: dict[str, None] = {}
        """Found in the store, maybe before whoever committed them hands them in: the latest, in their order."""
        self._look = self._looking = False
        self._looked_at = float("-inf")
        self._changed = asyncio.Condition()
        self._wake = asyncio.Event()

    def documents(self, messages: Sequence[Message], now: datetime) -> list[Made]:
        """The outbox documents of a batch. Raises Unstorable."""
        made = []
        for portion in by_size(messages):
            self._n += 1
            document_id = f"{self.process}/{self._n:012d}"
            fields: dict[str, Any] = {"_id": document_id, "process": self.process, "at": now}
            fields["messages"] = [message.fields() for message in portion]
            made.append((document_id, portion, encoded(fields)))
        return made

    async def save(self, session: Session, made: Sequence[Made]) -> None:
        if made:
            await self._documents.insert_many([document for _, _, document in made], session=session)

    def submit(self, made: Sequence[Made]) -> None:
        """Publish what was committed; past a bound, and behind what is past it, it is read from the store again."""
        for document_id, messages, _ in made:
            if document_id in self._found_first:
                del self._found_first[document_id]
            elif self._look or len(self._waiting) >= PENDING_DOCUMENTS:
                self._look = True
            else:
                self._waiting.append((document_id, messages))
        self._wake.set()

    def look(self) -> None:
        """Look in the store for documents of our own (after a commit whose answer is unknown)."""
        self._look = True
        self._wake.set()

    async def room(self, seconds: float = 60.0) -> None:
        """Wait until at most one publication is under way, so that one overlaps the next batch and no more.

        Raises KafkaTimeoutError when the broker takes nothing for so long.
        """
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.pending() <= 1)
        except TimeoutError:
            raise KafkaTimeoutError from None

    async def published(self) -> None:
        """Wait until everything submitted is published."""
        async with self._changed:
            await self._changed.wait_for(lambda: not (self.pending() or self._look or self._looking))

    def pending(self) -> int:
        """Documents in memory that are not published yet."""
        return len(self._waiting) + (self._publishing is not None)

    async def run(self) -> None:
        """Publish for ever."""
        while True:
            if self._is_time_to_look():
                await self._find_own()
            if self._waiting:
                await self._publish_next()
            else:
                await self._sleep()

    def _is_time_to_look(self) -> bool:
        overdue = time.monotonic() - self._looked_at > LOOK_SECONDS
        return (self._look and not self._waiting) or overdue

    async def _sleep(self) -> None:
        if not self._look:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
        self._wake.clear()

    async def _find_own(self) -> None:
        """Put what the store has of ours, and memory not, in its place in the order."""
        self._look, self._looking, self._looked_at = False, True, time.monotonic()
        try:
            with translated():
                found = self._documents.find({"process": self.process}).sort("_id", 1).limit(PENDING_DOCUMENTS)
                rows = await found.to_list(None)
        except Exception as error:
            _log.warning("outbox-unreadable", error=type(error).__name__)
            self._look, self._looking = True, False
            await asyncio.sleep(1.0)
            return
        if len(rows) == PENDING_DOCUMENTS:  # there are more, before what is in memory and not among these
            self._look = True
            self._waiting.clear()
        known = dict(self._waiting)
        for row in rows:
            if row["_id"] not in known:
                self._found_first[row["_id"]] = None
                known[row["_id"]] = [Message.from_fields(fields) for fields in row["messages"]]
        self._waiting = deque(sorted(known.items(), key=lambda one: one[0]))
        for document_id in list(self._found_first)[:-MOST_FOUND_FIRST]:
            del self._found_first[document_id]
        self._looking = False
        await self._tell()

    async def _publish_next(self) -> None:
        document_id, messages = self._waiting.popleft()
        self._publishing = document_id
        try:
            await self._publish_until_done(document_id, messages)
        finally:
            self._publishing = None
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _publish_until_done(self, document_id: str, messages: Sequence[Message]) -> None:
        published = False
        while True:
            try:
                if not published:
                    await self._producer.publish(messages)
                    published = True
                with translated():
                    await self._documents.delete_one({"_id": document_id})
            except MessageSizeTooLargeError:
                messages = _without_dead_letters(messages)
                await asyncio.sleep(1.0)
            except Exception as error:
                topics = sorted({message.topic for message in messages})
                _log.warning("publish-delayed", error=type(error).__name__, document=document_id, topics=topics)
                await asyncio.sleep(1.0)
            else:
                return


def _without_dead_letters(messages: Sequence[Message]) -> list[Message]:
    """A copy that its topic does not take must not hold up events: the parked row is the record."""
    left = [message for message in messages if not is_dead_letter_topic(message.topic)]
    _log.error("messages-too-large", dead_letters_not_copied=len(messages) - len(left), cure="raise max.message.bytes")
    return left
