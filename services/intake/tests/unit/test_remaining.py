# SPDX-License-Identifier: Apache-2.0
"""How much of the term is left, as the person is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.case import Progress
from intake.domain.remaining import Remaining, remaining

FRIDAY = date(2026, 3, 20)
WEDNESDAY, THURSDAY = date(2026, 3, 25), date(2026, 3, 26)
DAYS = (FRIDAY, date(2026, 3, 24), WEDNESDAY)
"""Monday 23 March is a holiday."""


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 19), Remaining("days", 3)),
        (FRIDAY, Remaining("days", 2)),
        (date(2026, 3, 21), Remaining("days", 2)),
        (date(2026, 3, 23), Remaining("days", 2)),
        (date(2026, 3, 24), Remaining("one-day", 1)),
        (WEDNESDAY, Remaining("today", 0)),
        (THURSDAY, Remaining("over", 0)),
    ],
)
def test_the_days_that_count_are_those_that_routing_counted(today: date, expected: Remaining) -> None:
    assert remaining(Progress(due=WEDNESDAY, term_days=DAYS), today) == expected


@pytest.mark.parametrize(
    "own",
    [
        {"due": None},
        {"term_days": ()},
        {"answered_at": datetime(2026, 3, 19, tzinfo=UTC)},
        {"status": "closed"},
        {"status": "transferred"},
    ],
)
def test_nothing_is_counted_where_nothing_is_due(own: dict[str, Any]) -> None:
    progress = Progress.model_validate({"due": WEDNESDAY, "term_days": DAYS, "status": "assigned", **own})
    assert remaining(progress, FRIDAY) is None


@given(st.sets(st.integers(1, 40), min_size=1), st.integers(0, 50))
def test_from_one_day_to_the_next_the_count_falls_by_one_or_stays(counted: set[int], offset: int) -> None:
    start = date(2026, 3, 2)
    days = tuple(start + timedelta(days=n) for n in sorted(counted))
    progress = Progress(due=days[-1], term_days=days)
    today, tomorrow = (remaining(progress, start + timedelta(days=offset + n)) for n in (0, 1))
    assert today is not None
    assert tomorrow is not None
    assert today.days - tomorrow.days == (start + timedelta(days=offset + 1) in days)
