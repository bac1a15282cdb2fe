# SPDX-License-Identifier: Apache-2.0
"""What the house promises beside the legal term (ICX-09): counted, kept or missed, each said once.

It is looked after behind every decision, whatever that was about: from the case before, the case after and what was
said, so that no other rule has to think of it. A promise that nobody kept is missed as soon as anything is decided
after its time; a timer sees to it that something is.
"""

from datetime import datetime
from typing import Literal

from chassis.decision import Decision
from routing.domain.case import Case
from routing.domain.clock.records import HousePromise, Promise
from routing.domain.handling import Handling
from routing.domain.matrix.due_times import JUST_AFTER
from routing.domain.policy import ROUTING, Policy
from routing.domain.promising.counting import as_before, house_promise
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseReopened,
    ClockStopped,
    DeadlineExtended,
    PartialAnswerApproved,
    PromisedHours,
    SlaKept,
    SlaMissed,
    SlaSet,
)
from ventanilla_contracts.vocabulary import Promised

SLA = "sla-"
"""Begins the names of the timers."""
PROMISES: tuple[Promised, ...] = ("first-response", "resolution")
FieldName = Literal["first_response", "resolution"]
FIELDS: dict[Promised, FieldName] = {"first-response": "first_response", "resolution": "resolution"}
WRITES_TO_THE_PERSON: tuple[type[Event], ...] = (
    ClockStopped,
    DeadlineExtended,
    PartialAnswerApproved,
    AnswerApproved,
)
"""An acknowledgement is no response: it goes by itself."""


def look_after_promises(policy: Policy, before: Case | None, decided: Decision[Case], now: datetime) -> Decision[Case]:
    """The same decision, with what follows for the house's own promise."""
    case = decided.state
    handling = Handling(case, now)
    _count(handling, policy, before)
    events = [event for event in decided.events if isinstance(event, Event)]
    _settle(handling, events)
    _watch(handling, case.promise)
    more = handling.decision()
    if more.state.promise is case.promise and not more.timers:
        return decided
    timers = {timer.name: timer for timer in (*decided.timers, *more.timers)}
    return Decision(
        more.state,
        (*decided.events, *more.events),
        tuple(timers.values()),
        decided.rows,
        decided.result,
        decided.begins,
    )


def _count(handling: Handling, policy: Policy, before: Case | None) -> None:
    """While an answer is owed, or where it came with the filing."""
    case = handling.case
    if case.classification is None or not (case.open or (before is None and case.answered)):
        return
    promise = house_promise(policy, case, before)
    if promise is case.promise:
        return
    handling.change(promise=promise)
    if promise is not None and case.stop is None and not as_before(promise, case.promise):
        handling.say(_said(promise))


def _said(house: HousePromise) -> SlaSet:
    return SlaSet(
        actor=ROUTING,
        sla=house.sla,
        sla_name=house.sla_name,
        slas_version=house.slas_version,
        calendar_version=house.calendar_version,
        since=house.since,
        first_response=_hours(house.first_response),
        resolution=_hours(house.resolution),
    )


def _hours(promise: Promise | None) -> PromisedHours | None:
    if promise is None or promise.due_at is None:
        return None
    return PromisedHours(hours=promise.hours, due_at=promise.due_at, trace=promise.trace)


def _settle(handling: Handling, events: list[Event]) -> None:
    """Kept by what was said in this decision, or missed by now."""
    for event in events:
        match event:
            case CaseAnswered():
                _done(handling, "first-response", event.answered_at)
                _done(handling, "resolution", event.answered_at)
            case CaseReopened(reason="answer-bounced"):
                _change(handling, "resolution", kept_at=None)
            case _ if isinstance(event, WRITES_TO_THE_PERSON):
                _done(handling, "first-response", handling.now)
    if handling.case.open:
        for name in PROMISES:
            _miss(handling, name)


def _done(handling: Handling, name: Promised, at: datetime) -> None:
    promise, house = _one(handling.case, name), handling.case.promise
    if house is None or promise is None or promise.kept_at is not None:
        return
    if promise.due_at is not None and at > promise.due_at:
        _say_missed(handling, name)
        return
    _change(handling, name, kept_at=at, missed=False)
    handling.say(SlaKept(actor=ROUTING, sla=house.sla, promise=name, due_at=promise.due_at, at=at))


def _miss(handling: Handling, name: Promised) -> None:
    promise = _one(handling.case, name)
    if promise is not None and not promise.settled and promise.due_at is not None and handling.now > promise.due_at:
        _say_missed(handling, name)


def _say_missed(handling: Handling, name: Promised) -> None:
    promise, house, assignment = _one(handling.case, name), handling.case.promise, handling.case.assignment
    if house is None or promise is None or promise.due_at is None or promise.missed or assignment is None:
        return
    _change(handling, name, missed=True)
    responder = assignment.responder
    handling.say(SlaMissed(actor=ROUTING, sla=house.sla, promise=name, due_at=promise.due_at, responder=responder))


def _watch(handling: Handling, before: HousePromise | None) -> None:
    """A timer for each that waits, set anew where its time is another or the rest of the decision let go of it."""
    moved = handling.case.promise is not before
    for name in PROMISES:
        promise, timer = _one(handling.case, name), f"{SLA}{name}"
        waits = handling.case.open and promise is not None and not promise.settled
        if waits and promise is not None and promise.due_at is not None:
            if moved or timer not in handling.case.timers:
                handling.set_timer(timer, promise.due_at + JUST_AFTER)
        else:
            handling.cancel_timer(timer)


def _one(case: Case, name: Promised) -> Promise | None:
    return getattr(case.promise, FIELDS[name]) if case.promise is not None else None


def _change(handling: Handling, name: Promised, **fields: object) -> None:
    house, promise = handling.case.promise, _one(handling.case, name)
    if house is not None and promise is not None:
        changed: dict[str, object] = {FIELDS[name]: promise.model_copy(update=fields)}
        handling.change(promise=house.model_copy(update=changed))
