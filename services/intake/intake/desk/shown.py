# SPDX-License-Identifier: Apache-2.0
"""What is shown of a case in intake, and what an act on it answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from intake.desk.membership_shown import MembershipSeen
from intake.domain.case import EmergencyMark
from intake.domain.submission import OfficialMailbox, Outcome
from intake.domain.tutelas import TutelaHints, tutela_hints
from ventanilla_contracts.envelope import Actor, FileRef, LocalDate
from ventanilla_contracts.intake import Person, Product, RegulatorRequest, SocialProfile, Tutela
from ventanilla_contracts.vocabulary import CaseStatus, Channel, LinkRelation, LinkStatus


class MessageShown(BaseModel):
    """What was said once, through one channel."""

    submission_id: str
    outcome: Outcome
    channel: Channel
    received_at: datetime
    registered_at: datetime
    subject: str
    text: str
    full_text: FileRef | None
    files: list[FileRef]
    original: FileRef | None = Field(description="The mail as it came")
    archive_place: str | None = Field(None, description="Where the paper lies")
    social: SocialProfile | None = Field(None, description="Where it was said in public")
    product_reference: str | None = None
    product: Product | None = Field(None, description="Which piece it is about")


class LinkShown(BaseModel):
    """A link as this case sees it."""

    id: str
    number: str = Field(description="The other case")
    relation: LinkRelation
    status: LinkStatus
    kept_here: bool = Field(description="Whether it is this case that quotes, repeats or was split")
    score: int | None = Field(description="Of a likely duplicate: how alike both are, to 100")
    at: datetime
    by: Actor


class CaseSeen(BaseModel):
    """A case as intake has it: what was said, by whom, and with which cases it is linked."""

    case_number: str
    status: CaseStatus
    channel: Channel
    received_at: datetime
    registered_at: datetime
    due: LocalDate | None = Field(description="By when the person must be answered, once routing has said so")
    area_name: str | None = Field(description="Who has it, once routing has said so")
    anonymous: bool
    person: Person
    mark: EmergencyMark | None = Field(description="What was decided last of its being an emergency; null: never one")
    tutela: Tutela | None
    tutela_hint: TutelaHints | None = Field(description="What it seems to say of a tutela that nobody registered")
    regulator: RegulatorRequest | None
    asks_due: datetime | None = Field(
        description="Since when an agent is asked for the regulator's day, which its mail does not say clearly"
    )
    official: OfficialMailbox | None = Field(description="Of a mail to the mailbox for official notices: who sent it")
    membership: MembershipSeen | None = Field(description="Of a membership request: what is checked before admission")
    messages: list[MessageShown]
    links: list[LinkShown]
    next_links: str | None = Field(description="Cursor of the links that follow; null at the end")


class LinkTold(BaseModel):
    """The link as it is now; ``case_number`` is the case at which it is kept."""

    id: str
    case_number: str
    other_case_number: str
    relation: LinkRelation
    status: LinkStatus


class SplitTold(BaseModel):
    """Both cases; the code is told once."""

    case_number: str
    new_case_number: str
    tracking_code: str | None = Field(None, description="Of the new case, for a person who cannot be written to")


def message_shown(row: dict[str, Any]) -> MessageShown:
    form = row["personal"]["form"]
    return MessageShown(
        submission_id=row["_id"],
        subject=form.get("subject", ""),
        text=form.get("text", ""),
        **{name: form[name] for name in ("archive_place", "social", "product_reference", "product") if name in form},
        **{name: row[name] for name in MessageShown.model_fields if name in row},
    )


def link_shown(row: dict[str, Any], case_id: str) -> LinkShown:
    here = row["case_id"] == case_id
    return LinkShown(
        id=row["_id"],
        number=row["other_case_number" if here else "case_number"],
        kept_here=here,
        **{name: row[name] for name in LinkShown.model_fields if name in row},
    )


def tutela_hint_in(rows: list[dict[str, Any]]) -> TutelaHints | None:
    """The first message that speaks of one."""
    forms = (row["personal"]["form"] for row in rows)
    hints = (tutela_hints(form.get("subject", ""), form.get("text", "")) for form in forms)
    return next((hint for hint in hints if hint), None)
