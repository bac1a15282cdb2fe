# SPDX-License-Identifier: Apache-2.0
"""What a case says of its person, as a row that waits until it is noted with the person (``persons.following``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Insert, Row
from intake.domain.case import Case
from intake.domain.submission import FileSubmission
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

STAFF = frozenset({"adviser", "agent", "general-secretariat", "legal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """See NotePerson."""

    case_number: str
    at: datetime
    actor: Actor
    by_staff: bool
    confirmed: bool
    said: Person
    municipality: str | None
    segment: str | None


def mention_rows(case: Case, command: FileSubmission) -> tuple[Row, ...]:
    """Of a new case; none where it is not certain who speaks."""
    if case.person_id is None:
        return ()
    by_staff = command.actor.role in STAFF
    mention = Mention(
        case_number=case.number,
        at=case.registered_at,
        actor=command.actor,
        by_staff=by_staff,
        confirmed=by_staff and command.form.contact_confirmed,
        said=command.form.person,
        municipality=command.form.municipality,
        segment=command.form.segment,
    )
    return (mention_row(command.submission_id, case.person_id, mention),)


def mention_row(row_id: str, person_id: str, one: Mention, corrects: Mapping[str, object] | None = None) -> Row:
    """``corrects`` {fields, reason}: it takes the place of what is known of these."""
    row = {
        "person_id": person_id,
        "case_number": one.case_number,
        "at": one.at,
        "actor": one.actor.model_dump(),
        "by_staff": one.by_staff,
        "confirmed": one.confirmed,
        "said": one.said.model_dump(),
        "municipality": one.municipality,
        "segment": one.segment,
    }
    return Insert("person_mentions", row_id, row | ({"corrects": dict(corrects)} if corrects else {}))
