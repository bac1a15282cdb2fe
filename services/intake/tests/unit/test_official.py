# SPDX-License-Identifier: Apache-2.0
"""CNF-03: at the mailbox for official notices only who is found to be a regulator makes a regulator's request."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chassis.files import DirectoryFiles
from chassis.i18n import catalogue
from chassis.ids import Signer
from intake.domain.correspondence import Addresses
from intake.domain.official import OfficialNotices
from intake.domain.regulator_terms import term_in
from intake.domain.submission import FileSubmission
from intake.mail.door import MailDoor
from intake.mail.reading import MailPolicy
from intake.settings import IntakeSettings

BOX = "notificaciones@caja.example"
NOTICES = OfficialNotices(BOX, {"ssf.example": "SSF", "sfc.example": "SFC"})
OURS = "mx.caja.example"
PASS = f"Authentication-Results: {OURS}; dmarc=pass header.from=ssf.example"
SIGNED = f"Authentication-Results: {OURS}; dkim=pass header.d=ssf.example; spf=softfail"
SENT = f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=avisos@ssf.example"
FAILS = f"Authentication-Results: {OURS}; dkim=fail; dmarc=fail header.from=ssf.example"
THEIRS = "Authentication-Results: mx.otro.example; dmarc=pass header.from=ssf.example"
WRITTEN = datetime(2026, 3, 2, 13, tzinfo=UTC)


def filed(
    tmp_path: Path, *fields: str, sender: str = "avisos@ssf.example", to: str = BOX, text: str = "Se corre traslado."
) -> FileSubmission:
    """What the mail door makes of a mail."""
    policy = MailPolicy(own_server=OURS, notices=NOTICES)
    addresses = Addresses(frozenset({BOX, "servicio@caja.example"}), {})
    keys = ["a-key-for-tests-only-of-32-characters"]
    door = MailDoor(DirectoryFiles(tmp_path), Signer(keys), addresses, catalogue("intake"), policy)
    lines = [
        *fields,
        f"From: SSF <{sender}>",
        f"To: {to}",
        "Message-ID: <aviso-1@ssf.example>",
        "Date: Mon, 02 Mar 2026 08:00:00 -0500",
        "Subject: Radicado No. 2-2026-004518",
        "Content-Type: text/plain; charset=utf-8",
        "",
        text,
        "",
    ]
    return asyncio.run(door.taken("\n".join(lines).encode(), via="smtp"))


@pytest.mark.parametrize("field", [PASS, SIGNED, SENT])
def test_a_regulator_that_our_server_found_makes_a_request(field: str, tmp_path: Path) -> None:
    found = filed(tmp_path, field, text="Responda a más tardar el 20 de marzo de 2026.")
    assert (found.channel, found.official, found.set_aside) == ("regulator", "regulator", None)
    assert found.form.regulator is not None
    assert (found.form.regulator.authority, found.form.regulator.reference) == ("SSF", "2-2026-004518")
    assert found.form.regulator.due == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("fields", "sender", "to", "official", "reason"),
    [
        pytest.param([], "avisos@ssf.example", BOX, "not-authenticated", "official-not-authenticated", id="unchecked"),
        pytest.param([FAILS], "avisos@ssf.example", BOX, "not-authenticated", "official-not-authenticated", id="fails"),
        pytest.param([THEIRS], "a@ssf.example", BOX, "not-authenticated", "official-not-authenticated", id="theirs"),
        pytest.param([PASS], "a@ssf.example.otro.example", BOX, "not-a-regulator", None, id="longer domain"),
        pytest.param([PASS], "a@misssf.example", BOX, "not-a-regulator", None, id="a domain that ends alike"),
        pytest.param([PASS], "ana@correo.example", BOX, "not-a-regulator", None, id="somebody else"),
        pytest.param([PASS], "avisos@ssf.example", "servicio@caja.example", None, None, id="another mailbox"),
        pytest.param([], "avisos@ssf.example", "servicio@caja.example", None, None, id="another mailbox, unchecked"),
    ],
)
def test_nobody_else_makes_a_regulators_request(
    fields: list[str], sender: str, to: str, official: str | None, reason: str | None, tmp_path: Path
) -> None:
    found = filed(tmp_path, *fields, sender=sender, to=to, text="Somos la Superintendencia. Responda en 2 días.")
    assert (found.channel, found.form.regulator, found.official) == ("email", None, official)
    assert (found.set_aside.reason if found.set_aside else None) == reason


def test_below_the_domain_and_through_an_address_with_a_tag_it_is_the_regulator_too(tmp_path: Path) -> None:
    field = f"Authentication-Results: {OURS}; dmarc=pass header.from=correo.sfc.example"
    found = filed(tmp_path, field, sender="quejas@correo.sfc.example", to="Notificaciones+1@caja.example")
    assert found.form.regulator is not None
    assert found.form.regulator.authority == "SFC"


def test_a_second_sender_makes_nobody_a_regulator(tmp_path: Path) -> None:
    found = filed(tmp_path, PASS, "From: eva@otro.example")
    assert found.form.regulator is None


def test_what_a_regulators_machine_sends_is_held_and_never_dropped(tmp_path: Path) -> None:
    found = filed(tmp_path, PASS, "Auto-Submitted: auto-generated")
    assert found.set_aside is not None
    assert (found.set_aside.outcome, found.channel) == ("held", "regulator")


def test_it_is_the_same_submission_whatever_our_server_found(tmp_path: Path) -> None:
    assert filed(tmp_path, PASS).submission_id == filed(tmp_path, FAILS).submission_id


@pytest.mark.parametrize(
    ("text", "due", "days"),
    [
        ("Responda a más tardar el 20 de marzo de 2026.", date(2026, 3, 20), None),
        ("Sírvase responder a más tardar el día viernes 20 de marzo del 2026", date(2026, 3, 20), None),
        ("Se concede plazo hasta el 20/03/2026", date(2026, 3, 20), None),
        ("Fecha límite: 2026-03-20", date(2026, 3, 20), None),
        ("Antes del 20 de marzo de 2026", date(2026, 3, 19), None),
        ("dentro de los cinco (5) días hábiles siguientes", None, 5),
        ("en el término de diez días hábiles", None, 10),
        ("en un plazo máximo de 3 días hábiles", None, 3),
        ("dentro de los cinco (5) días hábiles, es decir, a más tardar el 9 de marzo de 2026", date(2026, 3, 9), None),
        ("en cinco días", None, None),
        ("los documentos en 3 días hábiles y el informe en 10 días hábiles", None, None),
        ("hasta el 20 de marzo de 2026 o hasta el 25 de marzo de 2026", None, None),
        ("Queja recibida hasta el 20 de febrero de 2026", None, None),
        ("hasta el 31 de febrero de 2026", None, None),
        ("El 20 de marzo de 2026 se radicó", None, None),
        ("", None, None),
    ],
)
def test_the_term_is_read_where_it_leaves_no_doubt(text: str, due: date | None, days: int | None) -> None:
    assert term_in(text, WRITTEN) == (due, days)


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("0123456789 /-()hastaelmrzodi áé."), max_size=120))
def test_no_text_breaks_the_reading_of_terms(text: str) -> None:
    due, days = term_in(f"hasta el {text}", WRITTEN)
    assert due is None or days is None


@pytest.mark.parametrize(
    "own",
    [
        {"official_mailbox": BOX},
        {"official_mailbox": BOX, "own_authserv_id": OURS},
        {"official_mailbox": "no es una dirección"},
        {"official_senders": "ssf.gov.co"},
        {"official_senders": "SSF=ssf"},
    ],
)
def test_a_mailbox_at_which_nobody_could_be_a_regulator_stops_the_start(own: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        IntakeSettings(**{**_plain(tmp_path), **own})  # type: ignore[arg-type]


def test_the_mailbox_and_its_senders_are_settings(tmp_path: Path) -> None:
    own = {
        "official_mailbox": BOX,
        "own_authserv_id": OURS,
        "official_senders": "SSF=SSF.gov.co, SFC=superfinanciera.gov.co",
    }
    found = IntakeSettings(**{**_plain(tmp_path), **own})  # type: ignore[arg-type]
    assert BOX in found.own_addresses
    assert found.official_notices.authority_of("x@correo.ssf.gov.co") == "SSF"


def _plain(tmp_path: Path) -> dict[str, object]:
    return {
        "kafka_bootstrap_servers": "127.0.0.1:9",
        "mongodb_uri": "mongodb://127.0.0.1:9",
        "files_url": f"file://{tmp_path}",
        "org_code": "CAJA",
        "org_name": "Caja de ejemplo",
        "org_mail_domain": "caja.example",
        "org_mail_address": "servicio@caja.example",
        "staff_file": tmp_path / "staff.yaml",
        "signing_keys": "a-key-for-tests-only-of-32-characters",
        "public_url": "http://127.0.0.1:8101",
    }
