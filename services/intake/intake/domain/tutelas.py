# SPDX-License-Identifier: Apache-2.0
"""A constitutional action: its court, its case number, and until when the judge wants the answer (ICX-15)."""

import re
from datetime import datetime, timedelta

from chassis.decision import Refused
from intake.domain.texts import one_line
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import SubmissionForm, Tutela, TutelaForm

DIGITS = 23
FIRST_YEAR = 1991
"""Of the Constitution that made the action."""

LONGEST_TERM = timedelta(days=90)
_YEAR = slice(12, 16)
"""Municipality 5, body 2, speciality 2, office 3; then year 4, number 5, instance 2."""

_SEPARATORS = re.compile(r"[\s.\-–—/]+")
_REFERENCE = re.compile(rf"(?<!\d)(?:\d[\s.\-–—/]{{0,3}}){{{DIGITS - 1}}}\d(?!\d)")
_WORDS = re.compile(r"\btutela\b", re.IGNORECASE)
_HOURS = re.compile(r"\b(\d{1,3})\s*\)?\s*horas\b|\bhoras?\s*\(\s*(\d{1,3})\s*\)", re.IGNORECASE)
_MOST_READ = 60_000


class TutelaHints(Frozen):
    """What a text seems to say of a tutela; whoever reads it decides."""

    reference: str | None = None
    hours: int | None = None


def court_reference(typed: str) -> str | None:
    """The 23 digits of a court's case number, however they are separated; None if it is none.

    >>> court_reference("17001-31-05-001-2026-00123-00")
    '17001310500120260012300'
    """
    digits = _SEPARATORS.sub("", typed.strip())
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) or int(digits[_YEAR]) < FIRST_YEAR:
        return None
    return digits


def checked_tutela(form: TutelaForm) -> TutelaForm | Refused:
    """With the number as the house keeps it; the term is said in one way."""
    court = one_line(form.court)
    if not court:
        return Refused("tutela-court-missing", kind="invalid", field="$.tutela.court")
    reference = court_reference(form.reference)
    if reference is None:
        return Refused("tutela-reference", kind="invalid", field="$.tutela.reference", values={"digits": DIGITS})
    if (form.answer_by is None) == (form.hours is None):
        return Refused("tutela-term-missing", kind="invalid", field="$.tutela.answer_by")
    return form.model_copy(update={"court": court, "reference": reference})


def tutela_of(form: TutelaForm, received_at: datetime) -> Tutela | Refused:
    """Of a checked form. Hours count from the receipt, all of them: nothing that is said later makes it longer."""
    answer_by = form.answer_by or received_at + timedelta(hours=form.hours or 0)
    if not received_at < answer_by <= received_at + LONGEST_TERM:
        return Refused("tutela-term-range", kind="invalid", field="$.tutela.answer_by")
    return Tutela(court=form.court, reference=form.reference, answer_by=answer_by, hours=form.hours)


def speaks_of_tutela(form: SubmissionForm) -> bool:
    """Whether it is registered as one, or seems to be."""
    return form.tutela is not None or tutela_hints(form.subject, form.text) is not None


def tutela_hints(*texts: str) -> TutelaHints | None:
    """None where no tutela is spoken of with a number of a court."""
    text = "\n".join(texts)[:_MOST_READ]
    if not _WORDS.search(text):
        return None
    references = (court_reference(found[0]) for found in _REFERENCE.finditer(text))
    reference = next((one for one in references if one), None)
    if reference is None:
        return None
    hours = next((int(found[1] or found[2]) for found in _HOURS.finditer(text)), None)
    return TutelaHints(reference=reference, hours=hours if hours and hours <= 720 else None)
