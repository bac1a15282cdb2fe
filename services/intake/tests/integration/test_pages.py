# SPDX-License-Identifier: Apache-2.0
"""The pages as a browser without JavaScript uses them."""

import re

import pytest
from intake_house import Start

from chassis.testing import Wire
from ventanilla_contracts.intake import CaseFiled

pytestmark = pytest.mark.infra

API = ("api",)
HTML = {"accept": "text/html"}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_a_citizen_files_and_tracks_a_case(start: Start, wire: Wire) -> None:
    async with start() as intake:
        blank = await intake.http.get("/", headers=HTML)
        fields = {
            "form_id": hidden(blank.text, "form_id"),
            "kind": "complaint",
            "text": "Me atendieron mal.\r\nEsperé dos horas.",
            "name": "Ana Ríos",
            "phone": "300 123 4567",
            "data_consent": "yes",
            "received_at": "2020-01-01T10:00",
        }
        files = [("files", ("foto.png", b"\x89PNG\r\n\x1a\n", "image/png"))]
        receipt = await intake.http.post("/", data=fields, files=files, headers=HTML)
        again = await intake.http.post("/", data=fields, files=files, headers=HTML)
        number, code = re.findall(r'<dd class="mono">([^<]+)</dd>', receipt.text)
        shown = await intake.http.post("/track", data={"number": number, "code": code}, headers=HTML)
        wrong = await intake.http.post("/track", data={"number": number, "code": "no"}, headers=HTML)
        [case] = await wire.expect("intake-cases", 1)
    assert receipt.status_code == 200
    assert re.findall(r'<dd class="mono">([^<]+)</dd>', again.text) == [number, code]
    assert isinstance(case.event, CaseFiled)
    assert case.event.personal.text == "Me atendieron mal.\nEsperé dos horas."
    assert case.event.received_at == case.event.registered_at
    assert [file.name for file in case.event.files] == ["foto.png"]
    assert f'Caso <span class="whole">{number}</span>' in shown.text
    assert "Recibimos su solicitud" in shown.text
    assert wrong.status_code == 404
    assert code not in wrong.text


async def test_the_start_page_leads_to_frequent_questions_where_the_house_has_some(start: Start) -> None:
    async with start(API) as intake:
        without = (await intake.http.get("/", headers=HTML)).text
    async with start(API, faq_url="https://caja.example/faq") as intake:
        page = (await intake.http.get("/?lang=en", headers=HTML)).text
    assert 'href="/answers?lang=es"' in without
    assert "Preguntas frecuentes" not in without
    assert '<a href="https://caja.example/faq?lang=en">Frequent questions</a>' in page


async def test_a_page_that_comes_back_says_what_to_mend_and_keeps_what_was_typed(start: Start) -> None:
    async with start(API) as intake:
        answer = await intake.http.post("/", data={"text": "", "phone": "123", "name": "<b>Ana</b>"}, headers=HTML)
        english = await intake.http.get("/?lang=en", headers=HTML)
    assert answer.status_code == 422
    assert set(re.findall(r'id="(\w+)-error"', answer.text)) == {"text", "phone", "data_consent"}
    assert 'aria-describedby="text-hint text-error"' in answer.text
    assert "&lt;b&gt;Ana&lt;/b&gt;" in answer.text
    assert "Tell us what you need" in english.text


async def test_who_stays_anonymous_leaves_nothing_of_what_they_typed(start: Start, wire: Wire) -> None:
    async with start() as intake:
        data = {"text": "Una queja", "anonymous": "yes", "name": "Ana Ríos", "email": "ana@correo.example"}
        receipt = await intake.http.post("/", data=data, headers=HTML)
        [case] = await wire.expect("intake-cases", 1)
    assert receipt.status_code == 200
    assert isinstance(case.event, CaseFiled)
    assert case.event.anonymous
    assert "Ana" not in case.event.model_dump_json()


async def test_the_desk_asks_who_is_there(start: Start) -> None:
    async with start(API) as intake:
        desk = await intake.http.get("/desk", headers=HTML)
        forged = await intake.http.post("/desk/cases", data={"text": "Hola"}, headers=HTML)
    assert (desk.status_code, desk.headers["location"]) == (303, "/login?next=%2Fdesk")
    assert forged.status_code == 401
