# SPDX-License-Identifier: Apache-2.0
"""Thousands of timers are due at once: each fires once, under two processes of which one is killed and comes back.

`make timers` runs it with ten thousand cases (docs/performance.md); TIMERS_CASES says how many.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from routing_story import filed, staff

from chassis.mongo import Database
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from routing.app import build
from routing.settings import RoutingSettings

pytestmark = pytest.mark.infra

CASES = int(os.environ.get("TIMERS_CASES", "1000"))
HURRIES = "TIMERS_CASES" not in os.environ
"""Whether what only time would bring is done by the test: that a lease and a heartbeat are over."""
PATIENCE = 90.0 + CASES / 20
TOPIC, FIRST = "routing-cases", "case-000000"
REMINDED, LONG_AFTER = "2026-03-19T08:00:00-05:00", "2026-04-15T08:00:00-05:00"
TOLD = {
    "deadline-approaching": 1,
    "sla-missed": 2,
    "deadline-missed": 1,
    "case-escalated": 3,
}
"""Of each case, once its term is over; its reminder goes before that, or never."""


@pytest.fixture
def settings(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> RoutingSettings:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")
    own: dict[str, Any] = {"clock_file": step_clock.path}
    return settings_for(RoutingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)


@pytest.fixture
async def house(wire: Wire, database: Database, settings: RoutingSettings) -> AsyncIterator[None]:
    """Everything but timers runs here; the cases are copies of one that was filed."""
    async with running(build(settings), ("consume", "relay")):
        await wire.publish(FIRST, filed(kind_stated="complaint"))
        await wire.expect(TOPIC, 4, key=FIRST)
        cases = database.collection("cases")
        first = await cases.find_one({"_id": FIRST})
        assert first is not None
        for begin in range(1, CASES, 500):
            await cases.insert_many([_copy(first, n) for n in range(begin, min(begin + 500, CASES))])
        yield


def _copy(first: dict[str, Any], n: int) -> dict[str, Any]:
    name, number = f"case-{n:06}", f"CAJA-2026-{n:06}-1"
    return {**first, "_id": name, "state": {**first["state"], "id": name, "case_number": number}}


class Process:
    """`python -m routing timers` as an operator starts it."""

    def __init__(self, settings: RoutingSettings) -> None:
        own = {name.upper(): str(value) for name, value in settings.model_dump(exclude_defaults=True).items()}
        env = {**os.environ, **own, "SIGNING_KEYS": settings.signing_keys[0].get_secret_value(), "LOG_LEVEL": "ERROR"}
        self._popen = subprocess.Popen([sys.executable, "-m", "routing", "timers"], env=env)

    @property
    def name(self) -> str:
        """A part of its name in leases and heartbeats."""
        return f"-{self._popen.pid}-"

    def kill(self) -> None:
        self._popen.send_signal(signal.SIGKILL)
        assert self._popen.wait() == -signal.SIGKILL

    def stop(self) -> None:
        self._popen.terminate()
        self._popen.wait(60)


@contextmanager
def stopped_at_the_end(process: Process) -> Iterator[Process]:
    try:
        yield process
    finally:
        process.stop()


async def test_every_due_timer_fires_once_with_two_processes_and_a_kill_between(
    wire: Wire, database: Database, settings: RoutingSettings, step_clock: StepClock, house: None
) -> None:
    cases = database.collection("cases")
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        processes = [stack.enter_context(stopped_at_the_end(Process(settings))) for _ in range(2)]
        step_clock.set(REMINDED)

        async def midway() -> bool:
            return 0 < await cases.count_documents({"state.reminded": True}) < CASES

        await eventually(midway, what="the first reminders", timeout=PATIENCE)
        held = await database.collection("leases").find_one({"_id": "timers"})
        assert held is not None
        [victim] = [one for one in processes if one.name in held["holder"]]
        victim.kill()
        assert await midway(), "it was killed when all had been done: more cases are needed"
        if HURRIES:
            await _lapse(database, victim)
        stack.enter_context(stopped_at_the_end(Process(settings)))
        await eventually(lambda: _count(database, {"state.reminded": True}), what="all reminders", timeout=PATIENCE)
        step_clock.set(LONG_AFTER)
        done = {"state.missed": True, "state.escalated": [2, 3, 4], "timers": []}
        await eventually(lambda: _count(database, done), what="all levels", timeout=PATIENCE)
        await eventually(lambda: _nothing_unpublished(database), what="all is published", timeout=PATIENCE)
    seconds = time.monotonic() - began
    told: Counter[tuple[str, str]] = Counter()
    seqs: dict[str, set[int]] = {}
    for one in await wire.events(TOPIC):
        assert one.envelope.seq is not None
        if one.envelope.seq in seqs.setdefault(one.key, set()):
            continue  # publishing twice is harmless: readers drop what they have
        seqs[one.key].add(one.envelope.seq)
        told[one.key, one.event.TYPE.partition(".")[0]] += 1
    expected = {(f"case-{n:06}", name): count for n in range(CASES) for name, count in TOLD.items()}
    assert {key: count for key, count in told.items() if key[1] in TOLD} == expected
    assert all(max(found) == 4 + sum(TOLD.values()) for found in seqs.values())
    histories = [row["state"]["history"] async for row in cases.find({}, {"state.history.what": 1})]
    assert all(Counter(one["what"] for one in history if one["what"] in TOLD) == TOLD for history in histories)
    print(f"\n{CASES} cases, {CASES * sum(TOLD.values())} events: {seconds:.1f} s")


async def _lapse(database: Database, dead: Process) -> None:
    """As if the 15 s of its lease and the 10 s of its last heartbeat were over."""
    await database.collection("leases").delete_one({"_id": "timers"})
    await database.collection("processes").delete_one({"_id": {"$regex": dead.name}})


async def _count(database: Database, wanted: dict[str, Any]) -> bool:
    return await database.collection("cases").count_documents(wanted) == CASES


async def _nothing_unpublished(database: Database) -> bool:
    return await database.collection("outbox").count_documents({}) == 0
