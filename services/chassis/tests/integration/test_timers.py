# SPDX-License-Identifier: Apache-2.0
"""Timers on the real database: each fires once, whoever looks, and a raising one holds up none."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests_toy import Alarm, Start, count, heard, hears, kind

from chassis.decision import TimerFired
from chassis.inputs import Input
from chassis.mongo import Database
from chassis.testing import StepClock, Wire, eventually
from chassis.testing.reads import reads

pytestmark = pytest.mark.infra

START = datetime(2026, 3, 2, 13, tzinfo=UTC)


async def set_alarms(start: Start, clock: StepClock, *names: str, cases: int = 1) -> None:
    async with start(roles=("api",), clock_file=clock.path) as service:
        for n in range(cases):
            for name in names:
                alarm = Alarm(name, START + timedelta(hours=1))
                await service.runtime.commands.execute(kind(service), f"case-{n}", alarm)


async def test_two_instances_fire_each_timer_once(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    await set_alarms(start, step_clock, "soon", cases=40)
    async with start(clock_file=step_clock.path) as one, start(clock_file=step_clock.path) as other:
        step_clock.set(START + timedelta(hours=2))
        await eventually(lambda: count(database, "cases", due=None), what="a timer fired")
        for service in (one, other):  # past the lease: only the subject's version may decide
            await service.runtime._timers.release()
            due = [
                Input(kind(service), f"case-{n}", message=TimerFired("soon", START + timedelta(hours=1)))
                for n in range(40)
            ]
            await service.runtime.processor.process(due)
        await eventually(lambda: _all_fired(database, 40))
    assert [await heard(database, f"case-{n}") for n in range(40)] == [["timer soon"]] * 40


async def test_a_timer_fires_once_across_a_restart(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    await set_alarms(start, step_clock, "soon")
    step_clock.set(START + timedelta(days=1))
    for _ in range(2):
        async with start(clock_file=step_clock.path):
            await eventually(lambda: hears(database, "case-0", "timer soon"))
    async with start(roles=("api",), clock_file=step_clock.path) as service:
        assert await service.runtime._timers.step() == 0


async def test_nothing_fires_before_its_time(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    await set_alarms(start, step_clock, "soon")
    async with start(roles=("api",), clock_file=step_clock.path) as service:
        step_clock.set(START + timedelta(minutes=59))
        assert await service.runtime._timers.step() == 0
        step_clock.set(START + timedelta(minutes=60))
        assert await service.runtime._timers.step() == 1


async def test_a_timer_that_raises_is_parked_and_holds_up_none(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    await set_alarms(start, step_clock, "bad", "good", cases=2)
    step_clock.set(START + timedelta(days=1))
    async with start(clock_file=step_clock.path):
        for n in range(2):
            await eventually(partial(hears, database, f"case-{n}", "timer good"))
    row = await database.collection("cases").find_one({"_id": "case-0"})
    assert row is not None
    assert [(timer["name"], timer["parked"]) for timer in row["timers"]] == [
        ("bad", "ZeroDivisionError while deciding")
    ]
    assert "due" not in row


async def test_a_timer_whose_effects_cannot_be_saved_is_parked_too(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    await set_alarms(start, step_clock, "good", cases=2)
    await database.collection("cases").update_one({"_id": "case-0"}, {"$set": {"state.heard": 7}})  # cannot be read
    step_clock.set(START + timedelta(days=1))
    async with start(clock_file=step_clock.path):
        await eventually(lambda: hears(database, "case-1", "timer good"))
        await eventually(lambda: count(database, "cases", **{"timers.parked": "ValidationError while saving"}))


async def _all_fired(database: Database, cases: int) -> bool:
    return await count(database, "cases", **{"state.heard": "timer soon"}) == cases


async def test_looking_for_timers_reads_no_subject_that_has_none(
    wire: Wire, database: Database, start: Start, step_clock: StepClock
) -> None:
    async with start(roles=("api",), clock_file=step_clock.path) as service:
        await service.runtime.migrate()
        await database.collection("cases").insert_many([{"_id": f"old-{n}", "timers": []} for n in range(50)])
        async with reads(database) as found:
            await service.runtime._timers.step()
    assert found.plans == ["IXSCAN { due: 1 }"]
    assert found.documents == 0
