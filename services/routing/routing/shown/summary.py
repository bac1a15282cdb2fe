# SPDX-License-Identifier: Apache-2.0
"""A case as a list shows it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from routing.domain.case import Case
from routing.domain.classifying.classification import Classification
from routing.domain.clock.calendar import Calendar
from routing.domain.clock.records import CaseDeadline
from routing.domain.matrix.matrix import Assignment
from routing.domain.urgency import Task, Urgency, task_of, urgency_of
from routing.wording import Wording
from ventanilla_contracts.envelope import Instant, LocalDate
from ventanilla_contracts.routing import ProposedValue
from ventanilla_contracts.vocabulary import (
    CaseStatus,
    Channel,
    ClassifiedField,
    Kind,
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
    version: int = Field(description="grows with what happens to it; for `If-Match` and bulk commands")
    task: Task | None = Field(description="what somebody has to do about it beyond answering in time")
    ombudsman_due: LocalDate | None = Field(description="the ombudsman asked, and waits until then (ICX-08)")
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
            version=case.version,
            task=task_of(case),
            ombudsman_due=case.ombudsman_waits.due if case.ombudsman_waits else None,
            to_classify=case.to_classify,
            waiting=about.waiting,
            proposed=about.proposed,
        )


class CaseList(View):
    items: tuple[CaseSummary, ...]
    next: str | None = Field(description="cursor of the page that follows; null at the end")


def handled(case: Case) -> tuple[Classification, Assignment, CaseDeadline]:
    """What every case has from its first decision on. Raises ValueError for one that has not."""
    if case.classification is None or case.assignment is None or case.deadline is None:
        raise ValueError("a case is classified, assigned and given its deadline in the decision that takes it in")
    return case.classification, case.assignment, case.deadline
