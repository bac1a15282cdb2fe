# SPDX-License-Identifier: Apache-2.0
"""A matrix is put in force at one process: the other decides by it, and open cases take it once each (ICX-02)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from matrix_story import changed
from routing_story import filed, names, staff, token_of

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from routing.app import build
from routing.settings import RoutingSettings
from ventanilla_contracts.routing import CaseAssigned

pytestmark = pytest.mark.infra

Start = Callable[[], AbstractAsyncContextManager[Service[RoutingSettings]]]
CASES = 8
TOPIC = "routing-cases"
TAKEN_IN = ["case-classified", "case-assigned", "deadline-set"]
NEW = changed(("responder: marcela-duque, deputy: julian-rojas", "responder: julian-rojas, deputy: marcela-duque"))


@pytest.fixture
def start(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> Start:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")

    def starting() -> AbstractAsyncContextManager[Service[RoutingSettings]]:
        own: dict[str, Any] = {"clock_file": step_clock.path}
        return running(build(settings_for(RoutingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)))

    return starting


async def put_in(service: Service[RoutingSettings]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://window.example") as door:
        return await door.put(
            "/v1/matrix",
            content=NEW.encode(),
            params={"note": "Julián responde por subsidios", "open_cases": "take", "replaces": "2026-1"},
            headers={"content-type": "application/yaml", "authorization": f"Bearer {token_of('rosario-henao')}"},
        )


async def tried(service: Service[RoutingSettings]) -> dict[str, Any]:
    """What the sample would have made of the cases that are there."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.app), base_url="http://window.example") as door:
        answer = await door.post(
            "/v1/matrix/simulate",
            content=changed(version="2026-3").encode(),
            params={"to": "2027-01-01T00:00:00Z"},
            headers={"content-type": "application/yaml", "authorization": f"Bearer {token_of('rosario-henao')}"},
        )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_open_cases_take_it_once_and_new_ones_are_decided_by_it(
    wire: Wire, database: Database, start: Start
) -> None:
    keys = [f"case-{n}" for n in range(CASES)]
    for n, key in enumerate(keys):
        await wire.publish(key, filed(case_number=f"CAJA-2026-{n:06}-1"))

    async def all_have_taken_it() -> bool:
        return await database.collection("cases").count_documents({"state.matrix_number": 2}) == CASES

    async with start() as one, start():
        for key in keys:
            await wire.expect(TOPIC, 3, key=key)
        answer = await put_in(one)
        assert answer.status_code == 200, answer.text
        await eventually(all_have_taken_it)
        assert await database.collection("matrix_versions").count_documents({}) == 2
    async with start() as again:  # once more from the beginning: nothing is left to take, and the version is in force
        await wire.publish("case-new", filed(case_number="CAJA-2026-000099-1"))
        told = await wire.expect(TOPIC, 3, key="case-new")
        assert isinstance(told[1].event, CaseAssigned)
        assert (told[1].event.responder.id, told[1].event.matrix_version) == ("julian-rojas", "2026-2")
        found = await tried(again)
        assert (found["compared_with"], found["cases"], found["assigned_otherwise"]) == ("2026-2", CASES + 1, CASES + 1)
        assert found["moves"][0]["to_responder"] == "marcela-duque"
        for key in keys:
            told = await wire.expect(TOPIC, 4, key=key)
            assert names([one.event for one in told]) == [*TAKEN_IN, "case-assigned"]
            assert isinstance(told[3].event, CaseAssigned)
            assert told[3].event.responder.id == "julian-rojas"
