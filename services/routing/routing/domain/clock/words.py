# SPDX-License-Identifier: Apache-2.0
"""The words of the clock's codes in one language, for letters, pages and problem details."""

from collections.abc import Mapping
from datetime import date, datetime

from routing.domain.clock.holiday_codes import holidays_in
from routing.domain.clock.invalid_input import InvalidInput
from ventanilla_contracts.envelope import Frozen


class DeadlineWords(Frozen):
    """One translation file (``locale/deadlines.es.yaml``); ``{…}`` in a text takes a fact."""

    reasons: Mapping[str, str]
    summary: Mapping[str, str]
    months: tuple[str, ...]
    day: str
    holiday: str
    moved: str
    conjunction: str
    other_holiday: str
    holidays: Mapping[str, str]
    errors: Mapping[str, str]
    hours: Mapping[str, str]
    promise: Mapping[str, str]

    def reason(self, code: str) -> str:
        """Why a day was counted or not. A trace is kept for years: a holiday that is no longer known stays readable."""
        names = [self._name(slug, moved=moved) for slug, moved in holidays_in(code)]
        return self.holiday.format(names=self.conjunction.join(names)) if names else self.reasons[code]

    def hours_reason(self, code: str) -> str:
        """Why a day, or a part of it, counted in business hours or not."""
        return self.hours.get(code) or self.reason(code)

    def moment(self, at: datetime) -> str:
        """A local time as people write it: ``24 de marzo de 2026, 14:05``."""
        return f"{self.date(at.date())}, {at:%H:%M}"

    def date(self, day: date) -> str:
        """A day as people write it: ``24 de marzo de 2026``."""
        return self.day.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def problem(self, problem: InvalidInput) -> str:
        """What is wrong with an input and what was expected."""
        return self.errors[problem.code].format_map(problem.facts)

    def _name(self, slug: str, *, moved: bool) -> str:
        name = self.holidays.get(slug, self.other_holiday)
        return self.moved.format(name=name) if moved else name
