# SPDX-License-Identifier: Apache-2.0
"""Where the writer's own words end."""

import pytest

from intake.domain.mail.quoting import cut_reply, is_reply

OUTLOOK = "De: Caja <a@b.example>\nEnviado: lunes, 3 de marzo de 2025 10:15\nPara: Ana\nAsunto: RE: Caso\n\nPagado"


@pytest.mark.parametrize(
    "quotation",
    [
        pytest.param("El lun, 3 mar 2025 a las 10:15, Caja (<a@b.example>) escribió:\n\n> Pagado", id="gmail-es"),
        pytest.param("El lun, 3 mar 2025 a la(s) 10:15\u202fa.m., Caja\n(a@b.co)\nescribió:\n> Pagado", id="folded"),
        pytest.param("> El 3/03/2025, a las 10:15 a. m., Caja <a@b.example> escribió:\n>\n> Pagado", id="iphone-es"),
        pytest.param("El 3/3/25 a las 10:15, Caja escribió:\n> Pagado", id="thunderbird-es"),
        pytest.param("2025-03-03 10:15 GMT-05:00 Caja <a@b.example>:\n> Pagado", id="old-gmail-es"),
        pytest.param("On Mon, Mar 3, 2025 at 10:15 AM Caja <a@b.example> wrote:\n\n> Paid", id="gmail-en"),
        pytest.param("On Mon, Mar 3, 2025 Caja wrote:\n\nPaid, quoted without marks", id="unmarked"),
        pytest.param(OUTLOOK, id="outlook-es"),
        pytest.param("________________________________\n" + OUTLOOK, id="outlook-es-rule"),
        pytest.param("*De:* Caja\n*Enviado el:* 3 de marzo de 2025 10:15 a. m.\n*Asunto:* Caso\n\nPagado", id="bold"),
        pytest.param("From: Caja\nSent: March 3, 2025 10:15 AM\nTo: Ana\nSubject: Case\n\nPaid", id="outlook-en"),
        pytest.param("-----Mensaje original-----\nDe: Caja\n\nPagado", id="original-es"),
        pytest.param("-----Original Message-----\nFrom: Caja\n\nPaid", id="original-en"),
        pytest.param("> Pagado\n> Caja", id="marks-only"),
    ],
)  # fmt: skip
def test_a_quotation_is_cut(quotation: str) -> None:
    assert cut_reply(f"Sigo sin respuesta.\n\nAna\n\n{quotation}\n") == "Sigo sin respuesta.\n\nAna"


@pytest.mark.parametrize(
    "text",
    [
        "El señor escribió:\nque no vuelva.",
        "Dijo que:\nel 3 de marzo escribió: que no.",
        "Bogotá, 3 de marzo\nDe: Ana Rojas\nPara: Caja\nAsunto: Petición\n\nSolicito mi certificado.",
        "Quiero:\n- uno\n- dos\n  más adentro\n-- \nAna",
        "El lun, 3 mar 2025 a las 10:15, Caja escribió:\n> ¿Su cédula?\n123\n> ¿Su ciudad?\nBogotá",
        "> ¿Su cédula?\n123",
        "> solo lo citado",
        "El lun, 3 mar 2025 a las 10:15, Caja escribió:\n> nada propio",
        "",
    ],
)
def test_what_the_person_says_is_never_cut(text: str) -> None:
    assert cut_reply(text) == text


@pytest.mark.parametrize(
    ("subject", "answers", "cut"),
    [
        ("Re: caso", False, True),
        ("RE: caso", True, True),
        ("Rta: caso", False, True),
        ("caso", True, True),
        ("caso", False, False),
        ("RV: Re: caso", True, False),
        ("Fwd: caso", True, False),
    ],
)
def test_only_answers_are_cut_and_no_forwarded_mail(subject: str, answers: bool, cut: bool) -> None:
    assert is_reply(subject, answers_something=answers) is cut


def test_a_text_longer_than_anyone_writes_is_left_whole() -> None:
    text = "hola\n" + "> x\n" * 100_000
    assert cut_reply(text) == text
