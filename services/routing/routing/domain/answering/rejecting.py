# SPDX-License-Identifier: Apache-2.0
"""A request that is not answered for what it says: returned to be made clear, or rejected (CPACA art. 19).

Ley 1755 de 2015, art. 19: a request must be respectful, or it is rejected; only what nobody can understand is returned,
to be made clear within ten days, or it is archived; to one that repeats what was resolved the earlier answer is enough.
An incomplete one is never returned: it is completed (art. 17). The term of the house runs on meanwhile, since the law
does not say that it stops.
"""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.commands import AskClarification, Reject
from routing.domain.answering.records import Clarification, Rejected
from routing.domain.answering.watching import watch
from routing.domain.case import Case
from routing.domain.clock.clock import term_from
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import CaseRejected, ClarificationRequested, PersonalWords

SOURCE = "Ley 1755 de 2015, art. 19 (CPACA art. 19)"


def ask_clarification(policy: Policy, case: Case, command: AskClarification, now: datetime) -> Decision[Case]:
    """Say what is not understood; the person has ten business days."""
    term = term_from("clarification", now, policy)
    asked = Clarification(
        text=command.text,
        until=term.due,
        until_at=policy.calendar.end_of_day_utc(term.due),
        by=command.actor,
        asked_at=now,
    )
    said = ClarificationRequested(
        actor=command.actor,
        until=asked.until,
        until_at=asked.until_at,
        source=term.source,
        personal=PersonalWords(text=command.text),
    )
    handling = Handling(case, now)
    handling.say(said, clarification=asked, status="in-progress")
    watch(handling, policy)
    return handling.decision(until=asked.until.isoformat())


def reject(_: Policy, case: Case, command: Reject, now: datetime) -> Decision[Case] | Refused:
    """A reasoned act; the request may be filed again."""
    if command.reason == "not-clarified":
        if case.clarification is None:
            return Refused("clarification-not-asked")
        if now <= case.clarification.until_at:
            return Refused("person-still-has-time", values={"until": case.clarification.until.isoformat()})
    if command.reason == "repeated" and command.earlier in (None, case.case_number):
        return Refused("earlier-case-missing", "invalid", "earlier_case_number")
    earlier = command.earlier if command.reason == "repeated" else None
    said = CaseRejected(
        actor=command.actor,
        reason=command.reason,
        earlier_case_number=earlier,
        source=SOURCE,
        personal=PersonalWords(text=command.text),
    )
    ended = Rejected(reason=command.reason, text=command.text, earlier_case_number=earlier, by=command.actor, at=now)
    handling = Handling(case, now)
    handling.cancel_timers()
    handling.say(said, rejected=ended, status="rejected", open=False)
    return handling.decision()


def note_clarified(handling: Handling, received_at: datetime) -> None:
    """What the person says within their time is shown, and somebody judges whether it is clear now."""
    asked = handling.case.clarification
    if asked is not None and asked.asked_at <= received_at <= asked.until_at:
        replied = {"replied_at": max(received_at, asked.replied_at or received_at), "over": False}
        handling.change(clarification=asked.model_copy(update=replied))
