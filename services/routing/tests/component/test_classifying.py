# SPDX-License-Identifier: Apache-2.0
"""The list of cases to be classified and the form by which a person accepts a proposal or corrects it (CNF-06)."""

from typing import Any

import pytest
from page_outline import Outline, token_in
from routing_story import FIRE, filed, tutela

from routing.domain.classifying.proposal import Guess, Proposal
from ventanilla_contracts.routing import CaseClassified

NUMBER = "CAJA-2026-000001-1"
PAGE = f"/cases/{NUMBER}"
PROPOSAL = Proposal(
    model="m-1",
    guesses={
        "area": Guess(value="salud", confidence=0.413, words=("pastillas", "farmacia")),
        "kind": Guess(value="complaint", confidence=0.35, words=("<b>farmacia</b>",)),
        "term": Guess(value="general", confidence=0.99),
    },
)


@pytest.fixture
def waiting(cases: Any) -> str:
    cases.hear_with("case-1", filed("No hay pastillas en la farmacia"), PROPOSAL)
    return PAGE


async def test_the_list_shows_what_waits_with_its_proposal(doors: Any, cases: Any, waiting: str) -> None:
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-9"))
    page = (await doors.browser("catalina-ospina").get("/to-classify")).text
    assert f'href="{waiting}"' in page
    assert "CAJA-2026-000002-9" not in page
    assert "Área: Salud (41&nbsp;%)" in page
    assert "Término" not in page.partition("<tbody>")[2]


async def test_the_list_is_reached_from_the_queue_by_who_may_classify(doors: Any, waiting: str) -> None:
    for member, sees in (("catalina-ospina", True), ("marcela-duque", False)):
        assert ('href="/to-classify"' in (await doors.browser(member).get("/")).text) is sees
    assert (await doors.browser("marcela-duque").get("/to-classify")).status_code == 403


async def test_an_empty_list_says_so(doors: Any) -> None:
    assert "No hay casos por clasificar" in (await doors.browser("catalina-ospina").get("/to-classify")).text


async def test_the_page_shows_value_confidence_and_words_and_chooses_what_is_proposed(doors: Any, waiting: str) -> None:
    page = (await doors.browser("catalina-ospina").get(waiting)).text
    assert "Se propone: Salud (41 % de confianza)." in page
    assert "Por las palabras: pastillas, farmacia." in page
    assert '<option value="salud" selected>' in page
    assert "<b>farmacia</b>" not in page
    assert "<details open>" in page
    assert "Falta decir de qué trata" in page
    outline = Outline(page)
    assert f"{waiting}/classify" in outline.actions
    assert set(outline.labels) <= set(outline.ids)


async def test_one_form_accepts_one_field_and_corrects_another(doors: Any, cases: Any, waiting: str) -> None:
    browser = doors.browser("catalina-ospina")
    form = {
        "csrf_token": token_in((await browser.get(waiting)).text),
        "area": "salud",
        "attribute": "timeliness",
        "regulator_category": "salud",
        "kind": "claim",
        "term": "general",
        "priority": "high",
    }
    answer = await browser.post(f"{waiting}/classify", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, waiting)
    said = [event for event in cases.told if isinstance(event, CaseClassified)][-1]
    assert (said.area, said.kind, said.by, said.actor.id) == ("salud", "claim", "person", "catalina-ospina")
    assert said.by_person == ("area", "attribute", "regulator_category", "kind", "term", "priority")
    assert {one.field: one.value for one in said.proposed}["kind"] == "complaint"
    assert waiting not in (await browser.get("/to-classify")).text
    page = (await browser.get(waiting)).text
    assert "<details open>" not in page
    assert '<option value="claim" selected>' in page


@pytest.mark.parametrize(("field", "value"), [("kind", "whim"), ("area", "marte"), ("term", "")])
async def test_what_could_not_be_chosen_is_refused_in_words(doors: Any, waiting: str, field: str, value: str) -> None:
    browser = doors.browser("catalina-ospina")
    chosen = {"area": "salud", "attribute": "timeliness", "regulator_category": "salud", "kind": "claim"}
    form = {**chosen, "term": "general", "priority": "high", field: value}
    form["csrf_token"] = token_in((await browser.get(waiting)).text)
    answer = await browser.post(f"{waiting}/classify", data=form)
    assert answer.status_code == 422
    assert "Ese valor no existe" in answer.text


async def test_who_may_not_classify_gets_no_form(doors: Any, waiting: str) -> None:
    browser = doors.browser("alba-montoya")
    page = (await browser.get(waiting)).text
    assert f"{waiting}/classify" not in page
    token = token_in(page)
    assert (await browser.post(f"{waiting}/classify", data={"csrf_token": token, "area": "salud"})).status_code == 403


@pytest.mark.parametrize(
    ("fields", "left_out"),
    [({"emergency": FIRE}, ["priority"]), ({"tutela": tutela("2026-03-05 10:00")}, ["term"]), ({}, [])],
)
async def test_what_an_authority_or_an_emergency_decides_is_not_asked(
    doors: Any, cases: Any, fields: dict[str, Any], left_out: list[str]
) -> None:
    cases.hear("case-1", filed("No hay pastillas", **fields))
    page = (await doors.browser("catalina-ospina").get(PAGE)).text
    asked = ("area", "attribute", "regulator_category", "kind", "term", "priority")
    assert [name for name in asked if f'id="classify-{name}"' not in page] == left_out


async def test_the_api_lists_what_waits_and_shows_the_proposal(doors: Any, cases: Any, waiting: str) -> None:
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-9"))
    agent = doors.client("catalina-ospina")
    [item] = (await agent.get("/v1/cases", params={"to_classify": True})).json()["items"]
    assert (item["case_number"], item["to_classify"], item["waiting"]) == (NUMBER, True, ["area", "kind"])
    assert item["task"] == "to-be-classified"
    assert item["proposed"][0] == {"field": "area", "value": "salud", "confidence": 0.413, "used": False}
    shown = (await agent.get(f"/v1/cases/{NUMBER}")).json()
    assert shown["proposal"]["guesses"]["area"]["words"] == ["pastillas", "farmacia"]
    assert shown["classification"]["by"] == "model"
    others = (await agent.get("/v1/cases", params={"to_classify": False})).json()["items"]
    assert [one["case_number"] for one in others] == ["CAJA-2026-000002-9"]


async def test_in_english_too(doors: Any, waiting: str) -> None:
    page = (await doors.browser("catalina-ospina").get(waiting, headers={"accept-language": "en"})).text
    assert "Proposed: Salud (41 % confidence)." in page
