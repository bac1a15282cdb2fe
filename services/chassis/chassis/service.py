# SPDX-License-Identifier: Apache-2.0
"""One service as a running process: what it is made of, its loops by role (design 1)."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pymongo import IndexModel

from chassis import log
from chassis.applying import Applying
from chassis.attempts import Attempts
from chassis.batch import Hooks, Processor
from chassis.clock import clock_from
from chassis.commands import Commands
from chassis.consume import Consumption
from chassis.health import Health
from chassis.heartbeats import Heartbeats
from chassis.ids import new_id
from chassis.leases import every
from chassis.metrics import Metrics
from chassis.mongo import Database, Unavailable
from chassis.operating.counting import Counted
from chassis.operating.counts import Counts
from chassis.operating.dead_letters import DeadLetters
from chassis.operating.gap_acts import GapActs
from chassis.operating.gap_watch import GapWatch
from chassis.operating.log_reading import Logs
from chassis.operating.operations import Operations
from chassis.operating.resync import Resync, Series
from chassis.outbox import Outbox
from chassis.positions import Positions
from chassis.producer import Producer
from chassis.records import Reader
from chassis.settings import ServiceSettings
from chassis.store import CHASSIS_INDEXES, DUE_INDEX, PARKED_TIMERS_INDEX, Store
from chassis.subjects import Aggregate
from chassis.sweeper import Sweeper
from chassis.timers import Timers
from chassis.topics import load_topics

_log = log.get_logger(__name__)

Settings = TypeVar("Settings", bound=ServiceSettings)
Loop = Callable[[], Awaitable[object]]

BEAT_SECONDS = 3.0
SWEEP_SECONDS = 5.0
TIMER_SECONDS = 0.5
PARKED_SECONDS = 10.0
ROLES = ("api", "consume", "timers", "relay")
"""The loops that every service has; a service may add its own."""


@dataclass(frozen=True)
class Definition:
    """What distinguishes one service from another, to the chassis.

    ``told``: topics of its own whose keys are the ids of a collection of its own, instead of its subjects.
    ``series``: the numbers that it gives (chassis.operating.resync).
    """

    name: str
    aggregates: tuple[Aggregate, ...]
    indexes: Mapping[str, Sequence[IndexModel]] = field(default_factory=dict)
    hooks: Callable[[Database], Hooks] = field(default=lambda _: Hooks())
    told: Mapping[str, str] = field(default_factory=dict)
    series: Callable[[Database], Series] | None = None


class Runtime(Generic[Settings]):
    """The parts of one process, wired; nothing runs before ``running`` is entered."""

    def __init__(self, definition: Definition, settings: Settings) -> None:
        self.settings = settings
        self.definition = definition
        self.process = f"{definition.name}-{socket.gethostname()}-{os.getpid()}-{new_id()[-8:]}"
        self.clock = clock_from(settings)
        self.database = Database(settings.mongodb_uri, settings.database)
        self.metrics = Metrics(definition.name, CollectorRegistry())
        self.health = Health()
        self._producer = Producer(settings.kafka_bootstrap_servers, self.process, settings.kafka_topic_prefix)
        self.outbox = Outbox(self.database, self._producer, self.process)
        self.heartbeats = Heartbeats(self.database)
        self._attempts = Attempts(self.database, self.heartbeats, self.process)
        prefix = settings.kafka_topic_prefix
        store = Store(self.database, prefix + definition.name)
        reader = _reader(definition, prefix)
        self.processor = Processor(
            definition.name,
            store,
            self.outbox,
            reader,
            self.clock,
            self.metrics,
            definition.hooks(self.database),
        )
        self.commands = Commands(self.processor)
        self.dead_letters = DeadLetters(store, self.processor, reader, _by_topic(definition), prefix)
        self.logs = Logs(settings.kafka_bootstrap_servers, prefix)
        by_topic = _by_topic(definition)
        again = Producer(settings.kafka_bootstrap_servers, f"{self.process}-again", prefix)
        self.gaps = GapActs(definition.name, store, self.processor, reader, by_topic, self.logs, again, prefix)
        self._consumption = Consumption(
            bootstrap_servers=settings.kafka_bootstrap_servers,
            prefix=prefix,
            service=definition.name,
            topics=tuple(_by_topic(definition)),
            instance=settings.kafka_group_instance_id,
            positions=Positions(store, self.metrics, prefix),
            applying=Applying(_by_topic(definition), reader, self.processor, self.outbox, self._attempts),
            metrics=self.metrics,
        )
        self.operations = Operations(definition.name, self.dead_letters, self.gaps, lambda: self._consumption.stopped)
        self._timers = Timers(store, self.processor, self.clock, definition.aggregates, self._attempts, self.process)
        self._sweeping = Producer(settings.kafka_bootstrap_servers, f"{self.process}-sweeper", prefix)
        self._sweeper = Sweeper(self.database, self._sweeping, self.process)
        self.counts = self._counts(prefix)
        series = definition.series(self.database) if definition.series else None
        self.resync = Resync(self.database, self._counted(prefix), self.logs, self.heartbeats, series)
        self._gap_watch = self._watch()
        self._loops: dict[str, list[tuple[str, Loop]]] = {
            "api": [("commands", self.commands.run)],
            "consume": [("consume", self._consumption.run)],
            "timers": [("timers", lambda: every(TIMER_SECONDS, self._timers.step, name="timers"))],
            "relay": [
                ("relay", lambda: every(SWEEP_SECONDS, self._sweeper.step, name="relay")),
                ("count", self.counts.run),
                ("parked", lambda: every(PARKED_SECONDS, self._count_parked, name="parked")),
                ("gaps", self._gap_watch.run),
            ],
        }
        self.active: tuple[str, ...] = ()
        """The roles that run."""
        self._prepared = asyncio.Event()
        self._register_health()

    def _counted(self, prefix: str) -> Counted:
        of = self.definition
        return Counted(of.name, of.aggregates, of.told, prefix + of.name, self.settings.clock_speed)

    def _counts(self, prefix: str) -> Counts:
        return Counts(
            self.database,
            self.clock,
            self._counted(prefix),
            bootstrap_servers=self.settings.kafka_bootstrap_servers,
            prefix=prefix,
            process=self.process,
            hours=self.settings.count_hours,
        )

    def _watch(self) -> GapWatch:
        found, horizons, speed = self.gaps.found, self.gaps.horizons, self.settings.clock_speed
        return GapWatch(self.database, found, horizons, self.clock, self.metrics, self.process, speed=speed)

    def add_loop(self, role: str, name: str, loop: Loop) -> None:
        """Run ``loop`` for ever wherever ``role`` runs (a role of the service's own, or one of ROLES)."""
        self._loops.setdefault(role, []).append((name, loop))

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(self._loops)

    def loops(self, role: str) -> tuple[Loop, ...]:
        """What ``role`` does, each for ever."""
        return tuple(loop for _, loop in self._loops[role])

    @asynccontextmanager
    async def running(self, roles: Sequence[str]) -> AsyncIterator[None]:
        """Run the loops of these roles, publish what they save, and leave nothing behind at the end."""
        self.active = tuple(roles)
        essential = [
            ("prepare", self._prepare),
            ("publish", self._when_prepared(self.outbox.run)),
            ("beat", self._when_prepared(lambda: every(BEAT_SECONDS, self._beat, name="beat"))),
        ]
        wanted = [(name, self._when_prepared(loop)) for role in roles for name, loop in self._loops[role]]
        tasks = [asyncio.create_task(_supervised(name, loop), name=name) for name, loop in (*essential, *wanted)]
        try:
            yield
        finally:
            await self._stop(tasks)

    async def _stop(self, tasks: Sequence["asyncio.Task[None]"]) -> None:
        publish = tasks[1]
        for task in tasks:
            if task is not publish:
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not publish), return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                await self.outbox.published()
        publish.cancel()
        await asyncio.gather(publish, return_exceptions=True)
        await asyncio.gather(self._producer.stop(), self._sweeping.stop(), return_exceptions=True)
        with suppress(Exception):
            async with asyncio.timeout(5):
                await self._timers.release()
                await self._sweeper.release()
                await self._attempts.retire()
                await self.heartbeats.retire(self.process)
        self.database.close()

    async def _prepare(self) -> None:
        """Indexes and checks, once the database answers."""
        while not self._prepared.is_set():
            try:
                await self.migrate()
            except Unavailable:
                _log.warning("database-unreachable")
                await asyncio.sleep(1.0)

    async def migrate(self) -> None:
        """Create collections and indexes, look at the server's settings. Raises Unavailable."""
        await self.database.check()
        own = dict(self.definition.indexes)
        every_kind = (DUE_INDEX, PARKED_TIMERS_INDEX)
        subjects = {kind.name: [*every_kind, *own.pop(kind.name, ())] for kind in self.definition.aggregates}
        await self.database.create_indexes({**CHASSIS_INDEXES, **own, **subjects})
        await self.heartbeats.beat(self.process)
        self._prepared.set()

    async def prepared(self) -> None:
        """Return once the database is as it must be and the roles run; they may have to wait for it first."""
        await self._prepared.wait()

    def _when_prepared(self, loop: Loop) -> Loop:
        async def later() -> None:
            await self.prepared()
            await loop()

        return later

    async def _beat(self) -> None:
        await self.heartbeats.beat(self.process)
        self.metrics.outbox.set(self.outbox.pending())

    async def _count_parked(self) -> None:
        self.metrics.parked.set(await self.dead_letters.count())

    def _register_health(self) -> None:
        self.health.ready("database", self._database_answers)
        self.health.ready("consumer", lambda: not self._consumption.stopped)
        self.health.live("consumer", self._consumption.progress.is_alive)

    async def _database_answers(self) -> bool:
        await self.database.ping()
        return True


async def _supervised(name: str, loop: Loop) -> None:
    """A loop that ends by an error begins again, and says so."""
    while True:
        try:
            await loop()
        except Exception as error:
            _log.error("loop-failed", loop=name, exc_info=error)
            await asyncio.sleep(1.0)
        else:
            return


def _by_topic(definition: Definition) -> dict[str, Aggregate]:
    return {topic: aggregate for aggregate in definition.aggregates for topic in aggregate.topics}


def _reader(definition: Definition, prefix: str) -> Reader:
    topics = load_topics()
    sequenced = {topic: topics[topic].sequenced for topic in _by_topic(definition)}
    handled = frozenset(event.TYPE for aggregate in definition.aggregates for event in aggregate.handles)
    return Reader(prefix, sequenced, handled)


@dataclass(frozen=True)
class Service(Generic[Settings]):
    """What a service's ``app.py`` builds."""

    runtime: Runtime[Settings]
    app: FastAPI
