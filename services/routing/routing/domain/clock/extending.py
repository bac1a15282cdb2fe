# SPDX-License-Identifier: Apache-2.0
"""The answer takes longer: told before the term ends, with reasons and the new date, at most double (ICX-03)."""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.clock.clock import count, set_deadline, start_timers_anew
from routing.domain.clock.deadlines import Deadline
from routing.domain.clock.records import Extension
from routing.domain.commands import Extend
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import DeadlineExtended, PersonalWords


def extend(policy: Policy, case: Case, command: Extend, now: datetime) -> Decision[Case] | Refused:
    """Once, to a business day after the present due date (CPACA art. 14 par.)."""
    before = case.deadline
    if before is None or now > before.due_at:
        return Refused("term-is-over")
    most = longest(policy, case)
    if most is None:
        return Refused("not-extendable")
    dates = {"due": before.due.isoformat(), "latest": most.due.isoformat()}
    if not before.due < command.due <= most.due:
        return Refused("beyond-the-extension", field="due", values=dates)
    if not policy.calendar.is_business_day(command.due):
        return Refused("not-a-business-day", "invalid", "due", dates)
    units = sum(day.counted for day in most.trace if day.date <= command.due)
    extension = Extension(
        due=command.due, latest=most.due, business_days=units, text=command.text, by=command.actor, at=now
    )
    said = DeadlineExtended(
        actor=command.actor,
        due_before=before.due,
        due=command.due,
        latest=most.due,
        business_days=units,
        source=before.source,
        personal=PersonalWords(text=command.text),
    )
    handling = Handling(case, now)
    handling.say(said, extension=extension)
    set_deadline(handling, policy, "extended")
    start_timers_anew(handling, policy)
    return handling.decision(due=command.due.isoformat())


def longest(policy: Policy, case: Case) -> Deadline | None:
    """The term with the longest extension; None where it cannot be extended."""
    if case.classification is None:
        return None
    rule = policy.terms.rule_for(case.classification.term, policy.calendar.local_date(case.counts_from))
    found = count(case, policy, longest=True) if rule is not None and rule.extended_length else None
    return found if isinstance(found, Deadline) else None
