# SPDX-License-Identifier: Apache-2.0
"""Whom our mail server found to be who they say (RFC 8601); what others write in its name counts for nothing."""

import pytest

from intake.domain.correspondence import Addresses, judge
from intake.domain.mail import parse_mail
from intake.domain.sender import SenderCheck, check_sender
from intake.domain.submission import SetAside
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.formats import LetterAddress

OURS = "mx.caja.example"
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")
HOUSE = Addresses(frozenset({"servicio@caja.example"}), {MARCELA.email: MARCELA})
PASSED = "Authentication-Results: mx.caja.example; dmarc=pass header.from=correo.example"
FAILED = "Authentication-Results: mx.caja.example (ours); spf=fail smtp.mailfrom=x@otro.example; dmarc=fail (p=none)"
HOP = "Received: from otro.example by mx.caja.example; Mon, 2 Mar 2026 08:00:00 -0500"


def mail(*fields: str, sender: str = "ana@correo.example") -> bytes:
    return "\n".join([*fields, f"From: {sender}", "Subject: Cuota", "", "No me llegó.", ""]).encode()


def checked(*fields: str, sender: str = "ana@correo.example", server: str = OURS) -> SenderCheck:
    parsed = parse_mail(mail(*fields, sender=sender))
    return check_sender(parsed, server, from_the_house=HOUSE.is_of_the_house(parsed.from_address))


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        pytest.param([], "none", id="nothing"),
        pytest.param([PASSED], "pass", id="dmarc"),
        pytest.param([FAILED], "fail", id="dmarc fails"),
        pytest.param([PASSED.replace("mx.caja", "mx.otro")], "none", id="of another server"),
        pytest.param([PASSED.replace("mx.caja.example;", "MX.Caja.Example 1;")], "pass", id="version and case"),
        pytest.param([FAILED, HOP, PASSED], "fail", id="forged below ours"),
        pytest.param([HOP, FAILED.replace("; dmarc=fail (p=none)", ""), HOP, PASSED], "none", id="forged beside ours"),
        pytest.param([HOP, PASSED], "pass", id="below our own trace field"),
        pytest.param(
            [f"Authentication-Results: {OURS}; dkim=fail header.d=correo.example; dkim=pass header.d=correo.example"],
            "pass",
            id="one of two signatures",
        ),
        pytest.param(
            [f"Authentication-Results: {OURS}; dkim=pass header.i=@envios.correo.example"], "pass", id="below"
        ),
        pytest.param([f"Authentication-Results: {OURS}; dkim=pass header.d=otro.example"], "none", id="not aligned"),
        pytest.param([f"Authentication-Results: {OURS}; dkim=pass header.d=example"], "none", id="a top level"),
        pytest.param([f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=x@correo.example"], "pass", id="spf"),
        pytest.param(
            [f"Authentication-Results: {OURS}; spf=fail smtp.mailfrom=x@correo.example"], "none", id="spf only"
        ),
        pytest.param([f"Authentication-Results: {OURS}; none"], "none", id="none"),
        pytest.param(["Authentication-Results: " + "(" * 5000 + ";;;=" * 5000], "none", id="rubbish"),
    ],
)
def test_only_what_our_server_wrote_counts(fields: list[str], verdict: str) -> None:
    assert checked(*fields).verdict == verdict


def test_without_the_name_of_our_server_nothing_is_known_of_anybody() -> None:
    assert checked(FAILED, server="") == SenderCheck()
    assert checked(FAILED, sender="marcela@caja.example", server="") == SenderCheck()


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ([], "fail"),
        ([PASSED], "pass"),
        ([f"Authentication-Results: {OURS}; auth=pass smtp.auth=marcela"], "pass"),
        ([f"Authentication-Results: {OURS}; spf=neutral"], "fail"),
        ([f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=caja.example"], "pass"),
    ],
)
@pytest.mark.parametrize("sender", ["marcela@caja.example", "Servicio+12@Caja.example"])
def test_a_mail_in_the_name_of_one_of_us_needs_the_word_of_our_server(
    fields: list[str], verdict: str, sender: str
) -> None:
    assert checked(*fields, sender=sender).verdict == verdict


def test_with_two_senders_nobody_can_tell_which_was_checked() -> None:
    assert checked(PASSED, "From: eva@otro.example").verdict == "none"


def test_what_the_server_wrote_is_kept() -> None:
    assert checked(FAILED) == SenderCheck(verdict="fail", spf="fail", dmarc="fail")


def our_letter(message_id: str) -> LetterAddress | None:
    return LetterAddress("case", "assignment", "1") if message_id == "nuestra@caja.example" else None


@pytest.mark.parametrize(
    ("sender", "forged", "set_aside"),
    [
        ("marcela@caja.example", False, SetAside("held", "from-the-house")),
        ("marcela@caja.example", True, None),
        ("servicio@caja.example", False, SetAside("ignored", "own-loop")),
        ("servicio@caja.example", True, None),
    ],
)
def test_a_forged_mail_is_nobodys_answer_and_no_echo_but_a_case_like_others(
    sender: str, forged: bool, set_aside: SetAside | None
) -> None:
    parsed = parse_mail(mail("In-Reply-To: <nuestra@caja.example>", sender=sender))
    assert judge(parsed, HOUSE, our_letter, forged=forged) == set_aside


def test_a_contact_form_that_writes_in_our_name_is_looked_at_either_way() -> None:
    parsed = parse_mail(mail("Reply-To: ana@correo.example", sender="servicio@caja.example"))
    for forged in (False, True):
        assert judge(parsed, HOUSE, our_letter, forged=forged) == SetAside("held", "own-address-for-another")
