# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: satisfaction's store is that of a clean run."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from satisfaction_story import ANSWERED, answered, called, classified, closed, filed

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.story import Asked, Day, Heard, Tale
from satisfaction.app import build
from satisfaction.domain.draw import DrawSample, Placed, PutOff
from satisfaction.settings import SatisfactionSettings

pytestmark = pytest.mark.infra

FILED, DAY = ANSWERED - timedelta(days=3), timedelta(days=1)
DRAWN, DRAWN_AGAIN = ANSWERED + 30 * DAY, ANSWERED + 60 * DAY
NOBODY = Asked(called())


def tales() -> Sequence[Tale]:
    satisfied = (
        Day(FILED, (Heard(filed()), Heard(classified("petition")), Heard(classified()))),
        Day(ANSWERED, (Heard(answered()), NOBODY)),
        Day(
            ANSWERED + DAY, (Asked(called("contacted", "satisfied", summary="Todo bien.")), Heard(classified("claim")))
        ),
    )
    never_reached = (
        Day(FILED, (Heard(filed("CAJA-2026-000002-9")), Heard(classified("claim")), Heard(answered()))),
        Day(ANSWERED, (NOBODY,)),
        Day(ANSWERED + DAY, (NOBODY,)),
        Day(ANSWERED + 2 * DAY, (NOBODY, Heard(closed("check-completed")))),
    )
    chosen = (
        Day(ANSWERED, (Heard(filed("CAJA-2026-000003-7")), Heard(classified("claim", "subsidios")), Heard(answered()))),
        Day(DRAWN, (Asked(Placed("2026-03", chosen=True), keyed=False), NOBODY)),
    )
    put_off = (
        Day(ANSWERED, (Heard(filed("CAJA-2026-000004-5")), Heard(classified("claim", "subsidios")), Heard(answered()))),
        Day(DRAWN, (Asked(PutOff("2026-03", "2026-04"), keyed=False),)),
        Day(DRAWN_AGAIN, (Asked(Placed("2026-04", chosen=False), keyed=False), Heard(closed("check-waived")))),
    )
    sample = (Day(DRAWN, (Asked(DrawSample("2026-03", ("case-3",), 100, 1), kind=1, keyed=False),)),)
    compliment = (
        Day(FILED, (Heard(filed("CAJA-2026-000005-3")), Heard(classified("compliment")), Heard(closed("compliment")))),
    )
    nobody = (
        Day(FILED, (Heard(filed("CAJA-2026-000006-1", phone=None, anonymous=True)), Heard(classified()))),
        Day(ANSWERED, (Heard(answered()), Heard(closed("check-waived")))),
    )
    told = (satisfied, never_reached, chosen, put_off, sample, compliment, nobody)
    return [Tale(f"case-{n}", days) for n, days in enumerate(told, 1)]


def test_the_state_is_that_of_a_clean_run(tmp_path: Path) -> None:
    member = {"id": "paula", "name": "Paula Gil", "email": "paula@caja.example", "roles": ["caller"]}
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": [member]}))

    def start(database: Database, clock: Path) -> Service[Any]:
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": clock}
        return build(settings_for(SatisfactionSettings, database=database, subsidy_areas="subsidios", **own))

    whatever_comes(start, tales(), folder=tmp_path)
