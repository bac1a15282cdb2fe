# SPDX-License-Identifier: Apache-2.0
"""Business hours of the house: lunch, other hours, holidays, pauses; and a trace that adds up (ICX-09)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import process_time
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from routing.domain.clock.calendar import Calendar, CalendarData
from routing.domain.clock.hours import HoursCounted, Pause, add_business_hours, business_hours_between
from routing.organisation.legal_data import load_calendar

CALENDAR = load_calendar()
BOGOTA = ZoneInfo("America/Bogota")
ONE_DAY = timedelta(days=1)
HOURS = {
    "week": {
        **{day: ["08:00-12:00", "14:00-17:30"] for day in ("monday", "tuesday", "wednesday", "thursday")},
        "friday": ["08:00-12:00"],
        "saturday": ["09:00-11:00"],
    },
    "days": [
        {"date": "2026-12-24", "hours": ["08:00-10:00"], "source": "invented"},
        {"date": "2026-12-25", "hours": ["10:00-11:00"], "source": "invented"},
        {"date": "2026-12-28", "hours": [], "source": "invented"},
    ],
}


def changed(**changes: object) -> Calendar:
    return Calendar(CalendarData.model_validate(CALENDAR.data.model_dump() | changes))


HOUSE = changed(business_hours=HOURS)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


def after(
    start: str, hours: float, *pauses: tuple[str, str | None], calendar: Calendar = HOUSE
) -> tuple[str | None, HoursCounted]:
    stopped: list[Pause] = [(local(since), local(until) if until else None) for since, until in pauses]
    found = add_business_hours(calendar, local(start), hours, stopped)
    return f"{found.moment.astimezone(BOGOTA):%Y-%m-%dT%H:%M}" if found.moment else None, found


@pytest.mark.parametrize(
    ("start", "hours", "expected", "why"),
    [
        ("2026-03-02T08:00", 2, "2026-03-02T10:00", "within an interval"),
        ("2026-03-02T08:00", 4, "2026-03-02T12:00", "it ends as the house closes for lunch"),
        ("2026-03-02T11:00", 2, "2026-03-02T15:00", "over lunch"),
        ("2026-03-02T12:30", 1, "2026-03-02T15:00", "from lunch"),
        ("2026-03-02T17:00", 1, "2026-03-03T08:30", "over the night"),
        ("2026-03-02T23:59", 1, "2026-03-03T09:00", "an evening that is another day in UTC"),
        ("2026-03-06T11:00", 3, "2026-03-07T11:00", "a Friday afternoon is closed, a Saturday morning open"),
        ("2026-03-07T10:00", 2, "2026-03-09T09:00", "over a Sunday"),
        ("2026-03-20T11:00", 4, "2026-03-24T09:00", "Monday 23 March is a holiday"),
        ("2026-04-01T17:00", 1, "2026-04-04T09:30", "Holy Week"),
        ("2026-12-23T17:00", 3, "2026-12-25T10:30", "other hours, also on a holiday"),
        ("2026-12-25T10:00", 4, "2026-12-29T09:00", "a day on which the house is closed"),
        ("2026-12-31T17:00", 1, "2027-01-02T09:30", "over the new year, a Friday"),
        ("2026-03-01T10:00", 0, "2026-03-01T10:00", "none is at once"),
        ("2026-03-02T08:00", 0.25, "2026-03-02T08:15", "a quarter"),
    ],
)
def test_so_many_business_hours_later_it_is(start: str, hours: float, expected: str, why: str) -> None:
    assert after(start, hours)[0] == expected, why


def test_the_trace_says_for_each_day_what_counted_and_why_not() -> None:
    _, found = after("2026-03-19T18:00", 10)
    assert [(row.date.isoformat(), row.counted, row.reason) for row in found.trace] == [
        ("2026-03-19", timedelta(0), "after-hours"),
        ("2026-03-20", timedelta(hours=4), "open"),
        ("2026-03-21", timedelta(hours=2), "open"),
        ("2026-03-22", timedelta(0), "sunday"),
        ("2026-03-23", timedelta(0), "holiday:saint-josephs-day.moved"),
        ("2026-03-24", timedelta(hours=4), "open"),
    ]


def test_other_hours_and_closed_days_say_so() -> None:
    _, found = after("2026-12-24T08:00", 5)
    assert [row.reason for row in found.trace] == ["other-hours", "other-hours", "open"]
    _, found = after("2026-12-26T12:00", 1)
    assert [row.reason for row in found.trace] == ["after-hours", "sunday", "closed", "open"]


@pytest.mark.parametrize(
    ("pause", "expected", "reasons"),
    [
        (("2026-03-02T09:00", "2026-03-02T11:00"), "2026-03-02T16:00", ["partly-stopped"]),
        (("2026-03-02T09:00", "2026-03-03T23:59"), "2026-03-04T11:00", ["partly-stopped", "stopped", "open"]),
        (("2026-03-01T09:00", "2026-03-03T08:00"), "2026-03-03T12:00", ["stopped", "open"]),
        (("2026-03-02T12:00", "2026-03-02T14:00"), "2026-03-02T12:00", ["open"]),
        (("2026-03-03T09:00", None), "2026-03-02T12:00", ["open"]),
    ],
)
def test_hours_do_not_pass_while_the_clock_stands_still(
    pause: tuple[str, str | None], expected: str, reasons: Sequence[str]
) -> None:
    moment, found = after("2026-03-02T08:00", 4, pause)
    assert (moment, [row.reason for row in found.trace]) == (expected, list(reasons))


def test_a_clock_that_stands_still_gives_no_moment_but_what_is_left() -> None:
    moment, found = after("2026-03-02T08:00", 20, ("2026-03-03T09:00", None))
    assert (moment, found.left, found.trace[-1].date) == (None, timedelta(hours=11.5), date(2026, 3, 3))


def test_pauses_that_overlap_are_left_out_once() -> None:
    pauses = [("2026-03-02T10:00", "2026-03-02T11:00"), ("2026-03-02T09:00", "2026-03-02T10:30")]
    assert after("2026-03-02T08:00", 2, *pauses)[0] == "2026-03-02T12:00"
    stopped: list[Pause] = [(local(since), local(until)) for since, until in pauses]
    begin, end = local("2026-03-02T08:00"), local("2026-03-02T12:00")
    assert business_hours_between(HOUSE, begin, end, stopped) == timedelta(hours=2)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-03-02T00:00", "2026-03-09T00:00", 4 * 7.5 + 4 + 2),
        ("2026-03-02T09:30", "2026-03-02T14:30", 3),
        ("2026-03-02T14:30", "2026-03-02T09:30", 0),
        ("2026-12-24T00:00", "2027-01-01T00:00", 2 + 1 + 2 + 3 * 7.5),
        ("2026-03-02T12:10", "2026-03-02T13:50", 0),
    ],
)
def test_between_two_instants_the_house_was_open_for(begin: str, end: str, hours: float) -> None:
    assert business_hours_between(HOUSE, local(begin), local(end)) == timedelta(hours=hours)


def test_without_hours_of_its_own_the_house_is_open_on_its_business_days() -> None:
    plain = changed(business_hours=None)
    assert after("2026-03-20T16:00", 2, calendar=plain)[0] == "2026-03-24T09:00"
    week = local("2026-03-02T00:00"), local("2026-03-09T00:00")
    assert business_hours_between(plain, *week) == timedelta(hours=45)
    assert business_hours_between(changed(business_hours=None, saturday_is_business=True), *week) == timedelta(hours=54)


def test_the_sample_house_has_its_lunch_break() -> None:
    week = local("2026-03-02T00:00"), local("2026-03-09T00:00")
    assert business_hours_between(CALENDAR, *week) == timedelta(hours=40)


def test_a_house_that_never_closes_counts_every_hour_but_those_of_holidays() -> None:
    weekdays = [date(2026, 3, 2 + n).strftime("%A").lower() for n in range(7)]
    always = changed(business_hours={"week": {day: ["00:00-24:00"] for day in weekdays}})
    assert after("2026-03-21T12:00", 36, calendar=always)[0] == "2026-03-23T00:00"
    assert after("2026-03-21T12:00", 37, calendar=always)[0] == "2026-03-24T01:00"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 5), ("2026-11-01", 7)])
def test_on_the_day_the_clocks_change_the_hours_are_those_that_passed(day: str, hours: int) -> None:
    night = {"week": {"sunday": ["00:00-06:00"]}}
    there = changed(business_hours=night, timezone="America/New_York", country="US")
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("America/New_York"))
    assert business_hours_between(there, begin, begin + ONE_DAY) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("hours", "complaint"),
    [
        ({"week": {"monday": ["12:00-08:00"]}}, "ends after it begins"),
        ({"week": {"monday": ["08:00-12:00", "11:00-15:00"]}}, "do not overlap"),
        ({"week": {"monday": ["14:00-15:00", "08:00-12:00"]}}, "follow each other"),
        ({"week": {"monday": ["8-12"]}}, "expected from and until"),
        ({"week": {"monday": ["08:00-25:00"]}}, "less than or equal"),
        ({"week": {"lunes": ["08:00-12:00"]}}, "Extra inputs"),
        ({"week": {}}, "at least one weekday"),
        ({**HOURS, "days": [{"date": "2026-12-24", "hours": [], "source": "x"}] * 2}, "once"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(hours: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        changed(business_hours=hours)


def test_fewer_than_no_hours_are_a_bug() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        after("2026-03-02T08:00", -1)


instants = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.integers(1, 60 * 120).map(lambda minutes: minutes / 60)
spans = st.tuples(st.integers(0, 60 * 24 * 20), st.integers(1, 60 * 24 * 5))


@st.composite
def stopped_counts(draw: st.DrawFn) -> tuple[datetime, list[Pause]]:
    start = draw(instants)
    minutes = [(timedelta(minutes=begin), timedelta(minutes=length)) for begin, length in draw(st.lists(spans))]
    return start, [(start + begin, start + begin + length) for begin, length in minutes]


@given(stopped_counts(), lengths)
def test_the_trace_adds_up(case: tuple[datetime, list[Pause]], hours: float) -> None:
    start, pauses = case
    moment, left, trace = add_business_hours(HOUSE, start, hours, pauses)
    assert moment is not None
    assert left == timedelta(0)
    assert sum((row.counted for row in trace), timedelta(0)) == timedelta(hours=hours)
    assert all(later.date == earlier.date + ONE_DAY for earlier, later in pairwise(trace))
    assert (trace[0].date, trace[-1].date) == (HOUSE.local_date(start), HOUSE.local_date(moment))


@given(stopped_counts(), lengths)
def test_between_undoes_adding(case: tuple[datetime, list[Pause]], hours: float) -> None:
    start, pauses = case
    moment = add_business_hours(HOUSE, start, hours, pauses).moment
    assert moment is not None
    assert business_hours_between(HOUSE, start, moment, pauses) == timedelta(hours=hours)
    assert business_hours_between(HOUSE, start, moment - timedelta(milliseconds=1), pauses) < timedelta(hours=hours)


@given(instants, st.integers(0, 60 * 24 * 4))
def test_hours_are_those_counted_minute_by_minute(start: datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    periods = [period for n in range(-1, 6) for period in HOUSE.open_day(start.date() + ONE_DAY * n).periods]
    every = (start + timedelta(minutes=n) for n in range(minutes))
    passed = sum(any(begin <= moment < end for begin, end in periods) for moment in every)
    end = start + timedelta(minutes=minutes)
    assert business_hours_between(HOUSE, start, end) == timedelta(minutes=passed)


@given(instants, instants, instants)
def test_hours_of_two_stretches_add_up(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    whole = business_hours_between(HOUSE, first, last)
    assert whole == business_hours_between(HOUSE, first, middle) + business_hours_between(HOUSE, middle, last)


@given(instants, lengths, st.integers(0, 30))
def test_adding_a_holiday_never_makes_a_promise_shorter(start: datetime, hours: float, days_later: int) -> None:
    added = {"date": HOUSE.local_date(start) + ONE_DAY * days_later, "id": "new", "words": {"es": "x", "en": "x"}}
    later = changed(business_hours=HOURS, add=[{**added, "source": "invented"}])
    with_it, without = (add_business_hours(one, start, hours).moment for one in (later, HOUSE))
    assert with_it is not None
    assert without is not None
    assert with_it >= without


@given(instants, lengths, spans)
def test_stopping_for_n_business_hours_moves_the_moment_n_business_hours(
    start: datetime, hours: float, span: tuple[int, int]
) -> None:
    plain = add_business_hours(HOUSE, start, hours).moment
    assert plain is not None
    since = start + timedelta(minutes=span[0])
    until = since + timedelta(minutes=span[1])
    moved = add_business_hours(HOUSE, start, hours, [(since, until)]).moment
    if since >= plain:
        assert moved == plain
    else:
        stopped = business_hours_between(HOUSE, since, until)
        assert moved == add_business_hours(HOUSE, start, hours + stopped / timedelta(hours=1)).moment


def test_thirty_years_take_no_longer_than_thirty_days() -> None:
    begin = local("2026-01-01T10:00")

    def spent(years: int, days: int) -> float:
        end = begin + timedelta(days=365 * years + days)
        business_hours_between(HOUSE, begin, end)
        return min(repeat(lambda: business_hours_between(HOUSE, begin, end), timer=process_time, number=100, repeat=10))

    assert spent(30, 0) < 5 * spent(0, 30)
