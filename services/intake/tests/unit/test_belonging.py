# SPDX-License-Identifier: Apache-2.0
"""Where a reply belongs; no stranger gets into a case by what is quoted or forwarded to them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.ids import Signer
from intake.domain.belonging import Belonging, Reply, ReplyToClosed, ToClosed, belonging
from intake.domain.case import Case, Progress, Step
from intake.domain.correspondence import addressed_cases, mail_thread, person_to_answer
from intake.domain.mail import ParsedMail, parse_mail
from intake.domain.submission import Related
from ventanilla_contracts.formats import (
    REPLY_ADDRESS_PURPOSE,
    REPLY_SIGNATURE_SYMBOLS,
    ReplyAddress,
    reply_address,
)

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
CASE = "3f0c7d1e-33a5-5d3c-9f0e-1f8a5f1f6f7a"
BOX = "servicio@caja.example"
SIGNER = Signer(["a-key-for-tests-only-of-32-characters"])
OWN = {BOX}
CLOSED = (Step(code="closed", at=NOW - timedelta(days=200)), Step(code="closed", at=NOW - timedelta(days=30)))


FOLLOWS_UP = Belonging(None, (Related("c-1", "CAJA-2026-000001-7", "follow-up", confirmed=True),))


def case(status: str = "in-progress", *participants: str) -> Case:
    return Case.model_validate(
        {
            "number": "CAJA-2026-000001-7",
            "tracking_code": "7KQ2-M4TX-9RWZ-5",
            "channel": "email",
            "received_at": NOW,
            "registered_at": NOW,
            "anonymous": False,
            "participants": participants or ("ana@correo.example",),
            "submissions": {},
            "progress": Progress(status=status, steps=CLOSED if status == "closed" else ()),  # type: ignore[arg-type]
        }
    )


@pytest.mark.parametrize(
    ("reply", "joins"),
    [
        pytest.param({"answered": ["c-0", "c-1"], "sender": "ANA@correo.example"}, "c-1", id="a letter of ours"),
        pytest.param({"answered": ["c-1"], "sender": "eva@correo.example"}, None, id="a stranger quotes it"),
        pytest.param({"answered": ["c-1"], "sender": None}, None, id="nobody"),
        pytest.param({"answered": [], "sender": "ana@correo.example"}, None, id="no reply"),
        pytest.param({"addressed": ["c-1"], "sender": "ana.otra@correo.example"}, "c-1", id="their own reply address"),
        pytest.param({"addressed": ["c-0"], "sender": "ana@correo.example"}, None, id="of a case that is none"),
        pytest.param(
            {"addressed": ["c-2"], "answered": ["c-1"], "sender": "ana@correo.example"}, "c-2", id="the address first"
        ),
    ],
)
def test_a_reply_joins_a_case_only_from_whom_it_was_written_to(reply: dict[str, Any], joins: str | None) -> None:
    cases = {"c-1": case(), "c-2": case("assigned", "eva@correo.example")}
    assert belonging(Reply(**reply), cases, ToClosed(), NOW) == Belonging(joins)


@pytest.mark.parametrize(
    ("rule", "days", "status", "expected"),
    [
        ("link", 30, "answered", Belonging("c-1")),
        ("link", 30, "closed", FOLLOWS_UP),
        ("append", 30, "closed", Belonging("c-1")),
        ("reopen", 30, "closed", Belonging("c-1", reopens=True)),
        ("reopen", 29, "closed", FOLLOWS_UP),
        ("reopen", 29, "answered", Belonging("c-1", reopens=True)),
    ],
)
def test_a_reply_to_a_closed_case_follows_it_up_or_joins_it_by_rule(
    rule: ReplyToClosed, days: int, status: str, expected: Belonging
) -> None:
    reply, to_closed = Reply("ana@correo.example", ["c-1"]), ToClosed(rule, days)
    assert belonging(reply, {"c-1": case(status)}, to_closed, NOW) == expected
    stranger = Reply("eva@correo.example", ["c-1"])
    assert belonging(stranger, {"c-1": case(status)}, to_closed, NOW) == Belonging()


def given_to(address: ReplyAddress, signature: str) -> bool:
    text = address.signed_text()
    return SIGNER.verify(REPLY_ADDRESS_PURPOSE, text, signature, symbols=REPLY_SIGNATURE_SYMBOLS)


def replying_to(correspondent: str) -> str:
    address = ReplyAddress(CASE, correspondent)
    made = reply_address(address, SIGNER.sign(REPLY_ADDRESS_PURPOSE, address.signed_text()), BOX)
    assert made
    return made


def mail(sender: str, header: str, address: str) -> ParsedMail:
    lines = [f"From: {sender}", "Message-ID: <m@correo.example>", f"{header}: {address}", "Subject: Re: Cuota"]
    return parse_mail("\n".join([*lines, "", "Gracias."]).encode())


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
@pytest.mark.parametrize(
    ("sender", "cases"),
    [
        ("Ana <ana@correo.example>", (CASE,)),
        ("ANA@Correo.Example", (CASE,)),
        ("eva@correo.example", ()),
        ("Ana <eva@correo.example>", ()),
    ],
)
def test_a_reply_address_that_was_forwarded_or_copied_is_nobody_elses(
    header: str, sender: str, cases: tuple[str, ...]
) -> None:
    address = replying_to("Ana@correo.example")
    assert addressed_cases(mail(sender, header, f"Caja <{address}>"), given_to) == cases
    assert addressed_cases(mail(sender, header, address.upper()), given_to) == cases


@pytest.mark.parametrize("at", range(10, 50, 7))
def test_a_reply_address_that_was_changed_opens_nothing(at: int) -> None:
    address = replying_to("ana@correo.example")
    changed = address[:at] + ("a" if address[at] != "a" else "b") + address[at + 1 :]
    assert addressed_cases(mail("ana@correo.example", "To", changed), given_to) == ()


def test_the_mailbox_of_a_reply_address_is_known_as_ours_and_its_token_told_to_nobody() -> None:
    thread = mail_thread(mail("ana@correo.example", "To", replying_to("ana@correo.example")), OWN)
    assert thread is not None
    assert thread.addressed_to == BOX


@pytest.mark.parametrize(
    ("sender", "header", "answered"),
    [
        ("Ana <ana@correo.example>", "Reply-To: otra@correo.example", "ana@correo.example"),
        (f"Sitio web <{BOX}>", "Reply-To: Ana <ana@correo.example>", "ana@correo.example"),
        (f"Sitio web <{BOX}>", f"Reply-To: {BOX}", None),
        (f"Sitio web <{BOX}>", "X-Nothing: of use", None),
        (f"Sitio web <{replying_to('x@y.example')}>", "Reply-To: Ana <ana@correo.example>", "ana@correo.example"),
        ("nadie", "Reply-To: ana@correo.example", None),
    ],
)
def test_a_mail_from_ourselves_is_answered_to_whom_it_was_sent_for(
    sender: str, header: str, answered: str | None
) -> None:
    parsed = parse_mail(f"From: {sender}\n{header}\n\nHola".encode())
    assert person_to_answer(parsed, OWN).email == answered
