# SPDX-License-Identifier: Apache-2.0
"""Reports of mail servers on letters of ours (RFC 3464, RFC 5965, Exim): the case hears, forged ones change nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.decision import Decision, Insert, Keyed
from intake.domain.case import Case, Filed
from intake.domain.correspondence import Addresses, judge
from intake.domain.decide import decide_case
from intake.domain.delivery_reports import letter_reports
from intake.domain.mail import parse_mail
from intake.domain.submission import FileSubmission, SetAside
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import DeliveryReportReceived, SubmissionForm, SubmissionIgnored

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
CASE_ID = "4d39c13f-3e55-5959-9d6f-c143aaa6b05f"
LETTER = "4d39c13f-3e55-5959-9d6f-c143aaa6b05f.answer.1.firma@caja.example"
NOBODY = Addresses(frozenset(), {})

STATUS = """Reporting-MTA: dns; mx.correo.example

Original-Recipient: rfc822;ana@correo.example
Final-Recipient: rfc822; a.rios@interno.correo.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ana@correo.example>: no existe
"""
REPORT = """From: MAILER-DAEMON@mx.correo.example
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x

No se pudo entregar.
--x
Content-Type: message/delivery-status

{status}
--x
Content-Type: {returned}

From: servicio@caja.example
Message-ID: <{letter}>
Subject: Respuesta

Su respuesta.
--x--
"""
COMPLAINT = """From: fbl@proveedor.example
Content-Type: multipart/report; report-type=feedback-report; boundary=x

--x

Es correo no deseado.
--x
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Original-Rcpt-To: ana@correo.example

--x
Content-Type: message/rfc822

Message-ID: <{letter}>
Subject: Respuesta

--x--
"""
EXIM = """From: Mail Delivery System <Mailer-Daemon@mx.correo.example>
Auto-Submitted: auto-replied
X-Failed-Recipients: ana@correo.example,
  luis@correo.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

------ This is a copy of the message, including all the headers. ------

Return-path: <servicio@caja.example>
Message-ID: <{letter}>
Subject: Respuesta
"""


QMAIL = """From: MAILER-DAEMON@mx.correo.example
Subject: failure notice

Hi. This is the qmail-send program at mx.correo.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<ana@correo.example>:
Sorry, no mailbox here by that name. (#5.1.1)

<luis@correo.example>:
192.0.2.1 failed after I sent the message.

--- Below this line is a copy of the message.

Return-Path: <servicio@caja.example>
Message-ID: <{letter}>
Subject: Respuesta
"""


def report(action: str = "failed", returned: str = "text/rfc822-headers", letter: str = LETTER) -> bytes:
    return REPORT.format(status=STATUS.format(action=action), returned=returned, letter=letter).encode()


def our_letter(message_id: str) -> LetterAddress | None:
    return LetterAddress(CASE_ID, "answer", "1") if message_id == LETTER else None


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822", "text/plain"])
@pytest.mark.parametrize("action", ["failed", "delayed", "delivered", "Failed (bounce)"])
def test_a_report_names_the_letter_the_address_and_what_became_of_it(action: str, returned: str) -> None:
    (told,) = letter_reports(parse_mail(report(action, returned)), our_letter)
    assert (told.case_id, told.letter.kind, told.letter.n) == (CASE_ID, "answer", "1")
    assert (told.action, told.status, told.recipient) == (action.lower().split(" ")[0], "5.1.1", "ana@correo.example")
    assert "no existe" in told.diagnostic


def test_a_complaint_and_the_ways_of_exim_and_qmail_are_understood_too() -> None:
    (complaint,) = letter_reports(parse_mail(COMPLAINT.format(letter=LETTER).encode()), our_letter)
    assert (complaint.action, complaint.recipient) == ("complained", "ana@correo.example")
    exim = letter_reports(parse_mail(EXIM.format(letter=LETTER).encode()), our_letter)
    both = [("failed", "ana@correo.example"), ("failed", "luis@correo.example")]
    assert [(one.action, one.recipient) for one in exim] == both
    qmail = letter_reports(parse_mail(QMAIL.format(letter=LETTER).encode()), our_letter)
    assert [(one.action, one.recipient) for one in qmail] == both
    assert [one.status for one in qmail] == ["5.1.1", ""]


@pytest.mark.parametrize(
    "raw",
    [
        report(letter=LETTER.replace("firma", "otra")),
        report(letter="carta@otra.example"),
        report("relayed"),
        report().replace(b"Message-ID", b"X-Message-ID"),
        EXIM.format(letter="otra@caja.example").encode(),
        f"From: ana@correo.example\nIn-Reply-To: <{LETTER}>\n\nNo me llegó.\n".encode(),
        f"From: ana@correo.example\n\nMessage-ID: <{LETTER}>\n".encode(),
    ],
    ids=["wrong signature", "another's letter", "relayed", "not returned", "exim's of another", "a reply", "words"],
)
def test_what_is_no_report_on_a_letter_of_ours_reports_nothing(raw: bytes) -> None:
    assert letter_reports(parse_mail(raw), our_letter) == ()


def test_a_report_is_ignored_as_a_mail_even_without_any_mark() -> None:
    assert judge(parse_mail(report()), NOBODY, our_letter) == SetAside("ignored", "delivery-report")
    bare = EXIM.replace("Auto-Submitted: auto-replied\n", "").format(letter=LETTER).encode()
    assert judge(parse_mail(bare), NOBODY, our_letter) == SetAside("ignored", "delivery-report")


CASE = Case(
    number="CAJA-2026-000001-1",
    tracking_code="X",
    channel="email",
    received_at=NOW,
    registered_at=NOW,
    anonymous=False,
    submissions={"s-1": Filed(outcome="created", received_at=NOW)},
)


def command(raw: bytes) -> FileSubmission:
    return FileSubmission(
        submission_id="s-2",
        channel="email",
        external_id="<dsn@mx.correo.example>",
        external_key="k",
        content_hash="h",
        actor=Actor(id="citizen", role="citizen"),
        tracking_code="",
        form=SubmissionForm(text=""),
        case_id=CASE_ID,
        set_aside=SetAside("ignored", "delivery-report"),
        reports=letter_reports(parse_mail(raw), our_letter),
    )


def decided(case: Case, message: FileSubmission) -> Decision[Case]:
    decision: Any = decide_case(case, message, NOW)
    assert isinstance(decision, Decision)
    return decision


def test_the_case_hears_of_it_once_and_the_mail_ends_as_ignored_each_time() -> None:
    first = decided(CASE, command(report()))
    told, outcome = first.events
    assert isinstance(told, DeliveryReportReceived)
    assert (told.action, told.message_id, told.reported_at) == ("failed", f"<{LETTER}>", NOW)
    assert told.personal.recipient == "ana@correo.example"
    assert isinstance(outcome, Keyed)
    assert (outcome.key, outcome.seq) == ("s-2", 1)
    assert isinstance(outcome.event, SubmissionIgnored)
    assert [type(row) for row in first.rows] == [Insert, Insert]
    assert first.state.submissions == CASE.submissions

    again = decided(first.state, command(report()))
    (repeated,) = again.events
    assert isinstance(repeated, Keyed)
    assert (repeated.seq, repeated.event.repeat) == (2, True)  # type: ignore[attr-defined]
    assert again.rows == ()


def test_a_report_that_a_later_version_reads_otherwise_is_still_the_one_that_was_heard() -> None:
    heard = decided(CASE, command(report())).state
    again = decided(heard, replace(command(report()), reports=()))
    assert len(again.events) == 1
