# SPDX-License-Identifier: Apache-2.0
"""What happens by itself while there is no answer: the reminder (CNF-04), the missed term, the next level (ICX-02)."""

from datetime import datetime

from chassis.decision import Decision, TimerFired
from routing.domain.answering.watching import is_watched, on_watch
from routing.domain.case import Case
from routing.domain.clock.clock import DEADLINE, REMINDER, WITHDRAWAL
from routing.domain.clock.stopping import on_time_to_complete_over
from routing.domain.clock.waiting import WAITS, tell_waiting
from routing.domain.handling import Handling
from routing.domain.matrix.escalation import LEVEL, escalate
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import DeadlineApproaching, DeadlineMissed


def on_timer(policy: Policy, case: Case, fired: TimerFired, now: datetime) -> Decision[Case]:
    """A timer of the case is due; one that comes after the answer, or while the clock stands still, changes nothing."""
    handling = Handling(case, now)
    handling.fired(fired.name)
    if fired.name == WITHDRAWAL:
        on_time_to_complete_over(handling)
    elif is_watched(fired.name):
        on_watch(handling, policy, fired.name)
    elif fired.name.startswith(WAITS):
        tell_waiting(handling, policy, fired.name)
    elif case.open and case.stop is None:
        if fired.name == REMINDER:
            _remind(handling, policy)
        elif fired.name == DEADLINE:
            _miss(handling)
        elif fired.name.startswith(LEVEL):
            escalate(handling, policy, fired.name)
    return handling.decision()


def _remind(handling: Handling, policy: Policy) -> None:
    """CNF-04: the responder is told once that the due date is near; never when it has passed already (design 4)."""
    case = handling.case
    if case.assignment is None or case.deadline is None or case.reminded or handling.now > case.deadline.due_at:
        return
    today = policy.calendar.local_date(handling.now)
    said = DeadlineApproaching(
        actor=ROUTING,
        due=case.deadline.due,
        responder=case.assignment.responder,
        copies=case.assignment.copies,
        business_days_left=policy.calendar.business_days_left(today, case.deadline.due),
    )
    handling.say(said, reminded=True)


def _miss(handling: Handling) -> None:
    case = handling.case
    if case.assignment is None or case.deadline is None or case.missed:
        return
    said = DeadlineMissed(actor=ROUTING, due=case.deadline.due, responder=case.assignment.responder)
    handling.say(said, missed=True)
