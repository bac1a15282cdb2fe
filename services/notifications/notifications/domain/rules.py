# SPDX-License-Identifier: Apache-2.0
"""Which event makes which letter: the rules of this service."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.decision import CancelTimer, Decision, Received, Refused, Row, SetTimer, TimerFired
from notifications.domain.bounces import LetterBounced, bounce, keep_report
from notifications.domain.case import Case, learned, opened
from notifications.domain.draft import Draft
from notifications.domain.drafts import Writer, place_of
from notifications.domain.house import House
from notifications.domain.letters import SENT_ONCE, Letter, LetterState, letter_id
from notifications.domain.outcomes import Outcome, arrived, delivery_failed, delivery_unknown, settle, stored
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import (
    AnswerFiledWithRegulator,
    CaseFiled,
    DeliveryReportReceived,
    MembershipChecked,
    MembershipIncomplete,
    PersonCorrected,
    TermOrdered,
)
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerReturned,
    AnswerReviewed,
    AnswerReviewRequested,
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ClarificationRequested,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    ClockStopWaiting,
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineMissed,
    DeadlineSet,
    DocumentsApproaching,
    DocumentsDelivered,
    DocumentsOverdue,
    DocumentsRequested,
    OmbudsmanAnswered,
    OmbudsmanApproaching,
    OmbudsmanOverdue,
    PartialAnswerApproved,
)
from ventanilla_contracts.vocabulary import LetterKind

HANDLED: tuple[type[Event], ...] = (
    CaseFiled,
    TermOrdered,
    MembershipChecked,
    MembershipIncomplete,
    PersonCorrected,
    CaseClassified,
    CaseAssigned,
    DeadlineSet,
    DocumentsRequested,
    DeadlineApproaching,
    DeadlineMissed,
    CaseEscalated,
    AnswerApproved,
    CaseAnswered,
    CaseReopened,
    ClockStopped,
    ClockStopExtended,
    ClockStopWaiting,
    ClockResumed,
    DeadlineExtended,
    CaseWithdrawn,
    CaseTransferred,
    DocumentsDelivered,
    DocumentsApproaching,
    DocumentsOverdue,
    AnswerReviewRequested,
    AnswerReturned,
    AnswerReviewed,
    PartialAnswerApproved,
    OmbudsmanAnswered,
    OmbudsmanApproaching,
    OmbudsmanOverdue,
    ClarificationRequested,
    CaseRejected,
    CaseClosed,
    AnswerFiledWithRegulator,
    DeliveryReportReceived,
)
ANNOUNCE = "announce-assignment"
ABOUT_DOCUMENTS: frozenset[LetterKind] = frozenset({"documents-request", "documents-reminder", "documents-overdue"})
ABOUT_THE_OMBUDSMAN: frozenset[LetterKind] = frozenset({"ombudsman-reminder", "ombudsman-overdue"})
MAY_BE_POINTLESS: frozenset[LetterKind] = (
    ABOUT_DOCUMENTS | ABOUT_THE_OMBUDSMAN | {"reminder", "membership-incomplete", "review-request"}
)
LONGEST_WAIT_FOR_A_TERM = timedelta(hours=1)


@dataclass(frozen=True)
class _Cause:
    """The event that letters are written for."""

    id: str
    at: datetime
    event: Event | None = None


@dataclass(frozen=True, eq=False)
class Correspondence:
    """Decides for one house: ``decide(case, message, now)``."""

    house: House

    def __call__(
        self, case: Case | None, message: "Received[Event] | TimerFired | Outcome | LetterBounced", now: datetime
    ) -> Decision[Case] | Refused:
        if isinstance(message, Received) and isinstance(message.event, CaseFiled):
            case = opened(message.subject, message.event)
        if isinstance(message, Received):
            return self._heard(_known(case), message, now)
        if isinstance(message, TimerFired):
            return self._announced(_known(case), now)
        if isinstance(message, LetterBounced):
            return bounce(_known(case), message, now)
        return settle(case, message, now) if case is not None else Refused("letter-not-found", kind="not-found")

    def _heard(self, case: Case, message: Received[Event], now: datetime) -> Decision[Case]:
        case, event = learned(case, message), message.event
        match event:
            case CaseAssigned():
                return Decision(case, timers=(_soon(case, message.time),))
            case DeadlineSet() if case.new_date is not None and event.because in ("resumed", "extended"):
                drafts = self._writer.clock.new_date(case, event, case.new_date)
                told = case.model_copy(update={"new_date": None})
                return self._post(told, drafts, _Cause(message.id, message.time, event), now)
            case CaseReopened(reason="person-replied" | "ombudsman-asked"):
                return Decision(case, timers=(SetTimer(ANNOUNCE, message.time + LONGEST_WAIT_FOR_A_TERM),))
            case CaseReopened() | DeadlineSet():
                return self._announced(case, now)
            case CaseAnswered():
                return _answered(case, event, now)
            case DeliveryReportReceived():
                return keep_report(case, event, message.id)
        return self._post(case, self._writer.for_event(case, event), _Cause(message.id, message.time, event), now)

    def _announced(self, case: Case, now: datetime) -> Decision[Case]:
        """What waits for its term: that somebody has the case, or has it again; an assignment says it all."""
        assignment, reopening = case.assignment, case.reopening
        told = case.model_copy(update={"announced": True, "reopening": None})
        if assignment is None or (case.announced and reopening is None):
            return Decision(case)
        if not case.announced:
            drafts, cause = self._writer.announcement(told, assignment), _Cause(assignment.caused_by, assignment.at)
        elif reopening is not None:
            drafts = self._writer.reopening(told, assignment, reopening)
            cause = _Cause(reopening.caused_by, reopening.at)
        decision = self._post(told, drafts, cause, now)
        return Decision(decision.state, decision.events, (CancelTimer(ANNOUNCE),), decision.rows)

    def _post(self, case: Case, drafts: tuple[Draft, ...], cause: _Cause, now: datetime) -> Decision[Case]:
        """Number the letters and put them where the sender finds them."""
        events: list[Event] = []
        rows: list[Row] = []
        for draft in drafts:
            letter = self._letter(case, draft, cause, now)
            case = case.with_letter(letter)
            rows.append(stored(letter))
            if letter.state == "failed":
                events.append(delivery_failed(letter, letter.to, letter.reason or "", now))
            elif letter.state == "unknown":
                events.append(delivery_unknown(letter, cause.at))
        return Decision(case, tuple(events), rows=tuple(rows))

    def _letter(self, case: Case, draft: Draft, cause: _Cause, now: datetime) -> Letter:
        n = case.count(draft.kind) + 1
        return Letter(
            id=letter_id(case.id, draft.kind, n),
            case_id=case.id,
            case_number=case.number,
            kind=draft.kind,
            message_id=self.house.message_id(LetterAddress(case.id, draft.kind, str(n))),
            to=draft.to,
            values=draft.values,
            files=draft.files,
            thread=draft.thread,
            answer_id=draft.answer_id,
            caused_by=cause.id,
            caused_at=cause.at,
            written_at=now,
            place=place_of(case, draft.kind, cause.event),
            state=self._first_state(draft, cause, now),
            reason=None if draft.to else "no address",
        )

    def _first_state(self, draft: Draft, cause: _Cause, now: datetime) -> LetterState:
        """An old cause sends nothing by itself: a rebuilt service must not mail a year again (hazard 10)."""
        if not draft.to:
            return "failed"
        if self.house.too_old(cause.at, now):
            return "unknown" if draft.kind in SENT_ONCE else "expired"
        return "preparing" if draft.needs_certificate else "pending"

    @property
    def _writer(self) -> Writer:
        return Writer(self.house)


def pointless(letter: Letter, case: Case) -> bool:
    """Whether the case went on while the letter waited: it asks for what was done, or warns of what has come."""
    if letter.kind == "reminder":
        return case.answered or case.closed or case.missed or case.stopped
    if letter.kind in ABOUT_DOCUMENTS and case.has_delivered(str(letter.values.get("request_id"))):
        return True
    if letter.kind == "stop-waiting":
        return not case.stopped
    if letter.kind == "membership-incomplete" and not case.owes:
        return True
    return letter.kind in MAY_BE_POINTLESS and (case.answered or case.closed)


def _soon(case: Case, at: datetime) -> SetTimer:
    """A first assignment waits for its term, which comes one event later; a later one may keep the term it has."""
    return SetTimer(ANNOUNCE, at if case.due is not None else at + LONGEST_WAIT_FOR_A_TERM)


def _answered(case: Case, event: CaseAnswered, now: datetime) -> Decision[Case]:
    """An answer in doubt that is known to have arrived is in doubt no more: a rebuilt store learns it so."""
    doubtful = (one.in_doubt for one in case.letters if one.kind == "answer" and one.answer_id == event.answer_id)
    letter = next((one for one in doubtful if one is not None), None)
    return Decision(case) if letter is None else arrived(case, letter, now)


def _known(case: Case | None) -> Case:
    if case is None:
        raise LookupError("an event about a case that was never filed")
    return case
