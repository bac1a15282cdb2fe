# SPDX-License-Identifier: Apache-2.0
"""How a case ends without an answer of the house: it is withdrawn (CPACA arts. 17, 18), or another authority is
competent (art. 21).
"""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.clock.clock import term_from
from routing.domain.commands import Transfer, Withdraw
from routing.domain.endings import Transferred, Withdrawn
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import CaseTransferred, CaseWithdrawn, PersonalWords
from ventanilla_contracts.vocabulary import WithdrawalReason

SOURCES = {
    "not-completed": "Ley 1755 de 2015, art. 17 (CPACA art. 17)",
    "asked-by-the-person": "Ley 1755 de 2015, art. 18 (CPACA art. 18)",
}


def withdraw(_: Policy, case: Case, command: Withdraw, now: datetime) -> Decision[Case] | Refused:
    """The person asked for it, or what they sent by the end of their time did not complete the request."""
    if command.reason == "not-completed":
        if case.stop is None:
            return Refused("clock-is-running")
        if now <= case.stop.until_at:
            return Refused("person-still-has-time", values={"until": case.stop.until.isoformat()})
    handling = Handling(case, now)
    say_withdrawn(handling, command.reason, command.text, command.actor)
    return handling.decision()


def say_withdrawn(handling: Handling, reason: WithdrawalReason, text: str | None, actor: Actor) -> None:
    """A reasoned act; the request may be filed again."""
    stop = handling.case.stop if reason == "not-completed" else None
    said = CaseWithdrawn(
        actor=actor,
        reason=reason,
        since=stop.since if stop else None,
        until=stop.until if stop else None,
        source=SOURCES[reason],
        personal=PersonalWords(text=text) if text else None,
    )
    ended = Withdrawn(reason=reason, text=text, by=actor, at=handling.now)
    handling.cancel_timers()
    handling.say(said, withdrawn=ended, status="withdrawn", open=False)


def transfer(policy: Policy, case: Case, command: Transfer, now: datetime) -> Decision[Case]:
    """To the competent authority, with notice to the person. Late it is due all the same, and said to be late."""
    term = term_from("transfer", case.counts_from, policy)
    in_time = now <= policy.calendar.end_of_day_utc(term.due)
    said = CaseTransferred(
        actor=command.actor,
        to_name=command.to_name,
        to_email=command.to_email,
        due=term.due,
        in_time=in_time,
        source=term.source,
        personal=PersonalWords(text=command.text),
    )
    ended = Transferred(
        to_name=command.to_name,
        to_email=command.to_email,
        text=command.text,
        in_time=in_time,
        by=command.actor,
        at=now,
    )
    handling = Handling(case, now)
    handling.cancel_timers()
    handling.say(said, transferred=ended, status="transferred", open=False)
    return handling.decision(in_time=in_time)
