# SPDX-License-Identifier: Apache-2.0
"""How far a case is, read from what the other services say: for tracking, and for what awaits upload (CNF-05)."""

from datetime import date, datetime

from chassis.decision import Received
from intake.domain.adding import ENDED
from intake.domain.answer_progress import by_the_answer
from intake.domain.case import AnswerToUpload, Case, Progress, Step, StepCode
from intake.domain.clock_progress import by_the_clock
from intake.domain.steps import with_step
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.notifications import DeliverySent, FilingCertificateIssued
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerPublished,
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ClarificationRequested,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    DeadlineExtended,
    DeadlineMissed,
    DeadlineSet,
    DocumentsRequested,
    PartialAnswerApproved,
)
from ventanilla_contracts.vocabulary import CaseStatus

FOLLOWED: tuple[type[Event], ...] = (
    CaseClassified,
    CaseAssigned,
    DeadlineSet,
    DeadlineMissed,
    ClockStopped,
    ClockStopExtended,
    ClockResumed,
    DeadlineExtended,
    CaseWithdrawn,
    CaseTransferred,
    CaseRejected,
    ClarificationRequested,
    PartialAnswerApproved,
    DocumentsRequested,
    AnswerApproved,
    AnswerPublished,
    CaseAnswered,
    CaseReopened,
    CaseClosed,
    DeliverySent,
    FilingCertificateIssued,
)

REOPENED: dict[str, StepCode] = {"answer-bounced": "answer-bounced", "replied-in-time": "not-withdrawn"}

_ORDER: tuple[CaseStatus, ...] = ("filed", "classified", "assigned", "in-progress", "answered", "closed")


def follow(case: Case, received: Received[Event]) -> Case:
    """The case one event further."""
    progress = _progress(case.progress, received)
    case = case.model_copy(update={"progress": progress, "asks_due": None if _is_over(progress) else case.asks_due})
    match received.event:
        case AnswerApproved(delivery="regulator") as answer if case.uploaded is None:
            to_upload = AnswerToUpload(
                answer_id=answer.answer_id, approved_at=received.time, text=answer.personal.text, files=answer.files
            )
            return case.model_copy(update={"to_upload": to_upload})
    return case


def _is_over(progress: Progress) -> bool:
    """Nobody is to be asked any more by when an answer is due."""
    return progress.status == "answered" or progress.status in ENDED


def _progress(progress: Progress, received: Received[Event]) -> Progress:
    match received.event:
        case CaseClassified() as event:
            return _at_least(progress, "classified").model_copy(update={"area_name": event.area_name})
        case CaseAssigned() as event:
            return _assigned(progress, event.area_name, received.time)
        case DeadlineSet() as event:
            code: StepCode = "recounted" if event.because == "rules-changed" else "deadline-set"
            step = Step(code=code, at=received.time, due=event.due)
            term_days = tuple(day.date for day in event.trace if day.counted)
            return with_step(progress.model_copy(update={"due": event.due, "term_days": term_days}), step)
        case DeadlineMissed() as event:
            return with_step(progress, Step(code="deadline-missed", at=received.time, due=event.due))
        case _:
            return (
                by_the_clock(progress, received) or by_the_answer(progress, received) or _answering(progress, received)
            )


def _answering(progress: Progress, received: Received[Event]) -> Progress:
    match received.event:
        case DocumentsRequested():
            return _once(_at_least(progress, "in-progress"), "in-progress", received.time)
        case AnswerApproved():
            return _once(_at_least(progress, "in-progress"), "answer-approved", received.time)
        case AnswerPublished() as event:
            published = {"published_answer": event.personal.text, "published_at": received.time}
            return progress.model_copy(update=published)
        case CaseAnswered() as event:
            progress = _at_least(progress, "answered").model_copy(update={"answered_at": event.answered_at})
            return with_step(progress, Step(code="answered", at=event.answered_at))
        case CaseClosed():
            return with_step(_at_least(progress, "closed"), Step(code="closed", at=received.time))
        case CaseReopened() as event:
            code = REOPENED.get(event.reason, "reopened")
            return _reopened(progress, code, received.time)
        case _:
            return _sent(progress, received)


def _reopened(progress: Progress, code: StepCode, at: datetime) -> Progress:
    status = "suspended" if code == "not-withdrawn" else "in-progress"
    progress = progress.model_copy(update={"status": status, "answered_at": None})
    return with_step(progress, Step(code=code, at=at))


def _sent(progress: Progress, received: Received[Event]) -> Progress:
    match received.event:
        case DeliverySent(kind="acknowledgement") as event:
            return _once(progress, "acknowledged", event.sent_at)
        case FilingCertificateIssued() as event:
            return _once(progress, "certificate-issued", event.issued_at)
        case _:
            return progress


def _once(progress: Progress, code: StepCode, at: datetime, due: date | None = None) -> Progress:
    if any(step.code == code for step in progress.steps):
        return progress
    return with_step(progress, Step(code=code, at=at, due=due))


def _assigned(progress: Progress, area_name: str, at: datetime) -> Progress:
    """Who answers inside the house is not shown, only the area; a change of responder within it is no news."""
    told = any(step.code == "assigned" and step.area == area_name for step in progress.steps)
    progress = _at_least(progress, "assigned").model_copy(update={"area_name": area_name})
    return progress if told else with_step(progress, Step(code="assigned", at=at, area=area_name))


def _at_least(progress: Progress, status: CaseStatus) -> Progress:
    """A later classification or assignment does not take a case back."""
    further = progress.status in _ORDER and _ORDER.index(status) > _ORDER.index(progress.status)
    return progress.model_copy(update={"status": status}) if further else progress
