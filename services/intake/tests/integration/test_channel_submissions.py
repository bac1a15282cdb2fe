# SPDX-License-Identifier: Apache-2.0
"""Channel systems hand over submissions by Kafka (the documented way in for others)."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from intake_house import MAILS, Start, mail

from chassis.files import files_from
from chassis.testing import Wire, eventually
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import CaseFiled, PersonalSubmission, SubmissionForm, SubmissionReceived

pytestmark = pytest.mark.infra

SENT = datetime.fromisoformat("2026-03-02T07:59:58-05:00")
"""Just before the time at which the house's clock stands."""

PORTAL = Actor(id="portal", role="channel-system")


def received(external_id: str = "p-1", *, files: tuple[FileRef, ...] = (), **form: Any) -> SubmissionReceived:
    said = SubmissionForm.model_validate({"text": "Una queja", **form})
    return SubmissionReceived(
        actor=PORTAL, channel="web", external_id=external_id, files=files, personal=PersonalSubmission(form=said)
    )


async def hand_over(wire: Wire, key: str, *events: SubmissionReceived) -> None:
    """As channel systems write: they count nothing."""
    messages = [wire.message(key, event, at=SENT) for event in events]
    await wire.send(
        [replace(one, headers=[header for header in one.headers if header[0] != "ce_seq"]) for one in messages]
    )


async def test_a_form_becomes_a_case_once_and_says_so_each_time(start: Start, wire: Wire) -> None:
    await hand_over(wire, "p-1", received(), received())
    async with start():
        [case] = await wire.expect("intake-cases", 1)
        first, again = await wire.expect("intake-outcomes", 2)
        await hand_over(wire, "p-1", received())
        await wire.expect("intake-outcomes", 3)
    assert isinstance(case.event, CaseFiled)
    assert case.event.actor == PORTAL
    assert case.event.received_at == SENT
    assert [first.event.repeat, again.event.repeat] == [False, True]


async def test_what_cannot_be_taken_is_rejected_and_says_what_to_send(start: Start, wire: Wire) -> None:
    ghost = FileRef(sha256="0" * 64, name="a.pdf", type="application/pdf", size=3)
    await hand_over(wire, "p-1", received(received_at="2026-03-16T10:00:00-05:00"))
    await hand_over(wire, "p-2", received("p-2", person={"phone": "123"}))
    await hand_over(wire, "p-3", received("p-3", files=(ghost,)))
    async with start() as intake:
        outcomes = await wire.expect("intake-outcomes", 3)
        await hand_over(wire, "p-1", received(received_at="2026-03-02T07:00:00-05:00"))
        outcomes = await wire.expect("intake-outcomes", 4)
        await wire.expect("intake-cases", 1)
        parked = await intake.database.collection("parked").count_documents({})
    reasons = {seen.event.external_id: seen.event.reason for seen in outcomes if hasattr(seen.event, "reason")}
    assert reasons["p-1"] == "received_at: una fecha y hora que no sea posterior a ahora"
    assert reasons["p-2"].startswith("person.phone: ")
    assert reasons["p-3"].startswith("files: ")
    assert parked == 0
    [corrected] = [seen.event for seen in outcomes if seen.event.TYPE == "submission-created.v1"]
    assert corrected.same_external_id_as is not None


async def test_a_mail_through_a_gateway_and_through_http_is_one_submission(
    start: Start, wire: Wire, tmp_path: Path
) -> None:
    raw = mail()
    ref = await files_from(f"file://{tmp_path}/files").put(raw, "uno.eml", "message/rfc822")
    handed = SubmissionReceived(
        actor=PORTAL, channel="email", external_id="<uno@correo.example>", personal=PersonalSubmission(mail=ref)
    )
    async with start() as intake:
        told = await intake.mail(raw)
        await hand_over(wire, "<uno@correo.example>", handed)
        outcomes = await wire.expect("intake-outcomes", 2)
        await wire.expect("intake-cases", 1)
    assert {seen.key for seen in outcomes} == {told["submission_id"]}


async def test_automatic_mail_through_a_gateway_is_ignored(start: Start, wire: Wire, tmp_path: Path) -> None:
    raw = (MAILS / "out-of-office.eml").read_bytes()
    ref = await files_from(f"file://{tmp_path}/files").put(raw, "fuera.eml", "message/rfc822")
    handed = SubmissionReceived(
        actor=PORTAL, channel="email", external_id="<x@correo.example>", personal=PersonalSubmission(mail=ref)
    )
    async with start() as intake:
        await hand_over(wire, "<x@correo.example>", handed)
        [outcome] = await wire.expect("intake-outcomes", 1)
        rows = intake.database.collection("submission_cases")
        row = await eventually(lambda: rows.find_one({"outcome": "ignored"}))
    assert outcome.event.TYPE == "submission-ignored.v1"
    assert row["case_id"] is None


async def test_five_hundred_forms_in_one_go_have_numbers_without_gap(start: Start, wire: Wire) -> None:
    bad: dict[str, Any] = {"received_at": "2026-04-01T10:00:00-05:00"}
    for n in range(500):
        await hand_over(wire, f"p-{n}", received(f"p-{n}", **(bad if n % 50 == 7 else {})))
    async with start():
        cases = await wire.expect("intake-cases", 490)
        await wire.expect("intake-outcomes", 500)
    numbers = sorted(int(seen.event.case_number.split("-")[2]) for seen in cases if isinstance(seen.event, CaseFiled))
    assert numbers == list(range(1, 491))
