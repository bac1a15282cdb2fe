# SPDX-License-Identifier: Apache-2.0
"""Counting business hours: when so many have passed and why then, and how many lie between two instants (ICX-09).

Pauses do not count, however they overlap; one without an end is a clock that stands still. Everything is exact: the
rows of a trace add up to the hours that were asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from routing.domain.clock.calendar import ONE_DAY, Calendar
from routing.domain.clock.opening import OpenDay, Period

NOTHING = timedelta()
_NEVER = datetime.max.replace(tzinfo=UTC)

Pause = tuple[datetime, datetime | None]
"""From an instant until another; None: still under way."""


class HoursDay(NamedTuple):
    """One day of a count: how much of it counted, and the code of the reason.

    ``open``, ``other-hours``: the house was open; ``partly-stopped``, ``stopped``: the clock stood still meanwhile;
    ``after-hours``: it began when the house had closed; else why it is closed (``sunday``, ``holiday:…``, ``closed``).
    """

    date: date
    counted: timedelta
    reason: str


class HoursCounted(NamedTuple):
    """``moment``: when the hours had passed; None while a pause without an end holds them, with ``left`` to go.

    ``trace`` has one row a day, without a gap, from the day of the start.
    """

    moment: datetime | None
    left: timedelta
    trace: tuple[HoursDay, ...]


def add_business_hours(calendar: Calendar, start: datetime, hours: float, pauses: Iterable[Pause] = ()) -> HoursCounted:
    """The first instant by which the house was open for so many hours since ``start``; ``start`` itself for 0.

    An instant in UTC. Hours that end as the house closes end then, not when it opens again.
    """
    left, stopped = timedelta(hours=hours), _merged(pauses)
    if left < NOTHING:
        raise ValueError("business hours: expected 0 or more")
    if not left:
        return HoursCounted(start.astimezone(UTC), left, ())
    rows: list[HoursDay] = []
    first = calendar.local_date(start)
    for day in (calendar.open_day(first + ONE_DAY * n) for n in count()):
        before = left
        for begin, end in _counting(day, start, stopped):
            if end - begin >= left:
                moment = begin + left
                rows.append(_row(day, before, start, [pause for pause in stopped if pause[0] < moment]))
                return HoursCounted(moment, NOTHING, tuple(rows))
            left -= end - begin
        rows.append(_row(day, before - left, start, stopped))
        if _stands_still(day, calendar, stopped):
            return HoursCounted(None, left, tuple(rows))
    raise AssertionError("days do not end")


def business_hours_between(
    calendar: Calendar, begin: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """How long the house was open between two instants, but for the pauses; nothing where the end is not later."""
    if end <= begin:
        return NOTHING
    held = ((max(begin, since), min(end, until)) for since, until in _merged(pauses))
    paused = sum((_open_between(calendar, since, until) for since, until in held if since < until), NOTHING)
    return _open_between(calendar, begin, end) - paused


def _open_between(calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    """Whole days by the sums of their years, so that years cost no more than days."""
    first, last = calendar.local_date(begin), calendar.local_date(end)
    seconds = sum(calendar.open_year(year).seconds for year in range(first.year, last.year))
    seconds += _seconds_before(calendar, last) - _seconds_before(calendar, first)
    return timedelta(seconds=seconds) + _open_until(calendar, last, end) - _open_until(calendar, first, begin)


def _seconds_before(calendar: Calendar, day: date) -> int:
    return calendar.open_year(day.year).seconds_before[day.timetuple().tm_yday - 1]


def _open_until(calendar: Calendar, day: date, moment: datetime) -> timedelta:
    parts = (min(end, moment) - begin for begin, end in calendar.open_day(day).periods if begin < moment)
    return sum(parts, NOTHING)


def _counting(day: OpenDay, start: datetime, stopped: Sequence[Period]) -> Iterator[Period]:
    """What counts of a day: from the start on, outside the pauses."""
    for opens, closes in day.periods:
        begin = max(opens, start)
        for since, until in stopped:
            if begin < min(since, closes):
                yield begin, min(since, closes)
            begin = max(begin, until)
        if begin < closes:
            yield begin, closes


def _row(day: OpenDay, counted: timedelta, start: datetime, stopped: Sequence[Period]) -> HoursDay:
    return HoursDay(day.date, counted, _reason(day, counted, start, stopped))


def _reason(day: OpenDay, counted: timedelta, start: datetime, stopped: Sequence[Period]) -> str:
    open_ = [(max(opens, start), closes) for opens, closes in day.periods if start < closes]
    if day.periods and not open_:
        return "after-hours"
    if any(since < closes and opens < until for opens, closes in open_ for since, until in stopped):
        return "partly-stopped" if counted else "stopped"
    return day.reason


def _stands_still(day: OpenDay, calendar: Calendar, stopped: Sequence[Period]) -> bool:
    """Whether nothing can count any more after that day."""
    return bool(stopped) and stopped[-1][1] == _NEVER and stopped[-1][0] <= calendar.end_of_day_utc(day.date)


def _merged(pauses: Iterable[Pause]) -> list[Period]:
    """In order, those that touch as one."""
    merged: list[Period] = []
    for since, until in sorted((since, until or _NEVER) for since, until in pauses):
        if merged and since <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], until)
        else:
            merged.append((since, until))
    return merged
