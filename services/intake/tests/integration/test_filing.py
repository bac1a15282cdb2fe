# SPDX-License-Identifier: Apache-2.0
"""Submissions become cases with numbers, on the real broker and database."""

import asyncio
from email import message_from_bytes, policy

import pytest
from intake_house import ADVISER, MAILS, RFC822, Start, letter_id, mail

from chassis.testing import StepClock, Wire
from ventanilla_contracts.intake import AddresseeAdded, CaseFiled, DeliveryProposed, MessageAppended, SubmissionCreated

pytestmark = pytest.mark.infra


async def test_a_web_form_becomes_a_case_that_everyone_hears_of(start: Start, wire: Wire) -> None:
    person = {"name": "Ana Ríos", "email": "ana@Correo.example", "phone": "300 123 4567", "document_type": "CC"}
    async with start() as intake:
        told = await intake.web(person={**person, "document_number": "24.345.678"}, kind="claim", data_consent=True)
        [case] = await wire.expect("intake-cases", 1)
        [outcome] = await wire.expect("intake-outcomes", 1)
    assert told["outcome"] == "created"
    assert told["repeat"] is False
    assert told["case_number"].startswith("CAJA-2026-000001-")
    assert isinstance(case.event, CaseFiled)
    assert case.event.case_number == told["case_number"]
    assert case.event.personal.tracking_code == told["tracking_code"]
    assert case.event.personal.person.email == "ana@correo.example"
    assert case.event.personal.person.phone == "+573001234567"
    assert case.event.personal.person.document_number == "24345678"
    assert case.event.kind_stated == "claim"
    assert case.event.anonymous is False
    assert isinstance(outcome.event, SubmissionCreated)
    assert outcome.key == told["submission_id"]
    assert outcome.event.case_id == case.key


async def test_a_mail_becomes_a_case_with_its_attachments(start: Start, wire: Wire) -> None:
    raw = (MAILS / "pdf-and-encoded-subject.eml").read_bytes()
    async with start() as intake:
        told = await intake.mail(raw)
        again = await intake.mail(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        [case] = await wire.expect("intake-cases", 1)
        outcomes = await wire.expect("intake-outcomes", 2)
    assert told["outcome"] == "created"
    assert again == {**told, "repeat": True}
    assert [seen.event.repeat for seen in outcomes] == [False, True]
    assert [seen.envelope.seq for seen in outcomes] == [1, 2]
    assert isinstance(case.event, CaseFiled)
    assert case.event.personal.mail is not None
    assert case.event.personal.mail.message_id.startswith("<")
    assert [file.type for file in case.event.files] == ["application/pdf"]


async def test_one_mail_through_two_mailboxes_is_one_case_that_names_both(start: Start, wire: Wire) -> None:
    """In parallel, with LF and CRLF, through two instances."""
    own = "pqrs@caja.example,servicio@caja.example"
    traces = [
        b"Delivered-To: pqrs@caja.example\nReceived: from a.example; Mon, 02 Mar 2026 07:50:01 -0500\n",
        b"Delivered-To: servicio@caja.example\nReceived: from b.example; Mon, 02 Mar 2026 07:50:09 -0500\n",
    ]
    raws = [trace + mail() for trace in traces]
    raws += [raw.replace(b"\n", b"\r\n") for raw in raws]
    async with start(own_mail_addresses=own) as one, start(own_mail_addresses=own) as two:
        told = await asyncio.gather(*((one, two)[n % 2].mail(raws[n % 4]) for n in range(12)))
        filed, added = await wire.expect("intake-cases", 2)
        outcomes = await wire.expect("intake-outcomes", 12)
    assert len({answer["case_number"] for answer in told}) == 1
    assert isinstance(filed.event, CaseFiled)
    assert isinstance(added.event, AddresseeAdded)
    assert filed.event.personal.mail is not None
    mailboxes = {filed.event.personal.mail.addressed_to, added.event.mailbox}
    assert mailboxes == {"pqrs@caja.example", "servicio@caja.example"}
    assert added.event.submission_id == told[0]["submission_id"]
    assert sorted(seen.envelope.seq or 0 for seen in outcomes) == list(range(1, 13))


async def test_an_answer_to_our_letter_joins_its_case_only_from_who_takes_part(start: Start, wire: Wire) -> None:
    async with start() as intake:
        told = await intake.mail(mail())
        [filed] = await wire.expect("intake-cases", 1)
        reply = f"In-Reply-To: {letter_id(filed.key)}"
        joined = await intake.mail(mail("Olvidé decir algo.", message="<dos@correo.example>", headers=reply))
        stranger = await intake.mail(
            mail("Soy otro.", sender="Eva <eva@correo.example>", message="<tres@correo.example>", headers=reply)
        )
        forged = f"References: {letter_id(filed.key, key='another key, of somebody who has none of ours')}"
        guess = await intake.mail(mail("¿Y esto?", message="<cuatro@correo.example>", headers=forged))
        events = await wire.expect("intake-cases", 2, key=filed.key)
    assert joined["outcome"] == "appended"
    assert joined["case_number"] == told["case_number"]
    assert joined["tracking_code"] is None
    assert isinstance(events[1].event, MessageAppended)
    assert events[1].event.personal.text.strip() == "Olvidé decir algo."
    assert stranger["outcome"] == "created"
    assert guess["outcome"] == "created"


async def test_the_same_message_id_with_other_content_is_another_submission_and_marked(
    start: Start, wire: Wire
) -> None:
    async with start() as intake:
        first, second = await asyncio.gather(intake.mail(mail("uno")), intake.mail(mail("dos")))
        outcomes = await wire.expect("intake-outcomes", 2)
    assert first["case_number"] != second["case_number"]
    marks = {seen.key: seen.event.same_external_id_as for seen in outcomes if isinstance(seen.event, SubmissionCreated)}
    [original] = [key for key, mark in marks.items() if mark is None]
    assert set(marks.values()) == {None, original}


async def test_the_same_mail_forty_times_at_once_in_two_instances_is_one_case(start: Start, wire: Wire) -> None:
    async with start() as one, start() as two:
        told = await asyncio.gather(*(instance.mail(mail()) for instance in (one, two) for _ in range(20)))
        await wire.expect("intake-cases", 1)
        outcomes = await wire.expect("intake-outcomes", 40)
    assert len({answer["case_number"] for answer in told}) == 1
    assert sorted(answer["repeat"] for answer in told) == [False] + [True] * 39
    assert sorted(seen.envelope.seq or 0 for seen in outcomes) == list(range(1, 41))


async def test_three_hundred_cases_through_two_instances_have_numbers_without_gap_or_repeat(start: Start) -> None:
    async with start(("api",)) as one, start(("api",)) as two:
        told = await asyncio.gather(*((one, two)[n % 2].insist(f"Solicitud {n}", f"key-{n}") for n in range(300)))
        refused = await one.http.post("/v1/submissions/web", json={"text": " "})
        last = await two.insist("La última", "last")
    numbers = sorted(int(answer["case_number"].split("-")[2]) for answer in told)
    assert numbers == list(range(1, 301))
    assert len({answer["tracking_code"] for answer in told}) == 300
    assert refused.status_code == 422
    assert last["case_number"].split("-")[2] == "000301"


async def test_a_key_used_again_hears_the_first_answer_and_another_body_is_refused(start: Start) -> None:
    key = {"idempotency-key": "7f3c"}
    async with start(("api",)) as intake:
        first = await intake.web("uno", headers=key)
        again = await intake.web("uno", headers=key)
        other = await intake.http.post("/v1/submissions/web", json={"text": "dos"}, headers=key)
    assert again == {**first, "repeat": True}
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency-key-reused"


async def test_the_year_of_a_number_is_the_local_year_of_registration(start: Start, step_clock: StepClock) -> None:
    async with start(("api",)) as intake:
        step_clock.set("2026-12-31T23:59:59-05:00")
        old = await intake.web()
        step_clock.set("2027-01-01T00:00:01-05:00")
        new = await intake.web()
    assert old["case_number"].startswith("CAJA-2026-000001-")
    assert new["case_number"].startswith("CAJA-2027-000001-")


async def test_what_cannot_be_filed_among_others_takes_no_number(start: Start) -> None:
    late = {"text": "Tarde", "received_at": "2026-01-02T10:00:00-05:00"}
    async with start() as intake:
        answers = await asyncio.gather(
            *(
                intake.http.post(
                    "/v1/submissions/written", headers=ADVISER, json=late if n % 3 == 0 else {"text": "Hola"}
                )
                for n in range(30)
            )
        )
        last = await intake.web()
    assert [answer.status_code for answer in answers] == [422 if n % 3 == 0 else 202 for n in range(30)]
    assert answers[0].json()["errors"][0]["field"] == "$.late_reason"
    assert last["case_number"].split("-")[2] == "000021"


async def test_a_mail_without_a_sender_is_held_and_an_automatic_one_ignored(start: Start, wire: Wire) -> None:
    async with start() as intake:
        held = await intake.mail((MAILS / "no-sender.eml").read_bytes())
        ignored = await intake.mail((MAILS / "out-of-office.eml").read_bytes())
        again = await intake.mail((MAILS / "no-sender.eml").read_bytes())
        listed = await intake.http.get("/v1/held", headers=ADVISER)
        outcomes = await wire.expect("intake-outcomes", 3)
        await wire.expect("intake-cases", 0)
    assert (held["outcome"], held["reason"], held["case_number"]) == ("held", "no-sender", None)
    assert again == {**held, "repeat": True}
    assert ignored["outcome"] == "ignored"
    assert {seen.event.TYPE for seen in outcomes} == {"submission-held.v1", "submission-ignored.v1"}
    assert [item["submission_id"] for item in listed.json()["items"]] == [held["submission_id"]]


async def test_a_dry_run_says_what_would_be_and_files_nothing(start: Start, wire: Wire) -> None:
    raw = (MAILS / "pdf-and-encoded-subject.eml").read_bytes()
    async with start() as intake:
        seen = await intake.mail(raw, dry_run="true")
        filed = await intake.database.collection("submission_cases").count_documents({})
        await wire.expect("intake-outcomes", 0)
    keys = [
        "outcome",
        "reason",
        "message_id",
        "from_address",
        "from_name",
        "subject",
        "text",
        "filed_text",
        "attachments",
    ]
    assert list(seen) == keys
    assert seen["outcome"] == "created"
    assert [sorted(one) for one in seen["attachments"]] == [["name", "sha256", "size", "type"]]
    assert filed == 0


def with_a_file(raw: bytes) -> bytes:
    """The same mail, and a PDF."""
    message = message_from_bytes(raw, policy=policy.default.clone(max_line_length=998))  # else it breaks message ids
    message.add_attachment(b"%PDF-1.4 soporte", maintype="application", subtype="pdf", filename="soporte.pdf")
    return message.as_bytes()


async def test_a_responders_answer_to_an_internal_letter_is_proposed_as_a_delivery(start: Start, wire: Wire) -> None:
    """And is nothing that the person sees; from anybody else, or about a case that is none, a person looks at it."""
    async with start() as intake:
        case = await intake.mail(mail())
        [filed] = await wire.expect("intake-cases", 1)
        reply = f"In-Reply-To: {letter_id(filed.key, 'documents-request')}"
        raw = with_a_file(
            mail("Van los soportes.", sender="Marcela@caja.example", message="<cinco@caja.example>", headers=reply)
        )
        seen = await intake.mail(raw, dry_run="true")
        told = await intake.mail(raw)
        again = await intake.mail(raw)
        outsider = await intake.mail(
            mail("Me lo reenviaron.", sender="eva@correo.example", message="<seis@correo.example>", headers=reply)
        )
        nowhere = f"In-Reply-To: {letter_id('00000000-0000-0000-0000-000000000000', 'documents-request')}"
        lost = await intake.mail(
            mail("¿De qué caso?", sender="marcela@caja.example", message="<siete@caja.example>", headers=nowhere)
        )
        events = await wire.expect("intake-cases", 2)
        key = {"number": case["case_number"], "code": case["tracking_code"]}
        tracked = (await intake.http.post("/v1/track", json=key)).json()
    assert (seen["outcome"], told["outcome"], told["case_number"]) == ("appended", "appended", case["case_number"])
    assert told["tracking_code"] is None
    assert again == {**told, "repeat": True}
    proposed = events[1].event
    assert isinstance(proposed, DeliveryProposed)
    assert (proposed.submission_id, proposed.responder.id) == (told["submission_id"], "marcela")
    assert proposed.personal.text.strip() == "Van los soportes."
    assert [file.name for file in proposed.files] == ["soporte.pdf"]
    assert [step["code"] for step in tracked["timeline"]] == ["filed"]
    assert [(one["outcome"], one["reason"]) for one in (outsider, lost)] == [("held", "from-the-house")] * 2


async def test_files_come_with_a_form_as_multipart(start: Start, wire: Wire) -> None:
    parts: list[tuple[str, tuple[str | None, bytes | str, str]]] = [
        ("submission", (None, '{"text": "Adjunto el recibo."}', "application/json")),
        ("files", ("recibo de marzo.pdf", b"%PDF-1.4 recibo", "application/pdf")),
        ("files", ("foto.png", b"\x89PNG\r\n\x1a\n...", "image/png")),
    ]
    async with start() as intake:
        answer = await intake.http.post("/v1/submissions/web", files=parts)
        [case] = await wire.expect("intake-cases", 1)
    assert answer.status_code == 202, answer.text
    assert isinstance(case.event, CaseFiled)
    assert [file.name for file in case.event.files] == ["recibo de marzo.pdf", "foto.png"]
    assert case.event.anonymous is True


async def test_the_mail_door_takes_mails_only(start: Start) -> None:
    async with start(("api",)) as intake:
        empty = await intake.http.post("/v1/submissions/email", content=b" \n", headers=RFC822)
        json = await intake.http.post("/v1/submissions/email", json={"text": "x"})
    assert empty.status_code == 422
    assert json.status_code == 415
