# SPDX-License-Identifier: Apache-2.0
"""The rules of a check: what each event and command makes of it (CNF-11, CNF-12)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chassis.decision import Decision, Received, Refused
from satisfaction.domain.attempts import RecordAttempt, record
from satisfaction.domain.check import Check, Contact
from satisfaction.domain.draw import Placed, PutOff, month_of, sample_name
from satisfaction.domain.waiving import is_sampled, waiver_reason
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import CaseFiled, PersonCorrected
from ventanilla_contracts.routing import CaseAnswered, CaseClassified, CaseClosed, CaseReopened
from ventanilla_contracts.satisfaction import CheckScheduled, CheckWaived
from ventanilla_contracts.vocabulary import WaiverReason

HANDLES: tuple[type[Event], ...] = (CaseFiled, PersonCorrected, CaseClassified, CaseAnswered, CaseReopened, CaseClosed)
ITSELF = Actor(id="satisfaction", role="service")

UNKNOWN_CHECK = Refused("check-unknown", kind="not-found")


@dataclass(frozen=True)
class CheckRules:
    """``decide`` of the aggregate ``cases``; ``subsidy_areas`` are the codes of areas whose claims are sampled."""

    zone: ZoneInfo
    subsidy_areas: AbstractSet[str]

    def __call__(self, check: Check | None, message: object, now: datetime) -> Decision[Check] | Refused:
        match message:
            case Received(event=CaseFiled() as filed, subject=case_id):
                return Decision(_filed(case_id, filed))
            case Received(event=event, time=time):
                return self._told(_known(check), event, time)
            case RecordAttempt():
                return UNKNOWN_CHECK if check is None else record(check, message, now, self.zone)
            case Placed():
                return _place(_known(check), message)
            case PutOff():
                return _put_off(_known(check), message)
            case _:
                raise TypeError(type(message).__name__)

    def _told(self, check: Check, event: Event, time: datetime) -> Decision[Check]:
        match event:
            case PersonCorrected():
                return Decision(check.model_copy(update={"personal": _corrected(check.personal, event)}))
            case CaseClassified(kind=kind, area=area, area_name=area_name):
                return Decision(check.model_copy(update={"kind": kind, "area": area, "area_name": area_name}))
            case CaseAnswered() if check.status == "unanswered":
                return self._answered(check, event)
            case CaseReopened(reason=reason) if reason == "person-replied" or check.outcome in (None, "not-contacted"):
                return Decision(_begun_anew(check))
            case CaseClosed() if check.status == "unanswered":
                return _closed_unanswered(check, event, time)
            case _:
                return Decision(check)

    def _answered(self, check: Check, event: CaseAnswered) -> Decision[Check]:
        """What the case is when it is first answered decides about its check; a later correction does not."""
        answer = {"begun_at": event.answered_at, "answered_at": event.answered_at, "delivery": event.delivery}
        check = check.model_copy(update=answer)
        reason = waiver_reason(check)
        if reason:
            return _waive(check, reason)
        day = event.answered_at.astimezone(self.zone).date()
        check = check.model_copy(update={"next_attempt_on": day})
        if is_sampled(check, self.subsidy_areas):
            return Decision(check.model_copy(update={"status": "waiting-for-sample", "month": month_of(day)}))
        return _schedule(check)


def _known(check: Check | None) -> Check:
    if check is None:
        raise ValueError("no case was filed under this id")
    return check


def _filed(case_id: str, filed: CaseFiled) -> Check:
    person = filed.personal.person
    return Check(
        id=case_id,
        case_number=filed.case_number,
        anonymous=filed.anonymous,
        from_regulator=filed.regulator is not None,
        personal=Contact(name=person.name, phone=person.phone, subject=filed.personal.subject),
    )


def _corrected(contact: Contact, event: PersonCorrected) -> Contact:
    """Whoever calls next finds the name and telephone that hold now, or none."""
    changes: dict[str, str | None] = {}
    if "name" in event.fields:
        changes["name"] = event.personal.person.name
    if "phone" in event.fields:
        changes["phone"] = event.personal.person.phone
    return contact.model_copy(update=changes)


def _begun_anew(check: Check) -> Check:
    """The answer did not arrive: there is nothing to ask about until the next one does, and its calls count anew."""
    nothing = ("begun_at", "answered_at", "delivery", "month", "sample", "waiver", "next_attempt_on", "outcome")
    return check.model_copy(update={"status": "unanswered", "attempts": (), **dict.fromkeys(nothing)})


def _closed_unanswered(check: Check, closed: CaseClosed, time: datetime) -> Decision[Check]:
    """A compliment closes at once, without an answer (CNF-08)."""
    if closed.reason != "compliment":
        return Decision(check)
    return _waive(check.model_copy(update={"begun_at": time}), "compliment")


def _place(check: Check, placed: Placed) -> Decision[Check]:
    """The draw reaches the case; a second time it finds nothing to do."""
    if not _awaits(check, placed.month):
        return Decision(check)
    if not placed.chosen:
        return _waive(check, "not-sampled")
    return _schedule(check.model_copy(update={"sample": sample_name(placed.month)}))


def _put_off(check: Check, put_off: PutOff) -> Decision[Check]:
    """The answer became known after its month was drawn: it takes part in the next draw."""
    return Decision(check.model_copy(update={"month": put_off.to}) if _awaits(check, put_off.month) else check)


def _awaits(check: Check, month: str) -> bool:
    return check.status == "waiting-for-sample" and check.month == month


def _schedule(check: Check) -> Decision[Check]:
    if check.kind is None:
        raise ValueError("a case without kind cannot be checked")
    scheduled = CheckScheduled(actor=ITSELF, check_id=check.id, kind=check.kind, sample=check.sample)
    return Decision(check.model_copy(update={"status": "pending"}), (scheduled,))


def _waive(check: Check, reason: WaiverReason) -> Decision[Check]:
    waived = check.model_copy(update={"status": "waived", "waiver": reason, "next_attempt_on": None})
    return Decision(waived, (CheckWaived(actor=ITSELF, reason=reason),))
