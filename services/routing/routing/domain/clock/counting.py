# SPDX-License-Identifier: Apache-2.0
"""Counting the days of a term, one row a day, so that a due date can be checked by hand."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from routing.domain.clock.calendar import ONE_DAY, Calendar
from routing.domain.clock.stops import Stop
from ventanilla_contracts.routing import TraceDay


class DayCount:
    """A term in business days under way: the days left, a row a day so far, and since when an open stop holds it."""

    def __init__(self, anchor: date, length: int, calendar: Calendar) -> None:
        self.day = anchor
        self.left = self._length = length
        self.rows: list[TraceDay] = []
        self.stopped_since: date | None = None
        self._calendar = calendar

    def run(self, through: date = date.max) -> None:
        """Count business days until none is left or the given day is done."""
        while self.left and self.day < through:
            row = self._next_day()
            self.rows.append(row)
            self.left -= row.counted

    def stand_still(self, through: date) -> None:
        """Let days pass uncounted; only business days are the stop's doing, the others keep their own reason."""
        while self.day < through:
            row = self._next_day()
            self.rows.append(_uncounted(row, "stopped") if row.counted else row)

    def start_again(self) -> None:
        """Give back the whole length; the days counted so far no longer count."""
        self.left = self._length
        self.rows = [_uncounted(row, "discarded-by-restart") if row.counted else row for row in self.rows]

    def _next_day(self) -> TraceDay:
        self.day += ONE_DAY
        return self._calendar.trace_day(self.day)


def count_business_days(
    anchor: date, length: int, stops: Sequence[Stop], calendar: Calendar, *, restarts: bool
) -> DayCount:
    """Count from the day after the anchor until no day is left or an open stop stands in the way."""
    count = DayCount(anchor, length, calendar)
    for stop in stops:
        count.run(through=stop.from_)
        if not count.left:
            return count
        if restarts:
            count.start_again()
        if stop.to is None:
            count.stopped_since = stop.from_
            return count
        count.stand_still(through=stop.to)
    count.run()
    return count


def count_calendar_months(anchor: date, months: int, calendar: Calendar) -> list[TraceDay]:
    """Every day through the same day of a later month; the last one moves on to a business day (Ley 4/1913 art. 62)."""
    last = add_months(anchor, months)
    days = (anchor + ONE_DAY * n for n in range(1, (last - anchor).days + 1))
    rows = [TraceDay(date=day, counted=True, reason="calendar-day") for day in days]
    if calendar.is_business_day(last):
        return rows
    due = calendar.business_days_after(last, 1)
    idle = (calendar.trace_day(last + ONE_DAY * n) for n in range((due - last).days))
    return [*rows[:-1], *idle, TraceDay(date=due, counted=True, reason="moved-to-business-day")]


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a month that has no such day."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _uncounted(row: TraceDay, reason: str) -> TraceDay:
    return TraceDay(date=row.date, counted=False, reason=reason)
