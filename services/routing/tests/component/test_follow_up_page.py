# SPDX-License-Identifier: Apache-2.0
"""The follow-up of the answers to the ombudsman, on its page, at its door and as a file (ICX-08, F153)."""

import csv
from typing import Any

import pytest
from page_outline import Outline
from routing_story import AGENT, filed, local

DOOR, MANAGER = "/v1/ombudsman-follow-up", "rosario-henao"
CASE = "/v1/cases/CAJA-2026-000001-1"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
async def followed(doors: Any, cases: Any) -> None:
    """One that was widened, answered and decided, and one that waits; it is 12 March."""
    api = doors.client(AGENT.id)
    cases.hear("case-1", filed())
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-9"))
    cases.clock.set(local("2026-03-03 11:00"))
    asked = {"reference": "DCF-0815", "received_on": "2026-03-03", "text": "¿Por qué no se pagó?"}
    await api.post(f"{CASE}/mark-ombudsman", json=asked)
    why = "=Falta un <extracto>, dice"
    widened = {"reference": "DCF-0815", "due": "2026-03-20", "text": why}
    assert (await api.post(f"{CASE}/widen-ombudsman", json=widened)).status_code == 200
    await api.post(f"{CASE}/answer", json={"text": "Ya se pagó.", "delivery": "handed-over"})
    decided = {"reference": "DCF-0815", "decided_on": "2026-03-03", "favour": "partly", "text": "Disculpas."}
    assert (await api.post(f"{CASE}/ombudsman-decision", json=decided)).status_code == 200
    await api.post("/v1/cases/CAJA-2026-000002-9/mark-ombudsman", json={**asked, "reference": "DCF-0999"})
    cases.clock.set(local("2026-03-16 11:00"))


async def test_the_page_shows_each_request_of_the_period(doors: Any, followed: None) -> None:
    browser = doors.browser(MANAGER)
    page = (await browser.get("/ombudsman")).text
    assert 'href="/ombudsman"' in page  # in the navigation
    for text in ("DCF-0815", "DCF-0999", "a tiempo", "<strong>vencido sin respuesta</strong>", "en parte a favor"):
        assert text in page, text
    assert "=Falta un &lt;extracto&gt;" in page
    assert f'href="{DOOR}?from=2026-03-01&amp;to=2026-03-16&amp;format=csv"' in page
    outline = Outline(page)
    assert set(outline.labels) <= set(outline.ids)
    assert "El defensor no preguntó nada" in (await browser.get("/ombudsman", params={"from": "2026-03-04"})).text


@pytest.mark.parametrize(
    "asked",
    [{"from": "2026-03-31", "to": "2026-03-01"}, {"from": "ayer"}, {"to": "2026-02-30"}, {"from": "0001-01-01"}],
)
async def test_a_period_that_cannot_be_is_said(doors: Any, asked: dict[str, str]) -> None:
    page = await doors.browser(MANAGER).get("/ombudsman", params=asked)
    assert (page.status_code, "Indique dos fechas" in page.text) == (422, True)
    wrong = await doors.client(MANAGER).get(DOOR, params={**MARCH, "from": "2026-04-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "query.to")


async def test_the_file_has_a_line_for_each_request(doors: Any, followed: None) -> None:
    answer = await doors.client(MANAGER, **{"accept-language": "es"}).get(DOOR, params={**MARCH, "format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="defensor-2026-03-01-2026-03-31.csv"' in answer.headers["content-disposition"]
    first, second = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
    assert first == {
        "Radicado": "CAJA-2026-000001-1",
        "Referencia del defensor": "DCF-0815",
        "Preguntó el": "2026-03-03",
        "Vencía el": "2026-03-13",
        "Ampliado hasta": "2026-03-20",
        "Por qué se amplió": "'=Falta un <extracto>, dice",
        "Respondido el": "2026-03-03",
        "¿A tiempo?": "a tiempo",
        "Días hábiles": "0",
        "Decisión": "en parte a favor de la persona",
        "Decidió el": "2026-03-03",
    }
    assert second["Radicado"] == "CAJA-2026-000002-9"
    assert (second["Ampliado hasta"], second["¿A tiempo?"], second["Días hábiles"]) == ("", "vencido sin respuesta", "")


async def test_programs_get_the_same_as_json_and_of_the_person_nothing(doors: Any, followed: None) -> None:
    found = (await doors.client(MANAGER).get(DOOR, params=MARCH)).json()
    assert [(one["reference"], one["outcome"]) for one in found["items"]] == [
        ("DCF-0815", "in-time"),
        ("DCF-0999", "overdue"),
    ]
    assert "Ana Prueba" not in str(found)


@pytest.mark.parametrize("member", ["catalina-ospina", "marcela-duque", "gloria-zapata", "valentina-uribe"])
async def test_it_is_for_managers(doors: Any, followed: None, member: str) -> None:
    assert (await doors.client(member).get(DOOR, params=MARCH)).status_code == 403
    assert (await doors.browser(member).get("/ombudsman")).status_code == 403
    assert 'href="/ombudsman"' not in (await doors.browser(member).get("/all")).text
