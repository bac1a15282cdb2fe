# SPDX-License-Identifier: Apache-2.0
"""Who decides on a case that is another one by now hears what happened, and loses nothing they typed (ADR 0030)."""

from typing import Any

import pytest
from page_outline import Form, Forms, Outline
from routing_story import filed, said

from routing.domain.commands import Assign
from ventanilla_contracts.envelope import Actor

NUMBER = "CAJA-2026-000001-1"
API, PAGE = f"/v1/cases/{NUMBER}", f"/cases/{NUMBER}"
ANDRES = Actor(id="andres-mejia", role="agent")


@pytest.fixture
def filed_case(cases: Any) -> Any:
    cases.hear("case-1", filed())
    return cases


async def test_a_case_says_its_version_and_a_command_on_it_is_carried_out(doors: Any, filed_case: Any) -> None:
    agent = doors.client("catalina-ospina")
    shown = await agent.get(API)
    version = shown.json()["version"]
    assert (shown.headers["etag"], version) == (f'"{version}"', 4)
    done = await agent.post(
        f"{API}/assign", json={"responder": "julian-rojas"}, headers={"if-match": shown.headers["etag"]}
    )
    assert done.status_code == 200
    assert (await agent.get(API)).headers["etag"] == f'"{version + 1}"'


async def test_an_old_version_is_refused_with_what_happened_since_and_what_can_be_done(
    doors: Any, filed_case: Any
) -> None:
    agent = doors.client("catalina-ospina")
    seen = (await agent.get(API)).headers["etag"]
    await filed_case.execute(filed_case.aggregate, "case-1", Assign(ANDRES, "julian-rojas"))
    refused = await agent.post(f"{API}/assign", json={"responder": "gloria-zapata"}, headers={"if-match": seen})
    told = refused.json()
    assert (refused.status_code, told["code"], told["version"]) == (409, "case-changed", 5)
    assert [(one["by"], one["words"]) for one in told["changes"]] == [
        ("Andrés Mejía", "Asignado a Julián Rojas (Subsidios)")
    ]
    assert "assign" in told["allowed"]
    assert filed_case.cases["case-1"].assignment.responder.id == "julian-rojas"


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"4"', 409), ('W/"4"', 409), ('"999"', 409), ('"5"', 200), ("*", 200), (None, 200), ("5", 422), ('"x"', 422)],
)
async def test_what_if_match_says_is_what_holds(doors: Any, filed_case: Any, tag: str | None, status: int) -> None:
    await filed_case.execute(filed_case.aggregate, "case-1", Assign(ANDRES, "julian-rojas"))
    headers = {"if-match": tag} if tag else {}
    answer = await doors.client("catalina-ospina").post(
        f"{API}/assign", json={"responder": "gloria-zapata"}, headers=headers
    )
    assert answer.status_code == status


async def test_every_form_of_the_page_carries_the_version(doors: Any, filed_case: Any) -> None:
    for member in ("catalina-ospina", "marcela-duque", "gloria-zapata", "valentina-uribe"):
        page = (await doors.browser(member).get(PAGE)).text
        forms = [form for action, form in Forms(page).found.items() if action.startswith(PAGE)]
        assert forms
        assert [form.fields["version"] for form in forms] == ["4"] * len(forms)


def filled(form: Form) -> dict[str, str]:
    """As somebody would fill it in, with words of their own in every field in which one can type."""
    words = {name: f'{name}: palabras de <ana> & "otras"' for name in form.texts}
    words |= {name: "alguien@entidad.example" for name in form.texts if "email" in name}
    chosen = {name: next(filter(None, values), "") for name, values in form.choices.items()}
    days = dict.fromkeys(form.days, "2026-04-01")
    return {**form.fields, **chosen, **days, **words}


@pytest.mark.parametrize("member", ["catalina-ospina", "marcela-duque", "gloria-zapata"])
async def test_no_form_of_the_page_loses_what_was_typed(doors: Any, filed_case: Any, member: str) -> None:
    browser = doors.browser(member)
    before = Forms((await browser.get(PAGE)).text).found
    filed_case.hear("case-1", said())
    sent = {action: filled(form) for action, form in before.items() if action.startswith(PAGE)}
    assert sent
    for action, typed in sent.items():
        answer = await browser.post(action, data=typed)
        assert (action, answer.status_code) == (action, 409)
        assert "El caso cambió mientras usted trabajaba" in answer.text
        assert "La persona escribió de nuevo por correo electrónico" in answer.text
        again = Forms(answer.text).found[action]
        assert again.fields == {**typed, "version": "5", "csrf_token": again.fields["csrf_token"]}, action
        outline = Outline(answer.text)
        assert len(outline.ids) == len(set(outline.ids))


async def test_what_was_typed_is_sent_again_with_its_file_and_is_carried_out(doors: Any, filed_case: Any) -> None:
    browser = doors.browser("catalina-ospina")
    form = Forms((await browser.get(PAGE)).text).found[f"{PAGE}/answer"]
    filed_case.hear("case-1", said())
    answer = await browser.post(
        form.action, data={**form.fields, "text": "Ya se pagó."}, files={"files": ("plan.pdf", b"%PDF-1.7 x")}
    )
    assert answer.status_code == 409
    assert filed_case.cases["case-1"].answers == ()
    again = await browser.post(form.action, data=Forms(answer.text).found[form.action].fields)
    assert again.status_code == 303
    [sent] = filed_case.cases["case-1"].answers
    assert (sent.text, [file.name for file in sent.files]) == ("Ya se pagó.", ["plan.pdf"])


async def test_where_the_form_is_gone_the_words_are_still_there_to_be_copied(doors: Any, filed_case: Any) -> None:
    first, second = doors.browser("catalina-ospina"), doors.browser("andres-mejia")
    fields = [Forms((await one.get(PAGE)).text).found[f"{PAGE}/answer"].fields for one in (first, second)]
    await first.post(f"{PAGE}/answer", data={**fields[0], "text": "Ya se pagó."})
    late = await second.post(f"{PAGE}/answer", data={**fields[1], "text": "El pago sale <hoy>."})
    assert late.status_code == 409
    assert "Respuesta aprobada; va por correo electrónico" in late.text
    assert "Catalina Ospina" in late.text
    assert f'action="{PAGE}/answer"' not in late.text
    assert "El pago sale &lt;hoy&gt;." in late.text


async def test_a_file_that_nobody_kept_cannot_be_named_in_a_form(doors: Any, filed_case: Any) -> None:
    browser = doors.browser("catalina-ospina")
    fields = Forms((await browser.get(PAGE)).text).found[f"{PAGE}/answer"].fields
    for kept in ("{}", '{"sha256": "%s", "name": "x", "type": "text/plain", "size": 1}' % ("0" * 64)):
        answer = await browser.post(f"{PAGE}/answer", data={**fields, "text": "x", "kept_files": kept})
        assert answer.status_code == 422
    assert filed_case.cases["case-1"].answers == ()


async def test_the_head_of_an_area_gives_away_only_what_it_has(doors: Any, filed_case: Any) -> None:
    own, other = [doors.browser(one) for one in ("gloria-zapata", "oscar-molina")]
    assert f"{PAGE}/assign" not in Forms((await other.get(PAGE)).text).found
    fields = Forms((await own.get(PAGE)).text).found[f"{PAGE}/assign"].fields
    refused = await doors.client("oscar-molina").post(f"{API}/assign", json={"responder": "diana-castano"})
    done = await own.post(
        f"{PAGE}/assign", data={**fields, "responder": "julian-rojas", "observation": "Conoce el caso"}
    )
    assert (refused.status_code, refused.json()["code"], done.status_code) == (403, "not-your-area", 303)
    given = filed_case.cases["case-1"].assignment
    assert (given.responder.id, given.observation) == ("julian-rojas", "Conoce el caso")
