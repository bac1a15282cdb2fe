# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: the store is that of a clean run.

A hypothesis state machine does to two processes of a service what delivery may do (docs/reliability.md), on the real
database; the clean run is one process to which everything comes once and in order. ``HYPOTHESIS_PROFILE=long`` looks
longer, and elsewhere each time.
"""

import os
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chassis.testing.snapshot import Snapshot
from chassis.testing.story import Tale
from chassis.testing.trial import Start, Trial, trial_of

__all__ = ["Deliveries", "Trial", "profile", "whatever_comes"]

Draw = Callable[..., Any]
"""Of hypothesis: a value of a strategy, and how it is called where a failure is told."""

KILLS, DOUBTS = ["killed before", "killed after"], ["unknown, done", "unknown, not done"]
TROUBLES = st.sampled_from([DOUBTS, KILLS, KILLS + DOUBTS])
"""How commits of one run may end: where processes die, their heirs repair what the living forget."""

WHO = st.integers(0, 1)
MOST = st.integers(1, 6)
DELAYS = st.lists(st.integers(0, 3), min_size=1, max_size=5)
KILLED = st.none() | st.integers(0, 3)
ACTS_A_DAY = st.integers(6, 15)

OFTEN = {"tell": 4, "read": 6, "read_again": 1, "ask": 3, "ask_again": 1, "fire": 2, "publish": 1, "sweep": 1, "die": 1}
"""How often what happens. Were each a rule to hypothesis, it would leave out half of them in every run."""


def profile(**own: Any) -> settings:
    """Ten runs of thirty acts, the same each time; or 150 of sixty, others each time."""
    is_long = os.environ.get("HYPOTHESIS_PROFILE") == "long"
    usual: dict[str, Any] = {
        "max_examples": 150 if is_long else 10,
        "stateful_step_count": 60 if is_long else 30,
        "derandomize": not is_long,
        "database": None,
        "deadline": None,
        "print_blob": True,
        "report_multiple_bugs": False,
        "suppress_health_check": list(HealthCheck),
        "phases": (Phase.generate, Phase.shrink),
    }
    return settings(**{**usual, **own})


class Deliveries(RuleBasedStateMachine):
    """What may happen to two processes of a service. ``trial`` is given by ``whatever_comes``."""

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self.trial = trial
        self.world = trial.world
        self.chosen: tuple[int, ...] = ()
        self.troubles: list[str] = []
        self.acts_a_day = self.acts_today = 0
        self.failed = False
        trial.examples += 1

    @initialize(data=st.data(), troubles=TROUBLES, acts_a_day=ACTS_A_DAY)
    def begin(self, data: st.DataObject, troubles: list[str], acts_a_day: int) -> None:
        which = st.sampled_from(range(len(self.trial.tales)))
        self.chosen = tuple(data.draw(st.lists(which, min_size=1, max_size=3, unique=True), label="tales"))
        self.troubles, self.acts_a_day = troubles, acts_a_day
        self._run(self.trial.begin(self.chosen))

    @rule(data=st.data())
    def happens(self, data: st.DataObject) -> None:
        """One act of those that are possible now; a day has so many of them."""
        possible = [act for act, often in OFTEN.items() if self._is_possible(act) for _ in range(often)]
        act = data.draw(st.sampled_from(possible), label="act")
        self._run(getattr(self, f"_{act}")(data.draw))
        self.trial.acts += 1
        self.acts_today += 1
        if self.acts_today == self.acts_a_day:
            self._run(self._next_day())

    def _run(self, act: Coroutine[Any, Any, Any]) -> None:
        try:
            self.trial.run(act)
        except BaseException:
            self.failed = True
            raise

    def _is_possible(self, act: str) -> bool:
        match act:
            case "tell":
                return bool(self._telling() or self.world.late)
            case "read" | "read_again":
                return bool(self.world.log.records)
            case "ask":
                return bool(self._asking())
            case "ask_again":
                return bool(self.world.repeatable)
            case "die":
                return self._is_deadly()
        return True

    def _is_deadly(self) -> bool:
        return KILLS[0] in self.troubles

    def _how(self, draw: Draw) -> str:
        how: str = draw(st.sampled_from([""] * len(self.troubles) + self.troubles), label="how")
        return how

    def _killed(self, draw: Draw) -> int | None:
        killed: int | None = draw(KILLED if self._is_deadly() else st.none(), label="killed after")
        return killed

    def _telling(self) -> list[int]:
        """The tales whose next step is an event."""
        return [n for n, telling in enumerate(self.world.tellings) if telling.today and not telling.asks]

    def _asking(self) -> list[int]:
        """The tales whose next step is a command."""
        return [n for n, telling in enumerate(self.world.tellings) if telling.asks]

    async def _tell(self, draw: Draw) -> None:
        telling = self._telling()
        if not telling or (self.world.late and draw(st.booleans(), label="late")):
            self.world.tell_late()
            return
        tale = draw(st.sampled_from(telling), label="tale")
        await self.world.tell(tale, draw(DELAYS, label="delays"), twice=draw(st.booleans(), label="twice"))

    async def _read(self, draw: Draw) -> None:
        several = st.lists(st.sampled_from(self.world.topics), min_size=1, max_size=2, unique=True)
        topics = draw(st.just(self.world.topics) | several, label="topics")
        who, most = draw(WHO, label="who"), draw(MOST, label="most")
        await self.world.read(who, topics, most, self._how(draw), overtaken=draw(st.booleans(), label="overtaken"))

    async def _read_again(self, draw: Draw) -> None:
        topic, partition = draw(st.sampled_from(sorted(self.world.log.records)), label="partition")
        start, count = draw(st.integers(0, 8), label="start"), draw(MOST, label="count")
        await self.world.read_again(draw(WHO, label="who"), topic, partition, start, count, self._how(draw))

    async def _ask(self, draw: Draw) -> None:
        tale, who = draw(st.sampled_from(self._asking()), label="tale"), draw(WHO, label="who")
        await self.world.ask(who, tale, self._how(draw), overtaken=draw(st.booleans(), label="overtaken"))

    async def _ask_again(self, draw: Draw) -> None:
        which = draw(st.sampled_from(range(len(self.world.repeatable))), label="which")
        await self.world.ask_again(draw(WHO, label="who"), self.world.repeatable[which], self._how(draw))

    async def _fire(self, draw: Draw) -> None:
        who, most = draw(WHO, label="who"), draw(MOST, label="most")
        await self.world.fire(who, most, self._how(draw), overtaken=draw(st.booleans(), label="overtaken"))

    async def _publish(self, draw: Draw) -> None:
        await self.world.publish(draw(WHO, label="who"), self._killed(draw))

    async def _sweep(self, draw: Draw) -> None:
        await self.world.sweep(draw(WHO, label="who"), self._killed(draw))

    async def _die(self, draw: Draw) -> None:
        await self.world.die(draw(WHO, label="who"))

    async def _next_day(self) -> None:
        await self.world.end_day()
        self.world.next_day()
        self.acts_today = 0

    def teardown(self) -> None:
        if self.chosen and not self.failed:
            self.trial.run(self.trial.end(self.chosen))


def whatever_comes(
    start: Start,
    tales: Sequence[Tale],
    *,
    folder: Path,
    alike: Callable[[Snapshot], Snapshot] = dict,
    how: settings | None = None,
    seeded: int | None = None,
) -> Trial:
    """Run the machine over the tales; raises what it found. ``alike`` takes out what two runs may differ in;
    ``seeded``: begin to look there.
    """
    with trial_of(start, tales, folder, alike) as trial:

        def machine() -> Deliveries:
            return Deliveries(trial)

        factory: Any = machine if seeded is None else seed(seeded)(machine)
        run_state_machine_as_test(factory, settings=how or profile())
        print(f"{trial.examples} runs, {trial.acts} acts")  # pytest -s shows it
        return trial
