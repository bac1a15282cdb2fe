# SPDX-License-Identifier: Apache-2.0
"""What a regulator says of a person: kept as its word, and used where nothing is known (ADR 0018)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision
from intake.domain.filing_told import INTAKE
from intake.domain.person_noting import NotePerson, note
from intake.domain.persons import HeardOfPerson, KnownPerson
from ventanilla_contracts.intake import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class HearOfPerson:
    """``authority``: who says it."""

    said: Person
    authority: str
    at: datetime


def hear_of_person(person: KnownPerson | None, told: HearOfPerson, now: datetime) -> Decision[KnownPerson]:
    """It fills gaps, as the web does; what staff wrote down stays in use, and the word of the regulator beside it."""
    if person is not None and person.heard is not None and person.heard.said == told.said:
        return Decision(person, result={})
    noted = note(
        person,
        NotePerson(
            actor=INTAKE,
            said=told.said,
            municipality=None,
            segment=None,
            case_number="",
            at=told.at,
            by_staff=False,
            confirmed=False,
        ),
        now,
    )
    heard = HeardOfPerson(authority=told.authority, at=told.at, said=told.said)
    return Decision(noted.state.changed({"heard": heard}), result={})
