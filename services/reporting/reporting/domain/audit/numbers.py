# SPDX-License-Identifier: Apache-2.0
"""Case numbers: consecutive per organisation and local year, each once, their check digits right (AGN Acuerdo 060)."""

import re
from array import array
from collections.abc import Iterator

from reporting.domain.audit.keys import grown

_NUMBER = re.compile(r"([A-Z0-9]{2,12})-([0-9]{4})-([0-9]{6,9})-([0-9])", re.ASCII)
LARGEST = 100_000_000
"""A book is an array: a number beyond belief must not fill the memory."""

Parsed = tuple[str, int, int]
"""Organisation, year, consecutive."""


def parsed(number: str) -> Parsed | None:
    """None if it has another form, or its check digit is wrong (ISO 7064 mod 11,10 over year and consecutive)."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return None
    org, year, n, check = match.groups()
    return (org, int(year), int(n)) if check == check_digit(year + n) and 0 < int(n) < LARGEST else None


def check_digit(digits: str) -> str:
    """ISO 7064 mod 11,10.

    >>> check_digit("2026000001")
    '7'
    """
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


class Book:
    """The numbers of one year: which case has which."""

    def __init__(self, org: str, year: int) -> None:
        self.org = org
        self.year = year
        self.highest = 0
        self._case = array("I")

    def enter(self, n: int, case: int) -> int | None:
        """The case gets the number; whose it was before, if it was another's."""
        grown(self._case, n)
        before = self._case[n]
        if before not in (0, case + 1):
            return before - 1
        self._case[n] = case + 1
        self.highest = max(self.highest, n)
        return None

    def case(self, n: int) -> int | None:
        return self._case[n] - 1 if n < len(self._case) and self._case[n] else None

    def gaps(self) -> Iterator[tuple[int, int]]:
        """First and last of each run of numbers that nobody has although a higher one is taken."""
        first = 0
        for n in range(1, self.highest + 1):
            if self._case[n]:
                if first:
                    yield first, n - 1
                first = 0
            elif not first:
                first = n

    def text(self, n: int) -> str:
        return f"{self.org}-{self.year}-{n:06d}-{check_digit(f'{self.year}{n:06d}')}"
