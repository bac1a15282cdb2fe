# SPDX-License-Identifier: Apache-2.0
"""Names of events, and identifiers that leave the house."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ventanilla_contracts
from ventanilla_contracts.formats import LetterAddress, message_id, parse_message_id
from ventanilla_contracts.registry import EVENTS, event_name, is_known_name

CONTRACTS = Path(__file__).parents[1]
MODULES = sorted(one.name for one in pkgutil.walk_packages(ventanilla_contracts.__path__, "ventanilla_contracts."))

addresses = st.builds(
    LetterAddress,
    case_id=st.uuids().map(str),
    kind=st.sampled_from(["acknowledgement", "documents-request", "answer"]),
    n=st.from_regex(r"[0-9a-z]{1,64}", fullmatch=True),
)


@pytest.mark.parametrize("name", MODULES)
def test_what_the_docstrings_say_is_so(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_what_the_readme_shows_is_so() -> None:
    result = doctest.testfile(str(CONTRACTS / "README.md"), module_relative=False, encoding="utf-8")
    assert (result.failed, result.attempted) == (0, 4)


@pytest.mark.parametrize("event_type", EVENTS)
def test_a_type_is_a_name_in_kebab_case_and_a_version(event_type: str) -> None:
    name, version = event_name(event_type)
    assert f"{name}.v{version}" == event_type
    assert name.replace("-", "").isalpha()
    assert name.islower()
    assert version >= 1


def test_another_version_of_an_event_is_known_by_name_and_another_name_is_not() -> None:
    assert is_known_name("case-filed.v99")
    assert not is_known_name("case-sold.v1")
    assert not is_known_name("case-filed")
    assert not is_known_name("")


@given(addresses, st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True))
def test_a_letter_is_found_again_in_its_message_id(letter: LetterAddress, signature: str) -> None:
    text = message_id(letter, signature, "cajaejemplo.example")
    assert parse_message_id(text) == (letter, signature)
    assert parse_message_id(f"  {text}\n") == (letter, signature)


@pytest.mark.parametrize("text", ["", "<a@b>", "<CAF7x9q2@correo.example>", "not an id"])
def test_somebody_elses_message_id_is_none_of_ours(text: str) -> None:
    assert parse_message_id(text) is None
