# SPDX-License-Identifier: Apache-2.0
"""Rows as a spreadsheet reads them."""

import csv
from io import StringIO

import pytest

from chassis.spreadsheet import BYTE_ORDER_MARK, spreadsheet


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_it_begins_with_the_mark_by_which_spreadsheets_know_utf8() -> None:
    text = spreadsheet([["Día", "Número"], ["lunes", 7]])
    assert text.startswith(BYTE_ORDER_MARK)
    assert read(text) == [["Día", "Número"], ["lunes", "7"]]


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_was_typed_is_no_formula(typed: str) -> None:
    assert read(spreadsheet([["Razón"], [typed]]))[1] == [f"'{typed}"]


@pytest.mark.parametrize("typed", ["a, b", 'dice "sí"', "dos\nlíneas", "1+1", -7, 0, ""])
def test_all_else_stays_as_it_is(typed: object) -> None:
    assert read(spreadsheet([["Razón"], [typed]]))[1] == [str(typed)]
