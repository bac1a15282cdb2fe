# SPDX-License-Identifier: Apache-2.0
"""What somebody said through one channel, as the rules file it: parsed, its files stored, not yet a case."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import MailThread, SubmissionForm
from ventanilla_contracts.vocabulary import Channel, LinkRelation

Outcome = Literal["created", "appended", "held", "ignored", "rejected"]
"""What became of a submission; all but ``held`` are final."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """It becomes no case; ``reason`` is a code of the catalogue (``reasons``), or for ``rejected`` a text."""

    outcome: Literal["held", "ignored", "rejected"]
    reason: str


@dataclass(frozen=True, slots=True)
class Related:
    """Another case that a new one is to be linked with; ``score``: how alike both are, of a likely duplicate."""

    case_id: str
    number: str
    relation: LinkRelation
    score: int | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """One letter that many persons sent, with this one; ``letter``: what it is known by (domain/likeness.py)."""

    letter: str
    count: int
    first_case_id: str
    first_case_number: str
    first_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSubmission:
    """The one command by which anything enters (CNF-01, ICX-01).

    ``submission_id`` follows from channel, external id and content hash, so that a repetition finds the first.
    ``external_key`` names channel and external id; None where the door made the external id itself. ``replies_to``
    are the cases whose signed letters it answers. ``received_at`` None is now.
    """

    submission_id: str
    channel: Channel
    external_id: str
    external_key: str | None
    content_hash: str
    actor: Actor
    tracking_code: str
    form: SubmissionForm
    files: tuple[FileRef, ...] = ()
    full_text: FileRef | None = None
    mail: MailThread | None = None
    original: FileRef | None = None
    replies_to: tuple[str, ...] = ()
    set_aside: SetAside | None = None
    case_id: str = ""
    """Set when it is resolved."""
    number: str = ""
    """Set in the transaction that creates the case."""
    same_external_id_as: str | None = None
    related: tuple[Related, ...] = ()
    """What a new case is to be linked with, as the door or whoever released it knows; of two for one case the first."""
    found: tuple[Related, ...] = ()
    """The same, as found in the transaction (linking.py), which also says the next three."""
    person_keys: tuple[str, ...] = ()
    letter: str | None = None
    letter_group: LetterGroup | None = None


def form_hash(form: SubmissionForm, files: tuple[FileRef, ...]) -> str:
    """SHA-256 (hex) of what a form says and of the contents that came with it, whatever their names."""
    digest = hashlib.sha256(form.model_dump_json(exclude_defaults=True).encode())
    for file in files:
        digest.update(file.sha256.encode())
    return digest.hexdigest()


def outcome_told(
    command: FileSubmission, outcome: Outcome, *, reason: str | None = None, repeat: bool = False, number: str | None
) -> dict[str, object]:
    """What the door answers; whoever creates or repeats a creation also hears the tracking code."""
    return {
        "submission_id": command.submission_id,
        "outcome": outcome,
        "reason": reason,
        "repeat": repeat,
        "case_number": number,
        "tracking_code": None,
        "case_id": command.case_id or None,
    }


def row_of(command: FileSubmission, outcome: Outcome, received_at: datetime, now: datetime) -> dict[str, object]:
    """What intake keeps for ever of a submission: what was said, by whom, through which channel, with which files."""
    found_by = {"letter": command.letter} if command.letter else {}
    keys = {"keys": list(command.person_keys)} if command.person_keys else {}
    return {
        **found_by,
        "case_id": command.case_id or None,
        "outcome": outcome,
        "reason": command.set_aside.reason if command.set_aside else None,
        "channel": command.channel,
        "external_id": command.external_id,
        "content_hash": command.content_hash,
        "same_external_id_as": command.same_external_id_as,
        "received_at": received_at,
        "registered_at": now,
        "actor": command.actor.model_dump(),
        "files": [file.model_dump() for file in command.files],
        "full_text": command.full_text.model_dump() if command.full_text else None,
        "original": command.original.model_dump() if command.original else None,
        "personal": {
            "form": command.form.model_dump(exclude_defaults=True),
            "mail": command.mail.model_dump() if command.mail else None,
            **keys,
        },
    }
