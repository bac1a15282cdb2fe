# SPDX-License-Identifier: Apache-2.0
"""Reply addresses: short enough for every mail server, the same in either case, and of our shape only."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla_contracts.formats import ReplyAddress, parse_reply_address, reply_address, without_tag

SIGNATURE = "abcdefghijklmnopqrstuvwx23"
CASE = "3f0c7d1e-33a5-5d3c-9f0e-1f8a5f1f6f7a"
BOXES = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)


@given(st.uuids(), BOXES, st.booleans())
def test_an_address_comes_back_as_case_and_signature_whatever_a_server_does_to_its_letters(
    case: uuid.UUID, box: str, shouted: bool
) -> None:
    made = reply_address(ReplyAddress(str(case), "ana@correo.example"), SIGNATURE, f"{box}@caja.example")
    assert made is not None
    assert len(made.partition("@")[0]) <= 64
    assert parse_reply_address(made.upper() if shouted else made) == (str(case), SIGNATURE[:16])
    assert without_tag(made) == f"{box}@caja.example"


def test_who_answers_is_signed_in_lower_case() -> None:
    assert ReplyAddress(CASE, " Ana@Correo.Example ").signed_text() == f"{CASE}.ana@correo.example"


@pytest.mark.parametrize(
    ("case", "box"),
    [
        pytest.param(CASE, f"{'a' * 22}@caja.example", id="too long a mailbox"),
        pytest.param("case-1", "servicio@caja.example", id="no UUID"),
        pytest.param(CASE, "@caja.example", id="no mailbox"),
    ],
)
def test_where_it_cannot_be_made_there_is_none(case: str, box: str) -> None:
    assert reply_address(ReplyAddress(case, "ana@correo.example"), SIGNATURE, box) is None


@pytest.mark.parametrize(
    "address",
    [
        "servicio@caja.example",
        "servicio+@caja.example",
        "servicio+pqrs@caja.example",
        f"servicio+{'a' * 41}@caja.example",
        f"servicio+{'a' * 43}@caja.example",
        f"servicio+{'1' * 42}@caja.example",
        "",
        "+",
    ],
)
def test_what_is_not_of_our_shape_is_none_of_ours(address: str) -> None:
    assert parse_reply_address(address) is None


@given(st.text(max_size=100))
def test_no_text_makes_it_raise(text: str) -> None:
    parse_reply_address(text)
    assert "+" not in without_tag(text).rpartition("@")[0]
