# SPDX-License-Identifier: Apache-2.0
"""What a state machine is done to: two processes of one service, and beside them a clean run of the same tales."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import StepClock, address
from chassis.testing.snapshot import Snapshot, differences, snapshot
from chassis.testing.story import Step, Tale, steps_of
from chassis.testing.world import World

Start = Callable[[Database, Path], Service[Any]]
"""Builds one process of the service on this database, with this CLOCK_FILE."""


@dataclass
class Trial:
    """One service under trial: its faulty world, its clean world, and what was done so far."""

    run: Callable[[Coroutine[Any, Any, Any]], Any]
    world: World
    clean: World
    tales: Sequence[Tale]
    alike: Callable[[Snapshot], Snapshot]
    steps: dict[str, Sequence[Step]] = field(default_factory=dict)
    expected: dict[tuple[int, ...], Snapshot] = field(default_factory=dict)
    examples: int = 0
    acts: int = 0

    def __post_init__(self) -> None:
        self.steps = {tale.subject: steps_of(tale) for tale in self.tales}

    async def begin(self, chosen: tuple[int, ...]) -> None:
        """These tales are told."""
        tales = [self.tales[n] for n in chosen]
        if chosen not in self.expected:
            await self.clean.begin(tales, self.steps)
            self.expected[chosen] = await self._outcome(self.clean)
        await self.world.begin(tales, self.steps)

    async def end(self, chosen: tuple[int, ...]) -> None:
        """Raises AssertionError where the outcome is not that of the clean run."""
        found = list(differences(await self._outcome(self.world), self.expected[chosen]))
        assert not found, "not as in a clean run:\n" + "\n".join(found[:20])

    async def _outcome(self, world: World) -> Snapshot:
        await world.end()
        answers = [(step.key, answer) for step, answer in world.answered]
        return self.alike(await snapshot(world.database, world.broker.messages, answers))


@contextmanager
def trial_of(
    start: Start,
    tales: Sequence[Tale],
    folder: Path,
    alike: Callable[[Snapshot], Snapshot],
) -> Iterator[Trial]:
    """Two processes of the service on a database of their own; one more for the clean runs on another."""
    clock = StepClock(folder / "clock", "2026-03-02T08:00:00-05:00")
    uri, name = address("MONGODB_URI"), f"test_{secrets.token_hex(6)}"

    async def world(suffix: str, processes: int) -> World:
        database = Database(uri, name + suffix)
        return await World([start(database, clock.path) for _ in range(processes)], database, clock).open()

    with _silence(), asyncio.Runner() as runner, patch("chassis.batch.random.uniform", lambda *_: 0.0):
        faulty, clean = runner.run(world("", 2)), runner.run(world("_clean", 1))
        try:
            yield Trial(runner.run, faulty, clean, tales, alike)
        finally:
            runner.run(faulty.close())
            runner.run(clean.close())


@contextmanager
def _silence() -> Iterator[None]:
    """What the logs say of thousands of faults made on purpose costs more than the faults."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()
