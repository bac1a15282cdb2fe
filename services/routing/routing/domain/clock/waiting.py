# SPDX-License-Identifier: Apache-2.0
"""A stop that waits for the house: the person replied, or the letter did not reach them, and nobody says what follows.

No rule ends such a stop by itself (ADR 0025), so the term would stand still unseen. Whoever has the case and whoever
wrote the letter are reminded, then the head of the area; each once for what it waits for.
"""

from datetime import datetime

from routing.domain.case import Case
from routing.domain.clock.records import ClockStop
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.routing import ClockStopWaiting
from ventanilla_contracts.vocabulary import StopWaitsStep

WAITS = "waits-"
"""Begins the names of the timers."""
STEPS: tuple[StopWaitsStep, ...] = ("reminder", "escalation")


def watch_waiting(handling: Handling, policy: Policy) -> None:
    """Set what watches over a stop that waits for the house, let go of it where it waits for the person again."""
    stop = handling.case.stop
    if stop is None or stop.waits_since is None:
        for step in STEPS:
            handling.cancel_timer(f"{WAITS}{step}")
        return
    for step in STEPS:
        if step not in stop.told:
            handling.set_timer(f"{WAITS}{step}", _moment(step, stop.waits_since, policy))


def waiting_since(stop: ClockStop, at: datetime) -> dict[str, object]:
    """What changes of a stop when it begins to wait for the house at that time, or no longer does."""
    waits = stop.replied_at is not None or stop.undelivered is not None
    if waits == (stop.waits_since is not None):
        return {}
    return {"waits_since": at if waits else None, "told": ()}


def tell_waiting(handling: Handling, policy: Policy, timer: str) -> None:
    """The step whose timer fired, once; nothing where somebody judged it meanwhile."""
    stop, assignment = handling.case.stop, handling.case.assignment
    step = next((one for one in STEPS if timer == f"{WAITS}{one}"), None)
    if step is None or stop is None or assignment is None or stop.waits_since is None or step in stop.told:
        return
    said = ClockStopWaiting(
        actor=ROUTING,
        step=step,
        because="not-asked" if stop.replied_at is None else "person-replied",
        since=stop.waits_since,
        days_left=stop.days_left,
        to=_whom(handling.case, stop, step, policy),
    )
    told = stop.model_copy(update={"told": (*stop.told, step)})
    handling.say(said, stops=(*handling.case.stops[:-1], told))


def _moment(step: StopWaitsStep, since: datetime, policy: Policy) -> datetime:
    days = policy.reply_reminder_days if step == "reminder" else policy.reply_escalation_days
    day = policy.calendar.business_days_after(policy.calendar.local_date(since), days)
    return policy.calendar.start_of_business_utc(day)


def _whom(case: Case, stop: ClockStop, step: StopWaitsStep, policy: Policy) -> tuple[StaffRef, ...]:
    """The responder and whoever asked the person; then also the highest of the area, its head where it has one."""
    if case.assignment is None:
        raise ValueError("a case is assigned before its clock is stopped")
    asked = policy.matrix.people.get(stop.by.id)
    highest = policy.matrix.stand_ins(case.assignment.area)[-1:] if step == "escalation" else ()
    every = (*highest, case.assignment.responder, *((asked,) if asked is not None else ()))
    return tuple({one.id: one for one in every}.values())
