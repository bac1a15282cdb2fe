# SPDX-License-Identifier: Apache-2.0
"""Which mails become cases, which are left alone, and which a person sees first (RFC 3834)."""

from pathlib import Path

import pytest

from intake.domain.mail import Accept, Hold, HoldReason, Ignore, Verdict, classify_incoming, parse_mail

MAILS = Path(__file__).parent.parent / "mails"
OWN = {"PQRS@caja.example", "no-responder@caja.example"}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("pdf-and-encoded-subject", Accept()),
        ("outlook-es-reply", Accept()),
        ("broken-headers", Accept()),
        ("truncated", Accept()),
        ("out-of-office", Ignore("auto-submitted")),
        ("out-of-office-unmarked", Hold(HoldReason.LOOKS_AUTOMATIC)),
        ("delivery-report", Ignore("delivery-report")),
        ("mailing-list", Ignore("precedence")),
        ("through-own-group", Accept()),
        ("own-echo", Ignore("own-loop")),
        ("contact-form", Hold(HoldReason.OWN_ADDRESS_FOR_ANOTHER)),
        ("no-sender", Hold(HoldReason.NO_SENDER)),
    ],
)
def test_the_samples(name: str, verdict: Verdict) -> None:
    assert classify_incoming(parse_mail((MAILS / f"{name}.eml").read_bytes()), OWN) == verdict


def mail(*fields: bytes, sender: bytes = b"ana@correo.example") -> bytes:
    return b"\n".join([b"From: " + sender, b"Subject: Mi queja", *fields, b"", b"Mi queja es esta.", b""])


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (b"Auto-Submitted: auto-generated", "auto-submitted"),
        (b"Auto-Submitted: (comentario) auto-notified; owner-email=x", "auto-submitted"),
        (b"Precedence: bulk", "precedence"),
        (b"Precedence: Junk", "precedence"),
        (b"Precedence: list", "precedence"),
        (b"Precedence: auto_reply", "precedence"),
        (b"List-Id: Lista <lista.otra.example>", "list"),
        (b"Return-Path: <>", "null-return-path"),
        (b"X-Autoreply: yes", "autoreply"),
        (b"X-Autorespond: vacaciones", "autoreply"),
        (b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x", "read-receipt"),
        (b"Content-Type: multipart/report; report-type=feedback-report; boundary=x", "feedback-report"),
    ],
)
def test_a_mark_of_a_machine_is_the_reason(field: bytes, reason: str) -> None:
    assert classify_incoming(parse_mail(mail(field)), OWN) == Ignore(reason)


@pytest.mark.parametrize(
    "field",
    [
        b"Auto-Submitted: no",
        b"Auto-Submitted: no (de verdad)",
        b"Precedence: first-class",
        b"Return-Path: <ana@correo.example>",
        b"X-Autoreply: no",
        b"X-Auto-Response-Suppress: All",
        b"List-Unsubscribe: <mailto:x@correo.example>",
        b"Content-Type: multipart/report; boundary=x",
    ],
)
def test_a_person_is_not_taken_for_a_machine(field: bytes) -> None:
    assert classify_incoming(parse_mail(mail(field)), OWN) == Accept()


def test_a_delivery_report_without_its_type_is_known_by_its_parts() -> None:
    raw = mail(b"Content-Type: multipart/report; boundary=x").replace(
        b"Mi queja es esta.", b"--x\n\nno\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n--x--"
    )
    assert classify_incoming(parse_mail(raw), OWN) == Ignore("delivery-report")


def test_our_own_message_id_is_a_loop_from_whatever_sender() -> None:
    parsed = parse_mail(mail(b"Message-ID: <carta.firmada@caja.example>"))
    assert classify_incoming(parsed, OWN, lambda id_: id_ == "carta.firmada@caja.example") == Ignore("own-loop")
    assert classify_incoming(parsed, OWN, lambda _: False) == Accept()


@pytest.mark.parametrize("sender", [b"MAILER-DAEMON@mx.correo.example", b"Postmaster <postmaster@correo.example>"])
def test_what_a_mail_server_writes_without_a_mark_is_looked_at(sender: bytes) -> None:
    assert classify_incoming(parse_mail(mail(sender=sender)), OWN) == Hold(HoldReason.LOOKS_AUTOMATIC)


@pytest.mark.parametrize("subject", [b"failure notice", b"Returned mail: User unknown", b"DELIVERY FAILURE: x"])
def test_a_subject_of_mail_servers_is_looked_at(subject: bytes) -> None:
    raw = mail().replace(b"Mi queja\n", subject + b"\n")
    assert classify_incoming(parse_mail(raw), OWN) == Hold(HoldReason.LOOKS_AUTOMATIC)


@pytest.mark.parametrize("sender", [b"", b"Ana", b"ana@", b"@caja.example", b"ana@localhost", b"<>", b"((("])
def test_a_mail_that_cannot_be_answered_is_held(sender: bytes) -> None:
    assert classify_incoming(parse_mail(mail(sender=sender)), OWN) == Hold(HoldReason.NO_SENDER)


def test_a_mail_that_was_not_taken_apart_is_held() -> None:
    many = [b"X-A: b"] * 2000
    assert classify_incoming(parse_mail(mail(*many)), OWN) == Hold(HoldReason.TOO_COMPLEX)


def test_a_mail_that_broke_the_parser_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.domain.mail.parse.split_message", lambda *_: 1 / 0)
    assert classify_incoming(parse_mail(mail()), OWN) == Hold(HoldReason.UNPARSEABLE)
