# SPDX-License-Identifier: Apache-2.0
"""Who is there in place of somebody who is away (SQR-05: there is a responsible person, whatever the day)."""

from collections.abc import Mapping
from datetime import date

from routing.domain.matrix.file import Absence, MatrixFile


def absence_of(file: MatrixFile, who: str, day: date) -> Absence | None:
    """Their absence on that day."""
    return next((one for one in file.absences if one.who == who and one.from_ <= day <= one.to), None)


def standing_in(file: MatrixFile, who: str, area: str, day: date, deputies: Mapping[str, str]) -> tuple[str, ...]:
    """Who is there that day in place of ``who``, after those who are asked first and are away too.

    ``(who,)`` where they are there; the last one is there unless the row is ``()``: then nobody is.
    """
    row = [who]
    while (absence := absence_of(file, row[-1], day)) is not None:
        deputy = absence.deputy or _deputy(file, row[-1], area, deputies)
        if deputy is None or deputy in row:
            return ()
        row.append(deputy)
    return tuple(row)


def _deputy(file: MatrixFile, who: str, area: str, deputies: Mapping[str, str]) -> str | None:
    held = file.area(area)
    places = [held.responder, held.deputy, held.head] if held else []
    others = places[places.index(who) + 1 :] if who in places else []
    return next((one for one in others if one is not None and one != who), deputies.get(who))
