# SPDX-License-Identifier: Apache-2.0
"""Many cases at once: each is decided by itself, and a repetition does nothing twice (ADR 0030)."""

from typing import Any

import pytest
from page_outline import Forms
from routing_story import filed, said

from routing.domain.commands import AnswerPerson
from ventanilla_contracts.envelope import Actor

ANDRES = Actor(id="andres-mejia", role="agent")
NUMBERS = ["CAJA-2026-000001-1", "CAJA-2026-000002-5", "CAJA-2026-000003-9"]
UNKNOWN = "CAJA-2026-999999-9"
TO_JULIAN = {"assign": {"responder": "julian-rojas", "observation": "Los atiende usted."}}


@pytest.fixture
def three(cases: Any) -> Any:
    for n, number in enumerate(NUMBERS, 1):
        cases.hear(f"case-{n}", filed(case_number=number, submission_id=f"s-{n}"))
    return cases


def has(cases: Any) -> list[str]:
    return [cases.cases[f"case-{n}"].assignment.responder.id for n in (1, 2, 3)]


async def test_each_says_what_came_of_it(doors: Any, three: Any) -> None:
    await three.execute(three.aggregate, "case-2", AnswerPerson(ANDRES, "a-1", "Listo.", (), "handed-over"))
    three.hear("case-3", said())
    chosen = [{"number": one, "version": 4} for one in (NUMBERS[0], NUMBERS[2], NUMBERS[0])]
    chosen += [{"number": NUMBERS[1]}, {"number": UNKNOWN}]
    answer = await doors.client("catalina-ospina").post("/v1/cases/bulk", json={"cases": chosen, **TO_JULIAN})
    items = {one["number"]: one for one in answer.json()["items"]}
    assert [(one["number"], one["outcome"]) for one in items.values()] == [
        (NUMBERS[0], "done"),
        (NUMBERS[2], "changed"),
        (NUMBERS[1], "refused"),
        (UNKNOWN, "unknown-case"),
    ]
    assert [one["words"] for one in items[NUMBERS[2]]["changes"]] == [
        "La persona escribió de nuevo por correo electrónico"
    ]
    assert items[NUMBERS[2]]["version"] == 5
    assert items[NUMBERS[1]]["problem"]["code"] == "already-answered"
    assert has(three) == ["julian-rojas", "marcela-duque", "marcela-duque"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "one-command", "$"),
        ({**TO_JULIAN, "classify": {"kind": "claim"}}, "one-command", "$"),
        ({"classify": {}}, "nothing-to-correct", "$.classify"),
    ],
)
async def test_exactly_one_thing_is_asked(doors: Any, three: Any, body: dict[str, Any], code: str, field: str) -> None:
    asked = {"cases": [{"number": NUMBERS[0]}], **body}
    answer = await doors.client("catalina-ospina").post("/v1/cases/bulk", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("number", [0, 201])
async def test_there_is_a_most_and_a_least(doors: Any, number: int) -> None:
    asked = {"cases": [{"number": f"N-{n}"} for n in range(number)], **TO_JULIAN}
    assert (await doors.client("catalina-ospina").post("/v1/cases/bulk", json=asked)).status_code == 422


async def test_a_head_assigns_what_the_area_has_and_classifies_nothing(doors: Any, three: Any) -> None:
    head, other = doors.client("gloria-zapata"), doors.client("oscar-molina")
    chosen = {"cases": [{"number": NUMBERS[0]}]}
    foreign = await other.post("/v1/cases/bulk", json={**chosen, **TO_JULIAN})
    classified = await head.post("/v1/cases/bulk", json={**chosen, "classify": {"kind": "petition"}})
    own = await head.post("/v1/cases/bulk", json={**chosen, **TO_JULIAN})
    assert foreign.json()["items"][0]["problem"]["code"] == "not-your-area"
    assert classified.status_code == 403
    assert own.json()["items"][0]["outcome"] == "done"


async def page_with(browser: Any) -> dict[str, str]:
    return dict(Forms((await browser.get("/all")).text).found["/bulk"].fields)


async def test_the_page_classifies_what_was_ticked_and_offers_the_rest_again(doors: Any, three: Any) -> None:
    browser = doors.browser("catalina-ospina")
    form = {**await page_with(browser), "do": "classify", "kind": "petition", "priority": "high"}
    three.hear("case-2", said())
    answer = await browser.post("/bulk", data={**form, "case": [f"{number} 4" for number in NUMBERS]})
    assert answer.status_code == 200
    assert "Hecho en 2 de 3." in answer.text
    assert "La persona escribió de nuevo por correo electrónico" in answer.text
    left = Forms(answer.text).found["/bulk"].fields
    assert (left["case"], left["kind"], left["priority"]) == (f"{NUMBERS[1]} 5", "petition", "high")
    again = await browser.post("/bulk", data={**left, "do": "classify"})
    assert "Hecho en 1 de 1." in again.text
    kinds = [three.cases[f"case-{n}"].classification.kind for n in (1, 2, 3)]
    assert kinds == ["petition"] * 3


@pytest.mark.parametrize(
    ("said_in_form", "words"),
    [
        ({"do": "assign", "responder": "julian-rojas", "case": []}, "Marque al menos un caso"),
        ({"do": "assign", "case": [f"{NUMBERS[0]} 4"]}, "Elija a quién se dan los casos"),
        ({"do": "classify", "kind": "nonsense", "case": [f"{NUMBERS[0]} 4"]}, "Elija qué debe cambiar"),
        ({"do": "assign", "responder": "julian-rojas", "case": [f"N-{n} 1" for n in range(201)]}, "Son demasiados"),
    ],
)
async def test_what_is_missing_is_said_and_the_choice_is_kept(
    doors: Any, three: Any, said_in_form: dict[str, Any], words: str
) -> None:
    browser = doors.browser("catalina-ospina")
    answer = await browser.post("/bulk", data={**await page_with(browser), **said_in_form})
    assert answer.status_code == 422
    assert words in answer.text
    kept = Forms(answer.text).found.get("/bulk")
    assert (kept.choices["case"] if kept else []) == said_in_form["case"]
    assert has(three) == ["marcela-duque"] * 3


async def test_the_way_back_never_leads_to_somebody_else(doors: Any, three: Any) -> None:
    browser = doors.browser("catalina-ospina")
    form = {**await page_with(browser), "do": "assign", "responder": "julian-rojas", "case": [f"{NUMBERS[0]} 4"]}
    for back in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        assert "elsewhere" not in (await browser.post("/bulk", data={**form, "back": back})).text
