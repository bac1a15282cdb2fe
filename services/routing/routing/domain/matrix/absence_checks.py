# SPDX-License-Identifier: Apache-2.0
"""Absences that cannot be: backwards, twice at a time, or with days on which nobody stands in for a responder."""

from collections.abc import Iterator
from datetime import date

from chassis.faults import Fault
from routing.domain.matrix.absences import standing_in
from routing.domain.matrix.file import Absence, MatrixFile
from routing.domain.matrix.house import House
from routing.domain.matrix.matrix_fault import matrix_fault


def absence_faults(matrix: MatrixFile, house: House) -> Iterator[Fault]:
    """Each with its place."""
    for n, absence in enumerate(matrix.absences):
        place = ("absences", n)
        if absence.to < absence.from_:
            yield matrix_fault((*place, "to"), "absence-backwards", who=absence.who)
        elif (other := _other(absence, matrix.absences[:n])) is not None:
            yield matrix_fault(place, "absence-twice", who=absence.who, since=other.from_.isoformat())
        elif (alone := _nobody_there(absence, matrix, house)) is not None:
            area, day = alone
            yield matrix_fault(place, "nobody-there", who=absence.who, area=area, day=day.isoformat())


def _other(absence: Absence, before: tuple[Absence, ...]) -> Absence | None:
    same = (one for one in before if one.who == absence.who)
    return next((one for one in same if one.from_ <= absence.to and absence.from_ <= one.to), None)


def _nobody_there(absence: Absence, matrix: MatrixFile, house: House) -> tuple[str, date] | None:
    """An area that they answer for, and the first day of the absence on which all who would stand in are away.

    Who is there changes only when an absence begins.
    """
    begins = sorted({one.from_ for one in matrix.absences if absence.from_ <= one.from_ <= absence.to})
    for area in matrix.areas:
        if area.responder != absence.who:
            continue
        for day in begins:
            if not standing_in(matrix, absence.who, area.area, day, house.deputies):
                return area.area, day
    return None
