# SPDX-License-Identifier: Apache-2.0
"""What routing says: how each case is handled, and why its term ends when it does (design 3)."""

from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import Event, FileRef, Frozen, Instant, LocalDate, LongText, ShortText, StaffRef
from ventanilla_contracts.vocabulary import AnswerDelivery, ClassifiedField, CloseReason, Kind, Priority, Term


class TraceDay(Frozen):
    """One day of a term: counted or not, and the code of the reason."""

    date: LocalDate
    counted: bool
    reason: str


class PersonalWords(Frozen):
    """Words written for or about the person."""

    text: LongText


class PersonalAnswer(Frozen):
    """The answer and where it goes; ``to`` is None unless it goes by mail."""

    text: LongText
    to: Annotated[str, Field(max_length=254)] | None = None


class ProposedValue(Frozen):
    """What a trained model proposed for one field, how sure it was (0 to 1), and whether that decided the field.

    Which words of the person decided stays with the case.
    """

    field: ClassifiedField
    value: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    used: bool


class CaseClassified(Event, type="case-classified.v1", topic="routing-cases"):
    """Area, quality attribute, regulator category, kind, term and priority (CNF-06), with the rules that decided.

    ``by`` is a model where rules left a field open and its proposal was sure enough; ``model`` is the version of the
    one that was asked, ``proposed`` what it said, whatever became of it. ``waiting``: fields that a person has yet to
    decide, and that hold a default meanwhile; ``by_person``: those that a person decided.
    """

    area: str
    area_name: ShortText
    attribute: str
    regulator_category: str
    kind: Kind
    term: Term
    priority: Priority
    by: Literal["rules", "model", "person"]
    rules: tuple[str, ...] = ()
    model: str | None = None
    proposed: tuple[ProposedValue, ...] = ()
    waiting: tuple[ClassifiedField, ...] = ()
    by_person: tuple[ClassifiedField, ...] = ()


class CaseAssigned(Event, type="case-assigned.v1", topic="routing-cases"):
    """A responder has the case (CNF-07); ``copies`` are told too (CNF-03)."""

    area: str
    area_name: ShortText
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    matrix_version: str
    rule: str
    observation: ShortText | None = None


class DocumentsRequested(Event, type="documents-requested.v1", topic="routing-cases"):
    """Documents are asked from a responder, with the person's file (CNF-10)."""

    request_id: str
    responder: StaffRef
    due: LocalDate
    files: tuple[FileRef, ...] = ()
    personal: PersonalWords


class DocumentsDelivered(Event, type="documents-delivered.v1", topic="routing-cases"):
    """The responder returned documents and an action plan (CNF-10)."""

    request_id: str | None = None
    responder: StaffRef
    files: tuple[FileRef, ...] = ()
    personal: PersonalWords


class DeadlineSet(Event, type="deadline-set.v1", topic="routing-cases"):
    """When the term ends and why: each day, counted or not (ICX-03).

    An ordered term ends at ``due_at`` sharp, which may be within ``due``.
    """

    due: LocalDate
    due_at: Instant
    term: Term
    anchor: LocalDate
    rule: str
    source: ShortText
    calendar_version: str
    because: Literal["filed", "reclassified", "ordered", "reopened"]
    trace: tuple[TraceDay, ...]


class DeadlineApproaching(Event, type="deadline-approaching.v1", topic="routing-cases"):
    """Two business days are left and there is no answer (CNF-04)."""

    due: LocalDate
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    business_days_left: int


class DeadlineMissed(Event, type="deadline-missed.v1", topic="routing-cases"):
    """The term ended without an answer."""

    due: LocalDate
    responder: StaffRef


class CaseEscalated(Event, type="case-escalated.v1", topic="routing-cases"):
    """The next level of the escalation matrix is told (ICX-02)."""

    level: int
    level_name: ShortText
    from_responder: StaffRef
    to: tuple[StaffRef, ...]
    why: str
    due: LocalDate


class AnswerApproved(Event, type="answer-approved.v1", topic="routing-cases"):
    """Send this answer (CNF-10)."""

    answer_id: str
    delivery: AnswerDelivery
    files: tuple[FileRef, ...] = ()
    personal: PersonalAnswer


class AnswerPublished(Event, type="answer-published.v1", topic="routing-cases"):
    """The answer to an anonymous case can be read by whoever has number and code."""

    answer_id: str
    personal: PersonalWords


class CaseAnswered(Event, type="case-answered.v1", topic="routing-cases"):
    """The answer reached the person or was published, handed over or filed; that time decides "in time" (design 4)."""

    answer_id: str
    answered_at: Instant
    delivery: AnswerDelivery
    due: LocalDate
    in_time: bool


class CaseReopened(Event, type="case-reopened.v1", topic="routing-cases"):
    """An answer is owed again: the one that counted did not reach the person, or the person replied to it (design 4).

    ``answer_id`` is that answer; a case that closed without one has none.
    """

    reason: Literal["answer-bounced", "person-replied"]
    answer_id: str | None = None


class CaseClosed(Event, type="case-closed.v1", topic="routing-cases"):
    """Nothing is left to do (CNF-08, CNF-12)."""

    reason: CloseReason
    observation: ShortText | None = None
