# SPDX-License-Identifier: Apache-2.0
"""Membership requests through the real doors, pages and broker: incomplete ones come back (CSC-06)."""

import asyncio
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
from intake_house import ADVISER, Intake, Start, letter_id, mail, replying_to

from chassis.testing import Wire
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    CaseFiled,
    MembershipChecked,
    MembershipCompleted,
    MembershipDocument,
    MembershipForm,
    MembershipIncomplete,
    Person,
    PersonalSubmission,
    SubmissionForm,
    SubmissionReceived,
)

pytestmark = pytest.mark.infra

LIST = Path(str(files("intake") / "data" / "membership.yaml"))
HTML = {"accept": "text/html"}
WHO = {
    "name": "Óscar Marulanda",
    "document_type": "CC",
    "document_number": "10245778",
    "email": "oscar@correo.example",
    "data_consent": "yes",
}
PERSON = {name: value for name, value in WHO.items() if name != "data_consent"}
ASKS = {"kind": "pensionado"}


def pdf(text: str) -> bytes:
    return f"%PDF-1.4 {text}".encode()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def upload(code: str, content: bytes, name: str = "", type_: str = "application/pdf") -> tuple[str, Any]:
    return (f"documents_{code}", (name or f"{code}.pdf", content, type_))


async def posted(intake: Intake, path: str, fields: dict[str, Any], *uploads: Any, **headers: str) -> httpx.Response:
    return await intake.http.post(path, data=fields, files=list(uploads) or None, headers={**HTML, **headers})


async def act(intake: Intake, number: str, what: str, body: Any = None) -> httpx.Response:
    return await intake.http.post(f"/v1/cases/{number}/membership{what}", json=body, headers=ADVISER)


async def seen(intake: Intake, number: str) -> dict[str, Any]:
    answer = (await intake.http.get(f"/v1/cases/{number}", headers=ADVISER)).json()
    found: dict[str, Any] = answer["membership"]
    return found


async def check(intake: Intake, number: str, code: str, state: str, reason: str = "") -> httpx.Response:
    revision = {one["code"]: one["revision"] for one in (await seen(intake, number))["requirements"]}[code]
    return await act(intake, number, f"/requirements/{code}", {"state": state, "reason": reason, "seen": revision})


def states(membership: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["state"] for one in membership["requirements"]}


async def test_an_incomplete_request_comes_back_and_becomes_complete_by_tracking_and_by_mail(
    start: Start, wire: Wire
) -> None:
    async with start(membership_file=LIST) as intake:
        chosen = await intake.http.get("/membership", headers=HTML)
        blank = await intake.http.get("/membership?kind=pensionado", headers=HTML)
        receipt = await posted(intake, "/membership", {**WHO, **ASKS}, upload("cedula", pdf("borrosa")))
        number, code = re.findall(r'class="mono">([^<]+)<', receipt.text)[:2]
        key = {"number": number, "code": code}
        at_first = await seen(intake, number)
        await check(intake, number, "cedula", "refused", "La foto está borrosa.")
        told = [(await act(intake, number, "/incomplete")).status_code for _ in range(2)]
        tracked = await posted(intake, "/track", key)
        nothing = await posted(intake, "/track/documents", {**key, "form_id": "f-0"})
        sent = {**key, "form_id": "f-1"}
        both = [await posted(intake, "/track/documents", sent, upload("cedula", pdf("nítida"))) for _ in range(2)]
        case_id = (await intake.database.collection("cases").find_one({"state.number": number}) or {})["_id"]
        reply = mail_with_file(case_id, "comprobante.pdf", pdf("mesada"))
        by_mail = await intake.mail(reply)
        form = {"sha256": sha(pdf("formulario")), "requirement": "formulario"}
        by_api = await intake.http.post(
            "/v1/track/messages",
            files=[
                ("message", (None, json.dumps({**key, "documents": [form]}))),
                ("files", ("formulario.pdf", pdf("formulario"), "application/pdf")),
            ],
        )
        assigned = await act(
            intake,
            number,
            "/documents",
            {"documents": [{"requirement": "comprobante-pension", "sha256": sha(pdf("mesada"))}]},
        )
        before = await seen(intake, number)
        done = [await check(intake, number, one, "accepted") for one in before_codes(before)]
        page = await intake.http.get(f"/desk/cases/{number}", headers={**ADVISER, **HTML})
        after = (await intake.http.post("/v1/track", json=key)).json()
        events = [one.event for one in await wire.expect("intake-cases", 14)]
    assert "Pensionado" in chosen.text
    assert 'name="documents_comprobante-pension"' in blank.text
    assert receipt.status_code == 200, receipt.text
    assert "Último comprobante de pago de la pensión" in receipt.text
    assert states(at_first) == {"formulario": "missing", "cedula": "received", "comprobante-pension": "missing"}
    assert told == [200, 409]
    assert "La foto está borrosa." in tracked.text
    assert (nothing.status_code, [one.status_code for one in both]) == (422, [200, 200])
    assert (by_mail["outcome"], by_mail["case_number"], by_api.status_code) == ("appended", number, 202)
    assert assigned.status_code == 200, assigned.text
    assert set(states(before).values()) == {"received"}
    assert [one.status_code for one in done] == [200] * 3
    assert [one.json()["complete"] for one in done] == [False, False, True]
    assert "Todos los requisitos están aceptados" in page.text
    assert (after["membership"]["complete"], after["membership"]["missing"]) == (True, 0)
    steps = [step["code"] for step in after["timeline"]]
    assert steps[:3] == ["filed", "membership-incomplete", "membership-incomplete"]
    assert sorted(steps[3:6]) == ["documents-received", "documents-received", "message-appended"]
    assert steps[6:] == ["membership-complete"]
    filed = [event for event in events if isinstance(event, CaseFiled)]
    incomplete = [event for event in events if isinstance(event, MembershipIncomplete)]
    assert filed[0].kind_stated == "petition"
    assert filed[0].membership is not None
    assert [[one.code for one in event.missing] for event in incomplete] == [
        ["formulario", "comprobante-pension"],
        ["formulario", "cedula", "comprobante-pension"],
    ]
    assert incomplete[1].personal.reasons[0].reason == "La foto está borrosa."
    assert sum(isinstance(event, MembershipCompleted) for event in events) == 1
    assert sum(isinstance(event, MembershipChecked) for event in events) == 7


def before_codes(membership: dict[str, Any]) -> list[str]:
    return [one["code"] for one in membership["requirements"]]


def mail_with_file(case_id: str, name: str, content: bytes) -> bytes:
    """A reply to the letter that said what is missing."""
    lines = [
        "From: Oscar Marulanda <oscar@correo.example>",
        f"To: {replying_to(case_id, 'oscar@correo.example')}",
        "Subject: Re: Su solicitud",
        "Message-ID: <responde@correo.example>",
        f"In-Reply-To: {letter_id(case_id, 'membership-incomplete')}",
        "Date: Mon, 02 Mar 2026 08:50:00 -0500",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Va lo que faltaba.",
        "--b",
        f'Content-Type: application/pdf; name="{name}"',
        f'Content-Disposition: attachment; filename="{name}"',
        "",
        content.decode(),
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


async def test_of_two_agents_at_once_one_decides_and_the_other_hears_it(start: Start) -> None:
    async with start(("api",), membership_file=LIST) as one, start(("api",), membership_file=LIST) as other:
        told = await filed_by_api(one, sha256=sha(pdf("cedula")))
        number = told["case_number"]
        revision = {item["code"]: item["revision"] for item in (await seen(one, number))["requirements"]}["cedula"]
        decisions = [
            act(intake, number, "/requirements/cedula", {"state": state, "reason": "No se lee.", "seen": revision})
            for intake, state in ((one, "accepted"), (other, "refused"))
        ]
        answers = await asyncio.gather(*decisions)
        [loser] = [answer.json() for answer in answers if answer.status_code != 200]
        kept = states(await seen(one, number))["cedula"]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert loser["code"] == f"requirement-changed-{kept}"
    assert "yuliana" in loser["detail"]


async def filed_by_api(intake: Intake, sha256: str) -> dict[str, Any]:
    asks = {**ASKS, "documents": [{"requirement": "cedula", "sha256": sha256}]}
    body = {"text": "Me quiero afiliar.", "person": PERSON, "membership": asks}
    answer = await intake.http.post(
        "/v1/submissions/web",
        files=[
            ("submission", (None, json.dumps(body))),
            ("files", ("cedula.pdf", pdf("cedula"), "application/pdf")),
        ],
    )
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_page_with_a_mistake_keeps_each_document_in_its_field(start: Start) -> None:
    dependent = {"kind": "trabajador-dependiente", "form_id": "f-1"}
    async with start(("api",), membership_file=LIST) as intake:
        wrong = await posted(
            intake,
            "/membership",
            {**WHO, **dependent, "document_number": "", "holds_con-hijos": "yes"},
            upload("cedula", pdf("frente"), "frente.pdf"),
            upload("cedula", pdf("reverso"), "reverso.pdf"),
            upload("formulario", b"MZ", "formulario.exe", "application/x-msdownload"),
        )
        kept = re.findall(r'name="kept_(\w+)" value="([^"]+)"', wrong.text)
        mended: dict[str, Any] = {**WHO, **dependent, "holds_con-hijos": "yes", "holds_con-pareja": "no"}
        fields: dict[str, Any] = {**mended, "kept_cedula": [token for code, token in kept if code == "cedula"]}
        still = await posted(intake, "/membership", {**fields, "kept_formulario": kept[0][1]})
        right = await posted(intake, "/membership", fields)
        again = await posted(intake, "/membership", fields)
        number, _ = re.findall(r'class="mono">([^<]+)<', right.text)[:2]
        membership = await seen(intake, number)
        count = await intake.database.collection("cases").count_documents({})
    assert wrong.status_code == 422
    assert "Escriba el documento de identidad" in wrong.text
    assert "Conteste sí o no." in wrong.text
    assert [code for code, _ in kept] == ["formulario", "cedula", "cedula"]
    assert still.status_code == 422
    assert "«formulario.exe» no es de un tipo que sirva" in still.text
    assert (right.status_code, again.status_code, count) == (200, 200, 1)
    assert number in again.text
    assert states(membership) == {
        "formulario": "missing",
        "cedula": "received",
        "certificado-laboral": "missing",
        "registro-civil-hijos": "missing",
        "aportes-al-dia": "received",
    }
    [cedula] = [one for one in membership["requirements"] if one["code"] == "cedula"]
    assert [file["name"] for file in cedula["files"]] == ["frente.pdf", "reverso.pdf"]


async def test_a_mail_or_a_case_of_the_desk_becomes_a_request_on_its_page(start: Start, wire: Wire) -> None:
    async with start(membership_file=LIST) as intake:
        told = await intake.mail(mail("Quiero afiliarme, ¿qué necesito?"))
        number = told["case_number"]
        before = await intake.http.get(f"/desk/cases/{number}?membership=empresa", headers={**ADVISER, **HTML})
        made = await posted(
            intake,
            f"/desk/cases/{number}/membership",
            {"kind": "empresa", "holds_con-apoderado": "yes", "seen": "0"},
            **ADVISER,
        )
        no_reason = await posted(
            intake,
            f"/desk/cases/{number}/membership/requirements",
            {"act": "membership", "requirement": "paz-y-salvo", "state": "refused", "seen": "1", "reason": ""},
            **ADVISER,
        )
        tell = await posted(intake, f"/desk/cases/{number}/membership/incomplete", {"act": "membership"}, **ADVISER)
        page = await intake.http.get(f"/desk/cases/{number}", headers={**ADVISER, **HTML})
        counter = {"kind": "pensionado", **WHO, "channel": "in-person", "form_id": "f-9"}
        at_desk = await posted(intake, "/desk/membership", counter, upload("cedula", pdf("c")), **ADVISER)
        events = [one.event for one in await wire.expect("intake-cases", 5)]
    assert 'name="holds_con-apoderado"' in before.text
    assert (made.status_code, tell.status_code) == (303, 303)
    assert no_reason.status_code == 422
    assert "Escriba por qué no sirve" in no_reason.text
    assert "Poder del representante legal" in page.text
    assert "Ya sabe todo lo que falta" in page.text
    assert at_desk.status_code == 200, at_desk.text
    assert "Último comprobante" in at_desk.text
    channels = {event.channel for event in events if isinstance(event, CaseFiled)}
    assert channels == {"email", "in-person"}
    [checked] = [event for event in events if isinstance(event, MembershipChecked)]
    assert (checked.membership.kind, checked.membership.version, checked.actor.id) == ("empresa", "2026-1", "yuliana")


async def test_what_is_no_request_is_refused_by_every_door_and_a_house_without_a_list_has_none(
    start: Start, wire: Wire
) -> None:
    body = {"text": "Me quiero afiliar.", "person": PERSON, "membership": ASKS}
    async with start(membership_file=LIST) as intake:
        nameless = {"text": "Me quiero afiliar.", "membership": ASKS}
        anonymous = await intake.http.post("/v1/submissions/web", json=nameless)
        unknown = await intake.http.post("/v1/submissions/web", json={**body, "membership": {"kind": "socio"}})
        kinds = (await intake.http.get("/v1/membership-kinds")).json()
        front = await intake.http.get("/", headers=HTML)
        form = SubmissionForm(
            text="Me quiero afiliar.",
            person=Person.model_validate(PERSON),
            membership=MembershipForm(
                kind="pensionado", documents=(MembershipDocument(requirement="cedula", sha256="0" * 64),)
            ),
        )
        channel = Actor(id="chat-platform", role="channel-system")
        event = SubmissionReceived(
            actor=channel, channel="chat", external_id="x-1", personal=PersonalSubmission(form=form)
        )
        await wire.publish("chat x-1", event)
        [rejected] = [one.event for one in await wire.expect("intake-outcomes", 1)]
    async with start(("api",)) as without:
        off = await without.http.post("/v1/submissions/web", json=body)
        page = await without.http.get("/membership", headers=HTML)
        home = await without.http.get("/", headers=HTML)
        none = (await without.http.get("/v1/membership-kinds")).json()
    assert (anonymous.status_code, anonymous.json()["errors"][0]["field"]) == (422, "$.anonymous")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "$.membership.kind")
    assert "pensionado" in unknown.json()["errors"][0]["expected"]
    assert (kinds["version"], len(kinds["kinds"])) == ("2026-1", 4)
    assert 'href="/membership' in front.text
    assert "sha256" in getattr(rejected, "reason", "")
    assert off.status_code == 422
    assert "no recibe solicitudes de afiliación" in page.text
    assert 'href="/membership' not in home.text
    assert none == {"version": None, "kinds": []}
