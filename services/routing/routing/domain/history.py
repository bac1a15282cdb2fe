# SPDX-License-Identifier: Apache-2.0
"""The facts of an event that its line in a case's history tells; codes stay codes until a page puts them into words."""

from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import (
    AddresseeAdded,
    AnswerFiledWithRegulator,
    CaseFiled,
    CaseLinked,
    DeliveryProposed,
    EmergencyDecided,
    MembershipChecked,
    MembershipIncomplete,
    MessageAppended,
    TermOrdered,
)
from ventanilla_contracts.notifications import DeliveryBounced, DeliveryFailed
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerDrafted,
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
    OmbudsmanAsked,
    OmbudsmanDecided,
    OmbudsmanOverdue,
    OmbudsmanTermWidened,
    PartialAnswerApproved,
    SlaKept,
    SlaMissed,
    SlaSet,
)
from ventanilla_contracts.satisfaction import CheckCompleted, CheckWaived


def facts_of(event: Event) -> dict[str, str]:
    """Empty where the name of the event says it all."""
    return (
        _about_what_was_said(event)
        or _about_handling(event)
        or _about_the_term(event)
        or _about_the_draft(event)
        or _about_the_end(event)
        or _without_answer(event)
        or _about_the_promise(event)
    )


def _about_what_was_said(event: Event) -> dict[str, str]:
    match event:
        case CaseFiled() | MessageAppended():
            return {"channel": event.channel}
        case DeliveryProposed():
            return {"responder": event.responder.name}
        case AddresseeAdded():
            return {"mailbox": event.mailbox}
        case EmergencyDecided():
            return {"matter": event.emergency.matter if event.emergency else "none"}
        case TermOrdered():
            return {"due": _ordered(event)}
        case CaseLinked():
            return {"number": event.other_case_number, "relation": event.relation, "link_status": event.status}
    return _about_membership(event)


def _about_membership(event: Event) -> dict[str, str]:
    match event:
        case MembershipChecked():
            return {"how_far": _how_far(event)}
        case MembershipIncomplete():
            return {"names": ", ".join(one.name for one in event.missing)}
    return {}


def _how_far(event: MembershipChecked) -> str:
    """``2/6``: what is accepted, of all."""
    requirements = event.membership.requirements
    return f"{sum(one.state == 'accepted' for one in requirements)}/{len(requirements)}"


def _ordered(event: TermOrdered) -> str:
    """A judge's date has its hour."""
    if event.tutela is not None:
        return event.tutela.answer_by.isoformat()
    return event.regulator_due.isoformat() if event.regulator_due else ""


def _about_handling(event: Event) -> dict[str, str]:
    match event:
        case CaseClassified():
            return {"kind": event.kind, "area": event.area_name, "term": event.term, "priority": event.priority}
        case CaseAssigned():
            return {"responder": event.responder.name, "area": event.area_name}
        case DocumentsRequested() | DocumentsApproaching() | DocumentsOverdue():
            return {"responder": event.responder.name, "due": event.due.isoformat()}
        case DocumentsDelivered():
            return {"responder": event.responder.name}
    return {}


def _about_the_term(event: Event) -> dict[str, str]:
    match event:
        case DeadlineSet(rule="tutela"):
            return {"due": event.due_at.isoformat(), **_anew(event)}
        case DeadlineSet():
            return {"due": event.due.isoformat(), **_anew(event)}
        case DeadlineApproaching() | DeadlineMissed() | DeadlineExtended():
            return {"due": event.due.isoformat()}
        case ClockStopped() | ClockStopExtended():
            return {"due": event.until.isoformat()}
        case ClockStopWaiting():
            return {"waits": event.because, "to": ", ".join(person.name for person in event.to)}
        case ClockResumed():
            return {"day": event.completed_on.isoformat(), "resumed": event.because}
        case CaseEscalated():
            return {"level": event.level_name, "to": ", ".join(person.name for person in event.to)}
    return {}


def _about_the_draft(event: Event) -> dict[str, str]:
    match event:
        case AnswerDrafted() | AnswerReviewRequested() | AnswerReturned() | AnswerReviewed():
            return {"revision": str(event.revision)}
        case PartialAnswerApproved():
            return {"delivery": event.delivery}
        case OmbudsmanAsked() | OmbudsmanTermWidened() | OmbudsmanApproaching() | OmbudsmanOverdue():
            return {"reference": event.reference, "due": event.due.isoformat()}
        case OmbudsmanDecided():
            return {"reference": event.reference, "day": event.decided_on.isoformat(), "favour": event.favour}
        case OmbudsmanAnswered():
            return {"reference": ", ".join(event.references), "to": event.personal.to or ""}
        case ClarificationRequested():
            return {"due": event.until.isoformat()}
    return {}


def _about_the_end(event: Event) -> dict[str, str]:
    match event:
        case AnswerApproved():
            return {"delivery": event.delivery}
        case CaseReopened():
            return {"why": event.reason}
        case CaseAnswered():
            return {"delivery": event.delivery, "timing": "in-time" if event.in_time else "late"}
        case AnswerFiledWithRegulator():
            return {"authority": event.authority, "reference": event.reference}
        case CheckCompleted():
            return {"outcome": event.outcome}
        case DeliveryFailed() | DeliveryBounced() | CheckWaived() | CaseClosed():
            return {"reason": event.reason}
    return {}


def _without_answer(event: Event) -> dict[str, str]:
    match event:
        case CaseTransferred():
            return {"to": event.to_name}
        case CaseWithdrawn():
            return {"withdrawal": event.reason}
        case CaseRejected():
            return {"rejection": event.reason}
    return {}


def _about_the_promise(event: Event) -> dict[str, str]:
    match event:
        case SlaSet():
            last = event.resolution or event.first_response
            return {"sla": event.sla_name, "due": last.due_at.isoformat() if last else ""}
        case SlaKept():
            return {"promise": event.promise}
        case SlaMissed():
            return {"promise": event.promise, "due": event.due_at.isoformat()}
    return {}


def _anew(event: DeadlineSet) -> dict[str, str]:
    """Why it was set once more."""
    return {} if event.because == "filed" else {"because": event.because}
