# SPDX-License-Identifier: Apache-2.0
"""Filters and cursors of the list of cases, as anyone could make them up."""

import base64
from datetime import UTC, date, datetime

import pytest

from routing.cases.cursors import UnknownCursor, after, after_rank
from routing.cases.fields import DUE
from routing.cases.filters import CaseFilter


@pytest.mark.parametrize("day", [date.min, date(2026, 3, 24), date.max])
def test_cases_are_looked_for_before_any_day(day: date) -> None:
    query = CaseFilter(due_before=day).query()
    assert query["state.deadline.due"] == {"$lt": day.isoformat()}
    assert query[DUE]["$lt"] >= datetime.combine(day, datetime.min.time(), UTC)


@pytest.mark.parametrize(
    "forged", [b"9999-12-31T23:59:59-23:59|x", b"2026-03-24T00:00:00|x", b"|x", b"\xff|x", b"2026-03-24"]
)
def test_a_forged_cursor_is_none_of_ours(forged: bytes) -> None:
    with pytest.raises(UnknownCursor):
        after(base64.urlsafe_b64encode(forged).decode())
    with pytest.raises(UnknownCursor):
        after_rank(base64.urlsafe_b64encode(forged).decode())
