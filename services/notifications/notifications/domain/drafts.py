# SPDX-License-Identifier: Apache-2.0
"""What each kind of letter says, and to whom."""

from dataclasses import dataclass

from notifications.domain.about import about
from notifications.domain.answering_drafts import AnsweringWriter
from notifications.domain.case import Assignment, Case, Reopening
from notifications.domain.clock_drafts import ClockWriter
from notifications.domain.draft import Draft
from notifications.domain.house import House
from notifications.domain.letters import FIRST, LAST, SECOND, TO_THE_PERSON, Recipient, Thread, to_staff
from notifications.domain.ombudsman_drafts import OmbudsmanWriter
from ventanilla_contracts.envelope import Event, FileRef, StaffRef
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import AnswerFiledWithRegulator, CaseFiled, MembershipIncomplete
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseEscalated,
    ClockStopWaiting,
    DeadlineApproaching,
    DocumentsRequested,
    OmbudsmanAnswered,
    OmbudsmanApproaching,
    OmbudsmanOverdue,
)
from ventanilla_contracts.vocabulary import LetterKind


@dataclass(frozen=True)
class Writer:
    """Writes the letters of one house."""

    house: House

    def for_event(self, case: Case, event: Event) -> tuple[Draft, ...]:
        """The letters that an event calls for at once; assignments are announced when their term is known."""
        match event:
            case CaseFiled():
                return self.acknowledgement(case, event.personal.answer_on_spot)
            case MembershipIncomplete():
                return self.membership_incomplete(case, event)
            case DocumentsRequested():
                return self.documents_request(case, event)
            case DeadlineApproaching():
                return self.reminder(case, event)
            case CaseEscalated():
                return self.escalation(case, event)
            case AnswerApproved(delivery="email"):
                return self.answer(case, event)
            case AnswerFiledWithRegulator():
                return self.certificate(case, event)
        return AnsweringWriter(self).for_event(case, event) or self._of_others(case, event)

    def _of_others(self, case: Case, event: Event) -> tuple[Draft, ...]:
        match event:
            case OmbudsmanAnswered():
                return OmbudsmanWriter(self.house).answer(case, event)
            case OmbudsmanApproaching() | OmbudsmanOverdue():
                return OmbudsmanWriter(self.house).own_day(case, event)
            case ClockStopWaiting():
                return self.stop_waiting(case, event)
        return self.clock.for_event(case, event)

    @property
    def clock(self) -> "ClockWriter":
        return ClockWriter(self)

    def acknowledgement(self, case: Case, solution: str | None) -> tuple[Draft, ...]:
        """To the person, if they gave an address: number, tracking code, what happens next; ``solution`` is what they
        were told on the spot (CNF-02)."""
        if case.person_email is None or not self.house.may_be_acknowledged(case.person_email):
            return ()
        values = {
            "person": case.person_name,
            "kind": case.kind,
            "received_at": case.received_at,
            "code": case.tracking_code,
            "subject": case.subject,
            "files": len(case.files),
            "solved_at": case.solved_at,
            "solution": solution,
        }
        to = (Recipient(address=case.person_email, name=case.person_name),)
        return (Draft("acknowledgement", to, values, thread=self._thread_of_the_mail(case)),)

    def membership_incomplete(self, case: Case, event: MembershipIncomplete) -> tuple[Draft, ...]:
        """To the person, if they gave an address: what their request lacks, why, and how to send it (CSC-06)."""
        if case.person_email is None or not self.house.may_be_acknowledged(case.person_email):
            return ()
        reasons = {one.code: one.reason for one in event.personal.reasons}
        owed = [{"name": one.name, "why": one.why, "reason": reasons.get(one.code, "")} for one in event.missing]
        values = {"person": case.person_name, "received_at": case.received_at, "owed": owed}
        to = (Recipient(address=case.person_email, name=case.person_name),)
        return (Draft("membership-incomplete", to, values, thread=self.thread(case)),)

    def announcement(self, case: Case, assignment: Assignment) -> tuple[Draft, ...]:
        """To whom got the case: an assignment with copies (CNF-03, CNF-07), or the notice of a compliment (CNF-08)."""
        if case.solved_at is not None:
            return ()
        responder, copies = assignment.responder, assignment.copies
        if case.kind == "compliment":
            return (self._told("compliment-notice", case, assignment, (responder, *copies)),)
        told = [self._told("assignment", case, assignment, (responder,))]
        others = tuple(one for one in copies if one.email != responder.email)
        return (*told, *([self._told("copy", case, assignment, others)] if others else []))

    def reopening(self, case: Case, assignment: Assignment, reopening: Reopening) -> tuple[Draft, ...]:
        """To whom has the case, and whoever has copies: it is open again, why and until when (design 4)."""
        values = {
            **about(case),
            "responder": assignment.responder.name,
            "why": reopening.reason,
            "reopened_at": reopening.at,
            "missed": case.missed,
            **({"due": None} if case.stopped else {}),  # it stands still
        }
        return (Draft("reopening", to_staff((assignment.responder, *assignment.copies)), values, files_of(case)),)

    def documents_request(self, case: Case, event: DocumentsRequested) -> tuple[Draft, ...]:
        """To the responder, with the person's file attached (CNF-10)."""
        values = {
            **about(case),
            "responder": event.responder.name,
            "request": event.personal.text,
            "request_id": event.request_id,
            "request_due": event.due.isoformat(),
            "asked_by": self.house.name_of(event.actor.id),
        }
        files = _each_once((*event.files, *files_of(case)))
        return (Draft("documents-request", to_staff((event.responder,)), values, files),)

    def reminder(self, case: Case, event: DeadlineApproaching) -> tuple[Draft, ...]:
        """To the responder and whom gets copies, two business days before the end of the term (CNF-04)."""
        values = {
            **about(case),
            "responder": event.responder.name,
            "due": case.until if case.due == event.due else event.due.isoformat(),
            "business_days_left": event.business_days_left,
        }
        return (Draft("reminder", to_staff((event.responder, *event.copies)), values),)

    def escalation(self, case: Case, event: CaseEscalated) -> tuple[Draft, ...]:
        """To the next level of the matrix: each escalation leaves a notice (ICX-02)."""
        values = {
            **about(case),
            "due": case.until if case.due == event.due else event.due.isoformat(),
            "level": event.level,
            "level_name": event.level_name,
            "from_name": event.from_responder.name,
            "why": event.why,
            "missed": case.missed,
        }
        return (Draft("escalation", to_staff(event.to), values, files_of(case)),)

    def stop_waiting(self, case: Case, event: ClockStopWaiting) -> tuple[Draft, ...]:
        """To those who can say what follows: the clock stands still, and what it waits for is the house (ICX-04)."""
        values = {
            **about(case),
            "due": None,
            "step": event.step,
            "why": event.because,
            "since": event.since,
            "days_left": event.days_left,
        }
        return (Draft("stop-waiting", to_staff(event.to), values),)

    def answer(self, case: Case, event: AnswerApproved) -> tuple[Draft, ...]:
        """To the person, in the thread of their first message (CNF-10)."""
        address = event.personal.to or case.person_email
        to = (Recipient(address=address, name=case.person_name),) if address else ()
        values = {
            "person": case.person_name,
            "kind": case.kind,
            "received_at": case.received_at,
            "text": event.personal.text,
            "signed_by": self.house.name_of(event.actor.id),
        }
        return (Draft("answer", to, values, event.files, self.thread(case), event.answer_id),)

    def certificate(self, case: Case, event: AnswerFiledWithRegulator) -> tuple[Draft, ...]:
        """To the service area and the general secretariat, with the certificate that is still to be made (CNF-05)."""
        answer = case.answer(event.answer_id)
        files = event.files or (answer.files if answer else ())
        values = {
            "authority": event.authority,
            "reference": event.reference,
            "request_reference": case.regulator.reference if case.regulator else None,
            "subject": case.subject,
            "received_at": case.received_at,
            "filed_at": event.filed_at,
            "filed_by": self.house.name_of(event.actor.id),
            "means": event.means,
            "answer_id": event.answer_id,
            "answer_sha256": answer.text_sha256 if answer else None,
            "filed": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in files],
        }
        area = (case.assignment.responder,) if case.assignment else ()
        to = to_staff((*area, *self.house.secretariat))
        return (Draft("filing-certificate", to, values, answer_id=event.answer_id, needs_certificate=True),)

    def _told(self, kind: LetterKind, case: Case, assignment: Assignment, to: tuple[StaffRef, ...]) -> Draft:
        values = {
            **about(case),
            "responder": assignment.responder.name,
            "observation": assignment.observation,
            "due": case.until,
        }
        return Draft(kind, to_staff(to), values, files_of(case))

    def thread(self, case: Case) -> Thread | None:
        """Of the person's own mail, else of our acknowledgement."""
        if (mail := self._thread_of_the_mail(case)) is not None:
            return mail
        if not case.count("acknowledgement"):
            return None
        ours = self.house.message_id(LetterAddress(case.id, "acknowledgement", "1"))
        return Thread(in_reply_to=ours, references=(ours,))

    def _thread_of_the_mail(self, case: Case) -> Thread | None:
        if case.mail is None:
            return None
        mail = case.mail
        return Thread(
            in_reply_to=mail.message_id, references=(*mail.references, mail.message_id), subject=mail.subject or None
        )


def place_of(case: Case, kind: LetterKind, event: Event | None = None) -> int:
    """What is told to the house about an emergency goes before everything that waits, then what is about a tutela."""
    if kind in TO_THE_PERSON:
        return LAST
    if case.priority == "emergency" or (isinstance(event, CaseEscalated) and event.why == "emergency"):
        return FIRST
    return SECOND if case.tutela else LAST


def files_of(case: Case) -> tuple[FileRef, ...]:
    return (*case.files, *([case.full_text] if case.full_text else []))


def _each_once(files: tuple[FileRef, ...]) -> tuple[FileRef, ...]:
    return tuple({(one.sha256, one.name): one for one in files}.values())
