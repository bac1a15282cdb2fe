# SPDX-License-Identifier: Apache-2.0
"""What the house promises beside the legal term, on the page of a case and at its API (ICX-09)."""

from typing import Any

import pytest
from routing_story import AGENT, filed, local, promising_policy

from routing.consumers import cases_under
from routing.domain.commands import StopClock

PAGE, DEADLINE = "/cases/CAJA-2026-000001-1", "/v1/cases/CAJA-2026-000001-1/deadline"


@pytest.fixture
def cases(cases: Any) -> Any:
    cases.aggregate = cases_under(promising_policy)
    return cases


async def test_the_promise_stands_beside_the_term_with_each_day(doors: Any, cases: Any) -> None:
    cases.hear("case-1", filed(kind_stated="complaint"))
    page = (await doors.browser("catalina-ospina").get(PAGE)).text
    assert "Compromiso de la casa: Quejas" in page
    assert "se cumplen el 5 de marzo de 2026, 10:15" in page
    assert "5 h 45 min" in page
    shown = (await doors.client("catalina-ospina").get(DEADLINE)).json()
    first, resolution = shown["promise"]["promises"]
    assert (first["promise"], first["became"], first["due_at"]) == ("first-response", "running", "2026-03-05T15:15:00Z")
    assert resolution["in_words"] == (
        "Horas hábiles prometidas: 96, desde el 2 de marzo de 2026, 10:15; se cumplen el 18 de marzo de 2026, 10:15. "
        "Días en que cuentan: 13. No cuentan: sábados y domingos (4)."
    )
    assert sum(day["seconds"] for day in resolution["trace"]) == 96 * 3600
    assert shown["due"] == "2026-03-24"


async def test_what_became_of_it_is_shown(doors: Any, cases: Any) -> None:
    cases.hear("case-1", filed(kind_stated="complaint"))
    cases.clock.set(local("2026-03-05 10:16"))
    await cases.execute(cases.aggregate, "case-1", StopClock(AGENT, "Falta el certificado."))
    shown = (await doors.client("catalina-ospina").get(DEADLINE)).json()["promise"]["promises"]
    assert [one["became"] for one in shown] == ["missed", "stopped"]
    assert "no corren" in shown[1]["in_words"]
    page = (await doors.browser("catalina-ospina").get(PAGE)).text
    assert "incumplido" in page
    assert "Compromiso de la casa incumplido: primera respuesta" in page


async def test_a_case_that_is_promised_nothing_shows_nothing(doors: Any, cases: Any) -> None:
    cases.hear("case-1", filed(kind_stated="petition"))
    assert "Compromiso de la casa" not in (await doors.browser("catalina-ospina").get(PAGE)).text
    assert (await doors.client("catalina-ospina").get(DEADLINE)).json()["promise"] is None
