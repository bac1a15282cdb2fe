# SPDX-License-Identifier: Apache-2.0
"""Hazard 15: an event at which every process dies."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tests_toy
from lives import live, with_a_killer
from tests_toy import ToySettings, count

from chassis.attempts import DEATHS_BEFORE_CARE, Attempts
from chassis.mongo import Database
from chassis.records import StoredRecord
from chassis.testing import SIGNING_KEY, settings_for
from chassis.testing.process import Killed, Log, Process, wire_without_broker

pytestmark = pytest.mark.infra

PROCESSES = 8
LIVES = Path(__file__).parents[1] / "lives.py"


async def deaths_at(toy: Process, records: list[StoredRecord]) -> int:
    """Processes begin one after another at the mark, until one lives: how many died."""
    for n in range(PROCESSES):
        try:
            await live(toy, records)
        except Killed:
            await toy.die()
        else:
            return n
    return PROCESSES


def dies(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed() -> None:
        raise Killed

    monkeypatch.setattr(tests_toy, "die", killed)


ByHand = Callable[..., Any]


@pytest.mark.hazard(15)
async def test_where_processes_died_the_next_goes_record_by_record_and_parks_the_one(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(monkeypatch)
    records = Log(partitions=1).append_all(with_a_killer(wire_without_broker()))
    assert await deaths_at(await by_hand(), records) == DEATHS_BEFORE_CARE + 1
    assert await count(database, "cases", **{"state.heard": ["filed"]}) == 9
    assert await count(database, "parked") == 1


@pytest.mark.hazard(15, without="tries counted at an unchanged mark")
async def test_else_every_successor_dies_there_and_no_case_is_served(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def counts_nothing(_: Attempts, __: Any) -> set[str]:
        return set()

    dies(monkeypatch)
    monkeypatch.setattr(Attempts, "begin", counts_nothing)
    records = Log(partitions=1).append_all(with_a_killer(wire_without_broker()))
    assert await deaths_at(await by_hand(), records) == PROCESSES
    assert await count(database, "cases") == 0


@pytest.mark.hazard(15)
async def test_processes_that_are_really_killed_get_past_it(database: Database, tmp_path: Path) -> None:
    settings = settings_for(ToySettings, wire=wire_without_broker(), database=database, tmp_path=tmp_path)
    given = {name.upper(): str(value) for name, value in settings.model_dump(exclude_unset=True).items()}
    paths = os.pathsep.join([str(LIVES.parent), *sys.path])
    environment = {**os.environ, **given, "SIGNING_KEYS": SIGNING_KEY, "PYTHONPATH": paths}
    command = [sys.executable, str(LIVES)]
    told = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split() == [*["-9"] * (DEATHS_BEFORE_CARE + 1), "0"], told.stderr
    assert await count(database, "cases", **{"state.heard": ["filed"]}) == 9
    assert await count(database, "parked") == 1
