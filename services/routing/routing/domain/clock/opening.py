# SPDX-License-Identifier: Apache-2.0
"""When the house is open: several intervals a day by weekday, days with other hours, closed on holidays (ICX-09).

Business hours are the house's own: they may include a Saturday that no legal term counts.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from routing.domain.clock.holiday_codes import PREFIX as HOLIDAY
from ventanilla_contracts.envelope import Frozen, LocalDate
from ventanilla_contracts.routing import TraceDay

MIDNIGHT = 24 * 60
Period = tuple[datetime, datetime]
"""Two instants: open from the first, no longer open at the second."""


class OpenInterval(Frozen):
    """Minutes of a day on the house's clock, from ``opens`` until ``closes``; written as ``08:00-12:00``.

    ``24:00`` is the end of the day.
    """

    opens: Annotated[int, Field(ge=0, lt=MIDNIGHT)]
    closes: Annotated[int, Field(gt=0, le=MIDNIGHT)]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        opens, _, closes = value.partition("-")
        return {"opens": _minute(opens), "closes": _minute(closes)}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("an interval ends after it begins, on the same day")
        return self


def _minute(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute.isdigit() and len(minute) == 2 and int(minute) < 60):
        raise ValueError("expected from and until, as 08:00-12:00")
    return int(hour) * 60 + int(minute)


def _one_after_the_other(intervals: tuple[OpenInterval, ...]) -> tuple[OpenInterval, ...]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(intervals)):
        raise ValueError("the intervals of a day follow each other and do not overlap")
    return intervals


DayHours = Annotated[tuple[OpenInterval, ...], AfterValidator(_one_after_the_other)]


class WeekHours(Frozen):
    """What is not named is closed all day."""

    monday: DayHours = ()
    tuesday: DayHours = ()
    wednesday: DayHours = ()
    thursday: DayHours = ()
    friday: DayHours = ()
    saturday: DayHours = ()
    sunday: DayHours = ()

    def on(self, weekday: int) -> tuple[OpenInterval, ...]:
        """0 is Monday."""
        found: tuple[OpenInterval, ...] = getattr(self, tuple(WeekHours.model_fields)[weekday])
        return found


class OtherHours(Frozen):
    """On that date these hours and no others, holiday or not; none: closed."""

    date: LocalDate
    hours: DayHours
    source: str


class OpeningHours(Frozen):
    """``business_hours`` of ``calendar.yaml``."""

    week: WeekHours
    days: tuple[OtherHours, ...] = ()

    @model_validator(mode="after")
    def _is_open_at_some_time(self) -> Self:
        if not any(self.week.on(weekday) for weekday in range(7)):
            raise ValueError("name the hours of at least one weekday")
        if len({one.date for one in self.days}) < len(self.days):
            raise ValueError("a date has its other hours once")
        return self


class OpenDay(NamedTuple):
    """A local date: when the house is open, and the code of why it is not, or that its hours are others."""

    date: date
    periods: tuple[Period, ...]
    reason: str

    @property
    def seconds(self) -> int:
        return sum(round((end - begin).total_seconds()) for begin, end in self.periods)


class OpenYear:
    """The days of a year, with the seconds that the house was open before each."""

    def __init__(self, days: Sequence[OpenDay]) -> None:
        self.days = days
        self.seconds_before = [0, *accumulate(day.seconds for day in days)]
        self.seconds = self.seconds_before[-1]


class Openings:
    """When the house is open on a day whose place in the calendar is known; ``always``: on business days, without
    hours of its own.
    """

    def __init__(self, hours: OpeningHours | None, *, always: tuple[time, time], zone: ZoneInfo) -> None:
        self._week = hours.week if hours else None
        self._other = {one.date: one.hours for one in hours.days} if hours else {}
        self._always = tuple(at.hour * 60 + at.minute for at in always)
        self._zone = zone

    def on(self, day: TraceDay) -> OpenDay:
        intervals, reason = self._intervals(day)
        return OpenDay(day.date, tuple(self._period(day.date, one) for one in intervals), reason)

    def _intervals(self, day: TraceDay) -> tuple[tuple[OpenInterval, ...], str]:
        """Other hours before holidays, holidays before the week."""
        if (other := self._other.get(day.date)) is not None:
            return other, "other-hours" if other else "closed"
        if self._week is None:
            opens, closes = self._always
            return ((OpenInterval(opens=opens, closes=closes),), "open") if day.counted else ((), day.reason)
        if day.reason.startswith(HOLIDAY):
            return (), day.reason
        intervals = self._week.on(day.date.weekday())
        return (intervals, "open") if intervals else ((), "closed" if day.counted else day.reason)

    def _period(self, day: date, interval: OpenInterval) -> Period:
        return self._instant(day, interval.opens), self._instant(day, interval.closes)

    def _instant(self, day: date, minute: int) -> datetime:
        """By the clock on the wall, also on a day on which it is put forward or back."""
        days, minute = divmod(minute, MIDNIGHT)
        return datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), self._zone).astimezone(UTC)
