# SPDX-License-Identifier: Apache-2.0
"""Business days of the house, and the instants at which its local days begin and end (design 5).

A day is a business day unless it is a Sunday, a Saturday (a switch of the house), a holiday of the package ``holidays``
that was not removed, or a day that was added.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

import holidays
from holidays.version import __version__ as package_version
from pydantic import AfterValidator, Field, model_validator

from routing.domain.clock.holiday_codes import code_of
from routing.domain.clock.opening import OpenDay, OpeningHours, Openings, OpenYear
from ventanilla_contracts.envelope import Frozen, LocalDate
from ventanilla_contracts.routing import TraceDay

ONE_DAY = timedelta(days=1)
ONE_MILLISECOND = timedelta(milliseconds=1)
SATURDAY, SUNDAY = 5, 6


def _without_offset(value: time) -> time:
    if value.tzinfo:
        raise ValueError('expected a local time in quotes, as "17:00" (YAML reads a bare 17:00 as the number 1020)')
    return value


WallTime = Annotated[time, AfterValidator(_without_offset)]
"""A time of day as the house's clock on the wall shows it."""


class Words(Frozen):
    """A name in both languages."""

    es: str
    en: str


class AddedHoliday(Frozen):
    """A day that is not a business day here although the package does not know it."""

    date: LocalDate
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    words: Words
    source: str


class RemovedHoliday(Frozen):
    """A holiday of the package that is a business day here."""

    date: LocalDate
    source: str


class CalendarData(Frozen):
    """The calendar as data (``data/calendar.yaml``). Times are local; years are those that a term may touch.

    Without ``business_hours`` the house is open from ``opens_at`` until ``closes_at`` on its business days.
    """

    version: str
    country: str
    timezone: str
    first_year: int
    last_year: int
    saturday_is_business: bool
    opens_at: WallTime
    closes_at: WallTime
    business_hours: OpeningHours | None = None
    add: tuple[AddedHoliday, ...] = ()
    remove: tuple[RemovedHoliday, ...] = ()

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must be before closes_at")
        return self


class Calendar:
    """Which days are business days. A year is worked out at its first use and kept: 366 small values."""

    def __init__(self, data: CalendarData) -> None:
        self.data = data
        self.version = f"{data.version}+holidays-{package_version}"
        """Names data and package, since an update of either can move a due date."""
        self._zone = self.zone = ZoneInfo(data.timezone)
        self._added = {day.date: code_of([day.id]) for day in data.add}
        self._removed = {day.date for day in data.remove}
        self._years: dict[int, dict[date, TraceDay]] = {}
        self._open_years: dict[int, OpenYear] = {}
        self._openings = Openings(data.business_hours, always=(data.opens_at, data.closes_at), zone=self._zone)

    def covers(self, year: int) -> bool:
        """Whether terms may touch this year."""
        return self.data.first_year <= year <= self.data.last_year

    def trace_day(self, day: date) -> TraceDay:
        """The day as a running term sees it: ``counted`` when it is a business day, and the reason's code."""
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = self._work_out(day.year)
        return year[day]

    def open_year(self, year: int) -> OpenYear:
        """When the house is open on the days of a year."""
        found = self._open_years.get(year)
        if found is None:
            self.trace_day(date(year, 1, 1))
            found = self._open_years[year] = OpenYear([self._openings.on(day) for day in self._years[year].values()])
        return found

    def open_day(self, day: date) -> OpenDay:
        """When the house is open on that local date."""
        return self.open_year(day.year).days[day.timetuple().tm_yday - 1]

    def is_business_day(self, day: date) -> bool:
        """Whether terms in days count this local date."""
        return self.trace_day(day).counted

    def business_days_before(self, day: date, count: int) -> date:
        """The ``count``-th business day before a date; the date itself for 0 (CNF-04)."""
        return self._step(day, count, -ONE_DAY)

    def business_days_after(self, day: date, count: int) -> date:
        """The ``count``-th business day after a date; the date itself for 0."""
        return self._step(day, count, ONE_DAY)

    def business_days_left(self, today: date, due: date) -> int:
        """Business days after today up to and with the due date; 0 when it is today or past."""
        days = (today + ONE_DAY * n for n in range(1, (due - today).days + 1))
        return sum(self.is_business_day(day) for day in days)

    def local_date(self, instant: datetime) -> date:
        """The date on the wall calendar of the house at that instant."""
        return instant.astimezone(self._zone).date()

    def is_after_hours(self, instant: datetime) -> bool:
        """Whether the house had closed: 17:00:00 itself is in time, anything later is not (domain-colombia 1.12)."""
        return instant.astimezone(self._zone).time() > self.data.closes_at

    def end_of_day_utc(self, day: date) -> datetime:
        """The last millisecond of a local date: an answer at this instant is still in time."""
        return self._instant(day + ONE_DAY, time.min) - ONE_MILLISECOND

    def start_of_business_utc(self, day: date) -> datetime:
        """When the house opens on that local date."""
        return self._instant(day, self.data.opens_at)

    def reminder_at(self, due: date, business_days: int = 2) -> datetime:
        """When to remind of a due date: the opening of the day that lies so many business days before it (CNF-04)."""
        return self.start_of_business_utc(self.business_days_before(due, business_days))

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    def _step(self, day: date, count: int, step: timedelta) -> date:
        if count < 0:
            raise ValueError("count of business days: expected 0 or more")
        while count:
            day += step
            count -= self.is_business_day(day)
        return day

    def _work_out(self, year: int) -> dict[date, TraceDay]:
        names = holidays.country_holidays(self.data.country, years=year, language="en_US")
        reasons = {day: code_of(name.split("; ")) for day, name in names.items() if day not in self._removed}
        reasons |= self._added
        first, length = date(year, 1, 1), (date(year, 12, 31) - date(year, 1, 1)).days + 1
        return {day: self._judge(day, reasons.get(day)) for day in (first + ONE_DAY * n for n in range(length))}

    def _judge(self, day: date, holiday: str | None) -> TraceDay:
        if holiday:
            return TraceDay(date=day, counted=False, reason=holiday)
        if day.weekday() == SUNDAY:
            return TraceDay(date=day, counted=False, reason="sunday")
        if day.weekday() == SATURDAY and not self.data.saturday_is_business:
            return TraceDay(date=day, counted=False, reason="saturday")
        return TraceDay(date=day, counted=True, reason="business-day")
