# SPDX-License-Identifier: Apache-2.0
"""One process of a service without its loops: a test gives it records, sees what it publishes, kills it anywhere.

The database is real, Kafka is not: what delivery does to a store is shown here in milliseconds.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chassis.inputs import Input, event_input
from chassis.log_ends import Ends
from chassis.messages import Message
from chassis.mongo import CommitUnknown, Session
from chassis.operating.log_reading import partition_of
from chassis.outbox import Outbox
from chassis.records import StoredRecord, Undecodable
from chassis.service import Service
from chassis.sweeper import Sweeper
from chassis.testing import Wire


class Killed(BaseException):
    """kill -9: nothing of ours catches it."""


def wire_without_broker() -> Wire:
    """Counts what producers say, for ``settings_for`` and ``message``; nothing listens behind it."""
    return Wire("127.0.0.1:1", "", None, None)


@dataclass
class Broker:
    """Everything that was published, in order. ``kill_after``: so many messages more, then the publisher dies."""

    messages: list[Message] = field(default_factory=list)
    kill_after: int | None = None

    async def publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if self.kill_after is not None:
                if self.kill_after <= 0:
                    break
                self.kill_after -= 1
            self.messages.append(message)
        if self.kill_after is not None and self.kill_after <= 0:
            self.kill_after = None
            raise Killed


class Process:
    """``commit`` says how the next one ends: "killed before", "killed after", "unknown, done", "unknown, not done".

    ``meanwhile`` happens once, when the next batch was loaded and before it is decided.
    """

    def __init__(self, service: Service[Any], broker: Broker | None = None) -> None:
        self.service = service
        self.runtime = service.runtime
        self.broker = broker or Broker()
        self.commit = ""
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.transactions = 0
        self._born = 0
        self._commit_for_real = self.runtime.database._commit
        self.runtime.database._commit = self._committed  # type: ignore[method-assign]
        self._load_for_real = self.runtime.processor._load
        self.runtime.processor._load = self._loaded  # type: ignore[method-assign]
        self._begin()

    def _begin(self) -> None:
        self._born += 1
        name = f"{self.runtime.process}-{self._born:03d}"
        self.outbox = Outbox(self.runtime.database, self.broker, name)  # type: ignore[arg-type]
        self.runtime.outbox = self.runtime.processor._outbox = self.outbox

    async def open(self) -> "Process":
        await self.runtime.migrate()
        await self.runtime.heartbeats.beat(self.outbox.process)
        return self

    async def _committed(self, session: Session) -> None:
        how, self.commit = self.commit, ""
        self.transactions += 1
        if how == "killed before":
            raise Killed
        if how == "unknown, not done":
            await session.abort_transaction()
            raise CommitUnknown(how)
        await self._commit_for_real(session)
        if how == "killed after":
            raise Killed
        if how:
            raise CommitUnknown(how)

    def finds_on_topics(self, log: "Log") -> None:
        """What its operators' commands read of topics."""
        for name in ("ends", "read", "of_key"):
            setattr(self.runtime.logs, name, getattr(log, name))

    async def _loaded(self, inputs: Sequence[Input]) -> Any:
        loaded = await self._load_for_real(inputs)
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            await happens()
        return loaded

    def inputs(self, records: Iterable[StoredRecord]) -> list[Any]:
        """As the consumer makes them of records."""
        kinds = {topic: kind for kind in self.runtime.definition.aggregates for topic in kind.topics}
        read = [self.runtime.processor._reader.read(record) for record in records]
        return [
            parsed if isinstance(parsed, Undecodable) else event_input(parsed, kinds[parsed.origin.topic])
            for parsed in read
        ]

    async def take(self, records: Iterable[StoredRecord]) -> None:
        """Apply one batch. Raises what the processor raises, or Killed."""
        await self.runtime.processor.process(self.inputs(records))

    async def ask(self, subject: str, command: object, *, key: str | None = None) -> Input:
        """Give one command; the input with its outcome."""
        item = Input(self.runtime.definition.aggregates[0], subject, message=command, key=key)
        await self.runtime.processor.process([item])
        return item

    async def due(self) -> list[Input]:
        """The timers that are due, each kind's in the order of their times, as whoever holds the lease finds them."""
        timers, now = self.runtime._timers, self.runtime.clock.now()
        return [found for kind in self.runtime.definition.aggregates for found in await timers._due(kind, now)]

    async def publish(self) -> None:
        """Publish what this process holds, after a look into the store if it has a reason to look."""
        while self.outbox._waiting or self.outbox._look:
            if self.outbox._is_time_to_look():
                await self.outbox._find_own()
            while self.outbox._waiting:
                await self.outbox._publish_next()

    async def die(self) -> None:
        """Its memory is gone; a successor begins."""
        await self.runtime.heartbeats.retire(self.outbox.process)
        self._begin()
        await self.runtime.heartbeats.beat(self.outbox.process)

    def close(self) -> None:
        self.runtime.database.close()

    async def sweep(self) -> int:
        """Publish what the dead left. Raises Killed if the broker says so."""
        return await Sweeper(self.runtime.database, self.broker, self.outbox.process).step()  # type: ignore[arg-type]


@dataclass
class Log:
    """The partitions that a service reads, as a broker keeps them: records by offset, a key always in the same one."""

    partitions: int = 3
    records: dict[tuple[str, int], list[StoredRecord]] = field(default_factory=dict)

    def append(self, message: Message) -> StoredRecord:
        partition = partition_of((message.key or b"").decode(), self.partitions)
        there = self.records.setdefault((message.topic, partition), [])
        place = (message.topic, partition, len(there), 1_700_000_000_000 + len(there))
        there.append(StoredRecord(*place, message.key, message.value, message.headers))
        return there[-1]

    def append_all(self, messages: Iterable[Message]) -> list[StoredRecord]:
        return [self.append(message) for message in messages]

    async def ends(self, topics: Iterable[str]) -> Ends:
        places = [(topic, n) for topic in topics for n in range(self.partitions)]
        return {place: len(self.records.get(place, ())) for place in places}

    async def read(self, topic: str, **_: object) -> AsyncIterator[StoredRecord]:
        for n in range(self.partitions):
            for record in self.records.get((topic, n), ()):
                yield record

    async def of_key(self, topic: str, key: str, **_: object) -> AsyncIterator[StoredRecord]:
        async for record in self.read(topic):
            if record.key == key.encode():
                yield record
