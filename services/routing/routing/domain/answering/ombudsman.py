# SPDX-License-Identifier: Apache-2.0
"""The ombudsman of the financial consumer asks about a case: until when, and whether in time they are answered.

The person's own term is not moved by it: the case is due when the first of both ends (ADR 0032).
"""

import re
from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.commands import MarkOmbudsman
from routing.domain.answering.ombudsman_records import OmbudsmanRequest
from routing.domain.case import Case
from routing.domain.clock.clock import set_deadline, start_timers_anew, term_from
from routing.domain.clock.stopping import resume
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from routing.domain.reopening import reopen
from ventanilla_contracts.routing import OmbudsmanAsked, PersonalQuestion

TERM = "ombudsman-answer"
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def mark_ombudsman(policy: Policy, case: Case, command: MarkOmbudsman, now: datetime) -> Decision[Case] | Refused:
    """Also of a case that is over: it is open again, because an answer is owed. A stopped clock runs again."""
    calendar = policy.calendar
    first, today = calendar.local_date(case.received_at), calendar.local_date(now)
    if not first <= command.received_on <= today:
        values = {"since": first.isoformat(), "today": today.isoformat()}
        return Refused("not-since-the-filing", "invalid", "received_on", values)
    if any(one.is_called(command.reference) for one in case.ombudsman):
        return Refused("ombudsman-noted", values={"reference": command.reference})
    if command.email is not None and _ADDRESS.fullmatch(command.email) is None:
        return Refused("not-an-address", "invalid", "email")
    received_at = min(now, calendar.end_of_day_utc(command.received_on))
    asked = _asked(policy, case, command, received_at, now)
    said = OmbudsmanAsked(
        actor=command.actor,
        reference=asked.reference,
        received_on=asked.received_on,
        due=asked.due,
        due_at=asked.due_at,
        source=asked.source,
        personal=PersonalQuestion(text=asked.text, email=asked.email),
    )
    handling = Handling(case, now)
    handling.say(said)
    if case.stop is not None:  # by the person's own term: that is the date of which they are told
        resume(handling, policy, today, "ombudsman-asked")
    handling.change(ombudsman=(*case.ombudsman, asked), by_ombudsman=True)
    if case.open:
        set_deadline(handling, policy, "ombudsman-asked")
        start_timers_anew(handling, policy)
    else:
        reopen(handling, policy, received_at, "ombudsman-asked")
    return handling.decision(due=asked.due.isoformat())


def _asked(
    policy: Policy, case: Case, command: MarkOmbudsman, received_at: datetime, now: datetime
) -> OmbudsmanRequest:
    """Counted like every term: from the day after the one on which the house got it."""
    term = term_from(TERM, received_at, policy)
    return OmbudsmanRequest(
        reference=command.reference,
        received_on=command.received_on,
        text=command.text,
        email=command.email,
        due=term.due,
        due_at=policy.calendar.end_of_day_utc(term.due),
        rule=term.rule,
        source=term.source,
        calendar_version=term.calendar_version,
        terms_version=policy.terms.version,
        trace=term.trace,
        by=command.actor,
        noted_at=now,
        reopened_by=None if case.open else received_at,
    )
