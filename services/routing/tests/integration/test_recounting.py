# SPDX-License-Identifier: Apache-2.0
"""A changed calendar reaches each open case once, by whichever of two processes, also after a restart (design 5)."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from routing_story import filed, staff

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from routing.app import build
from routing.organisation.legal_data import PACKAGE
from routing.settings import RoutingSettings
from ventanilla_contracts.routing import DeadlineSet

pytestmark = pytest.mark.infra

Start = Callable[..., AbstractAsyncContextManager[Service[RoutingSettings]]]
CASES = 12
TOPIC = "routing-cases"


@pytest.fixture
def start(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> Start:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")

    def starting(calendar: Path | None = None) -> AbstractAsyncContextManager[Service[RoutingSettings]]:
        own: dict[str, Any] = {"clock_file": step_clock.path, "calendar_file": calendar}
        return running(build(settings_for(RoutingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)))

    return starting


def changed(folder: Path) -> Path:
    calendar = yaml.safe_load((PACKAGE / "data" / "calendar.yaml").read_text("utf-8"))
    day = {"date": "2026-03-17", "id": "civic-day", "words": {"es": "Día cívico", "en": "Civic day"}, "source": "D. 1"}
    path = folder / "calendar.yaml"
    path.write_text(yaml.safe_dump({**calendar, "version": "co-2026-9", "add": [day]}), "utf-8")
    return path


async def test_each_open_case_is_told_once_of_its_new_date(
    wire: Wire, database: Database, start: Start, tmp_path: Path
) -> None:
    keys = [f"case-{n}" for n in range(CASES)]
    for n, key in enumerate(keys):
        await wire.publish(key, filed(case_number=f"CAJA-2026-{n:06}-1"))
    async with start():
        for key in keys:
            await wire.expect(TOPIC, 3, key=key)
    calendar = changed(tmp_path)
    for processes in (2, 1):
        async with AsyncExitStack() as stack:
            for _ in range(processes):
                await stack.enter_async_context(start(calendar))

            async def all_are_counted() -> bool:
                wanted = {"state.counted_by": {"$regex": "co-2026-9"}}
                return await database.collection("cases").count_documents(wanted) == CASES

            await eventually(all_are_counted)
            for key in keys:
                told = await wire.expect(TOPIC, 4, key=key)
                assert isinstance(told[3].event, DeadlineSet)
                assert (told[3].event.due.isoformat(), told[3].event.because) == ("2026-03-25", "rules-changed")
