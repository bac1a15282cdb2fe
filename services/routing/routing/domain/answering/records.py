# SPDX-License-Identifier: Apache-2.0
"""What a case remembers of its answering: documents asked for and delivered, answers."""

from typing import Literal

from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, LocalDate, StaffRef
from ventanilla_contracts.vocabulary import AnswerDelivery

Outcome = Literal["on-its-way", "delivered", "failed", "unknown"]
"""What became of an answer."""


class DocumentsRequest(Frozen):
    """Documents asked from a responder (CNF-10)."""

    id: str
    responder: StaffRef
    due: LocalDate
    text: str
    files: tuple[FileRef, ...] = ()
    asked_at: Instant
    delivered_at: Instant | None = None


class DocumentsDelivery(Frozen):
    """Documents and action plan of a responder (CNF-10)."""

    responder: StaffRef
    at: Instant
    text: str
    files: tuple[FileRef, ...] = ()
    request_id: str | None = None


class ProposedDelivery(Frozen):
    """What a responder sent by mail, until somebody takes it as a delivery; ``id`` is that of its submission."""

    id: str
    responder: StaffRef
    at: Instant
    text: str
    files: tuple[FileRef, ...] = ()
    taken: bool = False


class Answer(Frozen):
    """An answer to the person; ``trouble`` says in words of the mail service why it did not arrive."""

    id: str
    text: str
    files: tuple[FileRef, ...] = ()
    delivery: AnswerDelivery
    to: str | None = None
    by: Actor
    approved_at: Instant
    outcome: Outcome = "on-its-way"
    trouble: str | None = None


class Answered(Frozen):
    """The answer that counts, and the time that decides "in time" (design 4)."""

    answer_id: str
    at: Instant
    delivery: AnswerDelivery
    in_time: bool
