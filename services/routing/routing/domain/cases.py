# SPDX-License-Identifier: Apache-2.0
"""The life of a case, rule by rule: which module decides what came in."""

from dataclasses import replace
from datetime import datetime

from chassis.decision import Decision, Received, Refused, TimerFired
from routing.domain.allowed import allowed, refusal
from routing.domain.answering.answering import answer, keep_copy, on_delivery, on_filed_with_regulator
from routing.domain.answering.commands import (
    AnsweringCommand,
    ApproveDraft,
    AskClarification,
    KeepCopy,
    MarkOmbudsman,
    NoteOmbudsmanDecision,
    OmbudsmanCommand,
    Reject,
    Review,
    SaveDraft,
    WidenOmbudsman,
)
from routing.domain.answering.documents import deliver_documents, request_documents
from routing.domain.answering.drafting import approve, review, save_draft
from routing.domain.answering.ombudsman import mark_ombudsman
from routing.domain.answering.ombudsman_decision import note_decision
from routing.domain.answering.ombudsman_widening import widen_ombudsman
from routing.domain.answering.proposals import on_delivery_proposed, take_delivery
from routing.domain.answering.rejecting import ask_clarification, reject
from routing.domain.assigning import assign, classify
from routing.domain.case import Case
from routing.domain.classifying.proposal import FiledWithProposal
from routing.domain.clock.counting_again import count_again
from routing.domain.clock.extending import extend
from routing.domain.clock.reminders import on_timer
from routing.domain.clock.stopping import extend_stop, resume_clock, stop_clock
from routing.domain.closing import on_check_completed, on_check_waived
from routing.domain.commands import (
    AnswerPerson,
    Assign,
    Classify,
    ClockCommand,
    Command,
    CountAgain,
    DeliverDocuments,
    Extend,
    ExtendStop,
    RequestDocuments,
    ResumeClock,
    StopClock,
    TakeDelivery,
    TakeMatrix,
    Transfer,
    Withdraw,
)
from routing.domain.ending import transfer, withdraw
from routing.domain.filing import on_addressee_added, on_case_filed, on_message_appended, on_person_corrected
from routing.domain.links import on_case_linked
from routing.domain.matrix.taking import take_matrix
from routing.domain.membership import (
    on_membership_checked,
    on_membership_completed,
    on_membership_incomplete,
)
from routing.domain.policy import Policy
from routing.domain.promising.promises import look_after_promises
from routing.domain.urgent import on_emergency_decided, on_term_ordered
from routing.domain.versions import OnVersion, outdated
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import (
    AddresseeAdded,
    AnswerFiledWithRegulator,
    CaseFiled,
    CaseLinked,
    DeliveryProposed,
    EmergencyDecided,
    MembershipChecked,
    MembershipCompleted,
    MembershipIncomplete,
    MessageAppended,
    PersonCorrected,
    TermOrdered,
)
from ventanilla_contracts.notifications import DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.satisfaction import CheckCompleted, CheckWaived

HANDLES: tuple[type[Event], ...] = (
    CaseFiled,
    MessageAppended,
    EmergencyDecided,
    TermOrdered,
    MembershipChecked,
    MembershipIncomplete,
    MembershipCompleted,
    PersonCorrected,
    DeliveryProposed,
    AddresseeAdded,
    AnswerFiledWithRegulator,
    CaseLinked,
    DeliverySent,
    DeliveryFailed,
    DeliveryBounced,
    DeliveryUnknown,
    CheckCompleted,
    CheckWaived,
)


def decide(policy: Policy, case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    """What follows from an event, a timer or a command. Raises ValueError for what cannot be about this case."""
    decided = _decided(policy, case, message, now)
    return decided if isinstance(decided, Refused) else look_after_promises(policy, case, decided, now)


def _decided(policy: Policy, case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    match message:
        case Received(event=CaseFiled()):
            return _filed(policy, case, FiledWithProposal(message, None), now)
        case FiledWithProposal():
            return _filed(policy, case, message, now)
        case Received() | TimerFired():
            if case is None:
                raise ValueError("nothing is known of this case")
            return _happened(policy, case, message, now)
    if not isinstance(message, Command | CountAgain | TakeMatrix | OnVersion):
        raise TypeError(type(message).__name__)
    if case is None:
        return Refused("not-found", "not-found")
    if isinstance(message, CountAgain | TakeMatrix):
        return _laid_down_anew(policy, case, message, now)
    return _commanded(policy, case, message, now)


def _commanded(policy: Policy, case: Case, message: Command | OnVersion, now: datetime) -> Decision[Case] | Refused:
    """What is refused says what can be done instead (design 4)."""
    case = with_needs(policy, case)
    if isinstance(message, OnVersion) and outdated(case, message.version):
        return Refused("case-changed", allowed=allowed(case))
    command = message.command if isinstance(message, OnVersion) else message
    outcome = refusal(case, command) or _asked(policy, case, command, now)
    if isinstance(outcome, Refused) and outcome.kind == "conflict":
        return replace(outcome, allowed=allowed(case))
    return outcome


def with_needs(policy: Policy, case: Case) -> Case:
    """With what its answer needs before it goes out, by the rules that hold now (CNF-09)."""
    needs = policy.answering.needs_of(case)
    return case if needs == case.answer_needs else case.model_copy(update={"answer_needs": needs})


def _laid_down_anew(policy: Policy, case: Case, command: CountAgain | TakeMatrix, now: datetime) -> Decision[Case]:
    """What the organisation changed reaches an open case."""
    if isinstance(command, CountAgain):
        return count_again(policy, case, command, now)
    return take_matrix(policy, case, command, now)


def _happened(policy: Policy, case: Case, message: Received[Event] | TimerFired, now: datetime) -> Decision[Case]:
    match message:
        case Received():
            return _heard(policy, case, message, now)
        case TimerFired():
            return on_timer(policy, case, message, now)


def _filed(policy: Policy, case: Case | None, filed: FiledWithProposal, now: datetime) -> Decision[Case]:
    if case is not None:
        raise ValueError("a case is filed once")
    return on_case_filed(policy, filed.received.subject, filed.received.event, now, filed.proposal)


def _heard(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case]:
    said = _cannot_wait(policy, case, received, now) or _of_membership(policy, case, received, now)
    said = said or _said(policy, case, received, now)
    return said or _came_of_it(policy, case, received, now)


def _cannot_wait(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case] | None:
    match received.event:
        case EmergencyDecided() as event:
            return on_emergency_decided(policy, case, event, received.time, now)
        case TermOrdered() as event:
            return on_term_ordered(policy, case, event, received.time, now)
    return None


def _of_membership(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case] | None:
    match received.event:
        case MembershipChecked() as event:
            return on_membership_checked(policy, case, event, received.time, now)
        case MembershipIncomplete() as event:
            return on_membership_incomplete(case, event, received.time, now)
        case MembershipCompleted() as event:
            return on_membership_completed(policy, case, event, received.time, now)
    return None


def _said(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case] | None:
    """What intake heard of a case that is there."""
    match received.event:
        case MessageAppended() as event:
            return on_message_appended(policy, case, event, received.id, now)
        case CaseLinked() as event:
            return on_case_linked(case, event, received.time, now)
        case DeliveryProposed() as event:
            return on_delivery_proposed(case, event, now)
        case AddresseeAdded() as event:
            return on_addressee_added(case, event, received.time, now)
        case PersonCorrected() as event:
            return on_person_corrected(case, event, received.time, now)
    return None


def _came_of_it(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case]:
    """What became of letters, filings and checks."""
    match received.event:
        case DeliverySent() | DeliveryFailed() | DeliveryBounced() | DeliveryUnknown() as event:
            return on_delivery(policy, case, event, received.time, now)
        case AnswerFiledWithRegulator() as event:
            return on_filed_with_regulator(case, event, now)
        case CheckCompleted() as event:
            return on_check_completed(policy, case, event, received.time, now)
        case CheckWaived() as event:
            return on_check_waived(case, event, received.time, now)
    raise TypeError(type(received.event).__name__)


def _asked(policy: Policy, case: Case, command: Command, now: datetime) -> Decision[Case] | Refused:
    match command:
        case Classify():
            return classify(policy, case, command, now)
        case Assign():
            return assign(policy, case, command, now)
        case RequestDocuments():
            return request_documents(policy, case, command, now)
        case DeliverDocuments():
            return deliver_documents(policy, case, command, now)
        case TakeDelivery():
            return take_delivery(case, command, now)
        case AnswerPerson():
            return answer(policy, case, command, now)
        case StopClock() | ExtendStop() | ResumeClock() | Extend() | Withdraw() | Transfer():
            return _about_the_clock(policy, case, command, now)
        case _:
            return _about_the_answer(policy, case, command, now)


def _about_the_answer(
    policy: Policy, case: Case, command: AnsweringCommand | OmbudsmanCommand, now: datetime
) -> Decision[Case] | Refused:
    match command:
        case SaveDraft():
            return save_draft(policy, case, command, now)
        case Review():
            return review(policy, case, command, now)
        case ApproveDraft():
            return approve(policy, case, command, now)
        case AskClarification():
            return ask_clarification(policy, case, command, now)
        case Reject():
            return reject(case, command, now)
        case KeepCopy():
            return keep_copy(case, command, now)
        case _:
            return _about_the_ombudsman(policy, case, command, now)


def _about_the_ombudsman(
    policy: Policy, case: Case, command: OmbudsmanCommand, now: datetime
) -> Decision[Case] | Refused:
    match command:
        case MarkOmbudsman():
            return mark_ombudsman(policy, case, command, now)
        case WidenOmbudsman():
            return widen_ombudsman(policy, case, command, now)
        case NoteOmbudsmanDecision():
            return note_decision(policy, case, command, now)


def _about_the_clock(policy: Policy, case: Case, command: ClockCommand, now: datetime) -> Decision[Case] | Refused:
    match command:
        case StopClock():
            return stop_clock(policy, case, command, now)
        case ExtendStop():
            return extend_stop(policy, case, command, now)
        case ResumeClock():
            return resume_clock(policy, case, command, now)
        case Extend():
            return extend(policy, case, command, now)
        case Withdraw():
            return withdraw(case, command, now)
        case Transfer():
            return transfer(policy, case, command, now)
