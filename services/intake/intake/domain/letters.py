# SPDX-License-Identifier: Apache-2.0
"""One letter that many persons send: each is a case of its own, linked with the first (mass letters)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Put
from intake.domain.submission import FileSubmission, LetterGroup, Related

LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Sent:
    """A case that began with the letter; its ``keys`` tell the person from others."""

    case_id: str
    at: datetime
    keys: frozenset[str]


def persons_in(sent: Sequence[Sent], own: frozenset[str]) -> int:
    """How many persons they are, with the one of the ``own`` keys; who shares a key counts once, who has none alone."""
    seen, count = set(own), 1
    for one in sent:
        if not one.keys & seen:
            count += 1
        seen |= one.keys
    return count


def one_more(group: LetterGroup) -> LetterGroup:
    return LetterGroup(group.letter, group.count + 1, group.first_case_id, group.first_case_number, group.first_at)


def related_by(group: LetterGroup) -> Related:
    return Related(group.first_case_id, group.first_case_number, "mass-letter")


def letter_rows(command: FileSubmission, now: datetime) -> tuple[Put, ...]:
    """The group's row; whoever creates cases counts one after the other (linking.py), so none is lost."""
    group = command.letter_group
    if group is None:
        return ()
    row = {
        "count": group.count,
        "first_case_id": group.first_case_id,
        "first_case_number": group.first_case_number,
        "first_at": group.first_at,
        "last_at": now,
        "personal": {"subject": command.form.subject, "start": command.form.text[:300]},
    }
    return (Put(LETTERS, group.letter, row),)
