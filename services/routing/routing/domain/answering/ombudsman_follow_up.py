# SPDX-License-Identifier: Apache-2.0
"""The follow-up of the answers to the ombudsman of the financial consumer, request by request (ICX-08, F153)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from routing.domain.answering.ombudsman_records import OmbudsmanDecision, OmbudsmanRequest, Widening
from routing.domain.clock.calendar import Calendar
from ventanilla_contracts.envelope import Frozen, LocalDate

Outcome = Literal["in-time", "late", "waiting", "overdue"]
"""``waiting`` and ``overdue``: there is no answer yet, and their last day is not over or is."""


class AskedOfCase(Frozen):
    """What the ombudsman asked about one case, each request as the case remembers it."""

    case_number: str
    requests: tuple[OmbudsmanRequest, ...]


class FollowedUp(Frozen):
    """One request. ``due`` is its last day as it was first counted, ``widened`` each time that they gave more.

    ``business_days``: after the receipt, up to and with the day of the answer; None while there is none.
    """

    case_number: str
    reference: str
    received_on: LocalDate
    due: LocalDate
    widened: tuple[Widening, ...]
    last_day: LocalDate
    answered_on: LocalDate | None
    outcome: Outcome
    business_days: int | None
    decision: OmbudsmanDecision | None


def follow_up(
    asked: Iterable[AskedOfCase], first: date, last: date, calendar: Calendar, now: datetime
) -> list[FollowedUp]:
    """Of what was received in a period, in that order."""
    found = [
        _followed_up(case.case_number, one, calendar, now)
        for case in asked
        for one in case.requests
        if first <= one.received_on <= last
    ]
    return sorted(found, key=lambda one: (one.received_on, one.case_number, one.reference))


def _followed_up(number: str, one: OmbudsmanRequest, calendar: Calendar, now: datetime) -> FollowedUp:
    answered_on = calendar.local_date(one.answered_at) if one.answered_at else None
    return FollowedUp(
        case_number=number,
        reference=one.reference,
        received_on=one.received_on,
        due=one.widened[0].due_before if one.widened else one.due,
        widened=one.widened,
        last_day=one.due,
        answered_on=answered_on,
        outcome=_outcome(one, now),
        business_days=calendar.business_days_left(one.received_on, answered_on) if answered_on else None,
        decision=one.decision,
    )


def _outcome(one: OmbudsmanRequest, now: datetime) -> Outcome:
    if one.answered_at is not None:
        return "in-time" if one.in_time else "late"
    return "overdue" if now > one.due_at else "waiting"
