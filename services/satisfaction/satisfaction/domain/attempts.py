# SPDX-License-Identifier: Apache-2.0
"""Calls: one ends a check when the person answers, three on three different days when nobody does (CNF-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chassis.decision import Decision, Refused
from satisfaction.domain.check import Attempt, Check, Outcome, Result, Status
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.satisfaction import CheckCompleted, ContactAttempted, PersonalSummary
from ventanilla_contracts.vocabulary import CheckOutcome

ATTEMPTS_WITHOUT_CONTACT = 3

NO_CALL_DUE: Mapping[Status, Refused] = {
    "unanswered": Refused("check-not-begun"),
    "waiting-for-sample": Refused("check-waits-for-sample"),
    "completed": Refused("check-ended"),
    "waived": Refused("check-waived"),
}


@dataclass(frozen=True)
class RecordAttempt:
    """Somebody called: ``outcome`` if and only if contacted; ``at`` None means now."""

    actor: Actor
    result: Result
    outcome: Outcome | None = None
    summary: str = ""
    at: datetime | None = None


def record(check: Check, call: RecordAttempt, now: datetime, zone: ZoneInfo) -> Decision[Check] | Refused:
    """What a call makes of the check; refused if no call is due, or if it does not count."""
    if check.status != "pending":
        return NO_CALL_DUE[check.status]
    at = call.at or now
    fault = _fault(check, call, at, now)
    if fault:
        return fault
    day = at.astimezone(zone).date()
    if call.result == "not-contacted" and any(day == earlier.day for earlier in check.attempts):
        values = {"day": day.isoformat(), "next_day": str(check.next_attempt_on)}
        return Refused("already-called-that-day", values=values, allowed=("contacted",))
    attempt = Attempt(at=at, day=day, result=call.result, by=call.actor.id, summary=call.summary)
    attempts = (*check.attempts, attempt)
    next_day = max(one.day for one in attempts) + timedelta(days=1)
    called = check.model_copy(update={"attempts": attempts, "next_attempt_on": next_day})
    return _completed_or_not(called, call, attempt)


def _fault(check: Check, call: RecordAttempt, at: datetime, now: datetime) -> Refused | None:
    if (call.result == "contacted") != (call.outcome is not None):
        return Refused("outcome-only-if-contacted", kind="invalid", field="$.outcome")
    if at > now:
        return Refused("call-in-the-future", kind="invalid", field="$.at")
    if check.answered_at is not None and at < check.answered_at:
        return Refused("call-before-answer", kind="invalid", field="$.at")
    return None


def _completed_or_not(check: Check, call: RecordAttempt, attempt: Attempt) -> Decision[Check]:
    attempted = ContactAttempted(
        actor=call.actor,
        check_id=check.id,
        number=len(check.attempts),
        at=attempt.at,
        day=attempt.day,
        result=attempt.result,
        personal=PersonalSummary(summary=attempt.summary),
    )
    outcome = _outcome(check, call)
    events: tuple[Event, ...] = (attempted,)
    if outcome:
        check = check.model_copy(update={"status": "completed", "outcome": outcome, "next_attempt_on": None})
        events += (_completion(check, outcome, call),)
    return Decision(check, events, result={"status": check.status})


def _outcome(check: Check, call: RecordAttempt) -> CheckOutcome | None:
    if call.outcome:
        return call.outcome
    return "not-contacted" if len(check.attempts) == ATTEMPTS_WITHOUT_CONTACT else None


def _completion(check: Check, outcome: CheckOutcome, call: RecordAttempt) -> CheckCompleted:
    return CheckCompleted(
        actor=call.actor,
        check_id=check.id,
        outcome=outcome,
        attempts=tuple(sorted(attempt.at for attempt in check.attempts)),
        personal=PersonalSummary(summary=call.summary),
    )
