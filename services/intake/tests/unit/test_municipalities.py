# SPDX-License-Identifier: Apache-2.0
"""The list of municipalities, and how people name them (domain-colombia.md §3.6)."""

import pytest

from intake.domain.municipalities import Municipalities, Municipality
from intake.persons.municipalities import municipalities

PLACES = municipalities()


def test_the_list_is_whole() -> None:
    assert len(PLACES.all) == len({one.code for one in PLACES.all}) == 1_122
    assert len({one.label for one in PLACES.all}) == 1_122
    assert all(len(one.code) == 5 and one.code.isdigit() for one in PLACES.all)
    departments = {one.code[:2]: one.department for one in PLACES.all}
    assert len(departments) == 33
    assert all(departments[one.code[:2]] == one.department for one in PLACES.all)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Manizales, Caldas", "17001"),
        ("manizales", "17001"),
        ("  MEDELLIN ", "05001"),
        ("Bogotá, D.C.", "11001"),
        ("bogota dc", None),
        ("Villamaria", "17873"),
        ("Nuevo Belén de Bajirá", "27493"),
        ("San Andrés de Tumaco, Nariño", "52835"),
        ("17001", "17001"),
        ("Armenia", None),
        ("Armenia, Quindío", "63001"),
        ("Armenia, Antioquia", "05059"),
        ("99999", None),
        ("Manizalez", None),
        ("", None),
    ],
)
def test_a_municipality_is_found_as_it_is_typed_unless_several_are_meant(typed: str, code: str | None) -> None:
    assert PLACES.typed(typed) == code


def test_an_unknown_code_is_refused_and_named() -> None:
    refused = PLACES.refusal("99999")
    assert refused is not None
    assert (refused.code, refused.field, refused.values) == (
        "municipality-unknown",
        "$.municipality",
        {"code": "99999"},
    )
    assert PLACES.refusal("17001") is PLACES.refusal(None) is None


def test_a_name_that_is_that_of_its_department_stands_once() -> None:
    places = Municipalities([Municipality("11001", "Bogotá, D.C.", "Bogotá, D.C.")])
    assert places.all[0].label == "Bogotá, D.C."
