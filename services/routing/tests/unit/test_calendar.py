# SPDX-License-Identifier: Apache-2.0
"""Business days: the holidays of the country, the house's own changes, and local days as instants."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from routing.domain.clock.calendar import AddedHoliday, Calendar, CalendarData, RemovedHoliday, Words
from routing.domain.clock.holiday_codes import holidays_in
from routing.domain.clock.words import DeadlineWords
from routing.organisation.legal_data import load_calendar, load_words

CALENDAR = load_calendar()
SPANISH, ENGLISH = load_words("es", CALENDAR), load_words("en", CALENDAR)
BOGOTA = ZoneInfo("America/Bogota")
ONE_DAY = timedelta(days=1)

# domain-colombia 2.3 and 2.4
HOLIDAYS = {
    2026: """01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-13 07-20 08-07 08-17 10-12 11-02 11-16
             12-08 12-25""",
    2027: """01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-12 07-20 08-07 08-16 10-18 11-01 11-15
             12-08 12-25""",
}

days = st.dates(date(2015, 1, 1), date(2055, 12, 31))


def changed(**changes: object) -> Calendar:
    return Calendar(CalendarData.model_validate(CALENDAR.data.model_dump() | changes))


def holidays_of(calendar: Calendar, year: int) -> list[date]:
    every = [date(year, 1, 1) + ONE_DAY * n for n in range(365)]
    return [day for day in every if calendar.trace_day(day).reason.startswith("holiday:")]


@pytest.mark.parametrize("year", HOLIDAYS)
def test_the_holidays_of_a_year_are_those_of_the_law(year: int) -> None:
    assert holidays_of(CALENDAR, year) == [date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()]


@pytest.mark.parametrize("year", range(2018, 2051))
def test_the_holidays_agree_with_an_independent_package(year: int) -> None:
    oracle = pytest.importorskip("holidays_co", reason="holidays-co, group test of ventanilla-routing")
    theirs = {holiday.date for holiday in oracle.get_colombia_holidays_by_year(year)}
    ours = set(holidays_of(CALENDAR, year))
    assert ours <= theirs
    # It has 9 July also for the years before the law that made it a holiday (Ley 2578 de 2026).
    assert [day.month for day in theirs - ours] == ([7] if year < 2026 else [])


def test_palm_and_easter_sunday_are_plain_sundays_and_the_rest_of_holy_week_is_worked() -> None:
    week = [CALENDAR.trace_day(date(2026, 3, 29) + ONE_DAY * n) for n in range(8)]
    assert [day.reason for day in week] == [
        "sunday",
        "business-day",
        "business-day",
        "business-day",
        "holiday:maundy-thursday",
        "holiday:good-friday",
        "saturday",
        "sunday",
    ]


def test_a_holiday_on_a_saturday_keeps_its_name() -> None:
    assert CALENDAR.trace_day(date(2027, 5, 1)).reason == "holiday:labor-day"


def test_two_holidays_on_one_date_are_both_named() -> None:
    code = CALENDAR.trace_day(date(2025, 6, 30)).reason
    assert code == "holiday:sacred-heart.moved+saint-peter-and-saint-pauls-day.moved"
    assert SPANISH.reason(code) == "Festivo: Sagrado Corazón (trasladado) y San Pedro y San Pablo (trasladado)"
    assert ENGLISH.reason(code) == "Holiday: Sacred Heart (moved) and Saint Peter and Saint Paul's Day (moved)"


@pytest.mark.parametrize("words", [SPANISH, ENGLISH], ids=["es", "en"])
def test_every_holiday_has_words_so_that_an_update_of_the_package_cannot_rename_one_unseen(
    words: DeadlineWords,
) -> None:
    codes = {CALENDAR.trace_day(day).reason for year in range(2015, 2056) for day in holidays_of(CALENDAR, year)}
    assert {slug for code in codes for slug, _ in holidays_in(code)} == set(words.holidays)


def test_a_holiday_that_is_no_longer_known_stays_readable_in_old_traces() -> None:
    assert SPANISH.reason("holiday:day-of-the-comet") == "Festivo: día no hábil"


def test_saturday_is_worked_where_the_organisation_says_so() -> None:
    saturday = date(2026, 3, 7)
    assert not CALENDAR.is_business_day(saturday)
    assert changed(saturday_is_business=True).is_business_day(saturday)


def test_an_added_day_is_not_worked_and_is_called_by_its_own_name() -> None:
    words = Words(es="Día cívico", en="Civic day")
    civic = AddedHoliday(date=date(2026, 12, 24), id="civic-day", words=words, source="invented")
    calendar = changed(add=[civic])
    assert not calendar.is_business_day(civic.date)
    assert load_words("es", calendar).reason(calendar.trace_day(civic.date).reason) == "Festivo: Día cívico"


def test_a_removed_holiday_is_worked() -> None:
    monday = date(2026, 7, 13)
    assert changed(remove=[RemovedHoliday(date=monday, source="invented")]).is_business_day(monday)


def test_the_version_names_the_data_and_the_package() -> None:
    data, package = CALENDAR.version.split("+")
    assert data == CALENDAR.data.version
    assert package.startswith("holidays-0.")


@pytest.mark.parametrize(("closes_at", "complaint"), [(17 * 60, "in quotes"), ("17:00Z", "local"), ("08:00", "before")])
def test_business_hours_are_local_times_in_order(closes_at: object, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        changed(closes_at=closes_at)


def test_a_local_day_ends_at_its_last_millisecond() -> None:
    assert CALENDAR.end_of_day_utc(date(2026, 3, 24)) == datetime(2026, 3, 25, 4, 59, 59, 999_000, tzinfo=UTC)


@given(days)
def test_the_end_of_a_day_is_still_that_day_and_a_millisecond_later_is_not(day: date) -> None:
    end = CALENDAR.end_of_day_utc(day)
    assert CALENDAR.local_date(end) == day
    assert CALENDAR.local_date(end + timedelta(milliseconds=1)) == day + ONE_DAY


def test_after_utc_midnight_it_is_still_the_evening_before() -> None:
    assert CALENDAR.local_date(datetime(2026, 3, 3, 3, 30, tzinfo=UTC)) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("clock", "after_hours"), [("16:59:59", False), ("17:00:00", False), ("17:00:00.001", True), ("23:59:59", True)]
)
def test_closing_time_itself_is_in_time(clock: str, after_hours: bool) -> None:
    assert CALENDAR.is_after_hours(datetime.fromisoformat(f"2026-03-02T{clock}-05:00")) is after_hours


def test_the_reminder_is_two_business_days_before_at_opening_time() -> None:
    due = date(2026, 3, 24)  # Monday 23 is a holiday
    assert CALENDAR.reminder_at(due) == datetime(2026, 3, 19, 8, tzinfo=BOGOTA)
    assert CALENDAR.reminder_at(due, business_days=3) == datetime(2026, 3, 18, 8, tzinfo=BOGOTA)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [("2026-03-19", "2026-03-24", 2), ("2026-03-24", "2026-03-24", 0), ("2026-03-25", "2026-03-24", 0)],
)
def test_business_days_left_count_the_due_date_and_not_today(today: str, due: str, left: int) -> None:
    assert CALENDAR.business_days_left(date.fromisoformat(today), date.fromisoformat(due)) == left


@given(days, st.integers(1, 60))
def test_stepping_back_undoes_stepping_forward(day: date, count: int) -> None:
    later = CALENDAR.business_days_after(day, count)
    assert CALENDAR.business_days_left(day, later) == count
    assert CALENDAR.is_business_day(later)
    assert CALENDAR.business_days_before(later, count) <= day or not CALENDAR.is_business_day(day)


def test_no_steps_stay_and_negative_ones_are_a_bug() -> None:
    sunday = date(2026, 3, 1)
    assert CALENDAR.business_days_before(sunday, 0) == sunday
    with pytest.raises(ValueError, match="0 or more"):
        CALENDAR.business_days_before(sunday, -1)
