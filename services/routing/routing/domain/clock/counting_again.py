# SPDX-License-Identifier: Apache-2.0
"""Terms or calendar changed: each open case is computed again, once (design 5)."""

from datetime import datetime

from chassis.decision import Decision
from routing.domain.case import Case
from routing.domain.clock.clock import set_deadline, start_timers_anew
from routing.domain.commands import CountAgain
from routing.domain.handling import Handling
from routing.domain.policy import Policy


def count_again(policy: Policy, case: Case, command: CountAgain, now: datetime) -> Decision[Case]:
    """Says the new date and why, if it is another one; a second time there is nothing to do."""
    if not case.open or case.counted_by == policy.counts_by or command.by != policy.counts_by:
        return Decision(case)
    handling = Handling(case, now)
    before = case.deadline
    set_deadline(handling, policy, "rules-changed")
    if handling.case.deadline != before:
        start_timers_anew(handling, policy)
    return handling.decision()
