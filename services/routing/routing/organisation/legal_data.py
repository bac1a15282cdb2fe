# SPDX-License-Identifier: Apache-2.0
"""Reads the legal terms, the calendar and their words: the package's own, or files that an organisation names.

Raises FaultyFile, with line and cure, when one is not as it must be.
"""

from datetime import date
from importlib.resources import files
from typing import Literal

from chassis.yaml_file import Source, load_file
from chassis.yaml_text import read_yaml
from routing.domain.clock.calendar import Calendar, CalendarData
from routing.domain.clock.terms import Terms
from routing.domain.clock.words import DeadlineWords

PACKAGE = files("routing")


def load_terms(file: Source = PACKAGE / "data" / "terms.yaml") -> Terms:
    """The legal terms with their dates of validity."""
    return load_file(file, Terms, "TERMS_FILE")


def load_calendar(file: Source = PACKAGE / "data" / "calendar.yaml") -> Calendar:
    """The business days of the house."""
    calendar = Calendar(load_file(file, CalendarData, "CALENDAR_FILE"))
    calendar.trace_day(date(calendar.data.first_year, 1, 1))  # the package's half second for a country is spent here
    return calendar


def load_words(language: Literal["es", "en"], calendar: Calendar) -> DeadlineWords:
    """The words of a language, with those of the holidays that the house added."""
    words = DeadlineWords.model_validate(read_yaml((PACKAGE / "locale" / f"deadlines.{language}.yaml").read_bytes()))
    added = {day.id: day.words.model_dump()[language] for day in calendar.data.add}
    return words.model_copy(update={"holidays": {**words.holidays, **added}})
