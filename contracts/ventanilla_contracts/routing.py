# SPDX-License-Identifier: Apache-2.0
"""What routing says: how each case is handled, and why its term ends when it does (design 3)."""

from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import Event, FileRef, Frozen, Instant, LocalDate, LongText, ShortText, StaffRef
from ventanilla_contracts.vocabulary import (
    AnswerDelivery,
    ClassifiedField,
    CloseReason,
    Favour,
    Kind,
    Priority,
    Promised,
    RejectionReason,
    StopWaitsStep,
    Term,
    WithdrawalReason,
)


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


class PersonalQuestion(PersonalWords):
    """What somebody asks the house, and where they want the answer; ``email`` is None where it goes by other means."""

    email: Annotated[str, Field(max_length=254)] | None = None


class PlannedAction(Frozen):
    """One step of a responder's action plan: what is done, by whom, until when (CNF-10)."""

    what: ShortText
    who: ShortText
    until: LocalDate


class PersonalDocuments(Frozen):
    """What a responder found, and their action plan."""

    text: LongText
    plan: tuple[PlannedAction, ...] = ()


class TermInWords(Frozen):
    """How a term was counted, in a sentence or two for the person: the same on pages and in letters."""

    es: LongText
    en: LongText


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
    personal: PersonalDocuments


class DocumentsApproaching(Event, type="documents-approaching.v1", topic="routing-cases"):
    """Two business days are left to deliver documents, and they are not there (CNF-10)."""

    request_id: str
    responder: StaffRef
    due: LocalDate
    business_days_left: int


class DocumentsOverdue(Event, type="documents-overdue.v1", topic="routing-cases"):
    """Documents were not delivered by their day (CNF-10); ``copies``: whoever asked for them."""

    request_id: str
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    due: LocalDate


class DeadlineSet(Event, type="deadline-set.v1", topic="routing-cases"):
    """When the term ends and why: each day, counted or not (ICX-03).

    An ordered term ends at ``due_at`` sharp, which may be within ``due``. ``in_words`` is there where the person is
    told of a new date: after a stop, an extension, or a change of the calendar or of the terms.
    """

    due: LocalDate
    due_at: Instant
    term: Term
    anchor: LocalDate
    rule: str
    source: ShortText
    calendar_version: str
    terms_version: str | None = None
    because: Literal[
        "filed",
        "reclassified",
        "ordered",
        "reopened",
        "resumed",
        "extended",
        "ombudsman-asked",
        "ombudsman-widened",
        "rules-changed",
    ]
    trace: tuple[TraceDay, ...]
    in_words: TermInWords | None = None


class ClockStopped(Event, type="clock-stopped.v1", topic="routing-cases"):
    """The person is asked to complete the request, and the term stands still meanwhile (ICX-04; CPACA art. 17).

    ``since`` is the local date of the letter, which still counts; ``until`` the last day to complete it. ``days_left``
    are the business days of the term that are left after ``since``. ``personal.text`` says what is missing.
    """

    since: LocalDate
    until: LocalDate
    until_at: Instant
    days_left: int
    rule: str
    source: ShortText
    calendar_version: str
    trace: tuple[TraceDay, ...]
    personal: PersonalWords


class ClockStopExtended(Event, type="clock-stop-extended.v1", topic="routing-cases"):
    """The person asked for more time to complete the request: once for as long again (CPACA art. 17)."""

    since: LocalDate
    until: LocalDate
    until_at: Instant
    source: ShortText
    trace: tuple[TraceDay, ...]


class ClockStopWaiting(Event, type="clock-stop-waiting.v1", topic="routing-cases"):
    """The clock stands still and nobody of the house says what follows (ICX-04).

    ``because`` the person replied, or the letter that asks them did not reach them, ``since`` then. ``days_left`` are
    the business days of the term that are left once it runs. Each step once for each thing that it waits for.
    """

    step: StopWaitsStep
    because: Literal["person-replied", "not-asked"]
    since: Instant
    days_left: int
    to: tuple[StaffRef, ...]


class ClockResumed(Event, type="clock-resumed.v1", topic="routing-cases"):
    """The term runs again from the day after ``completed_on``; the deadline-set that follows says until when.

    Because the request is complete, the house answers without that, or an authority ordered a term of its own.
    """

    since: LocalDate
    completed_on: LocalDate
    because: Literal["completed", "answered", "ordered", "ombudsman-asked"]
    on_completion: Literal["resume", "restart"]


class DeadlineExtended(Event, type="deadline-extended.v1", topic="routing-cases"):
    """The house cannot answer in time and told the person so before the term ended (ICX-03; CPACA art. 14 par.).

    ``business_days`` is the length of the term in all, at most double; ``latest`` the date at which that would end. The
    reasons are ``personal.text``; the deadline-set that follows has the trace.
    """

    due_before: LocalDate
    due: LocalDate
    latest: LocalDate
    business_days: int
    source: ShortText
    personal: PersonalWords


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


class HoursOfDay(Frozen):
    """How much of a day counted in business hours, and the code of the reason."""

    date: LocalDate
    seconds: Annotated[int, Field(ge=0)]
    reason: str


class PromisedHours(Frozen):
    """So many business hours, until when they last, and why: each day, with what counted of it."""

    hours: Annotated[float, Field(gt=0)]
    due_at: Instant
    trace: tuple[HoursOfDay, ...]


class SlaSet(Event, type="sla-set.v1", topic="routing-cases"):
    """What the house itself promises for such a case, beside the legal term, which stays what counts (ICX-09).

    ``since`` is the receipt from which its business hours run. ``first_response`` is until the house first writes to
    the person, ``resolution`` until the answer reaches them.
    """

    sla: str
    sla_name: ShortText
    slas_version: str
    calendar_version: str
    since: Instant
    first_response: PromisedHours | None = None
    resolution: PromisedHours | None = None


class SlaKept(Event, type="sla-kept.v1", topic="routing-cases"):
    """What was promised was done in time, ``at`` that moment; ``due_at`` is None where the clock stood still.

    Also where it had been said to be missed, because what did it was heard of later.
    """

    sla: str
    promise: Promised
    due_at: Instant | None
    at: Instant


class SlaMissed(Event, type="sla-missed.v1", topic="routing-cases"):
    """What was promised was not done in time; the legal term may still run (ICX-09). Once for each promise."""

    sla: str
    promise: Promised
    due_at: Instant
    responder: StaffRef


class CaseEscalated(Event, type="case-escalated.v1", topic="routing-cases"):
    """The next level of the escalation matrix is told (ICX-02)."""

    level: int
    level_name: ShortText
    from_responder: StaffRef
    to: tuple[StaffRef, ...]
    why: str
    due: LocalDate


class AnswerDrafted(Event, type="answer-drafted.v1", topic="routing-cases"):
    """A draft of the answer was written or changed; its words stay with the case until it is approved.

    ``revision`` counts all drafts of the case; ``partial``: it does not end the case.
    """

    revision: int
    partial: bool = False


class AnswerReviewRequested(Event, type="answer-review-requested.v1", topic="routing-cases"):
    """Whoever reviews for the legal team is asked to look at the draft (CNF-09)."""

    revision: int
    reviewers: tuple[StaffRef, ...]
    asked_by: StaffRef | None = None


class AnswerReturned(Event, type="answer-returned.v1", topic="routing-cases"):
    """The review found something: the draft goes back to whoever wrote it, with reasons (CNF-09)."""

    revision: int
    drafted_by: StaffRef | None = None
    personal: PersonalWords


class AnswerReviewed(Event, type="answer-reviewed.v1", topic="routing-cases"):
    """The review found nothing against the draft: it may be approved (CNF-09)."""

    revision: int
    drafted_by: StaffRef | None = None


class PartialAnswerApproved(Event, type="partial-answer-approved.v1", topic="routing-cases"):
    """Send this part of the answer; the rest is owed, and the term runs on (CNF-10)."""

    answer_id: str
    delivery: AnswerDelivery
    files: tuple[FileRef, ...] = ()
    personal: PersonalAnswer


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


class CaseTransferred(Event, type="case-transferred.v1", topic="routing-cases"):
    """Another authority is competent: the case goes there and the person is told (CPACA art. 21).

    ``due`` is until when that had to be told. ``to_email`` is None where the papers go by other means.
    """

    to_name: ShortText
    to_email: Annotated[str, Field(max_length=254)] | None = None
    due: LocalDate
    in_time: bool
    source: ShortText
    personal: PersonalWords


class CaseWithdrawn(Event, type="case-withdrawn.v1", topic="routing-cases"):
    """The case ends without an answer: the person did not complete the request, or does not want one any more.

    CPACA arts. 17 and 18; the request may be filed again. ``since`` and ``until`` are of the stop that ran out;
    ``personal.text`` holds the reasons of whoever decided it, none where the time ran out in silence.
    """

    reason: WithdrawalReason
    since: LocalDate | None = None
    until: LocalDate | None = None
    source: ShortText
    personal: PersonalWords | None = None


class ClarificationRequested(Event, type="clarification-requested.v1", topic="routing-cases"):
    """Nobody can understand what the request is for: it goes back to the person to make it clear (CPACA art. 19).

    ``until`` is the last day to do so; the term of the house runs on meanwhile. ``personal.text`` says what is not
    understood.
    """

    until: LocalDate
    until_at: Instant
    source: ShortText
    personal: PersonalWords


class CaseRejected(Event, type="case-rejected.v1", topic="routing-cases"):
    """The request is rejected, with reasons (CPACA art. 19); it may be filed again.

    ``earlier_case_number``: of one that repeats what was answered, the case whose answer still holds.
    """

    reason: RejectionReason
    earlier_case_number: str | None = None
    source: ShortText
    personal: PersonalWords


class OmbudsmanAsked(Event, type="ombudsman-asked.v1", topic="routing-cases"):
    """The ombudsman of the financial consumer asks about the case, and the house owes them an answer (ICX-08).

    ``received_on`` is the local date on which the house got it, ``due`` the last day to answer; ``reference`` the
    ombudsman's own. ``personal.text`` says what is asked, ``personal.email`` where the ombudsman gets the answer.
    """

    reference: ShortText
    received_on: LocalDate
    due: LocalDate
    due_at: Instant
    source: ShortText
    personal: PersonalQuestion


class OmbudsmanTermWidened(Event, type="ombudsman-term-widened.v1", topic="routing-cases"):
    """The ombudsman gives the house more time to answer what they asked under ``reference`` (ICX-08).

    ``due`` is the last day from now on; ``personal.text`` holds the ombudsman's reasons. Where the case is due by it, a
    deadline-set follows.
    """

    reference: ShortText
    due_before: LocalDate
    due: LocalDate
    due_at: Instant
    source: ShortText
    personal: PersonalWords


class OmbudsmanApproaching(Event, type="ombudsman-approaching.v1", topic="routing-cases"):
    """Two business days are left to answer what the ombudsman asked under ``reference``, and the case is due on another
    day, which its own reminder speaks of (ICX-08)."""

    reference: ShortText
    due: LocalDate
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    business_days_left: int


class OmbudsmanOverdue(Event, type="ombudsman-overdue.v1", topic="routing-cases"):
    """The ombudsman's own day passed without an answer, and the case is due on another one (ICX-08).

    ``copies``: who has copies of the case, and the head of the area.
    """

    reference: ShortText
    due: LocalDate
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()


class OmbudsmanAnswered(Event, type="ombudsman-answered.v1", topic="routing-cases"):
    """Send the answer that reached the person to the ombudsman's own address, ``personal.to``, too (ICX-08).

    ``references`` are those of what they asked and waited for until ``answered_at``. Nothing of it is told where they
    gave no address: they are answered all the same.
    """

    references: tuple[ShortText, ...]
    answer_id: str
    answered_at: Instant
    files: tuple[FileRef, ...] = ()
    personal: PersonalAnswer


class OmbudsmanDecided(Event, type="ombudsman-decided.v1", topic="routing-cases"):
    """The ombudsman decided what they asked about under ``reference``, after they had the house's answer (ICX-08).

    ``decided_on`` is the local date of the decision, ``personal.text`` what it says; ``files`` are the decision itself.
    """

    reference: ShortText
    decided_on: LocalDate
    favour: Favour
    files: tuple[FileRef, ...] = ()
    personal: PersonalWords


class CaseReopened(Event, type="case-reopened.v1", topic="routing-cases"):
    """An answer is owed again: the one that counted did not reach the person, or the person replied to it (design 4).

    ``answer_id`` is that answer; a case that ended without one has none. ``replied-in-time``: what the person wrote to
    complete the request was received in time, and heard of only after the case was withdrawn. ``ombudsman-asked``: the
    ombudsman of the financial consumer asks about a case that was over (ICX-08).
    """

    reason: Literal["answer-bounced", "person-replied", "replied-in-time", "ombudsman-asked"]
    answer_id: str | None = None


class CaseClosed(Event, type="case-closed.v1", topic="routing-cases"):
    """Nothing is left to do (CNF-08, CNF-12)."""

    reason: CloseReason
    observation: ShortText | None = None
