# SPDX-License-Identifier: Apache-2.0
"""An answer on its way, on the page and at the doors: drafted, reviewed, sent; documents; rejected (CNF-09, 10)."""

from typing import Any

import pytest
from routing_story import PDF, filed, local

PAGE, CASE = "/cases/CAJA-2026-000001-1", "/v1/cases/CAJA-2026-000001-1"
LEGAL = "Reclamo: mi abogado pide que paguen la cuota monetaria"
FILE = {"files": ("escaneo.pdf", b"%PDF-1.7 x")}


@pytest.fixture
def legal_case(cases: Any) -> None:
    cases.hear("case-1", filed(LEGAL))
    cases.clock.set(local("2026-03-03 11:00"))


@pytest.fixture
def plain_case(cases: Any) -> None:
    cases.hear("case-1", filed())
    cases.clock.set(local("2026-03-03 11:00"))


async def token_for(browser: Any) -> str:
    return str((await browser.get(PAGE)).text.partition('name="csrf_token" value="')[2].partition('"')[0])


async def submitted(browser: Any, form: str, files: Any = None, **fields: str) -> Any:
    data = {"csrf_token": await token_for(browser), **fields}
    return await browser.post(f"{PAGE}/answering/{form}", data=data, files=files)


async def test_from_draft_to_review_to_approval(doors: Any, cases: Any, legal_case: None) -> None:
    agent, reviewer = doors.browser("catalina-ospina"), doors.browser("valentina-uribe")
    page = (await agent.get(PAGE)).text
    assert "Por regla, jurídica la revisa antes de enviarla." in page
    assert "Aprobar y enviar" not in page
    answer = await submitted(agent, "draft", revision="0", text="Ya se <b>pagó</b>.", files=FILE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = (await agent.get(PAGE)).text
    assert "Ya se &lt;b&gt;pagó&lt;/b&gt;." in page
    assert "escaneo.pdf" in page
    assert "Aprobar y enviar" not in page
    await submitted(agent, "ask-review", revision="1")
    assert "CAJA-2026-000001-1" in (await reviewer.get("/to-review")).text
    assert "answering/pass-draft" not in (await agent.get(PAGE)).text
    await submitted(reviewer, "return-draft", revision="1", text="Falta el artículo.")
    assert "Falta el artículo." in (await agent.get(PAGE)).text
    await submitted(agent, "draft", revision="1", text="Ya se pagó (art. 12).", keep_files="yes")
    await submitted(agent, "ask-review", revision="2")
    await submitted(reviewer, "pass-draft", revision="2")
    assert "CAJA-2026-000001-1" not in (await reviewer.get("/to-review")).text
    await submitted(agent, "approve", revision="2")
    [sent] = cases.cases["case-1"].answers
    assert (sent.text, [one.name for one in sent.files]) == ("Ya se pagó (art. 12).", ["escaneo.pdf"])
    assert "Revisada por Valentina Uribe" in (await agent.get(PAGE)).text
    drafts = (await doors.client("catalina-ospina").get(f"{CASE}/drafts")).json()["items"]
    assert [one["text"] for one in drafts] == ["Ya se <b>pagó</b>.", "Ya se pagó (art. 12)."]


async def test_who_writes_at_the_same_time_loses_nothing(doors: Any, cases: Any, plain_case: None) -> None:
    agent, other = doors.browser("catalina-ospina"), doors.browser("andres-mejia")
    await submitted(other, "draft", revision="0", text="El texto de Andrés.")
    answer = await submitted(agent, "draft", revision="0", text="El texto de Catalina.")
    assert answer.status_code == 409
    assert "La versión vigente es la 1, de Andrés Mejía." in answer.text
    assert "El texto de Catalina." in answer.text
    assert "El texto de Andrés." in answer.text
    assert cases.cases["case-1"].draft.text == "El texto de Andrés."


async def test_the_list_of_drafts_to_review_is_there_for_programs(doors: Any, legal_case: None) -> None:
    agent = doors.client("catalina-ospina")
    await agent.post(f"{CASE}/draft", json={"revision": 0, "text": "Ya."})
    listed = "/v1/cases?waiting_for=review"
    assert (await agent.get(listed)).json()["items"] == []
    assert (await agent.post(f"{CASE}/review", json={"act": "return", "revision": 1})).status_code == 422
    assert (await agent.post(f"{CASE}/review", json={"act": "ask", "revision": 1})).status_code == 200
    assert [one["task"] for one in (await agent.get(listed)).json()["items"]] == ["to-be-reviewed"]
    refused = await agent.post(f"{CASE}/approve", json={"revision": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "review-missing")
    assert "review" in refused.json()["allowed"]
    own = await agent.post(f"{CASE}/review", json={"act": "pass", "revision": 1})
    assert (own.status_code, own.json()["code"]) == (403, "not-a-reviewer")


async def test_several_are_asked_for_documents_by_form(doors: Any, cases: Any, plain_case: None) -> None:
    agent = doors.browser("catalina-ospina")
    rows = {"whom-1": "marcela-duque", "due-1": "2026-03-12", "whom-2": "julian-rojas", "due-2": "2026-03-17"}
    left_out = await submitted(agent, "request-documents", text="El extracto.", **{**rows, "due-2": ""})
    assert left_out.status_code == 422
    assert "Escriba qué se necesita, a quién y para cuándo." in left_out.text
    assert (await submitted(agent, "request-documents", text="El extracto.", **rows)).status_code == 303
    asked = [(one.responder.id, one.due.isoformat()) for one in cases.cases["case-1"].requests]
    assert asked == [("marcela-duque", "2026-03-12"), ("julian-rojas", "2026-03-17")]


async def test_a_delivery_shows_its_action_plan(doors: Any, cases: Any, plain_case: None) -> None:
    responder = doors.browser("marcela-duque")
    form = {"text": "Se corrigió.", "plan-what-1": "Pagar", "plan-who-1": "Tesorería"}
    form["csrf_token"] = await token_for(responder)
    half = await responder.post(f"{PAGE}/deliver", data=form)
    assert half.status_code == 422
    assert "A cada acción le hacen falta qué, quién y hasta cuándo." in half.text
    assert "Se corrigió." in half.text
    assert (await responder.post(f"{PAGE}/deliver", data={**form, "plan-until-1": "2026-03-16"})).status_code == 303
    page = (await responder.get(PAGE)).text
    assert "Plan de acción" in page
    assert "Tesorería" in page
    assert "16 de marzo de 2026" in page


async def test_a_scan_joins_the_answer_that_went_on_paper(doors: Any, cases: Any, plain_case: None) -> None:
    agent, api = doors.browser("catalina-ospina"), doors.client("catalina-ospina")
    assert (await api.post(f"{CASE}/answer", json={"text": "Ya.", "delivery": "handed-over"})).status_code == 200
    assert (await submitted(agent, "keep-copy", answer_id="")).status_code == 422
    assert (await submitted(agent, "keep-copy", answer_id="", files=FILE)).status_code == 303
    assert "escaneo.pdf" in (await agent.get(PAGE)).text
    assert [one.name for one in cases.cases["case-1"].answers[0].copies] == ["escaneo.pdf"]
    unknown = await api.post(f"{CASE}/keep-copy", json={"files": [PDF.model_dump()]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-file")


async def test_a_request_is_returned_and_rejected_by_form(doors: Any, cases: Any, plain_case: None) -> None:
    agent = doors.browser("catalina-ospina")
    await submitted(agent, "ask-clarification", text="¿Qué pago es?")
    assert "aclare a más tardar el 17 de marzo de 2026" in (await agent.get(PAGE)).text
    early = await submitted(agent, "reject", reason="not-clarified", text="No aclaró.")
    assert early.status_code == 409
    assert (await submitted(agent, "reject", reason="disrespectful", text=" ")).status_code == 422
    other = await submitted(agent, "reject", reason="repeated", text="Es lo mismo.", earlier="CAJA-2026-000009-1")
    assert (other.status_code, "Falta el caso que ya se respondió" in other.text) == (422, True)
    await submitted(agent, "reject", reason="disrespectful", text="Solo insultos.")
    page = (await agent.get(PAGE)).text
    assert "Se rechazó el 3 de marzo de 2026" in page
    assert "answering/reject" not in page


async def test_what_repeats_refers_to_a_case_that_was_answered(doors: Any, cases: Any, plain_case: None) -> None:
    api = doors.client("catalina-ospina")
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-8"))
    body = {"reason": "repeated", "text": "Es lo mismo.", "earlier_case_number": "CAJA-2026-000002-8"}
    refused = await api.post(f"{CASE}/reject", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "earlier-case-missing")
    done = await api.post("/v1/cases/CAJA-2026-000002-8/answer", json={"text": "Ya.", "delivery": "handed-over"})
    assert done.status_code == 200
    assert (await api.post(f"{CASE}/reject", json=body)).json()["status"] == "rejected"


async def test_a_part_by_form_leaves_the_case_open(doors: Any, cases: Any, plain_case: None) -> None:
    agent = doors.browser("catalina-ospina")
    await submitted(agent, "draft", revision="0", text="Marzo ya se pagó.", partial="yes")
    await submitted(agent, "approve", revision="1")
    page = (await agent.get(PAGE)).text
    assert "Respuestas parciales" in page
    assert "Marzo ya se pagó." in page
    assert cases.cases["case-1"].open


async def test_what_the_ombudsman_asks_is_noted_listed_and_answered(doors: Any, cases: Any, plain_case: None) -> None:
    agent, api = doors.browser("catalina-ospina"), doors.client("catalina-ospina")
    asked = {"reference": "DCF-0815", "received_on": "2026-03-03", "text": "¿Por qué <b>no</b> se pagó?"}
    half = await submitted(agent, "mark-ombudsman", **{**asked, "received_on": ""})
    assert (half.status_code, "Hacen falta la referencia, el día" in half.text) == (422, True)
    assert 'value="DCF-0815"' in half.text
    early = await submitted(agent, "mark-ombudsman", **{**asked, "received_on": "2026-03-01"})
    assert (early.status_code, "Indique un día entre el" in early.text) == (422, True)
    assert (await submitted(agent, "mark-ombudsman", **asked)).status_code == 303
    page = (await agent.get(PAGE)).text
    assert "Espera respuesta a más tardar el viernes, 13 de marzo de 2026." in page
    assert "¿Por qué &lt;b&gt;no&lt;/b&gt; se pagó?" in page
    assert "clock/extend" not in page
    assert "El defensor del consumidor financiero pregunta (DCF-0815)" in page
    assert (await api.post(f"{CASE}/mark-ombudsman", json=asked)).json()["code"] == "ombudsman-noted"
    for ombudsman, count in ((True, 1), (False, 0)):
        listed = (await api.get("/v1/cases", params={"ombudsman": ombudsman})).json()["items"]
        assert len(listed) == count
    assert "Defensor: hasta el 13" in (await agent.get("/all", params={"ombudsman": "yes"})).text
    assert "CAJA-2026-000001-1" not in (await agent.get("/all", params={"ombudsman": "no"})).text
    await api.post(f"{CASE}/answer", json={"text": "Ya se pagó.", "delivery": "handed-over"})
    [shown] = (await api.get(CASE)).json()["ombudsman"]
    assert (shown["due"], shown["in_time"]) == ("2026-03-13", True)
    assert "Respondido a tiempo" in (await agent.get(PAGE)).text
