# SPDX-License-Identifier: Apache-2.0
"""The clock of one case: its deadline with the reason for it (ICX-03), and the timers that watch over it."""

from datetime import datetime, timedelta

from routing.domain.case import Case, CaseDeadline
from routing.domain.deadlines import Deadline, compute
from routing.domain.facts import facts_of_case
from routing.domain.handling import Handling
from routing.domain.matrix import BusinessDaysAfter, BusinessDaysBefore, Level
from routing.domain.ordered import Because, ordered_deadline
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import DeadlineSet

REMINDER, DEADLINE, LEVEL = "reminder", "deadline", "level-"
JUST_AFTER = timedelta(milliseconds=1)
"""An answer in the last millisecond of the due date is in time, so the term is missed one later."""


def set_deadline(handling: Handling, policy: Policy, because: Because) -> None:
    """Compute the due date from the receipt of what is to be answered, and say it unless it is as it was.

    A new due date is watched over anew: what was said about the former one does not count.
    """
    before, deadline = handling.case.deadline, _deadline(handling.case, policy, because)
    if before is not None and deadline == before.model_copy(update={"because": because}):
        return
    if before is not None and deadline.due_at != before.due_at:
        handling.change(reminded=False, missed=False, escalated=())
    said = DeadlineSet(actor=ROUTING, **{name: getattr(deadline, name) for name in CaseDeadline.model_fields})
    handling.say(said, deadline=deadline)


def start_timers(handling: Handling, policy: Policy) -> None:
    """Watch over the deadline. What is past already fires at once, in the order of its times (design 4)."""
    case = handling.case
    if case.deadline is None:
        return
    handling.set_timer(REMINDER, _reminder(case, case.deadline, policy))
    handling.set_timer(DEADLINE, case.deadline.due_at + JUST_AFTER)
    for level in policy.matrix.levels_for(facts_of_case(case)):
        if level.when != "at-once":
            handling.set_timer(f"{LEVEL}{level.level}", _moment(level, case.deadline, policy))


def _reminder(case: Case, deadline: CaseDeadline, policy: Policy) -> datetime:
    """CNF-04; a judge gives hours: there it is when half of them have passed."""
    if case.tutela is not None and not case.reopened_by:
        return deadline.due_at - (deadline.due_at - case.received_at) / 2
    return policy.calendar.reminder_at(deadline.due, policy.reminder_days)


def _deadline(case: Case, policy: Policy, because: Because) -> CaseDeadline:
    ordered = None if case.reopened_by else ordered_deadline(case, policy, because)
    if ordered is not None:
        return ordered
    if case.classification is None:
        raise ValueError("a case is classified before its deadline is set")
    term, received_at = case.classification.term, case.reopened_by or case.received_at
    found = compute(term, received_at, policy=policy.anchor, terms=policy.terms, calendar=policy.calendar)
    if not isinstance(found, Deadline):
        raise ValueError(f"the term {term} has no due date for this receipt")
    return CaseDeadline(
        due=found.due,
        due_at=policy.calendar.end_of_day_utc(found.due),
        term=term,
        anchor=found.anchor,
        rule=found.rule,
        source=found.source,
        calendar_version=found.calendar_version,
        because=because,
        trace=found.trace,
    )


def _moment(level: Level, deadline: CaseDeadline, policy: Policy) -> datetime:
    """When a level is due. A millisecond for its number keeps levels of the same moment in order."""
    nth = JUST_AFTER * level.level
    match level.when:
        case BusinessDaysBefore(business_days_before=days):
            return policy.calendar.reminder_at(deadline.due, days) + nth
        case BusinessDaysAfter(business_days_after=days):
            return policy.calendar.start_of_business_utc(policy.calendar.business_days_after(deadline.due, days)) + nth
    return deadline.due_at + JUST_AFTER + nth
