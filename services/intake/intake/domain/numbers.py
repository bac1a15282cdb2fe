# SPDX-License-Identifier: Apache-2.0
"""The case number (radicado): ``<ORG>-<YYYY>-<NNNNNN>-<check digit>`` (design 4, AGN Acuerdo 060 de 2001).

The check digit is ISO 7064 mod 11,10 over YYYYNNNNNN. It catches every wrong digit and 98 of 100 swaps of
neighbours; it says nothing about whether the case exists or who may see it.
"""

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_10

_ORG = re.compile(r"[A-Z](?:[A-Z0-9]{0,10}[A-Z])", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_LEAST_DIGITS = 6
_SEPARATOR = r"[\s\u00a0\u202f\-\u2010-\u2015\u2212_./]{0,3}"
_NUMBER = re.compile(
    rf"(?<![A-Z0-9])([A-Z][A-Z0-9]{{0,10}}[A-Z]){_SEPARATOR}(2[0-9]{{3}}){_SEPARATOR}([0-9]{{6,12}}){_SEPARATOR}([0-9])(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
_YEAR = re.compile(r"2[0-9]{3}")
_BARE = re.compile(
    rf"(?<![A-Z0-9])(?<![A-Z0-9][-_./])(2[0-9]{{3}}){_SEPARATOR}([0-9]{{6,12}}){_SEPARATOR}([0-9])(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A number whose check digit is right; ``str()`` is the form that people read."""

    org: str
    year: int
    n: int

    @property
    def check_digit(self) -> str:
        check: str = mod_11_10.calc_check_digit(f"{self.year:04d}{self.n:06d}")
        return check

    def __str__(self) -> str:
        return f"{self.org}-{self.year:04d}-{self.n:06d}-{self.check_digit}"


def case_number(org: str, year: int, n: int) -> str:
    """The ``n``-th number (from 1; more digits beyond 999999) of the local year.

    ``org``: 2 to 12 capital letters and digits, a letter first and last, so that no dash is needed to read it.
    ValueError for anything else: a setting or a counter is wrong.
    """
    if not _ORG.fullmatch(org):
        raise ValueError(f"organisation code {org!r}: expected 2 to 12 of A-Z and 0-9, a letter first and last")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"year {year}: expected {_FIRST_YEAR} to {_LAST_YEAR}")
    if n < 1:
        raise ValueError(f"number {n}: expected 1 or more")
    return str(CaseNumber(org, year, n))


def parse_case_number(text: str) -> CaseNumber | None:
    """What a person typed: any case, spaces or other dashes for dashes, or none; None if the check digit is wrong."""
    match = _NUMBER.fullmatch(text.strip())
    return _checked(*match.groups()) if match else None


def find_case_numbers(text: str, org: str | None = None) -> list[CaseNumber]:
    """Every right number in a subject or text, in order, each once. A number found proves nothing about its bearer.

    ``org``: only those of this organisation, also as people write them without its code: radicado 2026-000001-7.
    """
    if not _YEAR.search(text):
        return []
    found = {match.start(): number for match in _NUMBER.finditer(text) if (number := _checked(*match.groups()))}
    if org is not None:
        bare = ((match.start(), _checked(org, *match.groups())) for match in _BARE.finditer(text))
        ours = {start: number for start, number in found.items() if number.org == org}
        found = ours | {start: number for start, number in bare if number}
    return list(dict.fromkeys(number for _, number in sorted(found.items())))


def _checked(org: str, year: str, digits: str, check: str) -> CaseNumber | None:
    number = CaseNumber(org.upper(), int(year), int(digits))
    is_canonical = number.n > 0 and (len(digits) == _LEAST_DIGITS or digits[0] != "0")
    return number if is_canonical and number.check_digit == check else None
