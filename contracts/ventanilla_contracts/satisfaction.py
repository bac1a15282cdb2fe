# SPDX-License-Identifier: Apache-2.0
"""What satisfaction says about the telephone check of each case (CNF-11, CNF-12)."""

from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import Event, Frozen, Instant, LocalDate, LongText
from ventanilla_contracts.vocabulary import CheckOutcome, Kind, WaiverReason


class PersonalSummary(Frozen):
    """What was said on the telephone."""

    summary: LongText = ""


class CheckScheduled(Event, type="check-scheduled.v1", topic="satisfaction-checks"):
    """The case is on the call list."""

    check_id: str
    kind: Kind
    sample: Annotated[str, Field(max_length=100)] | None = None


class CheckWaived(Event, type="check-waived.v1", topic="satisfaction-checks"):
    """Nobody will call, for this reason."""

    reason: WaiverReason


class ContactAttempted(Event, type="contact-attempted.v1", topic="satisfaction-checks"):
    """Somebody called; without contact at most one attempt counts per local day."""

    check_id: str
    number: Annotated[int, Field(ge=1, le=3)]
    at: Instant
    day: LocalDate
    result: Literal["contacted", "not-contacted"]
    personal: PersonalSummary


class CheckCompleted(Event, type="check-completed.v1", topic="satisfaction-checks"):
    """The check ended: with an answer, or after three attempts on three different days."""

    check_id: str
    outcome: CheckOutcome
    attempts: tuple[Instant, ...]
    personal: PersonalSummary
