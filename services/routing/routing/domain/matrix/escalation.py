# SPDX-License-Identifier: Apache-2.0
"""The escalation matrix at work (ICX-02): a level is told once for each case and due date, and each leaves an event."""

from collections.abc import Sequence
from datetime import datetime

from routing.domain.handling import Handling
from routing.domain.matrix.due_times import due_time
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.file import Level
from routing.domain.matrix.moments import BusinessDaysBefore, HoursSinceAssignment, ShareOfTerm
from routing.domain.matrix.told import ToldLevel
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.routing import CaseEscalated

LEVEL = "level-"
"""With its number: the name of the timer of a level."""


def watch_levels(handling: Handling, policy: Policy) -> None:
    """A timer for each level that the case can still reach, by the version of the matrix that the case goes by.

    A level that was told is told again if it is due at another time than then, not at the same.
    """
    case = handling.case
    if case.deadline is None:
        return
    for level in policy.matrix_of(case.matrix_number).levels_for(facts_of_case(case)):
        at = due_time(level, case, case.deadline, policy.calendar)
        if at is None or level.level in case.escalated:
            continue
        if any(one.is_level(level) and one.due_time == at for one in case.told):
            handling.change(escalated=(*handling.case.escalated, level.level))
        else:
            handling.set_timer(f"{LEVEL}{level.level}", at)


def escalate_at_once(handling: Handling, policy: Policy) -> None:
    """Levels that do not wait for the due date: emergencies (SQR-03)."""
    for level in policy.matrix_of(handling.case.matrix_number).levels_for(facts_of_case(handling.case)):
        if level.when == "at-once":
            _tell(handling, policy, level)


def forget_at_once(handling: Handling, policy: Policy) -> None:
    """If it becomes an emergency once more, they are told once more."""
    matrix = policy.matrix_of(handling.case.matrix_number)
    told = ((number, matrix.level(number)) for number in handling.case.escalated)
    handling.change(escalated=tuple(number for number, level in told if level is None or level.when != "at-once"))


def escalate(handling: Handling, policy: Policy, timer: str) -> None:
    """The level whose timer fired; nothing where the case's version has none that is due for it by now."""
    case, number = handling.case, int(timer.removeprefix(LEVEL))
    for level in policy.matrix_of(case.matrix_number).levels_for(facts_of_case(case)):
        at = _due_time(level, handling, policy)
        if level.level == number and at is not None and at <= handling.now:
            _tell(handling, policy, level)


def why_told(level: Level, handling: Handling) -> str:
    """The reason, as the event says it."""
    if level.when == "at-once":
        about = handling.case.classification
        return "emergency" if about is not None and about.priority == "emergency" else "assigned"
    if isinstance(level.when, HoursSinceAssignment):
        return "assigned"
    return "deadline-approaching" if isinstance(level.when, BusinessDaysBefore | ShareOfTerm) else "deadline-missed"


def told_now(handling: Handling, policy: Policy, level: Level) -> Sequence[StaffRef]:
    """Whom a level would tell about the case today."""
    case = handling.case
    area = case.assignment.area if case.assignment else ""
    day = policy.calendar.local_date(handling.now)
    return policy.matrix_of(case.matrix_number).told_at(level, area, day)


def _tell(handling: Handling, policy: Policy, level: Level) -> None:
    case = handling.case
    if case.assignment is None or case.deadline is None or level.level in case.escalated:
        return
    to, why = told_now(handling, policy, level), why_told(level, handling)
    said = CaseEscalated(
        actor=ROUTING,
        level=level.level,
        level_name=level.name,
        from_responder=case.assignment.responder,
        to=tuple(to),
        why=why,
        due=case.deadline.due,
    )
    told = ToldLevel(
        level=level.level,
        name=level.name,
        why=why,
        due=case.deadline.due,
        due_time=_due_time(level, handling, policy),
        to=tuple(one.id for one in to),
    )
    handling.say(said, escalated=(*case.escalated, level.level), told=(*case.told, told))


def _due_time(level: Level, handling: Handling, policy: Policy) -> datetime | None:
    deadline = handling.case.deadline
    return due_time(level, handling.case, deadline, policy.calendar) if deadline else None
