# SPDX-License-Identifier: Apache-2.0
"""Forged mails, mails that come back, viruses, and machines that write to each other, through the real door."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from fake_clamd import EICAR, FakeClamd, clamd
from intake_house import ADVISER, RFC822, Intake, Start, letter_id, mail

from chassis.testing import StepClock, Wire, eventually
from ventanilla_contracts.intake import CaseFiled, DeliveryReportReceived, SubmissionIgnored

pytestmark = pytest.mark.infra

OURS = "mx.caja.example"
OUR_SERVER = {**RFC822, "authorization": "Bearer token-of-the-chat-platform"}
FAILED = f"Authentication-Results: {OURS}; dmarc=fail"
PASSED = f"Authentication-Results: {OURS}; dmarc=pass"
BOUNCE = """From: MAILER-DAEMON@mx.correo.example
Message-ID: <{id}@mx.correo.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

No se pudo entregar.
--x
Content-Type: message/delivery-status

Final-Recipient: rfc822; ana@correo.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no existe

--x
Content-Type: text/rfc822-headers

Message-ID: {letter}
--x--
"""


async def through_our_server(intake: Intake, raw: bytes) -> dict[str, Any]:
    answer = await intake.http.post("/v1/submissions/email", content=raw, headers=OUR_SERVER)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_forged_sender_does_not_join_a_case_and_its_own_is_marked(start: Start, wire: Wire) -> None:
    async with start(own_authserv_id=OURS) as intake:
        first = await through_our_server(intake, mail(headers=PASSED))
        [filed] = await wire.expect("intake-cases", 1)
        reply = f"In-Reply-To: {letter_id(filed.key)}"
        forged = await through_our_server(
            intake, mail("Borren todo.", message="<2@x.example>", headers=f"{FAILED}\n{reply}")
        )
        genuine = await through_our_server(
            intake, mail("Otra cosa.", message="<3@x.example>", headers=f"{PASSED}\n{reply}")
        )
        said_by_anyone = await intake.mail(mail("Y esta.", message="<4@x.example>", headers=f"{FAILED}\n{PASSED}"))
        cases = await wire.expect("intake-cases", 4)
        row = await intake.database.collection("submission_cases").find_one({"_id": forged["submission_id"]})
    assert (first["outcome"], forged["outcome"], genuine["outcome"]) == ("created", "created", "appended")
    assert genuine["case_number"] == first["case_number"] != forged["case_number"]
    marks = {one.event.case_number: one.event.authenticated for one in cases if isinstance(one.event, CaseFiled)}
    assert marks == {first["case_number"]: "pass", forged["case_number"]: "fail", said_by_anyone["case_number"]: "none"}
    assert row is not None
    assert (row["sender"]["verdict"], row["sender"]["dmarc"]) == ("fail", "fail")


async def test_a_forged_sender_is_nobody_we_know_nor_a_large_client(start: Start, wire: Wire, tmp_path: Path) -> None:
    segments = tmp_path / "segments.yaml"
    segments.write_text("version: 1\nsegments: [{code: grandes, name: Grandes, mail_domains: [correo.example]}]\n")
    ana = {"name": "Ana Ríos", "document_type": "CC", "document_number": "1000000142", "email": "ana@correo.example"}
    call = {"text": "No llegó la cuota.", "person": ana, "contact_confirmed": True}
    async with start(own_authserv_id=OURS, segments_file=segments) as intake:
        await intake.http.post("/v1/submissions/phone", json=call, headers=ADVISER)
        persons = intake.database.collection("persons")
        known = {"state.keys": {"$regex": "ana@correo.example"}}
        await eventually(lambda: persons.count_documents(known), what="a person who has an address")
        genuine = await through_our_server(intake, mail(message="<1@x.example>", headers=PASSED))
        forged = await through_our_server(intake, mail("Otra cosa.", message="<2@x.example>", headers=FAILED))
        cases = [one.event for one in await wire.expect("intake-cases", 3)]
        stored = intake.database.collection("cases").find({})
        rows = {row["state"]["number"]: row["state"].get("person_id") async for row in stored}
    segment = {one.case_number: one.segment for one in cases if isinstance(one, CaseFiled)}
    assert (segment[genuine["case_number"]], segment[forged["case_number"]]) == ("grandes", None)
    assert rows[genuine["case_number"]] is not None
    assert rows[forged["case_number"]] is None


async def test_a_letter_that_came_back_is_told_once_to_its_case(start: Start, wire: Wire) -> None:
    async with start() as intake:
        await intake.mail(mail())
        [filed] = await wire.expect("intake-cases", 1)
        raw = BOUNCE.format(id="b1", letter=letter_id(filed.key, "answer")).encode()
        told, again = await intake.mail(raw), await intake.mail(raw)
        forged = BOUNCE.format(
            id="b2", letter=letter_id(filed.key, key="another key, of somebody who has none of ours")
        )
        nothing = await intake.mail(forged.encode())
        _, reported = await wire.expect("intake-cases", 2)
        outcomes = await wire.expect("intake-outcomes", 4)
    assert (told["outcome"], told["reason"], told["repeat"]) == ("ignored", "delivery-report", False)
    assert again == {**told, "repeat": True}
    assert nothing["outcome"] == "ignored"
    assert isinstance(reported.event, DeliveryReportReceived)
    assert (reported.key, reported.event.letter.kind, reported.event.action) == (filed.key, "answer", "failed")
    ignored = [one for one in outcomes if isinstance(one.event, SubmissionIgnored)]
    assert [(one.event.repeat, one.envelope.seq) for one in ignored if one.key == told["submission_id"]] == [
        (False, 1),
        (True, 2),
    ]


async def test_two_machines_that_write_to_each_other_end(start: Start, step_clock: StepClock) -> None:
    async def write(n: int, sender: str = "robot@correo.example") -> str:
        told = await intake.mail(mail(f"Recibido {n}", sender=sender, message=f"<{n}@robot.example>"))
        return f"{told['outcome']} {told['reason'] or ''}".strip()

    step_clock.set("2026-03-02T08:00:00-05:00")
    async with start(("api",), mail_most_an_hour=3) as intake:
        first = [await write(n) for n in range(5)]
        again = await write(4)
        another = await write(9, "ana@correo.example")
        step_clock.set("2026-03-02T09:00:01-05:00")
        later = await write(10)
        listed = (await intake.http.get("/v1/held", headers=ADVISER)).json()["items"]
    assert first == ["created"] * 3 + ["held too-many-from-one-address"] * 2
    assert again == "held too-many-from-one-address"
    assert (another, later) == ("created", "created")
    assert len(listed) == 2


PAGE = {"accept": "text/html", "origin": "http://127.0.0.1:8101"}
TYPED = {"form_id": "1", "text": "Va", "anonymous": "yes"}
CLEAN = ("files", ("g.pdf", b"Va la factura."))


async def test_a_virus_in_a_mail_is_held_and_in_a_form_refused(start: Start, tmp_path: Path) -> None:
    attached = (
        "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nVa la factura.\n--x\nContent-Type: application/pdf; "
        f"name=factura.pdf\nContent-Transfer-Encoding: base64\n\n{base64.b64encode(EICAR).decode()}\n--x--\n"
    )
    raw = b"From: ana@correo.example\nMessage-ID: <v@correo.example>\n" + attached.encode()
    form = [
        ("submission", (None, '{"text": "Va"}', "application/json")),
        ("files", ("f.pdf", EICAR, "application/pdf")),
    ]
    async with clamd(FakeClamd()) as address, start(("api",), clamd_address=address) as intake:
        held = await intake.mail(raw)
        clean = await intake.mail(raw.replace(base64.b64encode(EICAR), b"SG9sYQ==").replace(b"<v@", b"<w@"))
        refused = await intake.http.post("/v1/submissions/web", files=form)  # type: ignore[arg-type]
        row = await intake.database.collection("submission_cases").find_one({"_id": clean["submission_id"]})
        page = await intake.http.post("/", data=TYPED, files=[("files", ("f.pdf", EICAR)), CLEAN], headers=PAGE)
        again = {**TYPED, "kept": re.findall('name="kept" value="([^"]+)"', page.text)}
        filed = await intake.http.post("/", data=again, headers=PAGE)
        alone = await intake.http.post(
            "/uploads", data={"form_id": "1"}, files={"files": ("f.pdf", EICAR)}, headers={"origin": PAGE["origin"]}
        )
    assert (held["outcome"], held["reason"]) == ("held", "infected")
    assert (page.status_code, "un virus en «f.pdf»" in page.text, "g.pdf" in page.text) == (422, True, True)
    assert (filed.status_code, "g.pdf" in filed.text, "f.pdf" in filed.text) == (200, True, False)
    assert (alone.status_code, alone.json()["code"]) == (422, "file-infected")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "$.files")
    assert row is not None
    assert [file["scan"] for file in (*row["files"], row["original"])] == ["clean", "clean"]
