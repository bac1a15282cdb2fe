# SPDX-License-Identifier: Apache-2.0
"""What somebody said through one channel, as the rules file it: parsed, its files stored, not yet a case."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chassis.decision import Refused
from intake.domain.membership.asking import MembershipAsked
from intake.domain.products import product_keys
from intake.domain.regulator.file import Code, Scope
from intake.domain.sender import SenderCheck
from intake.domain.tutelas import speaks_of_tutela
from ventanilla_contracts.envelope import Actor, FileRef, StaffRef
from ventanilla_contracts.intake import (
    DataConsent,
    Emergency,
    MailThread,
    MembershipDocument,
    ReportedLetter,
    SubmissionForm,
)
from ventanilla_contracts.vocabulary import Channel, LinkRelation, ReportedAction

Outcome = Literal["created", "appended", "held", "ignored", "rejected"]
"""What became of a submission; all but ``held`` are final."""


EMERGENCY_FIRST, THEN_TUTELA = 1, 2
"""Of what is held, before all else (SQR-03, ICX-15)."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """It becomes no case; ``reason`` is a code of the catalogue (``reasons``), or for ``rejected`` a text."""

    outcome: Literal["held", "ignored", "rejected"]
    reason: str


@dataclass(frozen=True, slots=True)
class BoxForm:
    """The n-th form of the opening of a suggestion box."""

    opening: str
    n: int


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """What a page of ours showed beside the box that consents to data treatment (Ley 1581 de 2012)."""

    policy_version: str
    policy_url: str | None
    text: str


@dataclass(frozen=True, slots=True)
class LetterReport:
    """What became of a letter of ours at one address; ``message_id`` is without brackets."""

    case_id: str
    letter: ReportedLetter
    message_id: str
    action: ReportedAction
    status: str
    recipient: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mail of a member of the house that answers its own letters about these cases, the nearest first."""

    responder: StaffRef
    case_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another case that a new one is to be linked with; ``score``: how alike both are, of a likely duplicate."""

    case_id: str
    number: str
    relation: LinkRelation
    score: int | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A person of the desk files what was held.

    ``into`` is the case they chose, "" for a case of its own; ``row`` what is stored of the submission and ``refused``
    why it is too late, both as it is resolved; ``told`` how many outcomes were told of it, read in the transaction.
    """

    into: str = ""
    row: Mapping[str, object] | None = None
    told: int = 0
    refused: Refused | None = None


OfficialMailbox = Literal["regulator", "not-authenticated", "not-a-regulator"]
"""Whom a mail is from that came to the mailbox for official notices (CNF-03)."""


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
    are the cases whose signed letters it answers, ``addressed`` those to whose reply address for its sender it came,
    ``proven_case`` the one whose tracking code its sender gave. ``received_at`` None is now. ``via`` is the way on
    which a mail came, ``mailbox`` the one of ours through which; ``sender`` is of mails only.
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
    mailbox: str | None = None
    original: FileRef | None = None
    replies_to: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    proven_case: str | None = None
    consent_asked: ConsentAsked | None = None
    set_aside: SetAside | None = None
    proposal: Proposal | None = None
    """Of a mail that is held only if there is no such case."""
    sender: SenderCheck | None = None
    reports: tuple[LetterReport, ...] = ()
    case_id: str = ""
    """Set when it is resolved."""
    number: str = ""
    """Set in the transaction that creates the case."""
    same_external_id_as: str | None = None
    box_form: BoxForm | None = None
    person_id: str | None = None
    """Set when it is resolved, where it is certain who speaks."""
    via: str | None = None
    related: tuple[Related, ...] = ()
    """What a new case is to be linked with, as the door or whoever released it knows; of two for one case the first."""
    found: tuple[Related, ...] = ()
    """The same, as found in the transaction (linking.py), which also says the next three."""
    person_keys: tuple[str, ...] = ()
    letter: str | None = None
    letter_group: LetterGroup | None = None
    released: Release | None = None
    regulator_said: Mapping[str, Code] | None = None
    """Of a complaint that came from the regulator's platform: what it told beside."""
    regulator_scope: Scope | None = None
    """Set when it is resolved, where the house reports to the platform."""
    emergency: Emergency | None = None
    """Set when it is resolved."""
    official: OfficialMailbox | None = None
    reopens: bool = False
    """Of a reply: if its case is closed, it opens it again."""
    membership: MembershipAsked | None = None
    documents: tuple[MembershipDocument, ...] = ()
    """Of a message to a membership request: which of its files is which document."""


class Submitted(Protocol):
    """What every outcome tells of its submission."""

    @property
    def submission_id(self) -> str: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def external_id(self) -> str: ...
    @property
    def case_id(self) -> str: ...


def form_hash(form: SubmissionForm, files: tuple[FileRef, ...]) -> str:
    """SHA-256 (hex) of what a form says and of the contents that came with it, whatever their names."""
    digest = hashlib.sha256(form.model_dump_json(exclude_defaults=True).encode())
    for file in files:
        digest.update(file.sha256.encode())
    return digest.hexdigest()


def outcome_told(
    command: Submitted, outcome: Outcome, *, reason: str | None = None, repeat: bool = False, number: str | None
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


def consent_of(command: FileSubmission, given_at: datetime) -> DataConsent | None:
    """The consent that came with it; who stays anonymous gives no data to treat."""
    if command.form.anonymous or not command.form.data_consent:
        return None
    asked = command.consent_asked
    if asked is None:
        return DataConsent(given_at=given_at)
    return DataConsent(
        given_at=given_at, policy_version=asked.policy_version, policy_url=asked.policy_url, text=asked.text
    )


def sender_row(command: FileSubmission) -> dict[str, object] | None:
    """What is kept of the sender of a mail, to find how many came from one address."""
    if command.sender is None:
        return None
    address = command.form.person.email
    return {**command.sender.model_dump(), "address": address.casefold() if address else None}


def urgency_of(command: FileSubmission) -> dict[str, object]:
    """Of what is held: which of it a person should see first. What is ordinary has none."""
    if command.emergency is not None:
        return {"urgency": EMERGENCY_FIRST}
    return {"urgency": THEN_TUTELA} if speaks_of_tutela(command.form) else {}


def row_of(command: FileSubmission, outcome: Outcome, received_at: datetime, now: datetime) -> dict[str, object]:
    """What intake keeps for ever of a submission: what was said, by whom, through which channel, with which files."""
    found_by = {"letter": command.letter} if command.letter else {}
    keys = {"keys": list(command.person_keys)} if command.person_keys else {}
    products = product_keys(command.form)
    return {
        **found_by,
        "case_id": command.case_id or None,
        "outcome": outcome,
        "reason": command.set_aside.reason if command.set_aside else None,
        "channel": command.channel,
        "via": command.via,
        "external_id": command.external_id,
        "content_hash": command.content_hash,
        "same_external_id_as": command.same_external_id_as,
        "received_at": received_at,
        "registered_at": now,
        "actor": command.actor.model_dump(),
        "files": [file.model_dump() for file in command.files],
        "full_text": command.full_text.model_dump() if command.full_text else None,
        "original": command.original.model_dump() if command.original else None,
        **({"box_opening": command.box_form.opening, "box_form": command.box_form.n} if command.box_form else {}),
        "sender": sender_row(command),
        **(urgency_of(command) if outcome == "held" else {}),
        **({"regulator_said": dict(command.regulator_said)} if command.regulator_said else {}),
        **({"emergency": command.emergency.model_dump()} if command.emergency else {}),
        **({"official": command.official} if command.official else {}),
        **({"products": list(products)} if products else {}),
        "personal": {
            "form": command.form.model_dump(exclude_defaults=True),
            "mail": command.mail.model_dump() if command.mail else None,
            "consent": consent.model_dump() if (consent := consent_of(command, received_at)) else None,
            **keys,
        },
    }
