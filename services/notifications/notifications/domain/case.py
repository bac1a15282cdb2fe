# SPDX-License-Identifier: Apache-2.0
"""What must be known of a case to write and address its letters."""

from hashlib import sha256
from typing import Literal

from chassis.decision import Received
from notifications.domain.letters import Letter, LetterState
from ventanilla_contracts.envelope import Event, FileRef, Frozen, Instant, LocalDate, StaffRef
from ventanilla_contracts.intake import (
    CaseFiled,
    MailThread,
    Membership,
    MembershipChecked,
    PersonCorrected,
    Product,
    RegulatorRequest,
    TermOrdered,
)
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ClockResumed,
    ClockStopped,
    DeadlineExtended,
    DeadlineMissed,
    DeadlineSet,
    DocumentsDelivered,
    DocumentsRequested,
)
from ventanilla_contracts.vocabulary import Channel, Kind, LetterKind, Priority


class Written(Frozen):
    """A letter of the case and what became of it (``sending`` is the sender's own business).

    ``in_doubt`` is the whole letter while its state is unknown, so that a later event can settle it.
    """

    id: str
    kind: LetterKind
    state: LetterState
    answer_id: str | None = None
    in_doubt: Letter | None = None


class Assignment(Frozen):
    """Who has the case, as it was when they got it."""

    area_name: str
    responder: StaffRef
    copies: tuple[StaffRef, ...]
    observation: str | None
    caused_by: str
    at: Instant


class Reopening(Frozen):
    """Why a case is open again, until the responder is told."""

    reason: Literal["answer-bounced", "person-replied", "replied-in-time", "ombudsman-asked"]
    caused_by: str
    at: Instant


class KeptAnswer(Frozen):
    """An approved answer, by the digest of its words (SHA-256, UTF-8)."""

    id: str
    text_sha256: str
    files: tuple[FileRef, ...]
    approved_by: str


class NewDate(Frozen):
    """What the person is told together with a new due date, as soon as that is known (ICX-03, ICX-04)."""

    kind: LetterKind
    reasons: str | None = None
    day: LocalDate


class Requested(Frozen):
    """Documents that were asked from a responder, and whether they came (CNF-10)."""

    id: str
    responder: str
    delivered: bool = False


class Case(Frozen):
    """The state of the aggregate ``cases``."""

    id: str
    number: str
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool
    person_name: str | None
    person_email: str | None
    subject: str
    text: str
    tracking_code: str
    mail: MailThread | None
    files: tuple[FileRef, ...]
    full_text: FileRef | None
    regulator: RegulatorRequest | None
    product_reference: str | None
    product: Product | None = None
    tutela: bool = False
    solved_at: Instant | None
    kind: Kind | None
    priority: Priority = "normal"
    assignment: Assignment | None = None
    announced: bool = True
    reopening: Reopening | None = None
    due: LocalDate | None = None
    due_at: Instant | None = None
    """Of a term that ends within its last day: to the hour."""
    missed: bool = False
    owes: bool = False
    """Of a membership request: whether the person must still do something about it."""
    stopped: bool = False
    """The clock stands still: the person was asked to complete the request."""
    new_date: NewDate | None = None
    answered: bool = False
    closed: bool = False
    requested: tuple[Requested, ...] = ()
    answers: tuple[KeptAnswer, ...] = ()
    letters: tuple[Written, ...] = ()

    @property
    def until(self) -> str | None:
        """The due date as letters say it: a day, or a moment."""
        last = self.due_at or self.due
        return last.isoformat() if last else None

    def written(self, letter_id: str) -> Written | None:
        return next((letter for letter in self.letters if letter.id == letter_id), None)

    def count(self, kind: LetterKind) -> int:
        return sum(letter.kind == kind for letter in self.letters)

    def has_delivered(self, request_id: str) -> bool:
        return any(one.delivered for one in self.requested if one.id == request_id)

    def answer(self, answer_id: str) -> KeptAnswer | None:
        return next((answer for answer in self.answers if answer.id == answer_id), None)

    def with_letter(self, letter: Letter) -> "Case":
        """The case with one of its letters as it is now, or one letter more."""
        now = noted(letter)
        if self.written(letter.id) is None:
            return self.model_copy(update={"letters": (*self.letters, now)})
        return self.model_copy(update={"letters": tuple(now if one.id == now.id else one for one in self.letters)})


def opened(case_id: str, event: CaseFiled) -> Case:
    """A case as intake filed it (CNF-01)."""
    personal = event.personal
    return Case(
        id=case_id,
        number=event.case_number,
        channel=event.channel,
        received_at=event.received_at,
        registered_at=event.registered_at,
        anonymous=event.anonymous,
        person_name=personal.person.name,
        person_email=personal.person.email,
        subject=personal.subject,
        text=personal.text,
        tracking_code=personal.tracking_code,
        mail=personal.mail,
        files=event.files,
        full_text=event.full_text,
        regulator=event.regulator,
        product_reference=event.product_reference,
        product=event.product,
        tutela=event.tutela is not None,
        solved_at=event.answered_on_spot.at if event.answered_on_spot else None,
        kind=event.kind_stated,
        owes=event.membership is not None and _owes(event.membership),
    )


def _owes(membership: Membership) -> bool:
    return any(one.state in ("missing", "refused") for one in membership.requirements)


def noted(letter: Letter) -> Written:
    in_doubt = letter if letter.state == "unknown" else None
    return Written(id=letter.id, kind=letter.kind, state=letter.state, answer_id=letter.answer_id, in_doubt=in_doubt)


def learned(case: Case, message: Received[Event]) -> Case:
    """The case with what an event says about it."""
    match message.event:
        case PersonCorrected() | CaseClassified() as event:
            return case.model_copy(update=_told_about(event))
        case CaseAssigned() as event:
            return case.model_copy(update={"assignment": _assignment(event, message), "announced": False})
        case DeadlineSet() as event:
            due_at = event.due_at if event.rule == "tutela" else None
            return case.model_copy(update={"due": event.due, "due_at": due_at, "missed": False})
        case MembershipChecked() as event:
            return case.model_copy(update={"owes": _owes(event.membership)})
        case TermOrdered() as event:
            return case.model_copy(update={"tutela": case.tutela or event.tutela is not None})
        case DeadlineMissed():
            return case.model_copy(update={"missed": True})
        case CaseReopened() as event:
            reopening = Reopening(reason=event.reason, caused_by=message.id, at=message.time)
            return case.model_copy(update={"answered": False, "closed": False, "reopening": reopening})
        case _:
            return _how_far(case, message.event)


def _how_far(case: Case, event: Event) -> Case:
    match event:
        case ClockStopped() | ClockResumed() | DeadlineExtended():
            return case.model_copy(update=_about_the_clock(event))
        case DocumentsRequested() | DocumentsDelivered():
            return case.model_copy(update={"requested": _requested(case, event)})
        case AnswerApproved():
            return case.model_copy(update={"answers": (*case.answers, _kept(event))})
        case CaseAnswered():
            return case.model_copy(update={"answered": True})
        case CaseClosed() | CaseWithdrawn() | CaseTransferred() | CaseRejected():
            return case.model_copy(update={"closed": True})
    return case


def _requested(case: Case, event: DocumentsRequested | DocumentsDelivered) -> tuple[Requested, ...]:
    """A delivery that names no request answers all that its responder was asked."""
    if isinstance(event, DocumentsRequested):
        return (*case.requested, Requested(id=event.request_id, responder=event.responder.id))
    return tuple(
        one.model_copy(update={"delivered": True})
        if (one.id == event.request_id if event.request_id else one.responder == event.responder.id)
        else one
        for one in case.requested
    )


def _about_the_clock(event: ClockStopped | ClockResumed | DeadlineExtended) -> dict[str, object]:
    match event:
        case ClockStopped():
            return {"stopped": True, "new_date": None}
        case ClockResumed(because="completed"):
            return {"stopped": False, "new_date": NewDate(kind="clock-resumed", day=event.completed_on)}
        case DeadlineExtended():
            reasons = event.personal.text
            return {"new_date": NewDate(kind="deadline-extended", reasons=reasons, day=event.due_before)}
    return {"stopped": False}


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode("utf-8")).hexdigest()


def _told_about(event: PersonCorrected | CaseClassified) -> dict[str, str | None]:
    """Letters that are still to be written go to the address that holds now."""
    if isinstance(event, CaseClassified):
        return {"kind": event.kind, "priority": event.priority}
    changes: dict[str, str | None] = {}
    if "name" in event.fields:
        changes["person_name"] = event.personal.person.name
    if "email" in event.fields:
        changes["person_email"] = event.personal.person.email
    return changes


def _assignment(event: CaseAssigned, message: Received[Event]) -> Assignment:
    return Assignment(
        area_name=event.area_name,
        responder=event.responder,
        copies=event.copies,
        observation=event.observation,
        caused_by=message.id,
        at=message.time,
    )


def _kept(event: AnswerApproved) -> KeptAnswer:
    return KeptAnswer(
        id=event.answer_id,
        text_sha256=digest(event.personal.text),
        files=event.files,
        approved_by=event.actor.id,
    )
