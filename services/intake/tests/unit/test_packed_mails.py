# SPDX-License-Identifier: Apache-2.0
"""winmail.dat, invitations, and mails forwarded as a file."""

import base64
import random
import struct
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.i18n import catalogue
from intake.domain.mail import Accept, Hold, HoldReason, Ignore, ParsedMail, Verdict, classify_incoming, parse_mail
from intake.domain.mail.invitations import invitations
from intake.domain.mail.parse import read_mail
from intake.domain.mail.tnef import open_tnef
from intake.mail.invitation_words import with_invitations

UTF16, BINARY, OBJECT = 0x1F, 0x102, 0x0D
MESSAGE_ID = bytes.fromhex("0703020000000000c000000000000046")


def attribute(kind: int, value: bytes, level: int = 1) -> bytes:
    return struct.pack("<BIi", level, kind, len(value)) + value + b"\0\0"


def properties(*found: tuple[int, int, bytes]) -> bytes:
    written = [struct.pack("<I", len(found))]
    for number, kind, value in found:
        padding = b"\0" * (-len(value) % 4)
        name = b"\x11" * 16 + struct.pack("<II", 0, 1) if number >= 0x8000 else b""
        written += [struct.pack("<HH", kind, number), name, struct.pack("<II", 1, len(value)), value, padding]
    return b"".join(written)


def tnef(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def file(name: str, content: bytes) -> bytes:
    named = properties((0x8001, UTF16, b"x\0"), (0x3707, UTF16, name.encode("utf-16-le") + b"\0\0"))
    return (
        attribute(0x9002, b"", 2)
        + attribute(0x8010, b"CEDULA~1.PDF\0", 2)
        + attribute(0x800F, content, 2)
        + attribute(0x9005, named, 2)
    )


HTML = "<p>Adjunto la <b>cédula</b>.</p>".encode()
PACKED = tnef(
    attribute(0x9007, struct.pack("<II", 1252, 0)),
    attribute(0x9003, properties((0x1013, BINARY, HTML), (0x3FDE, 0x102, struct.pack("<I", 65001)))),
    file("cédula escaneada.pdf", b"%PDF-1.4 ..."),
    file("recibo.txt", "pagué".encode("cp1252")),
)


def mail_with(content: bytes, text: str = "", type_: str = "application/ms-tnef") -> bytes:
    return (
        "From: ana@correo.example\nSubject: Cédula\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        f"--x\nContent-Type: text/plain\n\n{text}\n--x\nContent-Type: {type_}; name=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(content).decode()}\n--x--\n"
    ).encode()


def test_a_winmail_dat_gives_its_text_and_its_files_and_stays() -> None:
    mail = read_mail(mail_with(PACKED))
    assert mail.text.strip() == "Adjunto la cédula."
    assert mail.html == HTML.decode()
    assert [(one.name, one.content) for one in mail.attachments] == [
        ("winmail.dat", PACKED),
        ("cédula escaneada.pdf", b"%PDF-1.4 ..."),
        ("recibo.txt", "pagué".encode("cp1252")),
    ]


def test_what_the_mail_says_beside_it_is_its_text() -> None:
    assert read_mail(mail_with(PACKED, "Buenas tardes")).text.strip() == "Buenas tardes"


def test_another_name_or_type_is_opened_if_it_is_one() -> None:
    assert len(read_mail(mail_with(PACKED, type_="application/octet-stream")).attachments) == 3
    assert len(read_mail(mail_with(b"no es", type_="application/ms-tnef")).attachments) == 1


def test_a_message_within_is_opened_too_but_not_for_ever() -> None:
    inner = tnef(attribute(0x800C, b"Le reenvio esto\0"), file("foto.jpg", b"jpg"))
    for _ in range(40):
        content = MESSAGE_ID + inner
        inner = tnef(
            attribute(0x9002, b"", 2),
            attribute(0x8010, b"RV\0", 2),
            attribute(0x9005, properties((0x3701, OBJECT, content)), 2),
        )
    opened = open_tnef(inner, 100)
    assert len(opened.files) == 4
    once = open_tnef(tnef(attribute(0x9002, b"", 2), attribute(0x8010, b"RV\0", 2), attribute(0x9005, properties(
        (0x3701, OBJECT, MESSAGE_ID + tnef(attribute(0x800C, b"Le reenvio esto\0"), file("foto.jpg", b"jpg")))), 2)), 9)  # fmt: skip  # noqa: E501
    assert [one.name for one in once.files] == ["RV", "RV.txt", "foto.jpg"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(PACKED)), st.binary(max_size=12)), max_size=6))
def test_a_damaged_one_is_read_as_far_as_it_goes(damages: list[tuple[int, bytes]]) -> None:
    content = bytearray(PACKED)
    for position, bytes_ in damages:
        content[position : position + len(bytes_)] = bytes_
    opened = open_tnef(bytes(content), 100)
    assert sum(len(one.content) for one in opened.files) <= 3 * len(content)


@pytest.mark.parametrize(
    "content",
    [
        tnef(*[attribute(0x9002, b"", 2)] * 400_000),
        tnef(*[attribute(0x1234, b"")] * 400_000),
        tnef(attribute(0x9003, struct.pack("<I", 0xFFFFFFFF) + b"\x1e\0\0\x10\xff\xff\xff\xff" * 500_000)),
        tnef(attribute(0x9003, properties(*[(0x1000, UTF16, b"")] * 300_000))),
        tnef(attribute(0x9004, b"\xff" * 4_000_000)),
        random.Random(7).randbytes(4_000_000),
    ],
    ids=["files", "attributes", "values", "properties", "recipients", "noise"],
)
def test_four_megabytes_made_to_hurt_take_no_longer_than_others(content: bytes) -> None:
    started = time.process_time()
    opened = open_tnef(content, 100)
    assert time.process_time() - started < 5
    assert len(opened.files) <= 100


INVITATION = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Bogota
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:-0500
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1
DTSTAMP:20260302T130000Z
{moments}
SUMMARY:Visita técnica\\, sede Niza
LOCATION:Carrera 23 # 50-12
ORGANIZER;CN=Ana Rojas:mailto:ana@correo.example
DESCRIPTION:Traer el recibo.\\nGracias.
END:VEVENT
END:VCALENDAR
"""
ZONE = ZoneInfo("America/Bogota")


def invited(
    method: str = "REQUEST", moments: str = "DTSTART:20260310T150000Z\nDTEND:20260310T160000Z", text: str = ""
) -> ParsedMail:
    body = base64.encodebytes(INVITATION.format(method=method, moments=moments).encode()).decode()
    raw = (
        "From: ana@correo.example\nSubject: Visita\nContent-Type: multipart/alternative; boundary=x\n\n"
        f"--x\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--x\nContent-Type: text/calendar; charset=utf-8; method={method}\nContent-Transfer-Encoding: base64\n\n{body}\n"  # noqa: E501
        "--x\nContent-Type: application/ics; name=invite.ics; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        f"{body}\n--x--\n"
    )
    return read_mail(raw.encode())


@pytest.mark.parametrize(
    ("moments", "when"),
    [
        ("DTSTART:20260310T150000Z\nDTEND:20260310T160000Z", "martes 10 de marzo de 2026, 10:00 a. m. – 11:00 a. m."),
        ("DTSTART;TZID=Bogota:20260310T150000\nDTEND;TZID=Bogota:20260310T160000", "martes 10 de marzo de 2026, 3:00 p. m. – 4:00 p. m."),  # noqa: E501
        ("DTSTART:20260310T150000", "martes 10 de marzo de 2026, 3:00 p. m."),
        ("DTSTART;VALUE=DATE:20260310", "martes, 10 de marzo de 2026"),
        ("DTSTART:20260310T150000Z\nDTEND:20260312T150000Z", "martes 10 de marzo de 2026, 10:00 a. m. – jueves 12 de marzo de 2026, 10:00 a. m."),  # noqa: E501
    ],
)  # fmt: skip
def test_an_invitation_says_what_when_and_where_in_the_text(moments: str, when: str) -> None:
    mail = with_invitations(invited(moments=moments, text="¿Puede venir?"), catalogue("intake"), ZONE)
    said = " ".join(mail.text.split())
    assert said == (
        f"¿Puede venir? Invitación: Visita técnica, sede Niza Cuándo: {when} Dónde: Carrera 23 # 50-12 "
        "Organiza: ana@correo.example De qué se trata: Traer el recibo. Gracias."
    )
    assert [one.type for one in mail.attachments] == ["text/calendar", "application/ics"]


@pytest.mark.parametrize(
    "text",
    ["", "BEGIN:VCALENDAR", "x" * 600_000, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:ayer\nEND:VEVENT\nEND:VCALENDAR",
     "BEGIN:VEVENT\n" * 5000, "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * 100 + "END:VCALENDAR"],
    ids=["empty", "cut", "long", "no date", "nested", "many"],
)  # fmt: skip
def test_a_calendar_that_cannot_be_read_is_only_a_file(text: str) -> None:
    found = invitations(text)
    assert len(found) <= 20
    for one in found:
        assert one.starts is None


@pytest.mark.parametrize(
    ("method", "text", "verdict"),
    [
        ("REQUEST", "", Accept()),
        ("COUNTER", "", Accept()),
        ("CANCEL", "", Accept()),
        ("REPLY", "", Ignore("calendar-reply")),
        ("REPLY", "No puedo ir: ¿me llaman?", Hold(HoldReason.LOOKS_AUTOMATIC)),
    ],
)
def test_a_click_in_a_calendar_is_no_case_and_a_proposal_is_one(method: str, text: str, verdict: Verdict) -> None:
    assert classify_incoming(invited(method, text=text), {"servicio@caja.example"}) == verdict


def forwarded(text: str) -> bytes:
    return (
        "From: ana@correo.example\nSubject: RV: Cobro\nContent-Type: multipart/mixed; boundary=x\n\n"
        f"--x\nContent-Type: text/plain\n\n{text}\n--x\nContent-Type: message/rfc822\n\n"
        "From: Banco <cobros@banco.example>\nSubject: =?utf-8?q?Cobro_de_a=C3=B1o?=\nContent-Type: text/html\n\n"
        "<p>Usted debe.</p>\n--x--\n"
    ).encode()


def test_who_forwards_a_mail_as_a_file_and_writes_nothing_says_what_stands_in_it() -> None:
    mail = read_mail(forwarded(""))
    assert mail.text == "From: Banco <cobros@banco.example>\nSubject: Cobro de año\n\nUsted debe."
    assert mail.attachments[0].safe_name == "Cobro de año.eml"
    assert read_mail(forwarded("Miren esto")).text.strip() == "Miren esto"


def test_the_same_mail_without_a_subject_has_no_name() -> None:
    assert parse_mail(forwarded("").replace(b"Subject: =?", b"X: =?")).attachments[0].safe_name is None
