# SPDX-License-Identifier: Apache-2.0
"""What a case remembers of its answering: documents asked for and delivered, drafts, answers; or its rejection."""

from collections.abc import Mapping
from typing import Literal

from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, LocalDate, StaffRef
from ventanilla_contracts.notifications import Delivery, DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.routing import PlannedAction
from ventanilla_contracts.vocabulary import AnswerDelivery, RejectionReason

Outcome = Literal["on-its-way", "delivered", "failed", "unknown"]
"""What became of an answer."""
OUTCOMES: Mapping[type[Delivery], Outcome] = {
    DeliverySent: "delivered",
    DeliveryFailed: "failed",
    DeliveryBounced: "failed",
    DeliveryUnknown: "unknown",
}


class DocumentsRequest(Frozen):
    """Documents asked from a responder (CNF-10).

    ``dropped``: the case ended before they came, and nobody waits for them any more.
    """

    id: str
    responder: StaffRef
    due: LocalDate
    text: str
    files: tuple[FileRef, ...] = ()
    asked_at: Instant
    asked_by: StaffRef | None = None
    delivered_at: Instant | None = None
    reminded: bool = False
    overdue: bool = False
    dropped: bool = False

    @property
    def pending(self) -> bool:
        return self.delivered_at is None and not self.dropped


class DocumentsDelivery(Frozen):
    """Documents and action plan of a responder (CNF-10)."""

    responder: StaffRef
    at: Instant
    text: str
    files: tuple[FileRef, ...] = ()
    request_id: str | None = None
    plan: tuple[PlannedAction, ...] = ()


class ProposedDelivery(Frozen):
    """What a responder sent by mail, until somebody takes it as a delivery; ``id`` is that of its submission."""

    id: str
    responder: StaffRef
    at: Instant
    text: str
    files: tuple[FileRef, ...] = ()
    taken: bool = False


class Draft(Frozen):
    """The answer as it is being written; earlier revisions are rows of their own.

    ``review``: how far the legal team is with this revision; ``reasons``: why they returned it. ``partial``: it does
    not end the case; ``delivery``: said where the person gets it in their hands.
    """

    revision: int
    text: str
    files: tuple[FileRef, ...] = ()
    partial: bool = False
    delivery: Literal["handed-over"] | None = None
    by: Actor
    at: Instant
    review: Literal["not-asked", "asked", "returned", "passed"] = "not-asked"
    reviewed_by: Actor | None = None
    reviewed_at: Instant | None = None
    reasons: str | None = None


class Clarification(Frozen):
    """Nobody understood the request, and the person was asked to make it clear (CPACA art. 19).

    ``replied_at``: when the last thing was received that they said in that time; ``over``: it passed in silence.
    """

    text: str
    until: LocalDate
    until_at: Instant
    by: Actor
    asked_at: Instant
    replied_at: Instant | None = None
    over: bool = False


class Rejected(Frozen):
    """The case ended without an answer (CPACA art. 19)."""

    reason: RejectionReason
    text: str
    earlier_case_number: str | None = None
    by: Actor
    at: Instant


class Answer(Frozen):
    """An answer to the person, or a part of one; ``trouble`` says in words of the mail service why it did not arrive.

    ``drafted_by``: who wrote what ``by`` approved; ``reviewed_by``: who looked at it for the legal team; ``copies``:
    scans of what went on paper that came later.
    """

    id: str
    text: str
    files: tuple[FileRef, ...] = ()
    delivery: AnswerDelivery
    to: str | None = None
    by: Actor
    approved_at: Instant
    drafted_by: Actor | None = None
    reviewed_by: Actor | None = None
    copies: tuple[FileRef, ...] = ()
    outcome: Outcome = "on-its-way"
    trouble: str | None = None


class Answered(Frozen):
    """The answer that counts, and the time that decides "in time" (design 4)."""

    answer_id: str
    at: Instant
    delivery: AnswerDelivery
    in_time: bool
