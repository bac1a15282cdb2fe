# SPDX-License-Identifier: Apache-2.0
"""The answer takes longer: told before the term ends, with reasons and the new date, at most double (ICX-03)."""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.case import Case, Extension
from routing.domain.clock import count, set_deadline, start_timers
from routing.domain.commands import Extend
from routing.domain.deadlines import Deadline
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import DeadlineExtended, PersonalWords


def extend(policy: Policy, case: Case, command: Extend, now: datetime) -> Decision[Case] | Refused:
    """Once, to a business day after the present due date (CPACA art. 14 par.)."""
    before = case.deadline
    if before is None or now > before.due_at:
        return Refused("term-is-over")
    rule = policy.terms.rule_for(before.term, policy.calendar.local_date(case.counts_from))
    longest = count(case, policy, longest=True) if rule is not None and rule.extended_length else None
    if not isinstance(longest, Deadline):
        return Refused("not-extendable")
    dates = {"due": before.due.isoformat(), "latest": longest.due.isoformat()}
    if not before.due < command.due <= longest.due:
        return Refused("beyond-the-extension", field="due", values=dates)
    if not policy.calendar.is_business_day(command.due):
        return Refused("not-a-business-day", "invalid", "due", dates)
    units = sum(day.counted for day in longest.trace if day.date <= command.due)
    extension = Extension(
        due=command.due, latest=longest.due, business_days=units, text=command.text, by=command.actor, at=now
    )
    said = DeadlineExtended(
        actor=command.actor,
        due_before=before.due,
        due=command.due,
        latest=longest.due,
        business_days=units,
        source=before.source,
        personal=PersonalWords(text=command.text),
    )
    handling = Handling(case, now)
    handling.say(said, extension=extension)
    set_deadline(handling, policy, "extended")
    handling.cancel_timers()
    start_timers(handling, policy)
    return handling.decision(due=command.due.isoformat())
