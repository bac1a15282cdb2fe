# SPDX-License-Identifier: Apache-2.0
"""For whom mail is taken, and what a server's lines before it may do."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.mail import parse_mail
from intake.domain.reception import Envelope, is_ours, taken_by_peer_at, trace

NOW = datetime(2026, 3, 2, 13, tzinfo=UTC)
OWN = {"servicio@caja.example", "pqrs@caja.example"}
MAIL = b"From: Ana <ana@correo.example>\r\nTo: servicio@caja.example\r\nSubject: Cuota\r\n\r\nNo llega.\r\n"


def envelope(sender: str = "ana@correo.example", *recipients: str, greeted_as: str = "mx.correo.example") -> Envelope:
    return Envelope("smtp", sender, recipients or ("servicio@caja.example",), "192.0.2.7", greeted_as, "ESMTP")


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("servicio@caja.example", True),
        ("Servicio@CAJA.example", True),
        ("servicio+caso.7f3c@caja.example", True),
        (" pqrs@caja.example", True),
        ("otro@caja.example", False),
        ("servicio@otra.example", False),
        ("servicio", False),
        ("+@caja.example", False),
        ("servicio%otra.example@caja.example", False),
        ("servicio@caja.example@otra.example", False),
        ("<>", False),
        ("", False),
    ],
)
def test_mail_is_taken_for_our_addresses_and_their_tags_alone(address: str, taken: bool) -> None:
    assert is_ours(address, OWN) is taken


def test_every_recipient_is_named_in_the_mail_that_is_kept() -> None:
    head = trace(envelope("<>", "servicio@caja.example", "PQRS+x@caja.example"), "caja.example", NOW)
    parsed = parse_mail(head + MAIL)
    assert parsed.delivered_to == ("servicio@caja.example", "pqrs+x@caja.example")
    assert head.startswith(b"Return-Path: <>\r\n")
    assert b"Received: from mx.correo.example ([192.0.2.7]) by caja.example with ESMTP; Mon, 02 Mar 2026" in head


@given(st.text(), st.text(), st.text())
def test_whatever_a_peer_says_it_is_the_same_mail(sender: str, recipient: str, name: str) -> None:
    head = trace(envelope(sender, recipient, greeted_as=name), "caja.example", NOW)
    assert head.count(b"\n") == 3
    found, plain = parse_mail(head + MAIL), parse_mail(MAIL)
    assert (found.content_hash, found.text, found.from_address) == (
        plain.content_hash,
        plain.text,
        plain.from_address,
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Received: from a by b;\r\n\tMon, 02 Mar 2026 07:50:00 -0500\r\n", datetime(2026, 3, 2, 12, 50, tzinfo=UTC)),
        (
            "X: 1\nreceived: b; Sun, 01 Mar 2026 07:50:00 +0000 (UTC)\nReceived: by a; Sat, 28 Feb 2026 01:00 +0000\n",
            datetime(2026, 3, 1, 7, 50, tzinfo=UTC),
        ),
        ("Received: by b; yesterday\r\n", None),
        ("Received: by b\r\n", None),
        ("Subject: Received: x; Mon, 02 Mar 2026 07:50:00 -0500\r\n", None),
    ],
)
def test_when_the_last_server_took_it(lines: str, expected: datetime | None) -> None:
    assert taken_by_peer_at(lines.encode() + MAIL) == expected
