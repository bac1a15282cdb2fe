# SPDX-License-Identifier: Apache-2.0
"""What a new case says of its person, as a row that waits until it is noted with the person (intake.following)."""

from chassis.decision import Insert, Row
from intake.domain.case import Case
from intake.domain.submission import FileSubmission

STAFF = frozenset({"adviser", "agent", "general-secretariat", "legal"})


def mention_rows(case: Case, command: FileSubmission) -> tuple[Row, ...]:
    """None where it is not certain who speaks."""
    if case.person_id is None:
        return ()
    by_staff = command.actor.role in STAFF
    row = {
        "person_id": case.person_id,
        "case_number": case.number,
        "at": case.registered_at,
        "actor": command.actor.model_dump(),
        "by_staff": by_staff,
        "confirmed": by_staff and command.form.contact_confirmed,
        "said": command.form.person.model_dump(),
        "municipality": command.form.municipality,
        "segment": command.form.segment,
    }
    return (Insert("person_mentions", command.submission_id, row),)
