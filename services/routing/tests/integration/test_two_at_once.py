# SPDX-License-Identifier: Apache-2.0
"""Two agents decide on the same version of a case, in two processes, in the same moment: one of them hears of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from routing_story import AGENT, filed, staff

from chassis.decision import Refused
from chassis.mongo import Database
from chassis.testing import StepClock, settings_for
from chassis.testing.process import Log, Process, wire_without_broker
from routing.app import build
from routing.domain.commands import AnswerPerson, Assign
from routing.domain.versions import OnVersion
from routing.settings import RoutingSettings
from ventanilla_contracts.envelope import Actor

pytestmark = pytest.mark.infra

ANDRES = Actor(id="andres-mejia", role="agent")


@pytest.fixture
async def processes(database: Database, tmp_path: Path, step_clock: StepClock) -> AsyncIterator[list[Process]]:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")
    found = []
    for _ in range(2):
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": step_clock.path}
        found.append(await Process(build(settings_for(RoutingSettings, database=database, **own))).open())
    yield found
    for one in found:
        one.close()


async def test_what_is_committed_between_the_look_and_the_commit_is_not_overwritten(
    processes: list[Process], database: Database
) -> None:
    first, second = processes
    await first.take(Log().append_all([wire_without_broker().message("case-1", filed())]))
    stored = await database.collection("cases").find_one({"_id": "case-1"})
    assert stored is not None
    seen = stored["state"]["version"]

    async def meanwhile() -> None:
        given = await second.ask("case-1", OnVersion(Assign(ANDRES, "julian-rojas"), seen))
        assert not isinstance(given.outcome, Refused)

    first.meanwhile = meanwhile  # the case was loaded, and is not decided yet
    late = await first.ask("case-1", OnVersion(AnswerPerson(AGENT, "a-1", "Ya se pagó."), seen))
    assert isinstance(late.outcome, Refused)
    assert late.outcome.code == "case-changed"
    after = await database.collection("cases").find_one({"_id": "case-1"})
    assert after is not None
    assert after["state"]["assignment"]["responder"]["id"] == "julian-rojas"
    assert (after["state"]["answers"], after["state"]["version"]) == ([], seen + 1)
