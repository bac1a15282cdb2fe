# SPDX-License-Identifier: Apache-2.0
"""The agent's pages, as a browser without scripts sees them."""

from typing import Any

import pytest
from page_outline import Outline, token_in
from routing_story import PDF, filed, linked, local, proposed, said

from ventanilla_contracts.intake import Person, RegulatorRequest

PAGE = "/cases/CAJA-2026-000001-1"


@pytest.fixture
def filed_case(cases: Any) -> str:
    cases.hear("case-1", filed("No me pagaron la cuota monetaria <b>ya</b>", subject="Cuota", files=(PDF,)))
    cases.hear("case-1", said())
    return PAGE


async def test_who_is_not_signed_in_is_sent_to_the_login(doors: Any) -> None:
    answer = await doors.client(accept="text/html").get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F")


async def test_the_queue_shows_open_cases_with_words_for_urgency(doors: Any, filed_case: str) -> None:
    browser = doors.browser("marcela-duque")
    page = (await browser.get("/")).text
    assert "Mis casos" in page
    assert f'href="{filed_case}"' in page
    assert "Faltan 15 días hábiles" in page


async def test_an_overdue_case_says_so(doors: Any, cases: Any, filed_case: str) -> None:
    cases.clock.set(local("2026-03-26 10:00"))
    browser = doors.browser("marcela-duque")
    assert "Venció hace 2 días hábiles" in (await browser.get("/all")).text


async def test_an_empty_queue_says_so(doors: Any) -> None:
    assert "No hay casos abiertos aquí." in (await (doors.browser("marcela-duque")).get("/")).text


async def test_the_case_page_explains_the_deadline_and_escapes_what_people_write(doors: Any, filed_case: str) -> None:
    page = (await (doors.browser("catalina-ospina")).get(filed_case)).text
    assert "Festivo: Día de San José (trasladado)" in page
    assert "&lt;b&gt;ya&lt;/b&gt;" in page
    assert "<b>ya" not in page
    assert "La respuesta irá por correo a ana@correo.example." in page
    assert f"/v1/cases/CAJA-2026-000001-1/files/{PDF.sha256}" in page


@pytest.mark.parametrize(("found", "warned"), [("fail", True), ("none", False), ("pass", False), (None, False)])
async def test_a_mail_that_is_not_from_whom_it_says_is_marked_in_words(
    doors: Any, cases: Any, found: str | None, warned: bool
) -> None:
    cases.hear("case-1", filed("Cambien mi cuenta", authenticated=found))
    page = (await (doors.browser("catalina-ospina")).get(PAGE)).text
    assert ("El correo no viene de quien dice" in page) is warned


async def test_every_label_belongs_to_a_field_and_every_id_is_there_once(doors: Any, filed_case: str) -> None:
    outline = Outline((await (doors.browser("julian-rojas")).get(filed_case)).text)
    assert set(outline.labels) <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize(
    ("member", "actions"),
    [
        (
            "catalina-ospina",
            [
                "classify",
                "assign",
                "answer",
                *(f"answering/{one}" for one in ("request-documents", "ask-clarification", "reject", "mark-ombudsman")),
                *(f"clock/{one}" for one in ("stop-clock", "extend", "transfer", "withdraw")),
            ],
        ),
        ("marcela-duque", ["deliver"]),
        ("gloria-zapata", ["assign", "deliver"]),
        ("camila-restrepo", []),
        ("rosario-henao", []),
    ],
)
async def test_only_forms_that_may_be_sent_are_shown(
    doors: Any, filed_case: str, member: str, actions: list[str]
) -> None:
    outline = Outline((await (doors.browser(member)).get(filed_case)).text)
    assert [action for action in outline.actions if action != "/logout"] == [f"{PAGE}/{one}" for one in actions]


async def test_the_responder_delivers_by_form_with_a_file(doors: Any, cases: Any, filed_case: str) -> None:
    browser = doors.browser("marcela-duque")
    form = {"csrf_token": token_in((await browser.get(filed_case)).text), "text": "Se corrigió.\r\nPlan: verificar."}
    answer = await browser.post(f"{filed_case}/deliver", data=form, files={"files": ("plan.pdf", b"%PDF-1.7 x")})
    assert (answer.status_code, answer.headers["location"]) == (303, filed_case)
    [delivery] = cases.cases["case-1"].deliveries
    assert delivery.text == "Se corrigió.\nPlan: verificar."
    assert delivery.files[0].name == "plan.pdf"
    page = (await browser.get(filed_case)).text
    assert "Marcela Duque entregó documentos" in page
    assert "Hay documentos entregados: falta responder" in page


async def test_the_agent_takes_a_responders_mail_as_the_delivery(doors: Any, cases: Any, filed_case: str) -> None:
    cases.hear("case-1", proposed())
    responder = (await (doors.browser("marcela-duque")).get(filed_case)).text
    browser = doors.browser("catalina-ospina")
    page = (await browser.get(filed_case)).text
    form = {"csrf_token": token_in(page), "submission_id": "s-9", "request_id": ""}
    answer = await browser.post(f"{filed_case}/take-delivery", data=form)
    after = (await browser.get(filed_case)).text
    assert "Va el comprobante." in responder
    assert "/take-delivery" not in responder
    assert "Marcela Duque escribió por correo" in page
    assert (answer.status_code, answer.headers["location"]) == (303, filed_case)
    assert cases.cases["case-1"].deliveries[0].text == "Va el comprobante."
    assert "recibido como entrega" in after
    assert "/take-delivery" not in after


async def test_the_agent_answers_by_form(doors: Any, cases: Any, filed_case: str) -> None:
    browser = doors.browser("catalina-ospina")
    form = {"csrf_token": token_in((await browser.get(filed_case)).text), "text": "Ya se pagó."}
    answer = await browser.post(f"{filed_case}/answer", data=form, files={"files": ("", b"")})
    assert answer.status_code == 303
    assert cases.cases["case-1"].answers[0].delivery == "email"
    page = (await browser.get(filed_case)).text
    assert "en camino" in page
    assert f'action="{PAGE}/answer"' not in page


async def test_without_text_the_page_comes_back_with_what_is_missing(doors: Any, filed_case: str) -> None:
    browser = doors.browser("catalina-ospina")
    form = {"csrf_token": token_in((await browser.get(filed_case)).text), "text": "  "}
    answer = await browser.post(f"{filed_case}/answer", data=form)
    assert answer.status_code == 422
    assert "Escriba el texto." in answer.text


async def test_more_files_than_an_answer_can_carry_are_refused(doors: Any, cases: Any, filed_case: str) -> None:
    browser = doors.browser("catalina-ospina")
    form = {"csrf_token": token_in((await browser.get(filed_case)).text), "text": "x"}
    many = [("files", (f"{n}.txt", b"x")) for n in range(51)]
    answer = await browser.post(f"{filed_case}/answer", data=form, files=many)
    assert answer.status_code == 422
    assert "Adjunte a lo sumo 50 archivos" in answer.text
    assert cases.cases["case-1"].answers == ()


async def test_a_form_without_our_token_does_nothing(doors: Any, cases: Any, filed_case: str) -> None:
    browser = doors.browser("catalina-ospina")
    assert (await browser.post(f"{filed_case}/answer", data={"text": "x"})).status_code == 403
    assert cases.cases["case-1"].answers == ()


async def test_a_second_answer_is_refused_in_words(doors: Any, filed_case: str) -> None:
    browser = doors.browser("catalina-ospina")
    form = {"csrf_token": token_in((await browser.get(filed_case)).text), "text": "Ya se pagó."}
    await browser.post(f"{filed_case}/answer", data=form)
    again = await browser.post(f"{filed_case}/answer", data=form)
    assert again.status_code == 409
    assert "Hay una respuesta en camino" in again.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"channel": "regulator", "regulator": RegulatorRequest(authority="SSF", reference="1")},
            "plataforma del ente",
        ),
        ({"person": Person(), "anonymous": True}, "se publicará"),
        ({"person": Person(name="Ana")}, "márquela como entregada"),
    ],
)
async def test_the_form_says_how_the_answer_will_go(doors: Any, cases: Any, fields: dict[str, Any], words: str) -> None:
    cases.hear("case-1", filed(**fields))
    assert words in (await (doors.browser("catalina-ospina")).get(PAGE)).text


async def test_a_number_that_does_not_exist_says_so_on_a_page(doors: Any) -> None:
    answer = await (doors.browser("catalina-ospina")).get("/cases/CAJA-2026-999999-9")
    assert answer.status_code == 404
    assert "No existe ese caso" in answer.text


async def test_linked_cases_are_shown_at_both_with_what_they_are_to_each_other(doors: Any, cases: Any) -> None:
    cases.hear("case-1", filed())
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-5", submission_id="s-9"))
    cases.hear("case-2", linked("case-1", "CAJA-2026-000001-1"))
    browser = doors.browser("marcela-duque")
    owner, other = [
        (await browser.get(f"/cases/{number}")).text for number in ("CAJA-2026-000002-5", "CAJA-2026-000001-1")
    ]
    assert 'href="/cases/CAJA-2026-000001-1"' in owner
    assert "menciona su número o responde a una carta de él" in owner
    assert "por confirmar" in owner
    assert "Vínculo con el caso CAJA-2026-000001-1" in owner
    assert 'href="/cases/CAJA-2026-000002-5"' in other
    assert "menciona el número de este caso" in other
    cases.hear("case-2", linked("case-1", "CAJA-2026-000001-1", status="dismissed"))
    shown = (await doors.client("marcela-duque").get("/v1/cases/CAJA-2026-000001-1")).json()["links"]
    assert shown == [{"number": "CAJA-2026-000002-5", "relation": "quoted", "status": "dismissed", "kept_here": False}]
