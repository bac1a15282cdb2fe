# SPDX-License-Identifier: Apache-2.0
"""The words of the clock's codes in one language, for letters, pages and problem details."""

from collections.abc import Mapping

from routing.domain.holiday_codes import holidays_in
from routing.domain.invalid_input import InvalidInput
from ventanilla_contracts.envelope import Frozen


class DeadlineWords(Frozen):
    """One translation file (``locale/deadlines.es.yaml``); ``{…}`` in a text takes a fact."""

    reasons: Mapping[str, str]
    holiday: str
    moved: str
    conjunction: str
    other_holiday: str
    holidays: Mapping[str, str]
    errors: Mapping[str, str]

    def reason(self, code: str) -> str:
        """Why a day was counted or not. A trace is kept for years: a holiday that is no longer known stays readable."""
        names = [self._name(slug, moved=moved) for slug, moved in holidays_in(code)]
        return self.holiday.format(names=self.conjunction.join(names)) if names else self.reasons[code]

    def problem(self, problem: InvalidInput) -> str:
        """What is wrong with an input and what was expected."""
        return self.errors[problem.code].format_map(problem.facts)

    def _name(self, slug: str, *, moved: bool) -> str:
        name = self.holidays.get(slug, self.other_holiday)
        return self.moved.format(name=name) if moved else name
