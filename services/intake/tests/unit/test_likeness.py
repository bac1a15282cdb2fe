# SPDX-License-Identifier: Apache-2.0
"""What counts as the same text, the same person, and the same letter of many persons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.likeness import COMPARED, letter_of, likeness, person_keys, words_of
from ventanilla_contracts.intake import Person

SAID = "Me cobraron dos veces la reserva de la cabaña, del 14 al 15 de febrero. Pido la devolución de 186.000 pesos."
LETTER = """{greeting}

{who} solicito que la sede del barrio no cierre los sábados, porque quienes trabajamos entre semana no podemos ir otro
día y las demás sedes quedan muy lejos de nuestras casas. Pedimos que se mantenga el horario que había antes del {date}
y que se nos escuche antes de tomar la decisión.

{closing}
{signature}"""


def letter(**own: str) -> str:
    values = {
        "greeting": "Señores\nCaja de Compensación\nCiudad",
        "who": "Yo, Ana Ríos, identificada con cédula 24.345.678 de Manizales,",
        "date": "2 de marzo",
        "closing": "Atentamente,",
        "signature": "Ana Ríos\nC.C. 24.345.678\nTel. 300 123 4567",
    }
    return LETTER.format(**{**values, **own})


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (SAID, True),
        (SAID.upper(), True),
        (SAID.replace("cabaña", "cabana").replace(",", "").replace("\n", " "), True),
        (f"{SAID} Gracias.", True),
        (SAID.replace("Pido", "Exijo"), True),
        (f"Hola. {SAID}", True),
        ("No me llegó la cuota monetaria de febrero y ya radiqué los documentos en la sede del centro.", False),
        ("Me cobraron dos veces la reserva.", False),
    ],
)
def test_a_text_said_again_is_alike_and_another_is_not(other: str, alike: bool) -> None:
    assert (likeness(words_of(SAID), words_of(other), 90) >= 90) is alike


def test_the_same_words_are_alike_to_100() -> None:
    assert likeness(words_of(SAID), words_of(f"¡{SAID}!"), 90) == 100


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_is_the_same_both_ways_and_between_0_and_100(one: str, other: str) -> None:
    forth, back = likeness(words_of(one), words_of(other), 0), likeness(words_of(other), words_of(one), 0)
    assert forth == back
    assert 0 <= forth <= 100


@given(st.text(max_size=9_000))
def test_words_are_bounded_and_without_accents_signs_and_capitals(text: str) -> None:
    words = words_of(text)
    assert len(words) <= COMPARED
    assert not re.search(r"[\u0300-\u036f]|\s\s", words)


def test_a_person_is_found_by_address_document_or_telephone() -> None:
    person = Person(
        name="Ana", email="Ana@correo.example", document_type="CC", document_number="24345678", phone="+573001234567"
    )
    assert person_keys(person) == ("email ana@correo.example", "CC 24345678", "phone +573001234567")
    assert person_keys(Person(name="Ana", address="Calle 1")) == ()


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"who": "Yo, Luis Pardo, identificado con cédula 10.222.333 de Pereira,", "signature": "Luis Pardo"},
        {"greeting": "Estimados señores:"},
        {"greeting": "Buenos días."},
        {"date": "9 de marzo"},
        {"closing": "Cordialmente,", "signature": "Marta Lucía Gil\nmarta.gil@correo.example"},
        {"signature": "Enviado desde mi teléfono"},
    ],
)
def test_one_letter_is_known_whoever_signs_it(own: dict[str, str]) -> None:
    assert letter_of(letter(**own), None, 25) == letter_of(letter(), "Ana Ríos", 25) is not None


def test_the_senders_own_name_does_not_count_even_in_small_letters() -> None:
    small = letter(who="Yo, luis pardo, identificado con cédula 10.222.333 de Pereira,")
    assert letter_of(small, "Luis Pardo", 25) == letter_of(letter(), None, 25)
    assert letter_of(small, None, 25) != letter_of(letter(), None, 25)


def test_a_letter_in_capitals_is_one_too() -> None:
    assert letter_of(letter().upper(), "Ana Ríos", 25) is not None


@pytest.mark.parametrize(
    "other",
    [
        letter().replace("sábados", "domingos"),
        letter().replace("Pedimos que se mantenga", "Pedimos que no se mantenga"),
        SAID * 3,
    ],
)
def test_another_letter_is_another(other: str) -> None:
    assert letter_of(other, None, 25) != letter_of(letter(), None, 25)


@pytest.mark.parametrize("text", ["", "Gracias", "No me llegó la cuota.", "1 2 3 " * 50, "ANA RÍOS"])
def test_a_few_words_are_no_letter(text: str) -> None:
    assert letter_of(text, None, 25) is None


@given(st.text(max_size=3_000), st.none() | st.text(max_size=50))
def test_any_text_has_a_hash_or_none(text: str, name: str | None) -> None:
    found = letter_of(text, name, 5)
    assert found is None or re.fullmatch("[0-9a-f]{64}", found)
