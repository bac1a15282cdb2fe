# SPDX-License-Identifier: Apache-2.0
"""Whole mails, as they come: what the rules of intake are told about each."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from intake.domain.mail import Defect, ParsedMail, parse_mail

MAILS = Path(__file__).parent.parent / "mails"
ALL = sorted(MAILS.glob("*.eml"))


def read(name: str) -> ParsedMail:
    return parse_mail((MAILS / f"{name}.eml").read_bytes())


@dataclass(frozen=True)
class Expected:
    sender: str
    subject: str
    text: str
    attachments: tuple[tuple[str | None, str], ...] = ()
    defects: tuple[Defect, ...] = ()


ANA = "Ana Rojas <ana.rojas@correo.example>"
EXPECTED = {
    "pdf-and-encoded-subject": Expected(
        "Lucía Muñoz <lucia.munoz@correo.example>",
        "Queja por la atención en la sucursal de Chinchiná y petición de devolución",
        "Buenos días:\n\nEl 27 de febrero pedí una cita en Chinchiná y nadie me atendió. Adjunto la factura.\n\n"
        "Lucía Muñoz\nCC 24.567.890",
        (("factura nº 1024.pdf", "application/pdf"),),
    ),
    "html-only-latin1": Expected(
        "Perez, Jairo <jairo.perez@correo.example>",
        "Petición de información",
        "Señores:\n\n¿Cuál es el horario de atención los sábados?\nEspero su respuesta.\n\n- Sede Centro\n- Sede Niza",
    ),
    "rfc2231-names": Expected(
        ANA,
        "Documentos",
        "Van los documentos.",
        (
            ("certificación de afiliación y aportes.txt", "text/plain"),
            ("año.zip", "application/octet-stream"),
            ("petición ñ.doc", "application/msword"),
            ("cédula escaneada.jpg", "image/jpeg"),
        ),
    ),
    "outlook-es-reply": Expected(
        ANA,
        "RE: [CAJA-2025-000123-0] Respuesta a su solicitud",
        "Buenas tardes,\n\nNo estoy de acuerdo con la respuesta: el subsidio de febrero no llegó.\n\nAna Rojas",
    ),
    "gmail-es-reply": Expected(ANA, "Re: Respuesta a su solicitud", "Sigo sin recibir el subsidio.\n\nGracias,\nAna"),
    "gmail-es-html-only-reply": Expected(ANA, "Re: Respuesta a su solicitud", "Sigo sin recibir el subsidio."),
    "answers-between-quotes": Expected(
        ANA,
        "Re: Faltan datos",
        "El lun, 3 mar 2025 a las 9:02, Atención <pqrs@caja.example> escribió:\n"
        "> ¿Cuál es su cédula?\n24.567.890\n> ¿Y su ciudad?\nManizales",
    ),
    "forwarded-inline": Expected(
        ANA,
        "RV: Cobro indebido",
        "Les reenvío lo que me escribió el banco.\n\nDe: Banco Ejemplo <cobros@banco.example>\n"
        "Enviado: viernes, 28 de febrero de 2025 8:00 a. m.\nPara: Ana Rojas <ana.rojas@correo.example>\n"
        "Asunto: Cobro\n\nUsted debe 100.000 pesos.",
    ),
    "forwarded-attached": Expected(ANA, "Fwd: Cobro", "Va adjunto.", (("Cobro.eml", "message/rfc822"),)),
    "raw-8bit-headers": Expected(
        "José Ñáñez <jose@correo.example>",
        "Reclamación por cobro de energía: ¿cuándo responden?",
        "Señores: espero respuesta.",
        defects=(Defect.WRONG_CHARSET,),
    ),
    "raw-utf8-headers": Expected(
        "Íngrid Güiza <ingrid@correo.example>", "Felicitación para la señora Zoraida — ¡gracias!", "Todo muy bien."
    ),
    "broken-base64": Expected(
        ANA,
        "Archivo roto",
        "Adjunto el recibo de la señora Inés.",
        (("recibo.pdf", "application/pdf"),),
        (Defect.BROKEN_ENCODING, Defect.REPAIRED_ENCODING),
    ),
    "empty-charset": Expected(
        ANA,
        "Sin juego de caracteresmañana",
        "¿Mañana abren? Vivo en Bogotá.",
        defects=(Defect.WRONG_CHARSET,),
    ),
    "unknown-charset": Expected(
        ANA, "Petición", "Petición urgente: la señal está caída.", defects=(Defect.WRONG_CHARSET,)
    ),
    "inline-picture-and-invitation": Expected(
        ANA,
        "Cita",
        "¿Puedo ir mañana?",
        ((None, "text/calendar"), ("foto.png", "image/png"), ("winmail.dat", "application/ms-tnef")),
    ),
    "broken-headers": Expected(
        ANA,
        "Reclamo por el recibo de marzo que llego doblado",
        "Buenas tardes, el recibo llego doblado.\nGracias.",
        defects=(Defect.BAD_DATE, Defect.BROKEN_HEADER, Defect.MISSING_BLANK_LINE),
    ),
    "truncated": Expected(
        ANA,
        "Cortado",
        "Esto es lo que alcanzo a llegar",
        ((None, "text/plain"),),
        (Defect.UNCLOSED_MULTIPART,),
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_is_read_as_its_writer_meant_it(name: str) -> None:
    mail, expected = read(name), EXPECTED[name]
    assert f"{mail.from_name} <{mail.from_address}>" == expected.sender
    assert mail.subject == expected.subject
    assert mail.text.strip() == expected.text
    assert tuple((file.name, file.type) for file in mail.attachments) == expected.attachments
    assert mail.defects == tuple(sorted(expected.defects))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_line_ends_make_no_other_mail(path: Path) -> None:
    raw = path.read_bytes()
    with_lf, with_crlf = parse_mail(raw), parse_mail(raw.replace(b"\n", b"\r\n"))
    assert with_lf.model_copy(update={"size": 0}) == with_crlf.model_copy(update={"size": 0})


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_the_way_through_another_door_makes_no_other_mail(path: Path) -> None:
    raw = path.read_bytes().removeprefix(b"From ana@correo.example Mon Mar  3 10:15:00 2025\n")
    other = (
        b"Return-Path: <ana@correo.example>\r\nDelivered-To: buzon@caja.example\r\n"
        b"Received: from otro.example by mx.caja.example;\r\n\tMon, 3 Mar 2025 10:15:01 -0500\r\n"
        + raw.replace(b"\n", b"\r\n")
        + b"\r\n\r\n"
    )
    assert parse_mail(other).content_hash == parse_mail(raw).content_hash


def test_another_text_or_another_sender_makes_another_mail() -> None:
    raw = (MAILS / "gmail-es-reply.eml").read_bytes()
    variants = [raw, raw.replace(b"Sigo sin", b"Ya pude"), raw.replace(b"ana.rojas@", b"ana.ruiz@")]
    assert len({parse_mail(variant).content_hash for variant in variants}) == 3


def test_thread_ids_come_without_brackets_and_in_order() -> None:
    mail = read("outlook-es-reply")
    assert mail.message_id == "m4@correo.example"
    assert mail.in_reply_to == ("carta.1@caja.example",)
    assert mail.references == ("carta.0@caja.example", "carta.1@caja.example")


def test_the_original_keeps_what_was_quoted() -> None:
    mail = read("outlook-es-reply")
    assert "su subsidio fue pagado" in mail.full_text
    assert "su subsidio fue pagado" not in mail.text


def test_the_date_is_an_instant_in_utc() -> None:
    date = read("gmail-es-reply").date
    assert date is not None
    assert date.isoformat() == "2025-03-03T15:15:00+00:00"


def test_an_attached_pdf_is_whole() -> None:
    (pdf,) = read("pdf-and-encoded-subject").attachments
    assert pdf.content.startswith(b"%PDF-1.4")
    assert pdf.content.endswith(b"%%EOF\n")
    assert pdf.size == len(pdf.content)


def test_an_attached_message_keeps_its_own_attachments_and_bytes() -> None:
    (message,) = read("forwarded-attached").attachments
    inner = parse_mail(message.content)
    assert inner.subject == "Cobro"
    assert [file.name for file in inner.attachments] == ["extracto.pdf"]


def test_a_picture_in_the_text_is_known_by_its_content_id() -> None:
    picture = read("inline-picture-and-invitation").attachments[1]
    assert (picture.content_id, picture.inline) == ("foto1@correo.example", True)


def test_a_file_that_cannot_be_decoded_is_kept_as_it_came() -> None:
    (file,) = read("broken-base64").attachments
    assert b"no se pudo codificar" in file.content


def test_the_mailbox_it_reached_and_the_checks_of_our_server_are_kept() -> None:
    mail = read("through-own-group")
    assert mail.delivered_to == ("pqrs@caja.example",)
    (checks,) = mail.authentication
    assert checks.server == "mx.caja.example"
    assert checks.results == {"spf": "pass", "dkim": "pass", "dmarc": "fail"}


def test_a_delivery_report_names_the_letter_and_what_became_of_it() -> None:
    report = read("delivery-report").report
    assert report is not None
    assert report.original_message_id == "carta.9@caja.example"
    (recipient,) = report.recipients
    assert (recipient.address, recipient.action, recipient.status) == ("nadie@empresa.example", "failed", "5.1.1")
    assert "User unknown" in recipient.diagnostic


def test_every_sample_is_small_and_of_invented_people() -> None:
    assert len(ALL) >= 25
    for path in ALL:
        raw = path.read_bytes()
        assert len(raw) < 5000
        addresses = [mailbox.address for mailbox in parse_mail(raw).to if mailbox.address]
        assert all(address.endswith(".example") for address in addresses)
