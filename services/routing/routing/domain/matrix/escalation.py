# SPDX-License-Identifier: Apache-2.0
"""The escalation matrix at work (ICX-02): a level is told once for each case and due date, and each leaves an event."""

from routing.domain.clock.clock import LEVEL
from routing.domain.handling import Handling
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.matrix import BusinessDaysBefore, Level
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import CaseEscalated


def escalate_at_once(handling: Handling, policy: Policy) -> None:
    """Levels that do not wait for the due date: emergencies (SQR-03)."""
    for level in policy.matrix.levels_for(facts_of_case(handling.case)):
        if level.when == "at-once":
            _tell(handling, policy, level)


def forget_at_once(handling: Handling, policy: Policy) -> None:
    """If it becomes an emergency once more, they are told once more."""
    told = ((number, policy.matrix.level(number)) for number in handling.case.escalated)
    handling.change(escalated=tuple(number for number, level in told if level is None or level.when != "at-once"))


def escalate(handling: Handling, policy: Policy, timer: str) -> None:
    """The level whose timer fired; nothing where the matrix has no such level any more."""
    level = policy.matrix.level(int(timer.removeprefix(LEVEL)))
    if level is not None:
        _tell(handling, policy, level)


def _tell(handling: Handling, policy: Policy, level: Level) -> None:
    case = handling.case
    if case.assignment is None or case.deadline is None or level.level in case.escalated:
        return
    said = CaseEscalated(
        actor=ROUTING,
        level=level.level,
        level_name=level.name,
        from_responder=case.assignment.responder,
        to=policy.matrix.told_at(level, case.assignment.area),
        why=_why(level, handling),
        due=case.deadline.due,
    )
    handling.say(said, escalated=(*case.escalated, level.level))


def _why(level: Level, handling: Handling) -> str:
    if level.when == "at-once":
        about = handling.case.classification
        return "emergency" if about is not None and about.priority == "emergency" else "assigned"
    return "deadline-approaching" if isinstance(level.when, BusinessDaysBefore) else "deadline-missed"
