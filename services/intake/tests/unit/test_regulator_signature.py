# SPDX-License-Identifier: Apache-2.0
"""The signature of SmartSupervision (domain-colombia.md §4.2)."""

import pytest

from intake.regulator.signature import body_of, signature
from intake.regulator.words import says, words_of

COMPLAINT = {"codigo_queja": "1423681232936", "nombres": "José Peña", "anexo_queja": False}
VECTOR = "4E6951C0837F3BA5EB14A262B70BC9CFFCC2A4465E968B5BE5F31D08DFD8CD82"


def test_it_is_made_as_the_platform_makes_it() -> None:
    assert signature("test-key", body_of(COMPLAINT)) == VECTOR


@pytest.mark.parametrize(
    "other",
    [
        {"nombres": "José Peña", "codigo_queja": "1423681232936", "anexo_queja": False},
        {**COMPLAINT, "nombres": "Jose Peña"},
        {**COMPLAINT, "anexo_queja": None},
    ],
)
def test_order_and_each_letter_count(other: dict[str, object]) -> None:
    assert signature("test-key", body_of(other)) != VECTOR


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"nombres": ["No puede ser nulo."]}, ("nombres: No puede ser nulo.",)),
        (
            {"status_code": 400, "messages": {"username": ["Requerido."]}, "detail": "Error APIException"},
            ("username: Requerido.", "Error APIException"),
        ),
        ({"message": [{"message": "El token es inválido"}], "status_code": 401}, ("El token es inválido",)),
        ({"message": "Ya existe queja con este codigo queja"}, ("Ya existe queja con este codigo queja",)),
        ("<html>502</html>", ("<html>502</html>",)),
        ({"a": {"b": ["x", "x"]}}, ("b: x",)),
        (None, ()),
    ],
)
def test_what_the_platform_says_is_read_in_whatever_shape(answer: object, words: tuple[str, ...]) -> None:
    assert words_of(answer) == words


def test_a_phrase_is_heard_wherever_it_stands() -> None:
    assert says(("queja: YA EXISTE queja con este codigo queja",), ("ya existe queja con este codigo",))
    assert not says(("ya existe una Queja radicada para la entidad con el mismo motivo",), ("ya existe queja con",))
