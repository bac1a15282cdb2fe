# SPDX-License-Identifier: Apache-2.0
"""A service's processes on one database, what is told to them and what they tell; whatever may go wrong is an act.

No act raises by what went wrong in it; what must not be is found at the end, by comparing with a clean run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from chassis.inputs import Input
from chassis.messages import Message
from chassis.mongo import Database, Unavailable
from chassis.service import Service
from chassis.testing import StepClock
from chassis.testing.process import Broker, Killed, Log, Process
from chassis.testing.reading import Reading
from chassis.testing.story import Asked, Found, Step, Tale, Telling, moments, steps_of

T = TypeVar("T")

PARTITIONS = 2
AT_ONCE = 50
MOST_ROUNDS = 200
"""A day that is not over after so many rounds never will be."""


class World:
    """``processes`` of one service; the first of them is the one that ends each day in good order."""

    def __init__(self, services: Sequence[Service[Any]], database: Database, clock: StepClock) -> None:
        self.broker = Broker()
        self.processes = [Process(service, self.broker) for service in services]
        self.definition = services[0].runtime.definition
        self.topics = [topic for kind in self.definition.aggregates for topic in kind.topics]
        self.database = database
        self._clock = clock

    async def open(self) -> "World":
        for process in self.processes:
            await process.open()
        return self

    async def close(self) -> None:
        await self.database.drop()
        self.database.close()
        for process in self.processes:
            process.close()

    async def begin(self, tales: Sequence[Tale], steps: Mapping[str, Sequence[Step]] | None = None) -> None:
        """An empty database and new processes; ``steps``: of each tale, if they were made before."""
        names = await self.database._database.list_collection_names()
        await asyncio.gather(*(self.database.collection(name).delete_many({}) for name in names))
        self.broker.messages.clear()
        self.log = Log(PARTITIONS)
        self.readings = [Reading(process, self.log, self.topics) for process in self.processes]
        for process in self.processes:
            await process.die()
        self.tellings = [Telling(tale.subject, (steps or {}).get(tale.subject) or steps_of(tale)) for tale in tales]
        self.late: list[Message] = []
        self.answered: list[tuple[Step, object]] = []
        self._days = moments(tales)
        self.next_day()

    def next_day(self) -> datetime | None:
        """What the tales tell of their next day can happen from now on; None after the last."""
        if not self._days:
            return None
        now = self._days.pop(0)
        self._clock.set(now)
        for telling in self.tellings:
            telling.begin(now)
        return now

    async def tell(self, n: int, delays: Sequence[int], *, twice: bool = False) -> None:
        """The next events of a tale reach the log, each behind as many others as its delay says; 3 keeps it back.

        ``twice``: and what was published is published again.
        """
        telling = self.tellings[n]
        if not telling.today or telling.asks or not await self._is_quiet(telling.subject):
            return
        places = enumerate(telling.events(len(delays)))
        told = sorted(((place + delays[place], place, message) for place, message in places), key=lambda one: one[:2])
        on_time = [message for _, place, message in told if delays[place] < 3]
        self.late += [message for _, place, message in told if delays[place] >= 3]
        self.log.append_all(on_time * 2 if twice else on_time)

    def tell_late(self) -> None:
        """What was kept back comes, behind all that overtook it."""
        self.log.append_all(self.late)
        self.late.clear()

    async def read(self, n: int, topics: Sequence[str], most: int, how: str = "", *, overtaken: bool = False) -> int:
        """Process ``n`` reads a batch; how many records came. ``overtaken``: the other one reads and saves it first."""
        work = self.readings[n].read(topics, most)
        other = partial(self.read, 1 - n, topics, most) if overtaken else None
        return await self._survive(n, work, how, other) or 0

    async def read_again(self, n: int, topic: str, partition: int, start: int, count: int, how: str = "") -> None:
        """A stretch of what somebody has read already is delivered once more."""
        marks = await self.processes[n].runtime.processor._store.marks([(topic, partition)])
        read = marks[topic, partition].next if (topic, partition) in marks else 0
        records = self.log.records.get((topic, partition), [])[:read][start : start + count]
        if records:
            await self._survive(n, self.processes[n].take(records), how)

    async def ask(self, n: int, tale: int, how: str = "", *, overtaken: bool = False) -> bool:
        """Give the command that comes next in a tale; whether it was answered."""
        telling = self.tellings[tale]
        asked = telling.asks
        if asked is None or not await self._has_applied(telling):
            return False
        other = partial(self.ask, 1 - n, tale) if overtaken else None
        step = telling.today[0]
        if not await self._survive(n, self._ask(n, step), how, other):
            return False
        if telling.today and telling.today[0] is step:
            telling.today.pop(0)
        return True

    @property
    def repeatable(self) -> list[Step]:
        """The commands that were answered under a key."""
        return list({step.key: step for step, _ in self.answered if step.asked and step.asked.keyed}.values())

    async def ask_again(self, n: int, step: Step, how: str = "") -> None:
        """A command that was answered is repeated under its key; it must hear the same."""
        await self._survive(n, self._ask(n, step), how)

    async def _ask(self, n: int, step: Step) -> bool:
        asked = step.asked
        assert isinstance(asked, Asked)
        kind = self.definition.aggregates[asked.kind]
        command = await asked.command.make(self.database) if isinstance(asked.command, Found) else asked.command
        key = step.key if asked.keyed else None
        item = Input(kind, "" if asked.resolved else step.subject, message=command, key=key)
        await self.processes[n].runtime.processor.process([item])
        assert isinstance(item.outcome, Mapping), f"{step.key}: {item.outcome!r}"
        self.answered.append((step, dict(item.outcome)))
        return True

    async def fire(self, n: int, most: int, how: str = "", *, overtaken: bool = False) -> int:
        """Process ``n`` fires what is due; how much that was."""
        due = (await self.processes[n].due())[:most]
        work = self.processes[n].runtime.processor.process(due)
        other = partial(self.fire, 1 - n, most) if overtaken else None
        await self._survive(n, work, how, other)
        return len(due)

    async def publish(self, n: int, kill_after: int | None = None) -> None:
        await self._publish(n, self.processes[n].publish(), kill_after)

    async def sweep(self, n: int, kill_after: int | None = None) -> None:
        """As soon as the lease of whoever swept before has lapsed."""
        await self.database.collection("leases").delete_many({})
        await self._publish(n, self.processes[n].sweep(), kill_after)

    async def die(self, n: int) -> None:
        self.readings[n].forget()
        await self.processes[n].die()

    async def end_day(self) -> None:
        """All that the tales tell of this day happens, if it did not already; who sees to it knows the marks only."""
        self.readings[0].forget()
        for _ in range(MOST_ROUNDS):
            self.tell_late()
            moved = await self.fire(0, 500)
            for n, telling in enumerate(self.tellings):
                before = len(telling.today)
                await self.tell(n, [0] * AT_ONCE)
                await self.ask(0, n)
                moved += before - len(telling.today)
            moved += await self.read(0, self.topics, 500)
            if not moved:
                break
        left = [step.key for telling in self.tellings for step in telling.today]
        assert not left, f"could not happen: {left}"

    async def end(self) -> None:
        """All that is left of the tales happens, and all that was saved is published."""
        await self.end_day()
        while self.next_day() is not None:
            await self.end_day()
        for n in range(len(self.processes)):
            await self.publish(n)
        await self.sweep(0)

    async def _survive(
        self, n: int, work: Awaitable[T], how: str, meanwhile: Callable[[], Awaitable[object]] | None = None
    ) -> T | None:
        """Do it; None if the process died of it, or must do it again."""
        process = self.processes[n]
        process.commit, process.meanwhile = how, meanwhile
        try:
            return await work
        except Killed:
            await self.die(n)
        except Unavailable:
            pass
        finally:
            process.commit, process.meanwhile = "", None
        return None

    async def _publish(self, n: int, work: Awaitable[Any], kill_after: int | None) -> None:
        self.broker.kill_after = kill_after
        await self._survive(n, work, "")
        self.broker.kill_after = None

    async def _is_quiet(self, subject: str) -> bool:
        """No timer of the subject is due."""
        return not await self._rows({"_id": subject, "due": {"$lte": self.processes[0].runtime.clock.now()}})

    async def _has_applied(self, telling: Telling) -> bool:
        """All that was told of the subject was applied, and no timer of it is due."""
        applied: dict[str, int] = {}
        for row in await self._rows({"_id": telling.subject}):
            applied |= {topic: seq for topic, (seq, _) in row["applied"].items()}
        heard = all(applied.get(topic, 0) >= seq for topic, seq in telling.told.items())
        return heard and await self._is_quiet(telling.subject)

    async def _rows(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """What the service keeps of subjects, of whatever kind."""
        found: list[dict[str, Any]] = []
        for kind in self.definition.aggregates:
            found += await self.database.collection(kind.name).find(query, {"applied": 1}).to_list(None)
        return found
