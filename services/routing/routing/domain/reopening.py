# SPDX-License-Identifier: Apache-2.0
"""A closed case that is open again, because an answer is owed after all (design 4)."""

from datetime import datetime
from typing import Literal

from routing.domain.answering.ombudsman_records import OmbudsmanRequest
from routing.domain.assigning import BY_A_PERSON, assign_by_matrix
from routing.domain.clock.clock import set_deadline, start_timers
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import CaseReopened

Reason = Literal["answer-bounced", "person-replied", "replied-in-time", "ombudsman-asked"]


def say_reopened(handling: Handling, reason: Reason) -> None:
    """What was said to be over is not: the answer that counted counts no more, and the check begins anew."""
    answered = handling.case.answered
    reopened = CaseReopened(actor=ROUTING, reason=reason, answer_id=answered.answer_id if answered else None)
    over = {"answered": None, "closed": None, "check_ended": None, "withdrawn": None, "transferred": None}
    over |= {"rejected": None, "clarification": None}
    handling.say(reopened, **over, status="in-progress", open=True)
    if reason == "answer-bounced" and answered is not None:
        handling.change(ombudsman=_waits_again(handling.case.ombudsman, answered.answer_id))
    if reason != "replied-in-time":
        requests = tuple(one.model_copy(update={"dropped": one.pending}) for one in handling.case.requests)
        handling.change(requests=requests)


def _waits_again(asked: tuple[OmbudsmanRequest, ...], answer_id: str) -> tuple[OmbudsmanRequest, ...]:
    """The answer to the ombudsman was none (ICX-08). Who decided meanwhile waits for none."""
    nothing = {"answer_id": None, "answered_at": None, "in_time": None, "letter": None, "letter_trouble": None}
    waits = [one for one in asked if one.answer_id == answer_id and one.decision is None]
    return tuple(one.model_copy(update=nothing) if one in waits else one for one in asked)


def reopen(
    handling: Handling,
    policy: Policy,
    received_at: datetime,
    reason: Literal["person-replied", "ombudsman-asked"] = "person-replied",
) -> None:
    """The person replied: what they say has the whole term, from its own receipt (Ley 1755 de 2015, art. 14); or the
    ombudsman asks, whose term is shorter.

    The matrix may send it elsewhere because it is the n-th time; not if a person gave it to somebody.
    """
    say_reopened(handling, reason)
    day = policy.calendar.local_date(received_at)
    stops = tuple(one.model_copy(update={"completed_on": one.completed_on or day}) for one in handling.case.stops)
    again = handling.case.reopenings + 1
    handling.change(reopened_by=received_at, reopenings=again, spoken_with=False, extension=None, stops=stops)
    if handling.case.assignment is None or handling.case.assignment.rule != BY_A_PERSON:
        assign_by_matrix(handling, policy)
    set_deadline(handling, policy, "reopened")
    start_timers(handling, policy)
