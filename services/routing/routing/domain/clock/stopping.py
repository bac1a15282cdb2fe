# SPDX-License-Identifier: Apache-2.0
"""The clock stands still while the person completes the request (ICX-04; CPACA art. 17), and what ends that.

Whether the person kept silent is judged by when what they wrote was received, not by when it was heard of: a reply that
was in time and comes late takes the withdrawal back. A letter that did not reach them asked them nothing.
"""

from datetime import date, datetime
from typing import Literal

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.clock.clock import count, set_deadline, start_timers, start_timers_anew, term_from
from routing.domain.clock.deadlines import Suspended
from routing.domain.clock.records import ClockStop
from routing.domain.clock.stops import Stop
from routing.domain.clock.waiting import waiting_since
from routing.domain.commands import ExtendStop, ResumeClock, StopClock
from routing.domain.ending import say_withdrawn
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from routing.domain.reopening import say_reopened
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.notifications import Delivery, DeliveryBounced, DeliveryFailed, DeliverySent
from ventanilla_contracts.routing import ClockResumed, ClockStopExtended, ClockStopped, PersonalWords

LETTERS = frozenset({"completion-request", "completion-extended"})
"""Those that ask the person."""


def stop_clock(policy: Policy, case: Case, command: StopClock, now: datetime) -> Decision[Case] | Refused:
    """Ask the person for what is missing, within ten business days of the filing; they have a month."""
    asked_at = max(now, case.counts_from)  # another machine's clock may be ahead of ours
    today, last = policy.calendar.local_date(asked_at), last_day_to_ask(policy, case)
    if today > last:
        return Refused("too-late-to-stop", values={"last": last.isoformat()})
    counted = count(case, policy, stop=Stop(from_=today))
    if not isinstance(counted, Suspended) or case.deadline is None or now > case.deadline.due_at:
        return Refused("term-is-over")
    month = term_from("completion-month", asked_at, policy)
    stop = ClockStop(
        since=today,
        until=month.due,
        until_at=policy.calendar.end_of_day_utc(month.due),
        days_left=counted.left,
        rule=month.rule,
        source=month.source,
        calendar_version=month.calendar_version,
        trace=month.trace,
        counted=counted.trace,
        text=command.text,
        by=command.actor,
        asked_at=asked_at,
    )
    told = {name: getattr(stop, name) for name in ClockStopped.model_fields if name in ClockStop.model_fields}
    handling = Handling(case, now)
    handling.cancel_timers()
    handling.say(
        ClockStopped(actor=command.actor, **told, personal=PersonalWords(text=command.text)),
        stops=(*case.stops, stop),
    )
    start_timers(handling, policy)
    return handling.decision(until=stop.until.isoformat())


def last_day_to_ask(policy: Policy, case: Case) -> date:
    """The tenth business day after the filing (CPACA art. 17)."""
    return term_from("completion-request", case.counts_from, policy).due


def extend_stop(policy: Policy, case: Case, command: ExtendStop, now: datetime) -> Decision[Case] | Refused:
    """The person asked for it before their time was over: once, for as long again."""
    stop = _stop_of(case)
    if now > stop.until_at and stop.replied_at is None:
        return Refused("time-to-complete-is-over", values={"until": stop.until.isoformat()})
    month = term_from("completion-month", stop.until_at, policy)
    until_at = policy.calendar.end_of_day_utc(month.due)
    handling = Handling(case, now)
    handling.say(
        ClockStopExtended(
            actor=command.actor,
            since=stop.since,
            until=month.due,
            until_at=until_at,
            source=month.source,
            trace=month.trace,
        )
    )
    changes = {"until": month.due, "until_at": until_at, "trace": (*stop.trace, *month.trace[1:])}
    _change(handling, extended=True, replied_at=None, **changes)
    _change(handling, **waiting_since(_stop_of(handling.case), now))
    start_timers_anew(handling, policy)
    return handling.decision(until=month.due.isoformat())


def resume_clock(policy: Policy, case: Case, command: ResumeClock, now: datetime) -> Decision[Case] | Refused:
    """A person of the house found the request complete; the term runs from the day after it was."""
    stop, today = _stop_of(case), policy.calendar.local_date(now)
    completed_on = command.completed_on or _replied_on(stop, policy) or today
    if not stop.since <= completed_on <= today:
        values = {"since": stop.since.isoformat(), "today": today.isoformat()}
        return Refused("not-while-stopped", "invalid", "completed_on", values)
    handling = Handling(case, now)
    resume(handling, policy, completed_on, "completed", command.actor)
    due = handling.case.deadline.due.isoformat() if handling.case.deadline else None
    return handling.decision(due=due)


def resume(
    handling: Handling,
    policy: Policy,
    completed_on: date,
    because: Literal["completed", "answered", "ordered", "ombudsman-asked"],
    actor: Actor = ROUTING,
) -> None:
    """The clock runs again: a new due date, watched over anew."""
    stop = _stop_of(handling.case)
    stops = (*handling.case.stops[:-1], stop.model_copy(update={"completed_on": completed_on}))
    said = ClockResumed(
        actor=actor,
        since=stop.since,
        completed_on=completed_on,
        because=because,
        on_completion=policy.on_completion,
    )
    handling.cancel_timers()
    handling.say(said, stops=stops, status="in-progress")
    set_deadline(handling, policy, "resumed")
    start_timers(handling, policy)


def on_time_to_complete_over(handling: Handling) -> None:
    """Silence until the end means withdrawal, once; whoever replied, or was never reached, is a person's task."""
    stop = handling.case.stop
    if stop is None or stop.replied_at or stop.undelivered:
        return
    say_withdrawn(handling, "not-completed", None, ROUTING)


def note_reply(handling: Handling, policy: Policy, received_at: datetime) -> bool:
    """What the person says while the clock stands still is shown, and somebody judges whether it completes the request.

    Whether it did so by taking a withdrawal back.
    """
    case = handling.case
    last = case.stops[-1] if case.stops else None
    if last is None or last.completed_on or not last.asked_at <= received_at <= last.until_at:
        return False
    taken_back = case.withdrawn is not None and case.withdrawn.reason == "not-completed"
    if taken_back:
        say_reopened(handling, "replied-in-time")
    if handling.case.stop is not None:
        _change(handling, replied_at=max(received_at, last.replied_at or received_at))
        _change(handling, **waiting_since(_stop_of(handling.case), received_at))
        start_timers(handling, policy)
    return taken_back


def note_delivery(handling: Handling, policy: Policy, event: Delivery) -> None:
    """Whether the letter that asks the person reached them, while the clock stands still."""
    match event:
        case DeliverySent():
            _change(handling, undelivered=None)
        case DeliveryFailed() | DeliveryBounced():
            _change(handling, undelivered=event.reason)
    _change(handling, **waiting_since(_stop_of(handling.case), handling.now))
    start_timers(handling, policy)


def _replied_on(stop: ClockStop, policy: Policy) -> date | None:
    return policy.calendar.local_date(stop.replied_at) if stop.replied_at else None


def _stop_of(case: Case) -> ClockStop:
    if case.stop is None:
        raise ValueError("the clock of this case runs")
    return case.stop


def _change(handling: Handling, **fields: object) -> None:
    stops = handling.case.stops
    handling.change(stops=(*stops[:-1], stops[-1].model_copy(update=fields)))
