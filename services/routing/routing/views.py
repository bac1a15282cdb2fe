# SPDX-License-Identifier: Apache-2.0
"""What the API shows of a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from routing.domain.allowed import allowed
from routing.domain.calendar import Calendar
from routing.domain.case import (
    Answer,
    Answered,
    Case,
    CaseDeadline,
    ClockStop,
    Closed,
    DocumentsDelivery,
    DocumentsRequest,
    Extension,
    ProposedDelivery,
    Transferred,
    Withdrawn,
)
from routing.domain.classification import Classification
from routing.domain.explaining import explained
from routing.domain.matrix import Assignment
from routing.domain.proposal import Proposal
from routing.domain.urgency import Task, Urgency, task_of, urgency_of
from routing.wording import Wording
from ventanilla_contracts.envelope import Actor, FileRef, Instant, LocalDate
from ventanilla_contracts.intake import Emergency, Membership, Person, Product, RegulatorRequest, Tutela
from ventanilla_contracts.routing import ProposedValue
from ventanilla_contracts.vocabulary import (
    AnswerDelivery,
    Authenticated,
    CaseStatus,
    Channel,
    ClassifiedField,
    Kind,
    LinkRelation,
    LinkStatus,
    Priority,
)


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class CaseSummary(View):
    """A case as a list shows it."""

    case_number: str
    status: CaseStatus
    open: bool = Field(description="an answer is still owed")
    kind: Kind
    area: str
    area_name: str
    priority: Priority
    channel: Channel
    responder: str = Field(description="staff id")
    responder_name: str
    received_at: Instant
    due: LocalDate = Field(description="while the clock is stopped: what it was when it was stopped")
    due_at: Instant
    stopped_until: LocalDate | None = Field(
        description="while the clock is stopped: until when the person can complete"
    )
    to_the_hour: bool = Field(description="a judge said until when: the hour counts")
    urgency: Urgency
    time_left: str = Field(description="the urgency in words")
    task: Task | None = Field(description="what somebody has to do about it beyond answering in time")
    to_classify: bool = Field(description="a person has yet to say what it is about")
    waiting: tuple[ClassifiedField, ...] = Field(description="the fields that wait for that person")
    proposed: tuple[ProposedValue, ...] = Field(description="what a trained model proposed when it was filed")

    @classmethod
    def of(cls, case: Case, now: datetime, calendar: Calendar, wording: Wording, locale: str) -> "CaseSummary":
        about, assignment, deadline = handled(case)
        urgency = urgency_of(case, now, calendar)
        return cls(
            case_number=case.case_number,
            status=case.status,
            open=case.open,
            kind=about.kind,
            area=assignment.area,
            area_name=assignment.area_name,
            priority=about.priority,
            channel=case.channel,
            responder=assignment.responder.id,
            responder_name=assignment.responder.name,
            received_at=case.received_at,
            due=deadline.due,
            due_at=deadline.due_at,
            stopped_until=case.stop.until if case.stop else None,
            to_the_hour=case.tutela is not None,
            urgency=urgency,
            time_left=wording.urgency(urgency, locale),
            task=task_of(case),
            to_classify=case.to_classify,
            waiting=about.waiting,
            proposed=about.proposed,
        )


class CaseList(View):
    items: tuple[CaseSummary, ...]
    next: str | None = Field(description="cursor of the page that follows; null at the end")


class Message(View):
    """What the person said after the filing."""

    at: Instant
    channel: Channel
    text: str
    files: tuple[FileRef, ...] = ()


class LinkView(View):
    """Another case that has to do with this one; what is dismissed is shown too."""

    number: str = Field(description="the other case")
    relation: LinkRelation
    status: LinkStatus
    kept_here: bool = Field(description="whether it is this case that quotes, repeats or was split")

    @classmethod
    def of(cls, row: Mapping[str, Any], case_id: str) -> "LinkView":
        here = row["case_id"] == case_id
        number = row["other_case_number" if here else "case_number"]
        return cls(number=number, relation=row["relation"], status=row["status"], kept_here=here)


class StopView(View):
    """The person was asked to complete the request (ICX-04)."""

    since: LocalDate = Field(description="the day of the letter, which still counts")
    until: LocalDate = Field(description="until when the person can complete it")
    text: str = Field(description="what is missing")
    by: Actor
    days_left: int = Field(description="business days of the term that are left once it is complete")
    extended: bool = Field(description="the person had as long again")
    replied_at: Instant | None = Field(description="when the last thing was received that they said in that time")
    undelivered: str | None = Field(description="why the letter did not reach them")
    completed_on: LocalDate | None = Field(description="null while the clock stands still")

    @classmethod
    def of(cls, stop: ClockStop) -> "StopView":
        return cls(**{name: getattr(stop, name) for name in cls.model_fields})


class CaseView(View):
    """All of a case but its trace and history, which have addresses of their own."""

    case_number: str
    status: CaseStatus
    open: bool
    allowed: tuple[str, ...] = Field(description="the commands that the case takes now")
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool
    authenticated: Authenticated | None = Field(description="of a mail: fail is a sender that is not who they say")
    service_point: str | None
    municipality: str | None
    segment: str | None
    regulator: RegulatorRequest | None
    emergency: Emergency | None = Field(description="what is in danger, and the words that decided")
    tutela: Tutela | None = Field(description="the court, and its date and hour")
    product_reference: str | None
    product: Product | None
    membership: Membership | None = Field(description="of a membership request: what is checked before admission")
    person: Person
    subject: str
    text: str
    full_text: FileRef | None
    files: tuple[FileRef, ...]
    messages: tuple[Message, ...]
    classification: Classification
    proposal: Proposal | None = Field(description="what a trained model made of it, with the words that decided")
    to_classify: bool = Field(description="a person has yet to say what it is about")
    assignment: Assignment
    due: LocalDate = Field(description="while the clock is stopped: what it was when it was stopped")
    due_at: Instant
    stops: tuple[StopView, ...] = Field(description="the last one has no `completed_on` while the clock is stopped")
    extension: Extension | None
    withdrawn: Withdrawn | None
    transferred: Transferred | None
    requests: tuple[DocumentsRequest, ...]
    deliveries: tuple[DocumentsDelivery, ...]
    proposals: tuple[ProposedDelivery, ...] = Field(description="what responders sent by mail, taken or not")
    answers: tuple[Answer, ...]
    answered: Answered | None
    closed: Closed | None
    task: Task | None
    links: tuple[LinkView, ...]

    @classmethod
    def of(
        cls, case: Case, messages: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]] = ()
    ) -> "CaseView":
        about, assignment, deadline = handled(case)
        own = {name: getattr(case, name) for name in cls.model_fields if name in Case.model_fields}
        return cls(
            **{
                **own,
                "allowed": allowed(case),
                "messages": tuple(Message.model_validate(one) for one in messages),
                "classification": about,
                "assignment": assignment,
                "due": deadline.due,
                "due_at": deadline.due_at,
                "stops": tuple(StopView.of(one) for one in case.stops),
                "task": task_of(case),
                "links": tuple(LinkView.of(one, case.id) for one in links),
            }
        )


class CommandResult(View):
    """What a command came to; the fields that are not of this command are left out."""

    case_number: str
    status: CaseStatus
    responder: str | None = Field(None, description="of an assignment: staff id")
    due: LocalDate | None = Field(None, description="until when the case must be answered now")
    until: LocalDate | None = Field(None, description="of a stop: until when the person can complete the request")
    in_time: bool | None = Field(None, description="of a transfer: within its five days")
    request_id: str | None = Field(None, description="of a request for documents: its id, for the delivery")
    answer_id: str | None = Field(None, description="of an answer")
    delivery: AnswerDelivery | None = Field(None, description="of an answer: the way by which it goes")


class ExplainedDay(View):
    """One day of a term, with the reason's code and its words."""

    date: LocalDate
    counted: bool
    reason: str
    words: str


UNSURE_WHILE_STOPPED = frozenset({"due", "due_at", "trace"})


class DeadlineView(View):
    """Until when, and why.

    While the clock is stopped there is no `due`, and `trace` goes as far as the term was counted.
    """

    case_number: str
    due: LocalDate | None
    due_at: Instant | None
    stopped_until: LocalDate | None
    days_left: int | None = Field(description="while the clock is stopped: business days of the term still to come")
    term: str
    anchor: LocalDate
    rule: str
    source: str
    calendar_version: str
    terms_version: str | None
    because: str
    in_words: str
    trace: tuple[ExplainedDay, ...]

    @classmethod
    def of(cls, case: Case, wording: Wording, locale: str) -> "DeadlineView":
        deadline = handled(case)[2]
        words = wording.deadline(locale)
        stop = case.stop
        shown = deadline if stop is None else deadline.model_copy(update={"trace": stop.counted})
        trace = tuple(ExplainedDay(**day.model_dump(), words=words.reason(day.reason)) for day in shown.trace)
        own = {name: getattr(deadline, name) for name in CaseDeadline.model_fields if name not in UNSURE_WHILE_STOPPED}
        return cls(
            case_number=case.case_number,
            due=None if stop else deadline.due,
            due_at=None if stop else deadline.due_at,
            stopped_until=stop.until if stop else None,
            days_left=stop.days_left if stop else None,
            in_words=explained(shown, words),
            trace=trace,
            **own,
        )


class HistoryLine(View):
    at: Instant
    actor: Actor
    by: str = Field(description="the actor as people call them")
    what: str
    facts: dict[str, str]
    words: str


class HistoryView(View):
    items: tuple[HistoryLine, ...]

    @classmethod
    def of(cls, case: Case, wording: Wording, locale: str) -> "HistoryView":
        lines = (
            HistoryLine(**dict(one), by=wording.actor(one.actor, locale), words=wording.happening(one, locale))
            for one in case.history
        )
        return cls(items=tuple(lines))


def handled(case: Case) -> tuple[Classification, Assignment, CaseDeadline]:
    """What every case has from its first decision on. Raises ValueError for one that has not."""
    if case.classification is None or case.assignment is None or case.deadline is None:
        raise ValueError("a case is classified, assigned and given its deadline in the decision that takes it in")
    return case.classification, case.assignment, case.deadline
