# SPDX-License-Identifier: Apache-2.0
"""An open case takes a new version of the matrix: who has it now, and by which levels it escalates from here on."""

from datetime import datetime

from chassis.decision import Decision
from routing.domain.assigning import BY_A_PERSON, assign_by_matrix
from routing.domain.case import Case
from routing.domain.clock.clock import start_timers_anew
from routing.domain.commands import TakeMatrix
from routing.domain.handling import Handling
from routing.domain.matrix.escalation import escalate_at_once, told_now, why_told
from routing.domain.matrix.facts import facts_of_case
from routing.domain.policy import Policy


def take_matrix(policy: Policy, case: Case, command: TakeMatrix, now: datetime) -> Decision[Case]:
    """It is given to whom the version says, unless a person gave it to somebody; a second time there is nothing to do.

    What was told for the same reason and due date is not told again.
    """
    if not case.open or case.matrix_number >= command.number or command.number not in policy.matrices:
        return Decision(case)
    handling = Handling(case, now)
    handling.change(matrix_number=command.number)
    if case.assignment is not None and case.assignment.rule != BY_A_PERSON:
        assign_by_matrix(handling, policy, command.number)
    handling.change(escalated=_told_already(handling, policy))
    start_timers_anew(handling, policy)
    if case.stop is None:
        escalate_at_once(handling, policy)
    return handling.decision()


def _told_already(handling: Handling, policy: Policy) -> tuple[int, ...]:
    """The levels of the case's version that count as told, because another version's were."""
    case = handling.case
    due = case.deadline.due if case.deadline else None
    told = [one for one in case.told if one.due == due]
    levels = policy.matrix_of(case.matrix_number).levels_for(facts_of_case(case))
    return tuple(
        level.level
        for level in levels
        if any(
            one.counts_for(level, why_told(level, handling), [ref.id for ref in told_now(handling, policy, level)])
            for one in told
        )
    )
