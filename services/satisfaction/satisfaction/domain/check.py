# SPDX-License-Identifier: Apache-2.0
"""What is kept about the telephone check of one case."""

from typing import Literal

from pydantic import Field

from ventanilla_contracts.envelope import Frozen, Instant, LocalDate
from ventanilla_contracts.vocabulary import AnswerDelivery, CheckOutcome, Kind, WaiverReason

Status = Literal["unanswered", "waiting-for-sample", "pending", "completed", "waived"]
"""Unanswered: there is nothing to ask about yet. Waiting for sample: a subsidy claim whose month is not drawn yet."""

Result = Literal["contacted", "not-contacted"]
Outcome = Literal["satisfied", "not-satisfied"]


class Contact(Frozen):
    """Whom to call and about what; all that is personal in a check but the summaries of the calls."""

    name: str | None = None
    phone: str | None = Field(None, description="E.164, as +573001234567")
    subject: str = ""


class Attempt(Frozen):
    """One call; ``day`` is its local day, ``by`` the id of the member of staff who called."""

    at: Instant
    day: LocalDate
    result: Result
    by: str
    summary: str = ""


class Check(Frozen):
    """The check of one case. ``begun_at``: when it was answered, or closed without an answer.

    ``month`` (local, 2026-03) says which draw decides about a subsidy claim.
    """

    id: str
    case_number: str
    status: Status = "unanswered"
    anonymous: bool = False
    from_regulator: bool = False
    personal: Contact = Contact()
    kind: Kind | None = None
    area: str | None = None
    area_name: str | None = None
    begun_at: Instant | None = None
    answered_at: Instant | None = None
    delivery: AnswerDelivery | None = None
    month: str | None = None
    sample: str | None = None
    waiver: WaiverReason | None = None
    attempts: tuple[Attempt, ...] = ()
    next_attempt_on: LocalDate | None = None
    outcome: CheckOutcome | None = None
