# SPDX-License-Identifier: Apache-2.0
"""Emergencies, tutelas and products through the real doors, pages and broker (SQR-03, ICX-15, SQR-04)."""

import asyncio
from typing import Any

import pytest
from intake_house import ADVISER, RFC822, SECRETARY, Intake, Start, mail

from chassis.mongo import Database
from chassis.testing import Wire
from chassis.testing.reads import reads
from intake.store import INDEXES, Cases
from ventanilla_contracts.intake import CaseFiled, EmergencyDecided, TermOrdered

pytestmark = pytest.mark.infra

CHANNEL = {"authorization": "Bearer token-of-the-chat-platform"}
TUTELA = {"court": "Juzgado Primero Laboral de Manizales", "reference": "17001-31-05-001-2026-00123-00"}


async def act(intake: Intake, number: str, what: str, body: dict[str, Any], **headers: str) -> tuple[int, Any]:
    answer = await intake.http.post(f"/v1/cases/{number}/{what}", json=body, headers={**ADVISER, **headers})
    return answer.status_code, answer.json()


async def page(intake: Intake, number: str) -> str:
    answer = await intake.http.get(f"/desk/cases/{number}", headers={**ADVISER, "accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_an_emergency_among_others_is_marked_by_every_door_and_taken_away_by_an_adviser(
    start: Start, wire: Wire
) -> None:
    async with start() as intake:
        told = await asyncio.gather(*(intake.web(f"No llegó la cuota número {n}") for n in range(20)))
        by_web = await intake.web("Hay una FUGA DE GAS en la sede")
        by_mail = await intake.mail(mail("Se intoxicaron varios niños con el almuerzo"))
        number = by_web["case_number"]
        shown = await page(intake, number)
        no_reason, _ = await act(intake, number, "emergency", {"matter": None})
        gone, _ = await act(intake, number, "emergency", {"matter": None, "reason": "Era un simulacro"})
        after = await page(intake, number)
        marked, _ = await act(intake, told[0]["case_number"], "emergency", {"matter": "life"})
        public = await intake.http.post("/v1/submissions/web", json={"text": "Hola", "emergency": "life"})
        events = [seen.event for seen in await wire.expect("intake-cases", 24)]
    filed = {event.case_number: event for event in events if isinstance(event, CaseFiled)}
    matters = {n: event.emergency.matter for n, event in filed.items() if event.emergency}
    assert matters == {number: "safety", by_mail["case_number"]: "health"}
    decided = {
        event.emergency and event.emergency.matter: event for event in events if isinstance(event, EmergencyDecided)
    }
    assert decided.keys() == {None, "life"}
    assert {event.actor.id for event in decided.values()} == {"yuliana"}
    assert decided[None].reason == "Era un simulacro"
    assert (no_reason, gone, marked, public.status_code) == (422, 200, 200, 422)
    assert "fuga de gas" in shown
    assert "Era un simulacro" in after


async def test_a_tutela_comes_by_the_desk_or_by_mail_and_says_its_hour(start: Start, wire: Wire) -> None:
    form = {"text": "Auto admisorio de tutela", "received_at": "2026-03-02T07:00:00-05:00"}
    async with start() as intake:
        with_hours = {**form, "tutela": {**TUTELA, "hours": 48}}
        desk = await intake.http.post("/v1/submissions/written", json=with_hours, headers=ADVISER)
        by_mail = await intake.mail(mail("Notifico tutela, radicado 17001310500120260012300, en 24 horas."))
        number = by_mail["case_number"]
        hint = await page(intake, number)
        wrong, refused = await act(intake, number, "tutela", {**TUTELA, "reference": "17001", "hours": 24})
        judge = {**TUTELA, "answer_by": "2026-03-04T17:00:00-05:00"}
        right, answer = await act(intake, number, "tutela", judge)
        again = await act(intake, number, "tutela", judge, **{"idempotency-key": "twice"})
        shown = await page(intake, number)
        seen = (await intake.http.get(f"/v1/cases/{number}", headers=SECRETARY)).json()
        events = [one.event for one in await wire.expect("intake-cases", 3)]
    assert desk.status_code == 202, desk.text
    [first] = [event for event in events if isinstance(event, CaseFiled) and event.tutela]
    assert first.tutela is not None
    assert first.tutela.answer_by.isoformat() == "2026-03-04T12:00:00+00:00"
    assert 'value="17001310500120260012300"' in hint
    assert 'value="24"' in hint
    assert (wrong, refused["errors"][0]["field"]) == (422, "$.tutela.reference")
    assert (right, again[0], answer["answer_by"]) == (200, 200, "2026-03-04T22:00:00Z")
    [ordered] = [event for event in events if isinstance(event, TermOrdered)]
    assert ordered.tutela is not None
    assert ordered.tutela.reference == "17001310500120260012300"
    assert "5:00" in shown
    assert seen["tutela"]["court"] == TUTELA["court"]


async def test_the_forms_of_the_page_mark_and_register_and_lose_nothing_that_was_typed(start: Start) -> None:
    async with start(("api",)) as intake:
        number = (await intake.web("No llegó la cuota"))["case_number"]

        async def sent(what: str, **fields: str) -> tuple[int, str]:
            answer = await intake.http.post(f"/desk/cases/{number}/{what}", data=fields, headers=ADVISER)
            return answer.status_code, answer.text

        typed = {"act": "tutela", "tutela_court": "Juzgado Octavo", "tutela_reference": "123", "tutela_hours": "24"}
        wrong, again = await sent("tutela", **typed)
        right, _ = await sent("tutela", **{**typed, "tutela_reference": TUTELA["reference"]})
        marked, _ = await sent("emergency", act="emergency", matter="life")
        kept, reason = await sent("emergency", act="emergency", matter="")
        shown = await page(intake, number)
    assert (wrong, right, marked, kept) == (422, 303, 303, 422)
    assert "Juzgado Octavo" in again
    assert "23 dígitos" in again
    assert "Escriba por qué no es una emergencia" in reason
    assert "Juzgado Octavo" in shown


async def test_a_product_is_found_by_its_lot_or_serial_number_as_a_whole_or_by_its_beginning(start: Start) -> None:
    written = {"text": "Carta", "archive_place": "Estante 4, caja 12", "product": {"serial": "SN-778812"}}
    async with start(("api",)) as intake:
        one = await intake.web("No enfría", kind="claim", product={"code": "NEV-300", "lot": "L 2026-03"})
        two = (await intake.http.post("/v1/submissions/written", json=written, headers=ADVISER)).json()
        await intake.web("Otra cosa")

        async def found(q: str, **more: str) -> list[str]:
            answer = await intake.http.get("/v1/products", params={"q": q, **more}, headers=ADVISER)
            assert answer.status_code == 200, answer.text
            return [item["case_number"] for item in answer.json()["items"]]

        assert await found("l2026") == [one["case_number"]]
        assert await found("l2026", exact="true") == []
        assert await found("L2026-03", exact="true") == [one["case_number"]]
        assert await found("sn 7788") == [two["case_number"]]
        assert await found("   ") == []
        listed = await intake.http.get("/desk/products?q=nev", headers={**ADVISER, "accept": "text/html"})
        shown = await page(intake, two["case_number"])
    assert one["case_number"] in listed.text
    assert "Estante 4, caja 12" in shown
    assert "SN-778812" in shown


async def test_a_regulator_makes_a_request_at_the_official_mailbox_and_nobody_else_does(
    start: Start, wire: Wire
) -> None:
    """CNF-03; an agent is asked until when, where it cannot be read, and whoever is not found to be it is held."""
    own = {"official_mailbox": "avisos@caja.example", "own_authserv_id": "mx.caja.example"}
    passed = "Authentication-Results: mx.caja.example; dmarc=pass header.from=ssf.example"

    async def sent(intake: Intake, text: str, sender: str, message: str, headers: str = passed) -> dict[str, Any]:
        raw = mail(text, sender=sender, message=message, headers=headers)
        raw = raw.replace(b"To: servicio@", b"To: avisos@")
        answer = await intake.http.post("/v1/submissions/email", content=raw, headers={**RFC822, **CHANNEL})
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async with start(official_senders="SSF=ssf.example", **own) as intake:
        vague = await sent(intake, "Radicado SSF-2-2026-1: informe pronto.", "SSF <a@ssf.example>", "<1@ssf.example>")
        exact = await sent(intake, "Informe en cinco (5) días hábiles.", "SSF <a@ssf.example>", "<2@ssf.example>")
        forged = await sent(
            intake, "Informe ya: hay un incendio.", "SSF <a@ssf.example>", "<3@ssf.example>", headers=""
        )
        other = await sent(intake, "Soy la Superintendencia.", "Eva <eva@correo.example>", "<4@correo.example>")
        desk = (await intake.http.get("/desk", headers={**ADVISER, "accept": "text/html"})).text
        waiting = (await intake.http.get("/v1/held", headers=ADVISER)).json()["items"]
        told, _ = await act(intake, vague["case_number"], "regulator-due", {"due": "2026-03-10"})
        refused, _ = await act(intake, other["case_number"], "regulator-due", {"due": "2026-03-10"})
        after = (await intake.http.get("/desk", headers={**ADVISER, "accept": "text/html"})).text
        marked = await page(intake, other["case_number"])
        events = [one.event for one in await wire.expect("intake-cases", 4)]
    filed = {event.case_number: event for event in events if isinstance(event, CaseFiled)}
    assert {n: (event.channel, event.regulator is not None) for n, event in filed.items()} == {
        vague["case_number"]: ("regulator", True),
        exact["case_number"]: ("regulator", True),
        other["case_number"]: ("email", False),
    }
    request = filed[exact["case_number"]].regulator
    assert request is not None
    assert (request.authority, request.business_days) == ("SSF", 5)
    assert (forged["outcome"], forged["reason"]) == ("held", "official-not-authenticated")
    assert [one["emergency"] for one in waiting] == ["safety"]
    assert (told, refused) == (200, 409)
    assert f"/desk/cases/{vague['case_number']}" in desk
    assert f"/desk/cases/{exact['case_number']}" not in desk
    assert f"/desk/cases/{vague['case_number']}" not in after
    assert "no la envía un ente de control" in marked
    assert any(isinstance(event, TermOrdered) and event.regulator_due for event in events)


async def test_looking_for_a_product_reads_no_more_than_it_finds(database: Database) -> None:
    await database.create_indexes(INDEXES)
    rows = [{"_id": f"s{n}", "case_id": f"c{n}", "registered_at": None, "products": [f"K{n:04d}"]} for n in range(300)]
    await database.collection("submission_cases").insert_many(rows)
    async with reads(database) as looked:
        by_beginning, _ = await Cases(database).of_product("K000", 50, exact=False)
    assert len(by_beginning) == 10
    assert looked.documents <= 10
