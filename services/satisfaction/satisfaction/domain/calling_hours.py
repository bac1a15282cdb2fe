# SPDX-License-Identifier: Apache-2.0
"""When people may be called: by default in the hours of Ley 2300 de 2023. Advice, never a refusal."""

from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import holidays
from pydantic import model_validator

from ventanilla_contracts.envelope import Frozen, LocalDate

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

CallWarning = Literal["holiday", "day-without-calls", "too-early", "too-late"]


class Hours(Frozen):
    """Local times, the first and the last of them included."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "Hours":
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes; write the earlier time first")
        return self


class Week(Frozen):
    """A day without hours is a day without calls."""

    monday: Hours | None = None
    tuesday: Hours | None = None
    wednesday: Hours | None = None
    thursday: Hours | None = None
    friday: Hours | None = None
    saturday: Hours | None = None
    sunday: Hours | None = None


class CallingHoursData(Frozen):
    """The file ``data/calling-hours.yaml``; ``country`` names the holidays, None: there are none but those added."""

    version: str
    source: str
    country: str | None
    week: Week
    holidays_added: tuple[LocalDate, ...] = ()
    holidays_removed: tuple[LocalDate, ...] = ()


class CallingHours:
    """Whether an instant is a time for calls, on the house's clock."""

    def __init__(self, data: CallingHoursData, zone: ZoneInfo) -> None:
        self._data = data
        self._zone = zone
        self._week = [getattr(data.week, day) for day in DAYS]
        self._holidays = holidays.country_holidays(data.country) if data.country else {}

    def warning(self, at: datetime) -> CallWarning | None:
        """Why one should not call at this instant; None if one may."""
        local = at.astimezone(self._zone)
        if self._is_holiday(local.date()):
            return "holiday"
        hours: Hours | None = self._week[local.weekday()]
        if hours is None:
            return "day-without-calls"
        if local.time() < hours.opens:
            return "too-early"
        return "too-late" if local.time() > hours.closes else None

    def _is_holiday(self, day: date) -> bool:
        if day in self._data.holidays_removed:
            return False
        return day in self._data.holidays_added or day in self._holidays
