# SPDX-License-Identifier: Apache-2.0
"""A suggestion box from its opening to the last form (CNF-01, SQR-04), by API and by page."""

import asyncio
import re
from typing import Any

import pytest
from intake_house import ADVISER, RESPONDER, Intake, Start

from chassis.testing import Wire
from ventanilla_contracts.intake import CaseFiled

pytestmark = pytest.mark.infra

API = ("api",)
HTML = {"accept": "text/html", **ADVISER}
OPENED = "2026-03-01T09:00:00-05:00"
NEW = {"box": "Entrada", "place": "Versalles", "opened_at": OPENED, "counted": 3}
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


async def opened(intake: Intake, **fields: Any) -> dict[str, Any]:
    answer = await intake.http.post("/v1/boxes/openings", json={**NEW, **fields}, headers=ADVISER)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_each_form_becomes_a_case_received_when_the_box_was_opened(start: Start, wire: Wire) -> None:
    async with start() as intake:
        opening = await opened(intake)
        address = f"/v1/boxes/openings/{opening['opening_id']}"
        files: dict[str, Any] = {
            "submission": (None, '{"text": "La fila es larga."}'),
            "files": ("1.jpg", PHOTO, "image/jpeg"),
        }
        first = await intake.http.post(f"{address}/forms/1", files=files, headers=ADVISER)
        again = await intake.http.post(f"{address}/forms/1", json={"text": "Otra cosa."}, headers=ADVISER)
        void = await intake.http.post(f"{address}/forms/2/void", json={"reason": "En blanco"}, headers=ADVISER)
        early = await intake.http.post(f"{address}/close", headers=ADVISER)
        await intake.http.post(f"{address}/forms/3", json={"text": "Gracias."}, headers=ADVISER)
        whole = (await intake.http.get(address, headers=ADVISER)).json()
        late = await intake.http.post(f"{address}/forms/3", json={"text": "Gracias."}, headers=ADVISER)
        beyond = await intake.http.post(f"{address}/forms/4", json={"text": "Hola"}, headers=ADVISER)
        seen = [one.event for one in await wire.expect("intake-cases", 2)]
    assert first.status_code == again.status_code == 202
    assert (again.json()["case_number"], again.json()["repeat"]) == (first.json()["case_number"], True)
    assert (void.json()["difference"], void.json()["missing"]) == (1, [3])
    assert (early.status_code, early.json()["allowed"]) == (409, ["transcribe", "void", "recount"])
    assert [one["outcome"] for one in whole["forms"]] == ["case", "void", "case"]
    assert (whole["difference"], bool(whole["closed_at"])) == (0, True)
    assert (late.json()["repeat"], beyond.status_code) == (True, 409)
    filed = [event for event in seen if isinstance(event, CaseFiled)]
    assert {event.received_at.isoformat() for event in filed} == {"2026-03-01T14:00:00+00:00"}
    assert {(event.channel, event.service_point) for event in filed} == {("suggestion-box", "Versalles")}
    assert {event.personal.text: [file.name for file in event.files] for event in filed} == {
        "La fila es larga.": ["1.jpg"],
        "Gracias.": [],
    }


async def test_two_who_transcribe_the_same_form_at_once_make_one_case(start: Start) -> None:
    async with start(API) as one, start(API) as other:
        opening = await opened(one)
        address = f"/v1/boxes/openings/{opening['opening_id']}/forms/1"
        sent = [
            intake.http.post(address, json={"text": f"Versión {n}"}, headers=ADVISER)
            for n, intake in enumerate((one, other) * 4)
        ]
        answers = [answer.json() for answer in await asyncio.gather(*sent)]
        rows = await one.database.collection("submission_cases").count_documents({})
        counter = await one.database.collection("counters").find_one({})
    assert len({answer["case_number"] for answer in answers}) == 1
    assert sum(not answer["repeat"] for answer in answers) == 1
    assert (rows, counter["n"] if counter else None) == (1, 1)


async def test_an_opening_sent_twice_is_one_and_lists_are_paged(start: Start) -> None:
    async with start(API) as intake:
        headers = {**ADVISER, "idempotency-key": "hoy"}
        twice = [await intake.http.post("/v1/boxes/openings", json=NEW, headers=headers) for _ in range(2)]
        await opened(intake, opened_at="2026-03-01T10:00:00-05:00", counted=1)
        await opened(intake, counted=0)
        first = (await intake.http.get("/v1/boxes/openings?limit=1", headers=ADVISER)).json()
        second = (await intake.http.get(f"/v1/boxes/openings?limit=1&cursor={first['next']}", headers=ADVISER)).json()
        closed = (await intake.http.get("/v1/boxes/openings?state=closed", headers=ADVISER)).json()
        bad = await intake.http.get("/v1/boxes/openings?cursor=nada", headers=ADVISER)
        nobody = await intake.http.get("/v1/boxes/openings", headers=RESPONDER)
        unknown = await intake.http.get("/v1/boxes/openings/nada", headers=ADVISER)
    assert len({answer.json()["opening_id"] for answer in twice}) == 1
    assert [one["items"][0]["counted"] for one in (first, second)] == [3, 1]
    assert second["next"] is None
    assert [one["counted"] for one in closed["items"]] == [0]
    assert [answer.status_code for answer in (bad, nobody, unknown)] == [422, 403, 404]


async def test_the_page_leads_from_the_opening_to_the_last_form_without_javascript(start: Start, wire: Wire) -> None:
    async with start() as intake:
        page = (await intake.http.get("/desk/boxes", headers=HTML)).text
        form_id = re.findall(r'name="form_id" value="([^"]+)"', page)[0]
        fields = {
            "form_id": form_id,
            "box": "Entrada",
            "place": "Versalles",
            "opened_at": "2026-03-01T09:00",
            "counted": "2",
        }
        scans = [("files", (f"{n}.jpg", PHOTO + bytes([n]), "image/jpeg")) for n in (1, 2)]
        undated = await intake.http.post("/desk/boxes", data={**fields, "opened_at": ""}, files=scans, headers=HTML)
        kept = re.findall(r'name="kept" value="([^"]+)"', undated.text)
        wrong = await intake.http.post("/desk/boxes", data={**fields, "box": "", "kept": kept}, headers=HTML)
        made = await intake.http.post("/desk/boxes", data={**fields, "kept": kept}, headers=HTML)
        address = made.headers["location"]
        shown = (await intake.http.get(address, headers=HTML)).text
        scan = re.findall(r'<option value="([0-9a-f]{64})"', shown)[1]
        image = await intake.http.get(f"{address}/scans/{scan}", headers=HTML)
        empty = await intake.http.post(f"{address}/forms", data={"n": "2", "text": ""}, headers=HTML)
        told = await intake.http.post(
            f"{address}/forms", data={"n": "2", "text": "Mucha fila", "scan": scan}, headers=HTML
        )
        await intake.http.post(f"{address}/void", data={"n": "1", "reason": "En blanco"}, headers=HTML)
        complete = (await intake.http.get(address, headers=HTML)).text
        other = await intake.http.get(f"{address}/scans/{'0' * 64}", headers=HTML)
        [case] = await wire.expect("intake-cases", 1)
    assert (wrong.status_code, 'id="box-error"' in wrong.text) == (422, True)
    assert "una fecha y una hora, del calendario de este campo" in undated.text
    assert len(kept) == len(re.findall('name="kept"', wrong.text)) == 2
    assert made.status_code == 303
    assert "Falta transcribir 2 de 2 formatos." in shown
    assert "Yuliana Córdoba" in re.sub(r"(?s).*<main", "", shown)
    assert (image.headers["content-type"], image.content) == ("image/jpeg", PHOTO + b"\x02")
    assert (empty.status_code, 'id="text-error"' in empty.text) == (422, True)
    assert isinstance(case.event, CaseFiled)
    assert case.event.case_number in told.text
    assert [file.sha256 for file in case.event.files] == [scan]
    assert "Completa desde el" in complete
    assert other.status_code == 404
