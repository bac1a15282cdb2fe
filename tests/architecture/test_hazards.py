# SPDX-License-Identifier: Apache-2.0
"""Each row of docs/hazards.md has a test that its rule holds, and one that shows the harm without it."""

import re

from tests.architecture.hazards import DOCUMENT, ROWS, all_stands, lacking, stands_of, with_tests

MODULE = """
import pytest

@pytest.mark.hazard(7)
@pytest.mark.hazard(14)
async def test_what_was_saved_is_published(): ...

@pytest.mark.hazard(7, without="the sweeper")
@pytest.mark.parametrize("n", [1, 2])
def test_else_it_is_forgotten(n): ...

def test_of_no_hazard(): ...
"""


def test_every_row_has_its_tests() -> None:
    assert lacking(all_stands()) == []


def test_the_document_names_every_row_and_the_tests_that_there_are() -> None:
    text = DOCUMENT.read_text("utf-8")
    rows = [int(row) for row in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)]
    assert rows == [*ROWS, *ROWS], "the table of hazards and the table of their tests"
    assert text == with_tests(text, all_stands()), "bring it up to date: python -m tests.architecture.hazards"


def test_markers_are_found_where_they_are() -> None:
    found = sorted(stands_of(MODULE, "m.py"))
    assert [(one.row, one.without, one.sentence) for one in found] == [
        (7, "", "what was saved is published"),
        (7, "the sweeper", "else it is forgotten"),
        (14, "", "what was saved is published"),
    ]


def test_a_row_that_lacks_a_test_is_told() -> None:
    found = list(stands_of(MODULE, "m.py"))
    told = lacking(found)
    assert "row 14: no test without its rule" in told
    assert "row 8: no test that its rule holds" in told
    assert not [one for one in told if one.startswith("row 7:")]


def test_a_document_that_is_behind_is_told() -> None:
    stands = list(stands_of(MODULE, "m.py"))
    before = with_tests("# Hazards\n", stands)
    assert with_tests(before, stands) == before
    assert with_tests(before, stands[1:]) != before
