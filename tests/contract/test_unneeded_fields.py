# SPDX-License-Identifier: Apache-2.0
"""A field that no consumer needs is found, unless it is said for whom or why it is sent (contracts/unneeded.yaml)."""

from collections.abc import Mapping

import pytest
from tests.contract.needs.statements import Statement, statements, unneeded, unwanted

from ventanilla_contracts.envelope import Event, Frozen
from ventanilla_contracts.registry import EVENTS


class Weather(Frozen):
    sky: str
    degrees: int


class Asked(Event, type="asked.v1", topic="intake-cases"):
    """Somebody asked."""

    number: str
    weather: tuple[Weather, ...]


ASKED = {"asked.v1": Asked}
EXCUSED = {"every event": {"actor.*": "who did it"}, "asked.v1": {"weather.sky": "for poets"}}
NEEDED = [Statement("routing", {"asked.v1": ("number",)}), Statement("reporting", {"asked.v1": ("weather.degrees",)})]


def test_every_field_is_needed_or_excused() -> None:
    found = unwanted(statements(), unneeded(), EVENTS)
    assert not found, "\n".join(found)


def test_every_excuse_is_a_sentence() -> None:
    assert [path for fields in unneeded().values() for path, why in fields.items() if len(why.split()) < 2] == []


def test_what_is_needed_or_excused_is_no_fault() -> None:
    assert unwanted(NEEDED, EXCUSED, ASKED) == []


def test_a_field_that_nobody_needs_is_named_by_its_path() -> None:
    assert unwanted(NEEDED[:1], EXCUSED, ASKED) == [
        "asked.v1 weather.degrees: no consumer states it, and contracts/unneeded.yaml does not say why it is sent"
    ]


@pytest.mark.parametrize(
    ("excuse", "line"),
    [
        ({"asked.v1": {"number": "for clerks"}}, "asked.v1 number"),
        ({"asked.v1": {"mood": "for poets"}}, "asked.v1 mood"),
        ({"sold.v1": {"price": "for merchants"}}, "sold.v1 price"),
        ({"every event": {"seal": "for notaries"}}, "every event seal"),
    ],
)
def test_an_excuse_that_excuses_nothing_is_named(excuse: Mapping[str, Mapping[str, str]], line: str) -> None:
    fields = {name: {**EXCUSED.get(name, {}), **excuse.get(name, {})} for name in {*EXCUSED, *excuse}}
    expected = f"{line}: is needed, or is no field; take it out of contracts/unneeded.yaml"
    assert unwanted(NEEDED, fields, ASKED) == [expected]


def test_all_of_a_part_may_be_excused_at_once() -> None:
    fields = {**EXCUSED, "asked.v1": {"weather.*": "for sailors"}}
    assert unwanted(NEEDED[:1], fields, ASKED) == []
