# SPDX-License-Identifier: Apache-2.0
"""Which event counts as what, on which day (ICX-05, ICX-09, CSC-05).

Each thing counts on the local day on which it happened: received on the day of receipt, answered on the day of the
answer, all else on the day of its event. A case that is classified anew takes all that was counted of it along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.decision import Decision, Received
from reporting.domain.facts import FOREVER, CaseFact, Measure, Place, Tally, added
from reporting.domain.ombudsman import Tallied, answered, asked, decided, taken_back, widened
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.notifications import DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.routing import (
    CaseAnswered,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ClockStopped,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineSet,
    DocumentsOverdue,
    OmbudsmanAsked,
    OmbudsmanDecided,
    OmbudsmanTermWidened,
    PartialAnswerApproved,
    SlaKept,
    SlaMissed,
)
from ventanilla_contracts.satisfaction import CheckCompleted, CheckScheduled, CheckWaived, ContactAttempted
from ventanilla_contracts.vocabulary import CheckOutcome, Promised

ON_ITS_DAY: Mapping[type[Event], Measure] = {
    DeadlineApproaching: "reminded",
    DeadlineMissed: "missed",
    CaseEscalated: "escalated",
    PartialAnswerApproved: "answered_in_part",
    DocumentsOverdue: "documents_overdue",
    DeliverySent: "deliveries_sent",
    DeliveryFailed: "deliveries_failed",
    DeliveryBounced: "deliveries_failed",
    DeliveryUnknown: "deliveries_unknown",
    CheckScheduled: "checks_scheduled",
    CheckWaived: "checks_waived",
    ContactAttempted: "calls",
}
BY_OUTCOME: Mapping[CheckOutcome, Measure] = {
    "satisfied": "satisfied",
    "not-satisfied": "not_satisfied",
    "not-contacted": "not_contacted",
}
KEPT: Mapping[Promised, Measure] = {"first-response": "first_response_kept", "resolution": "resolution_kept"}
MISSED: Mapping[Promised, Measure] = {"first-response": "first_response_missed", "resolution": "resolution_missed"}
WITHOUT_ANSWER: Mapping[type[Event], Measure] = {
    CaseWithdrawn: "withdrawn",
    CaseTransferred: "transferred",
    CaseRejected: "rejected",
}
UNDONE_BY: Mapping[str, frozenset[Measure]] = {
    "answer-bounced": frozenset({"answered", "answered_in_time", "closed", "not_contacted", "resolution_kept"}),
    "person-replied": frozenset({"closed", "withdrawn", "transferred", "rejected"}),
    "replied-in-time": frozenset({"withdrawn"}),
    "ombudsman-asked": frozenset({"closed", "withdrawn", "transferred", "rejected"}),
}
"""By why a case was opened again. Who replies had their answer, and that the first one was in time stays so."""
HANDLES: tuple[type[Event], ...] = (
    CaseFiled,
    CaseClassified,
    DeadlineSet,
    CaseAnswered,
    CaseReopened,
    CaseClosed,
    CaseWithdrawn,
    CaseTransferred,
    CaseRejected,
    OmbudsmanAsked,
    OmbudsmanTermWidened,
    OmbudsmanDecided,
    ClockStopped,
    SlaKept,
    SlaMissed,
    CheckCompleted,
    *ON_ITS_DAY,
)


@dataclass(frozen=True)
class CaseCounting:
    """``decide`` of the aggregate ``cases``; days are those of the organisation's zone."""

    zone: ZoneInfo

    def __call__(self, fact: CaseFact | None, message: object, _now: datetime) -> Decision[CaseFact]:
        if not isinstance(message, Received):
            raise TypeError(type(message).__name__)
        if isinstance(message.event, CaseFiled):
            return self._filed(message.event)
        if fact is None:
            raise ValueError("no case was filed under this id")
        day = self._day(message.time)
        known, tallies = self._of_ombudsman(fact, message.event)
        told = self._told(known.counted(tallies), message.event, day)
        return replace(told, rows=(*added(fact.place, tallies), *told.rows))

    def _filed(self, filed: CaseFiled) -> Decision[CaseFact]:
        received_on = self._day(filed.received_at)
        place = Place(channel=filed.channel, service_point=filed.service_point)
        fact = CaseFact(case_number=filed.case_number, place=place, received_on=received_on)
        return _count(fact, received_on, "received")

    def _of_ombudsman(self, fact: CaseFact, event: Event) -> Tallied:
        match event:
            case OmbudsmanAsked():
                return asked(fact, event)
            case OmbudsmanTermWidened():
                return widened(fact, event)
            case OmbudsmanDecided():
                return decided(fact, event)
            case CaseAnswered():
                return answered(fact, event, self._day(event.answered_at))
            case CaseReopened():
                return taken_back(fact, event)
        return fact, []

    def _told(self, fact: CaseFact, event: Event, day: date) -> Decision[CaseFact]:
        match event:
            case CaseClassified():
                return _moved(fact, event)
            case DeadlineSet() | ClockStopped():
                return Decision(fact.model_copy(update={"due": _due(event)}))
            case CaseAnswered() if fact.unanswered_until == FOREVER:
                return self._answered(fact, event)
            case CaseClosed() if fact.open_until == FOREVER:
                return _count(fact.model_copy(update={"open_until": day}), day, "closed")
            case CaseReopened(reason=reason):
                return _reopened(fact, UNDONE_BY[reason])
            case CaseWithdrawn() | CaseTransferred() | CaseRejected():
                return _ended(fact, event, day)
        return _counted_on_its_day(fact, event, day)

    def _answered(self, fact: CaseFact, answered: CaseAnswered) -> Decision[CaseFact]:
        """The first answer counts; whether it was in time is routing's judgement."""
        day = self._day(answered.answered_at)
        measures: tuple[Measure, ...] = ("answered", "answered_in_time") if answered.in_time else ("answered",)
        return _count(fact.model_copy(update={"unanswered_until": day}), day, *measures)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def _counted_on_its_day(fact: CaseFact, event: Event, day: date) -> Decision[CaseFact]:
    if isinstance(event, CheckCompleted):
        return _count(fact, day, BY_OUTCOME[event.outcome])
    if isinstance(event, SlaKept):
        return _kept(fact, event, day)
    if isinstance(event, SlaMissed):
        return _count(fact, day, MISSED[event.promise])
    measure = ON_ITS_DAY.get(type(event))
    return _count(fact, day, measure) if measure else Decision(fact)


def _kept(fact: CaseFact, kept: SlaKept, day: date) -> Decision[CaseFact]:
    """ICX-09; also after all, where it had been said to be missed."""
    left, taken_back = _without(fact, frozenset({MISSED[kept.promise]}))
    counted = _count(left, day, KEPT[kept.promise])
    return replace(counted, rows=(*added(fact.place, taken_back, -1), *counted.rows))


def _without(fact: CaseFact, measures: frozenset[Measure]) -> tuple[CaseFact, list[Tally]]:
    """The case without what was counted of these, and that."""
    undone = [tally for tally in fact.tallies if tally.measure in measures]
    left = tuple(tally for tally in fact.tallies if tally not in undone)
    return fact.model_copy(update={"tallies": left}), undone


def _due(event: DeadlineSet | ClockStopped) -> date:
    """While the clock stands still nothing is late (ICX-04)."""
    return event.due if isinstance(event, DeadlineSet) else FOREVER


def _ended(fact: CaseFact, event: CaseWithdrawn | CaseTransferred | CaseRejected, day: date) -> Decision[CaseFact]:
    """Without an answer, and none is owed any more: neither late nor in time."""
    measure = WITHOUT_ANSWER[type(event)]
    return _count(fact.model_copy(update={"open_until": day, "unanswered_until": day}), day, measure)


def _count(fact: CaseFact, day: date, *measures: Measure) -> Decision[CaseFact]:
    tallies = [Tally(day=day, measure=measure) for measure in measures]
    return Decision(fact.counted(tallies), rows=tuple(added(fact.place, tallies)))


def _reopened(fact: CaseFact, measures: frozenset[Measure]) -> Decision[CaseFact]:
    """Not over after all: what was counted of its end does not count."""
    left, undone = _without(fact, measures)
    had_an_answer = any(tally.measure == "answered" for tally in left.tallies)
    unanswered_until = fact.unanswered_until if had_an_answer else FOREVER
    open_again = {"unanswered_until": unanswered_until, "open_until": FOREVER}
    return Decision(left.model_copy(update=open_again), rows=tuple(added(fact.place, undone, -1)))


def _moved(fact: CaseFact, classified: CaseClassified) -> Decision[CaseFact]:
    """All that was counted leaves the old cells and enters the new ones."""
    new = {"area": classified.area, "area_name": classified.area_name, "kind": classified.kind}
    place = fact.place.model_copy(update=new)
    moved = fact.model_copy(update={"place": place})
    return Decision(moved, rows=(*added(fact.place, fact.tallies, -1), *added(place, fact.tallies)))
