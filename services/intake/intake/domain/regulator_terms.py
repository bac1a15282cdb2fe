# SPDX-License-Identifier: Apache-2.0
"""Until when a regulator wants the answer, where its words leave no doubt (CNF-03); else a person reads them."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from intake.domain.texts import plain

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre"),
    *("noviembre", "diciembre"),
)
_NUMBERS = {
    word: n
    for n, word in enumerate(
        (
            *("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
            *("trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte"),
        ),
        start=1,
    )
}
_UNTIL = r"(?P<until>a mas tardar(?: el| hasta el)?|hasta el|antes del|fecha limite|vence el|plazo maximo)"
_DATE = (
    rf"(?:(?P<day>\d{{1,2}}) (?:de )?(?P<month>{'|'.join(_MONTHS)}) (?:de |del )?(?P<year>20\d\d)"
    r"|(?P<y>20\d\d) (?P<m>\d{1,2}) (?P<d>\d{1,2})\b|(?P<d2>\d{1,2}) (?P<m2>\d{1,2}) (?P<y2>20\d\d))"
)
_BY_DATE = re.compile(rf"\b{_UNTIL} (?:[a-z]+ ){{0,3}}{_DATE}")
_WORD = "|".join(_NUMBERS)
_BY_DAYS = re.compile(rf"\b(?:(?P<digits>\d{{1,2}})|(?P<word>{_WORD})(?: (?P<again>\d{{1,2}}))?) dias habiles\b")
_READ = 20_000
MOST_DAYS = 90


def term_in(text: str, written: datetime | None) -> tuple[date | None, int | None]:
    """The last day, or the business days; neither where nothing is said, or several things are.

    A day before the one on which it was ``written`` is no term. "Before the 15th" ends on the 14th.
    """
    words = plain(text[:_READ])
    days = {found for found in _dates(words) if written is None or found >= written.date()}
    counts = {found for found in _counts(words) if 1 <= found <= MOST_DAYS}
    if len(days) == 1:
        return days.pop(), None
    if len(counts) == 1 and not days:
        return None, counts.pop()
    return None, None


def _dates(words: str) -> Iterator[date]:
    for found in _BY_DATE.finditer(words):
        month = found["m"] or found["m2"] or _MONTHS.index(found["month"]) + 1
        try:
            day = date(int(found["year"] or found["y"] or found["y2"]), int(month), _day(found))
        except ValueError:
            continue
        yield day - timedelta(days=1) if found["until"] == "antes del" else day


def _day(found: re.Match[str]) -> int:
    return int(found["day"] or found["d"] or found["d2"])


def _counts(words: str) -> Iterator[int]:
    for found in _BY_DAYS.finditer(words):
        yield int(found["digits"] or found["again"] or _NUMBERS[found["word"]])
