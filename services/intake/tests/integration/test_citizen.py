# SPDX-License-Identifier: Apache-2.0
"""What a citizen adds with number and code, and the files that a form sent before it was taken."""

import asyncio
import re
from typing import Any

import httpx
import pytest
from intake_house import Intake, Start

from chassis.testing import Wire, eventually
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, MessageAppended, SubmissionAppended
from ventanilla_contracts.routing import CaseClosed

pytestmark = pytest.mark.infra

API = ("api",)
HTML = {"accept": "text/html"}
OURS = {"origin": "http://127.0.0.1:8101"}
PNG = b"\x89PNG\r\n\x1a\n"
ANA = {"text": "No me llegó la cuota.", "name": "Ana Prueba", "email": "ana.prueba@correo.example"}
WRONG = "0000-0000-0000-0"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def tokens(page: str) -> list[str]:
    return re.findall(r'name="kept" value="([^"]+)"', page)


async def _filed(intake: Intake) -> dict[str, str]:
    told = await intake.web()
    return {"number": told["case_number"], "code": told["tracking_code"]}


async def _added(intake: Intake, body: dict[str, Any], **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await intake.http.post("/v1/track/messages", json=body, headers=named)


async def test_whoever_has_the_code_adds_to_the_case_and_the_same_again_changes_nothing(
    start: Start, wire: Wire
) -> None:
    async with start() as intake:
        key = await _filed(intake)
        body = {**key, "text": "Adjunto lo que pidieron."}
        both = await asyncio.gather(*[_added(intake, body, idempotency_key="uno") for _ in range(2)])
        with_file = await intake.http.post(
            "/v1/track/messages",
            files=[
                ("message", (None, f'{{"number": "{key["number"]}", "code": "{key["code"]}"}}')),
                ("files", ("foto.png", PNG, "image/png")),
            ],
        )
        events = await wire.expect("intake-cases", 3)
        outcomes = [seen.event for seen in await wire.events("intake-outcomes")]
        shown = (await intake.http.post("/v1/track", json=key)).json()
    assert [answer.status_code for answer in (*both, with_file)] == [202] * 3
    first = both[0].json()
    assert {answer.json()["submission_id"] for answer in both} == {first["submission_id"]}
    assert (first["outcome"], first["case_number"], first["tracking_code"]) == ("appended", key["number"], None)
    filed, *added = sorted(events, key=lambda seen: seen.envelope.seq or 0)
    assert {seen.key for seen in added} == {filed.key}
    texts = [seen.event.personal.text for seen in added if isinstance(seen.event, MessageAppended)]
    assert texts == ["Adjunto lo que pidieron.", "(La persona envió archivos, sin texto.)"]
    assert [file.name for file in added[1].event.files] == ["foto.png"]
    assert sum(isinstance(event, SubmissionAppended) for event in outcomes) >= 2
    assert [step["code"] for step in shown["timeline"]] == ["filed", "message-appended", "message-appended"]


async def test_nobody_adds_without_the_code_nor_without_a_word_nor_without_end(start: Start) -> None:
    async with start(API) as intake:
        key, other = await _filed(intake), await _filed(intake)
        stranger = await _added(intake, {**key, "code": other["code"], "text": "Hola"})
        unknown = await _added(intake, {**key, "number": "CAJA-2026-999999-1", "text": "Hola"})
        empty = await _added(intake, {**key, "text": " "})
        many = [(await _added(intake, {**key, "text": f"Hola {n}"})).status_code for n in range(11)]
        still = await _added(intake, {**other, "text": "Hola"})
        rows = await intake.database.collection("submission_cases").count_documents({"outcome": "appended"})
    assert (stranger.status_code, stranger.json()) == (404, unknown.json())
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "$.text")
    assert many == [202] * 10 + [429]
    assert still.status_code == 202
    assert rows == 11


async def test_a_case_that_has_ended_says_what_to_do_instead(start: Start, wire: Wire) -> None:
    async with start() as intake:
        key = await _filed(intake)
        [case] = await wire.expect("intake-cases", 1)
        closed = CaseClosed(actor=Actor(id="routing", role="service"), reason="check-waived")
        await wire.publish(case.key, closed, seen={"intake-cases": 1})

        async def ended() -> bool:
            return not (await intake.http.post("/v1/track", json=key)).json()["takes_messages"]

        await eventually(ended)
        refused = await _added(intake, {**key, "text": "Hola"})
        page = await intake.http.post("/track/messages", data={**key, "text": "Hola"}, headers=HTML)
    assert (refused.status_code, refused.json()["code"]) == (409, "case-ended")
    assert page.status_code == 422
    assert key["number"] in page.text
    assert f"/?about={key['number']}" in page.text


async def test_files_of_a_form_with_a_mistake_are_kept_for_this_form_alone(start: Start, wire: Wire) -> None:
    files = [("files", (name, PNG + name.encode(), "image/png")) for name in ("uno.png", "dos.png")]
    async with start() as intake:
        wrong = await intake.http.post("/", data={**ANA, "form_id": "form-1"}, files=files, headers=HTML)
        kept = tokens(wrong.text)
        fields = {**ANA, "data_consent": "yes", "form_id": hidden(wrong.text, "form_id")}
        theft = await intake.http.post("/", data={**fields, "form_id": "form-2", "kept": kept}, headers=HTML)
        receipt = await intake.http.post("/", data={**fields, "kept": kept[1:]}, headers=HTML)
        cases = [seen.event for seen in await wire.expect("intake-cases", 2)]
    assert (wrong.status_code, theft.status_code, receipt.status_code) == (422, 200, 200)
    assert len(kept) == 2
    assert "dos.png" in receipt.text
    assert "uno.png" not in receipt.text
    names = [[file.name for file in case.files] for case in cases if isinstance(case, CaseFiled)]
    assert sorted(names) == [[], ["dos.png"]]


async def test_a_file_that_is_too_large_costs_neither_the_others_nor_the_text(start: Start) -> None:
    files = [("files", ("corto.png", PNG, "image/png")), ("files", ("largo.png", PNG + bytes(25_000_000), "image/png"))]
    async with start(API) as intake:
        answer = await intake.http.post("/", data={**ANA, "data_consent": "yes"}, files=files, headers=HTML)
        left = await intake.database.collection("cases").count_documents({})
    assert (answer.status_code, left) == (422, 0)
    assert "«largo.png» pesa más de 25 MB" in answer.text
    assert "No me llegó la cuota." in answer.text
    assert len(tokens(answer.text)) == 1


async def test_a_file_goes_up_by_itself_only_from_our_own_page(start: Start) -> None:
    file = [("files", ("uno.png", PNG, "image/png"))]
    async with start(API) as intake:
        foreign = await intake.http.post("/uploads", data={"form_id": "form-1"}, files=file)
        nothing = await intake.http.post("/uploads", data={"form_id": "form-1"}, headers=OURS)
        large = [("files", ("largo.png", PNG + bytes(25_000_000), "image/png"))]
        refused = await intake.http.post("/uploads", data={"form_id": "form-1"}, files=large, headers=OURS)
        kept = await intake.http.post("/uploads", data={"form_id": "form-1"}, files=file, headers=OURS)
        fields = {**ANA, "data_consent": "yes", "form_id": "form-1", "kept": kept.json()["token"]}
        receipt = await intake.http.post("/", data=fields, headers=HTML)
    assert [one.status_code for one in (foreign, nothing, refused, kept)] == [403, 422, 413, 200]
    assert "25 MB" in refused.json()["detail"]
    assert (kept.json()["name"], kept.json()["size"]) == ("uno.png", len(PNG))
    assert "uno.png" in receipt.text


async def test_a_receipt_is_shown_again_to_who_has_the_code(start: Start) -> None:
    async with start(API) as intake:
        receipt = await intake.http.post("/", data={**ANA, "data_consent": "yes", "kind": "claim"}, headers=HTML)
        number, code = re.findall(r'<dd class="mono">([^<]+)</dd>', receipt.text)
        again = await intake.http.post("/receipt", data={"number": number, "code": code}, headers=HTML)
        wrong = await intake.http.post("/receipt", data={"number": number, "code": WRONG}, headers=HTML)
        by_address = await intake.http.get("/receipt", headers=HTML)
    assert again.text.partition("<main")[2] == receipt.text.partition("<main")[2]
    assert "2 de marzo de 2026, 8:00" in receipt.text
    assert "Reclamo" in receipt.text
    assert wrong.status_code == 404
    assert code not in wrong.text
    assert (by_address.status_code, by_address.headers["location"]) == (303, "/track")


async def test_the_page_of_a_message_is_the_same_when_it_is_sent_again(start: Start, wire: Wire) -> None:
    async with start() as intake:
        key = await _filed(intake)
        shown = await intake.http.post("/track", data=key, headers=HTML)
        fields = {**key, "form_id": hidden(shown.text, "form_id"), "text": "Una cosa más."}
        nothing = await intake.http.post("/track/messages", data={**fields, "text": " "}, headers=HTML)
        added = [await intake.http.post("/track/messages", data=fields, headers=HTML) for _ in range(2)]
        wrong = await intake.http.post("/track/messages", data={**fields, "code": WRONG}, headers=HTML)
        await wire.expect("intake-cases", 2)
    assert "Escriba un mensaje o elija un archivo." in nothing.text
    assert [page.text.count("lo sumamos al caso.") for page in added] == [2, 2]
    assert wrong.status_code == 404
    assert "Una cosa más." not in wrong.text


async def test_an_address_that_is_none_says_so_with_the_ways_on(start: Start) -> None:
    async with start(API) as intake:
        page = await intake.http.get("/nada", headers=HTML)
    assert page.status_code == 404
    assert "No encontramos lo que busca" in page.text
    assert 'href="/track?lang=es"' in page.text
