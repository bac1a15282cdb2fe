# SPDX-License-Identifier: Apache-2.0
"""A letter as a mail that every reader understands."""

import email
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.files import DirectoryFiles, FileLost
from chassis.i18n import catalogue
from notifications import headers
from notifications.domain.letters import WRITTEN_BY_SOMEBODY, Letter, Recipient, Thread
from notifications.mail import Composer, Mail, Unsendable, travelling
from notifications.samples import sample
from notifications.wording import Letterhead, Wording
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import LetterKind

NOW = datetime(2026, 3, 2, 15, 15, 2, tzinfo=UTC)
BOGOTA = ZoneInfo("America/Bogota")
HOUSE = Letterhead("Caja de Ejemplo Ñandú", "servicio@caja.example", "https://ventanilla.caja.example")
LOST = FileRef(sha256="a" * 64, name="perdido.pdf", type="application/pdf", size=1)
LONG = f"<{'x' * 300}@correo.example>"


@pytest.fixture
def files(tmp_path: Path) -> DirectoryFiles:
    return DirectoryFiles(tmp_path)


@pytest.fixture
def composer(files: DirectoryFiles) -> Composer:
    return Composer(Wording(catalogue("notifications"), HOUSE, BOGOTA), HOUSE, files, BOGOTA, 10_000)


def letter(kind: LetterKind, **changes: object) -> Letter:
    return sample(kind).model_copy(update={"files": (), **changes})


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


async def test_an_acknowledgement_says_where_it_comes_from(composer: Composer) -> None:
    mail = await composer.compose(letter("acknowledgement"), NOW)
    message = parsed(mail)
    assert mail.to == ("maria.ospina@correo.example",)
    assert message["Message-ID"] == sample("acknowledgement").message_id
    assert message["Subject"] == "Recibimos su reclamo: radicado CEJ-2026-000412-2"
    assert message["From"].addresses[0].display_name == "Caja de Ejemplo Ñandú"
    assert message["Reply-To"].addresses[0].addr_spec == "servicio@caja.example"
    assert message["To"].addresses[0].display_name == "María Fernanda Ospina Giraldo"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Mon, 02 Mar 2026 10:15:02 -0500"


@pytest.mark.parametrize(
    ("kind", "made", "answered_to"),
    [
        ("acknowledgement", "servicio+x@caja.example", "servicio+x@caja.example"),
        ("answer", "servicio+x@caja.example", "servicio+x@caja.example"),
        ("answer", None, "servicio@caja.example"),
        ("assignment", "servicio+x@caja.example", "servicio@caja.example"),
        ("ombudsman-answer", "servicio+x@caja.example", "servicio@caja.example"),
        ("filing-certificate", "servicio+x@caja.example", "servicio@caja.example"),
    ],
)
async def test_only_the_person_answers_to_an_address_of_their_own(
    files: DirectoryFiles, kind: LetterKind, made: str | None, answered_to: str
) -> None:
    asked: list[tuple[str, str]] = []

    def reply_address(case_id: str, correspondent: str) -> str | None:
        asked.append((case_id, correspondent))
        return made

    wording = Wording(catalogue("notifications"), HOUSE, BOGOTA)
    composer = Composer(wording, HOUSE, files, BOGOTA, 10_000, reply_address)
    message = parsed(await composer.compose(letter(kind), NOW))
    assert message["Reply-To"].addresses[0].addr_spec == answered_to
    assert message["From"].addresses[0].addr_spec == "servicio@caja.example"
    assert set(asked) <= {(sample(kind).case_id, "maria.ospina@correo.example")}


async def test_both_bodies_are_there_and_only_ascii_travels(composer: Composer) -> None:
    mail = await composer.compose(letter("acknowledgement"), NOW)
    text, html = parsed(mail).get_body(("plain",)), parsed(mail).get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Código de seguimiento: XZQZ-8G2H-TRWX-E" in text.get_content()
    assert "XZQZ-8G2H-TRWX-E" in html.get_content()
    assert mail.content.isascii()
    assert max(len(line) for line in mail.content.split(b"\r\n")) <= 998


async def test_an_answer_is_a_persons_mail(composer: Composer) -> None:
    for kind in WRITTEN_BY_SOMEBODY:
        assert "Auto-Submitted" not in parsed(await composer.compose(letter(kind), NOW))


@pytest.mark.parametrize(
    ("thread", "in_reply_to", "references"),
    [
        (Thread(in_reply_to="<b@x>", references=("<a@x>", "<b@x>")), "<b@x>", ["<a@x>", "<b@x>"]),
        (Thread(in_reply_to=LONG, references=(LONG,)), LONG, [LONG]),
        (
            Thread(in_reply_to=" <b@x>\r\nBcc: z@x", references=("<a@x>\n<c@x> tal",)),
            "<b@x>",
            ["<a@x>", "<c@x>", "<b@x>"],
        ),
        (Thread(in_reply_to="nada", references=()), None, []),
    ],
)
async def test_thread_headers_are_whole_and_carry_nothing_else(
    composer: Composer, thread: Thread, in_reply_to: str | None, references: Sequence[str]
) -> None:
    mail = await composer.compose(letter("answer", thread=thread), NOW)
    message = parsed(mail)
    assert message["In-Reply-To"] == in_reply_to
    assert (message["References"] or "").split() == references
    assert "Bcc" not in message
    assert b"=?" not in mail.content.split(b"From:")[0]


async def test_a_very_long_thread_keeps_its_first_and_its_latest(composer: Composer) -> None:
    ids = tuple(f"<{n}@x>" for n in range(100))
    message = parsed(await composer.compose(letter("answer", thread=Thread(in_reply_to=ids[-1], references=ids)), NOW))
    kept = message["References"].split()
    assert (kept[0], kept[-1], len(kept)) == ("<0@x>", "<99@x>", 20)


async def test_a_subject_with_a_line_break_stays_one_header(composer: Composer) -> None:
    thread = Thread(in_reply_to="<b@x>", references=(), subject="Mi caso\r\nBcc: otra@correo.example")
    message = parsed(await composer.compose(letter("answer", thread=thread), NOW))
    assert message["Subject"] == "Re: Mi caso Bcc: otra@correo.example"
    assert message["Bcc"] is None


async def test_files_travel_with_their_names(composer: Composer, files: DirectoryFiles) -> None:
    file = await files.put(b"%PDF-1.7 hola", "certificación año 2026.pdf", "application/pdf")
    mail = await composer.compose(letter("assignment", files=(file,)), NOW)
    message = parsed(mail)
    assert b"filename*=utf-8''certificaci%C3%B3n" in mail.content  # RFC 2231, not an encoded word
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "certificación año 2026.pdf"
    assert attached.get_content() == b"%PDF-1.7 hola"
    body = message.get_body(("plain",))
    assert body is not None
    assert "certificación año 2026.pdf" in body.get_content()


async def test_a_file_that_is_too_large_is_named_and_not_attached(composer: Composer) -> None:
    file = FileRef(sha256="a" * 64, name="foto.jpg", type="image/jpeg", size=10_001)
    message = parsed(await composer.compose(letter("assignment", files=(file,)), NOW))
    assert list(message.iter_attachments()) == []
    body = message.get_body(("plain",))
    assert body is not None
    assert "- foto.jpg (10 kB)" in body.get_content()


async def test_an_answer_never_leaves_without_its_files(composer: Composer) -> None:
    file = FileRef(sha256="a" * 64, name="respuesta.pdf", type="application/pdf", size=10_001)
    with pytest.raises(Unsendable):
        await composer.compose(letter("answer", files=(file,)), NOW)


async def test_staff_are_told_of_a_file_that_the_store_lost(composer: Composer) -> None:
    mail = await composer.compose(letter("assignment", files=(LOST,)), NOW)
    assert mail.lost == 1, "somebody is alarmed"
    body = parsed(mail).get_body(("plain",))
    assert body is not None
    assert "- perdido.pdf (1 kB)" in body.get_content()


async def test_an_answer_waits_for_a_file_that_the_store_lost(composer: Composer) -> None:
    with pytest.raises(FileLost):
        await composer.compose(letter("answer", files=(LOST,)), NOW)


def test_what_is_infected_does_not_travel() -> None:
    bad = FileRef(sha256="a" * 64, name="x.exe", type="", size=1, scan="infected")
    good = FileRef(sha256="b" * 64, name="y.pdf", type="", size=1)
    assert travelling((bad, good), 10) == ([good], [bad])


async def test_only_whom_it_did_not_reach_gets_it(composer: Composer) -> None:
    to = (Recipient(address="a@caja.example"), Recipient(address="b@caja.example"))
    mail = await composer.compose(letter("reminder", to=to, reached=("a@caja.example",)), NOW)
    assert mail.to == ("b@caja.example",)


@pytest.mark.parametrize(
    "address", ["", "nadie", "@caja.example", "a@", "a b@caja.example", "a@b@c.example", "x@\r\ny", f"a@{'b' * 64}.co"]
)
async def test_what_is_no_address_is_unsendable(composer: Composer, address: str) -> None:
    with pytest.raises(Unsendable):
        await composer.compose(letter("reminder", to=(Recipient(address=address),)), NOW)


async def test_many_people_with_accents_all_get_it(composer: Composer) -> None:
    """The standard library encodes the comma between them."""
    names = ["Carlos Andrés Vélez Toro", "Patricia Londoño", 'Ana "la jefa" Gómez, área', "Juan Perez", ""]
    to = tuple(Recipient(address=f"p{n}@caja.example", name=name) for n, name in enumerate(names))
    message = parsed(await composer.compose(letter("escalation", to=to), NOW))
    shown = message["To"].addresses
    assert [one.addr_spec for one in shown] == [one.address for one in to]
    assert [one.display_name for one in shown] == names


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_subject_and_any_name_come_back_as_they_were(subject: str, name: str) -> None:
    head = "\r\n".join(
        [headers.addresses("To", [Recipient(address="a@b.example", name=name)]), headers.text("Subject", subject)]
    )
    message = email.message_from_bytes(f"{head}\r\n\r\n".encode(), policy=policy.default)
    assert str(message["Subject"]) == headers.one_line(subject)
    assert message["To"].addresses[0].addr_spec == "a@b.example"
    shown = message["To"].addresses[0].display_name  # the parser keeps the blanks between the parts of a long name
    assert shown.replace(" ", "") == headers.one_line(name).replace(" ", "")
    assert message.get_payload() == ""
    assert len(message.keys()) == 2
    assert max(len(line) for line in head.split("\r\n")) <= 998


async def test_accents_in_an_address_need_a_server_that_can(composer: Composer) -> None:
    mail = await composer.compose(letter("reminder", to=(Recipient(address="peña@niño.example"),)), NOW)
    assert mail.needs_utf8
    assert mail.to == ("peña@xn--nio-8ma.example",)
