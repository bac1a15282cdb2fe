# SPDX-License-Identifier: Apache-2.0
"""The clock of a case on its page and at its doors: asked, replied, complete, extended, ended (ICX-03, ICX-04)."""

from typing import Any

import pytest
from routing_story import filed, local, said

from chassis.decision import TimerFired

PAGE, CASE = "/cases/CAJA-2026-000001-1", "/v1/cases/CAJA-2026-000001-1"
MISSING = "Falta el certificado de <b>escolaridad</b>."


@pytest.fixture
def filed_case(cases: Any) -> None:
    cases.hear("case-1", filed(subject="Cuota"))
    cases.clock.set(local("2026-03-10 11:00"))


async def submitted(browser: Any, form: str, **fields: str) -> Any:
    page = (await browser.get(PAGE)).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return await browser.post(f"{PAGE}/clock/{form}", data={"csrf_token": token, **fields})


async def test_the_agent_asks_the_person_and_sees_until_when(doors: Any, filed_case: None) -> None:
    browser = doors.browser("catalina-ospina")
    assert "Se puede pedir hasta el 16 de marzo de 2026" in (await browser.get(PAGE)).text
    answer = await submitted(browser, "stop-clock", text=MISSING)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = (await browser.get(PAGE)).text
    assert "Tiene hasta el viernes, 10 de abril de 2026" in page
    assert "&lt;b&gt;escolaridad&lt;/b&gt;" in page
    assert "clock/resume-clock" in page
    assert "clock/stop-clock" not in page
    assert "la persona tiene hasta el" in (await browser.get("/all")).text


async def test_a_reply_is_shown_and_completes_the_request_since_it_came(
    doors: Any, cases: Any, filed_case: None
) -> None:
    browser = doors.browser("catalina-ospina")
    await submitted(browser, "stop-clock", text=MISSING)
    cases.clock.set(local("2026-03-26 09:00"))
    cases.hear("case-1", said("Va el certificado.", "2026-03-24 16:00"))
    page = (await browser.get(PAGE)).text
    assert "La persona respondió: diga si la solicitud está completa" in page
    assert 'value="2026-03-24"' in page
    await submitted(browser, "resume-clock", completed_on="2026-03-24")
    page = (await browser.get(PAGE)).text
    assert "miércoles, 8 de abril de 2026" in page
    assert "(término interrumpido mientras la persona completa la solicitud)" in page
    assert "Se pidió el 10 de marzo de 2026; quedó completa el 24 de marzo de 2026." in page


async def test_the_agent_gives_more_time(doors: Any, cases: Any, filed_case: None) -> None:
    browser = doors.browser("catalina-ospina")
    await submitted(browser, "stop-clock", text=MISSING)
    await submitted(browser, "extend-stop")
    page = (await browser.get(PAGE)).text
    assert "lunes, 11 de mayo de 2026" in page
    assert "clock/extend-stop" not in page


async def test_the_agent_extends_the_term(doors: Any, filed_case: None) -> None:
    browser = doors.browser("catalina-ospina")
    assert "a más tardar el 16 de abril de 2026" in (await browser.get(PAGE)).text
    await submitted(browser, "extend", due="2026-04-10", text="Falta un concepto.")
    page = (await browser.get(PAGE)).text
    assert "viernes, 10 de abril de 2026" in page
    assert "De ellos son de la ampliación los últimos: 11." in page
    assert "clock/extend&#34;" not in page


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("stop-clock", {"text": " "}),
        ("extend", {"text": "Por qué", "due": "mañana"}),
        ("transfer", {"text": "Por qué"}),
    ],
)
async def test_what_is_missing_comes_back_on_the_page(
    doors: Any, cases: Any, filed_case: None, form: str, fields: dict[str, str]
) -> None:
    answer = await submitted(doors.browser("catalina-ospina"), form, **fields)
    assert answer.status_code == 422
    assert "Escriba el texto y lo que falta." in answer.text
    assert cases.cases["case-1"].status == "assigned"


async def test_a_case_is_transferred_and_withdrawn_with_words(doors: Any, cases: Any, filed_case: None) -> None:
    browser = doors.browser("catalina-ospina")
    await submitted(browser, "transfer", to_name="Alcaldía", to_email="a@alcaldia.example", text="Es su competencia.")
    page = (await browser.get(PAGE)).text
    assert "Se trasladó a Alcaldía" in page
    assert "/clock/" not in page
    cases.hear("case-2", filed(case_number="CAJA-2026-000002-5"))
    answer = await doors.client("catalina-ospina").post(
        "/v1/cases/CAJA-2026-000002-5/withdraw", json={"reason": "asked-by-the-person", "text": "Ya no quiere."}
    )
    assert answer.json() == {"case_number": "CAJA-2026-000002-5", "status": "withdrawn"}
    assert "la persona no quiere seguir" in (await browser.get("/cases/CAJA-2026-000002-5")).text


async def test_the_doors_say_until_when_and_refuse_in_words(doors: Any, cases: Any, filed_case: None) -> None:
    client = doors.client("catalina-ospina")
    asked = await client.post(f"{CASE}/stop-clock", json={"text": MISSING})
    assert asked.json() == {"case_number": "CAJA-2026-000001-1", "status": "suspended", "until": "2026-04-10"}
    again = await client.post(f"{CASE}/stop-clock", json={"text": MISSING})
    assert (again.status_code, again.json()["title"]) == (409, "El término está interrumpido")
    assert "resume-clock" in again.json()["allowed"]
    early = await client.post(f"{CASE}/withdraw", json={"reason": "not-completed", "text": "Nada."})
    assert "hasta el 2026-04-10" in early.json()["detail"]


async def test_the_deadline_of_a_stopped_case_is_open(doors: Any, cases: Any, filed_case: None) -> None:
    client = doors.client("catalina-ospina")
    await client.post(f"{CASE}/stop-clock", json={"text": MISSING})
    shown = (await client.get(f"{CASE}/deadline")).json()
    assert (shown["due"], shown["stopped_until"], shown["days_left"]) == (None, "2026-04-10", 9)
    assert shown["trace"][-1]["date"] == "2026-03-10"
    assert shown["in_words"].startswith("Días hábiles que cuentan: 6, desde el 3 de marzo de 2026")


async def test_api_page_and_event_explain_the_term_in_the_same_words(doors: Any, cases: Any, filed_case: None) -> None:
    client = doors.client("catalina-ospina")
    await client.post(f"{CASE}/extend", json={"due": "2026-04-10", "text": "Falta un concepto."})
    shown = (await client.get(f"{CASE}/deadline")).json()["in_words"]
    english = (await client.get(f"{CASE}/deadline", headers={"accept-language": "en"})).json()["in_words"]
    told = cases.told[-1].in_words
    assert (told.es, told.en) == (shown, english)
    assert shown in (await (doors.browser("catalina-ospina")).get(PAGE)).text


async def test_who_may_not_write_to_the_person_sees_no_forms_and_is_refused(doors: Any, filed_case: None) -> None:
    assert "/clock/" not in (await (doors.browser("marcela-duque")).get(PAGE)).text
    refused = await doors.client("marcela-duque").post(f"{CASE}/stop-clock", json={"text": MISSING})
    assert refused.status_code == 403


async def test_silence_ends_on_the_page_in_words(doors: Any, cases: Any, filed_case: None) -> None:
    client = doors.client("catalina-ospina")
    await client.post(f"{CASE}/stop-clock", json={"text": MISSING})
    cases.clock.set(local("2026-04-11 08:00"))
    cases._decided("case-1", TimerFired("withdrawal", local("2026-04-11 00:00")))
    page = (await (doors.browser("catalina-ospina")).get(PAGE)).text
    assert "la solicitud no se completó a tiempo" in page
