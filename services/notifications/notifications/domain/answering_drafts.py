# SPDX-License-Identifier: Apache-2.0
"""What is written while an answer is made: to reviewers, drafters and responders, and parts or refusals to the person.

CNF-09, CNF-10; CPACA art. 19.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from notifications.domain.about import about
from notifications.domain.case import Case
from notifications.domain.clock_drafts import ClockWriter
from notifications.domain.draft import Draft
from notifications.domain.house import House
from notifications.domain.letters import to_staff
from ventanilla_contracts.envelope import Event, StaffRef
from ventanilla_contracts.routing import (
    AnswerReturned,
    AnswerReviewed,
    AnswerReviewRequested,
    CaseRejected,
    ClarificationRequested,
    DocumentsApproaching,
    DocumentsOverdue,
    PartialAnswerApproved,
)
from ventanilla_contracts.vocabulary import LetterKind


class Correspondent(Protocol):
    """Who knows the house and writes to the person."""

    @property
    def house(self) -> House: ...

    @property
    def clock(self) -> ClockWriter: ...


@dataclass(frozen=True)
class AnsweringWriter:
    writer: Correspondent

    def for_event(self, case: Case, event: Event) -> tuple[Draft, ...]:
        """The letters that an event calls for at once."""
        match event:
            case AnswerReviewRequested():
                asked_by = event.asked_by.name if event.asked_by else self.writer.house.name_of(event.actor.id)
                return self._to_staff("review-request", case, event.reviewers, asked_by=asked_by)
            case AnswerReturned():
                return self._result(case, event, event.drafted_by, event.personal.text)
            case AnswerReviewed():
                return self._result(case, event, event.drafted_by, None)
            case DocumentsApproaching() | DocumentsOverdue():
                return self._documents(case, event)
        return self._to_the_person(case, event)

    def _to_the_person(self, case: Case, event: Event) -> tuple[Draft, ...]:
        write = self.writer.clock.to_the_person
        match event:
            case PartialAnswerApproved(delivery="email"):
                drafts = write("partial-answer", case, event, text=event.personal.text)
                return tuple(replace(one, files=event.files, answer_id=event.answer_id) for one in drafts)
            case ClarificationRequested():
                until = event.until.isoformat()
                return write(
                    "clarification-request", case, event, unclear=event.personal.text, until=until, source=event.source
                )
            case CaseRejected():
                values = {"reason": event.reason, "earlier": event.earlier_case_number, "reasons": event.personal.text}
                return write("rejection", case, event, **values, source=event.source)
        return ()

    def _result(self, case: Case, event: Event, drafted_by: StaffRef | None, reasons: str | None) -> tuple[Draft, ...]:
        """Nobody is written to where whoever drafted it has left the house."""
        to = (drafted_by,) if drafted_by else ()
        by = self.writer.house.name_of(event.actor.id)
        return self._to_staff("review-result", case, to, reviewed_by=by, reasons=reasons) if to else ()

    def _documents(self, case: Case, event: DocumentsApproaching | DocumentsOverdue) -> tuple[Draft, ...]:
        values = {
            "responder": event.responder.name,
            "request_id": event.request_id,
            "request_due": event.due.isoformat(),
        }
        if isinstance(event, DocumentsOverdue):
            return self._to_staff("documents-overdue", case, (event.responder, *event.copies), **values)
        left = event.business_days_left
        return self._to_staff("documents-reminder", case, (event.responder,), **values, business_days_left=left)

    def _to_staff(self, kind: LetterKind, case: Case, to: tuple[StaffRef, ...], **values: object) -> tuple[Draft, ...]:
        return (Draft(kind, to_staff(to), {**about(case), **values}),)
