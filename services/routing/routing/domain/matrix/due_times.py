# SPDX-License-Identifier: Apache-2.0
"""When a level of the matrix is due for a case: a pure function of its deadline, its stops and when it was assigned."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from routing.domain.clock.calendar import Calendar
from routing.domain.clock.hours import add_business_hours
from routing.domain.clock.records import CaseDeadline, ClockStop
from routing.domain.matrix.file import Level
from routing.domain.matrix.moments import BusinessDaysAfter, BusinessDaysBefore, HoursSinceAssignment, ShareOfTerm
from ventanilla_contracts.intake import Tutela

JUST_AFTER = timedelta(milliseconds=1)
"""An answer in the last millisecond of the due date is in time, so the term is missed one later."""


class Watched(Protocol):
    """A case whose levels are watched, or were."""

    @property
    def stops(self) -> tuple[ClockStop, ...]: ...
    @property
    def tutela(self) -> Tutela | None: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def reopened_by(self) -> datetime | None: ...
    @property
    def assigned_at(self) -> datetime | None: ...


def due_time(level: Level, case: Watched, deadline: CaseDeadline, calendar: Calendar) -> datetime | None:
    """None for a level that does not wait. A millisecond for its number keeps levels of the same moment in order."""
    nth = JUST_AFTER * level.level
    match level.when:
        case "at-once":
            return None
        case BusinessDaysBefore(business_days_before=days):
            return calendar.reminder_at(deadline.due, days) + nth
        case BusinessDaysAfter(business_days_after=days):
            return calendar.start_of_business_utc(calendar.business_days_after(deadline.due, days)) + nth
        case ShareOfTerm(share_of_term=share):
            return _share_used(share, case, deadline, calendar) + nth
        case HoursSinceAssignment(hours_since_assignment=hours):
            begun = case.assigned_at or case.received_at
            return _hours_later(begun, hours, case.stops, calendar) + nth
    return deadline.due_at + JUST_AFTER + nth


def _share_used(share: float, case: Watched, deadline: CaseDeadline, calendar: Calendar) -> datetime:
    """A judge gives hours; else the opening of the day by whose end so many of the counted days are used."""
    if case.tutela is not None and not case.reopened_by:
        return case.received_at + (deadline.due_at - case.received_at) * share
    counted = [day.date for day in deadline.trace if day.counted]
    if not counted:
        return deadline.due_at
    return calendar.start_of_business_utc(counted[ceil(share * len(counted)) - 1])


def _hours_later(begun: datetime, hours: float, stops: Sequence[ClockStop], calendar: Calendar) -> datetime:
    """Business hours of the house, without the time in which the clock stood still.

    A stop that is under way is left out: nothing is due before it ends.
    """
    pauses = [(one.asked_at, calendar.end_of_day_utc(one.completed_on)) for one in stops if one.completed_on]
    moment = add_business_hours(calendar, begun, hours, [pause for pause in pauses if pause[0] < pause[1]]).moment
    if moment is None:
        raise ValueError("every pause has an end, so that hours have one too")
    return moment
