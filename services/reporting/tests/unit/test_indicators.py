# SPDX-License-Identifier: Apache-2.0
from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.facts import Measure, Place
from reporting.domain.indicators import RULES, Figures, Indicator, IndicatorId, indicators
from reporting.domain.monthly import Sums, monthly
from reporting.domain.period import ONE_DAY, Period
from ventanilla_contracts.vocabulary import Channel, Kind


def indicator(name: str, **figures: Any) -> Indicator:
    return next(one for one in indicators(Figures(**figures)) if one.id == name)


@pytest.mark.parametrize(
    ("name", "figures", "value", "numerator", "denominator"),
    [
        (
            "complaints-and-claims-in-time",
            {"cases": {"claim": {"answered": 3, "answered_in_time": 2}, "petition": {"answered": 9}}},
            66.67,
            2,
            3,
        ),
        ("complaints-and-claims-in-time", {"cases": {"petition": {"answered": 9}}}, None, 0, 0),
        (
            "answered-in-time",
            {"cases": {"claim": {"answered": 1}, "petition": {"answered": 3, "answered_in_time": 3}}},
            75,
            3,
            4,
        ),
        ("terms-kept", {"cases": {None: {"answered_in_time": 1, "missed": 3}}}, 25, 1, 4),
        ("claims-reduction", {"cases": {"claim": {"received": 6}}, "before": {"claim": {"received": 8}}}, 25, 2, 8),
        ("claims-reduction", {"cases": {"claim": {"received": 9}}, "before": {"claim": {"received": 6}}}, -50, -3, 6),
        ("claims-reduction", {"cases": {"claim": {"received": 9}}}, None, -9, 0),
        ("satisfied-of-contacted", {"cases": {"claim": {"satisfied": 1, "not_satisfied": 3}}}, 25, 1, 4),
        ("contacted-of-checked", {"cases": {"claim": {"satisfied": 1, "not_contacted": 3}}}, 25, 1, 4),
        ("received", {"cases": {"claim": {"received": 1}, None: {"received": 2}}}, 3, None, None),
        ("submissions-held", {"submissions": {"held": 4}}, 4, None, None),
        ("submissions-held-now", {"held_now": 2}, 2, None, None),
        ("open", {"open": 5}, 5, None, None),
        ("overdue", {}, 0, None, None),
    ],
)
def test_an_indicator_says_what_it_is_made_of(
    name: str, figures: dict[str, Any], value: float | None, numerator: int | None, denominator: int | None
) -> None:
    found = indicator(name, **figures)
    assert (found.value, found.numerator, found.denominator) == (value, numerator, denominator)
    assert found.unit == ("count" if numerator is None else "percent")


def test_every_indicator_has_one_rule() -> None:
    assert [rule.id for rule in RULES] == list(get_args(IndicatorId))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 400))
def test_the_period_before_is_as_long_and_ends_the_day_before(first: date, days: int) -> None:
    period = Period(first, first + ONE_DAY * (days - 1))
    assert period.days == period.before().days == days
    assert period.before().last + ONE_DAY == first


def test_a_month_ends_on_its_last_day() -> None:
    assert Period.month("2028-02") == Period(date(2028, 2, 1), date(2028, 2, 29))


places = st.builds(
    Place,
    channel=st.sampled_from(get_args(Channel)[:3]),
    service_point=st.sampled_from([None, "centro"]),
    area=st.sampled_from([None, "a", "b"]),
    kind=st.sampled_from([None, *get_args(Kind)]),
)
amounts = st.dictionaries(st.sampled_from(get_args(Measure)), st.integers(0, 9))


@given(st.lists(st.tuples(places, amounts), max_size=20), st.dictionaries(places, st.integers(1, 9), max_size=8))
def test_the_totals_of_the_month_agree_with_its_rows_and_with_the_indicators(
    cells: list[tuple[Place, dict[str, int]]], still_open: dict[Place, int]
) -> None:
    by_kind: dict[Kind | None, dict[str, int]] = {}
    for place, counts in cells:
        of_kind = by_kind.setdefault(place.kind, {})
        for measure, count in counts.items():
            of_kind[measure] = of_kind.get(measure, 0) + count
    report = monthly([Sums(place, counts) for place, counts in cells], still_open)
    figures = Figures(cases=by_kind, open=sum(still_open.values()))
    shown = {one.id: one for one in indicators(figures)}
    totals = report.totals
    assert totals.received == sum(row.received for row in report.rows) == shown["received"].value
    assert totals.answered == sum(row.answered for row in report.rows) == shown["answered"].value
    assert totals.answered_in_time == shown["answered-in-time"].numerator
    assert totals.closed == sum(row.closed for row in report.rows) == shown["closed"].value
    assert totals.open_at_end == sum(row.open_at_end for row in report.rows) == shown["open"].value
    assert not any(row.is_empty for row in report.rows)
