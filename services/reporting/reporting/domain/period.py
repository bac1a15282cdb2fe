# SPDX-License-Identifier: Apache-2.0
"""Spans of local days, first and last included."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date

    @classmethod
    def month(cls, text: str) -> "Period":
        """The month of a text such as 2026-03.

        >>> Period.month("2026-12").last
        datetime.date(2026, 12, 31)
        """
        year, number = (int(part) for part in text.split("-"))
        return cls(date(year, number, 1), date(year + number // 12, number % 12 + 1, 1) - ONE_DAY)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """The period of equal length that ends the day before this one begins."""
        return Period(self.first - ONE_DAY * self.days, self.first - ONE_DAY)
