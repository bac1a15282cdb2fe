# SPDX-License-Identifier: Apache-2.0
"""What can be done with a case in the state it is in (design 4)."""

from chassis.decision import Refused
from routing.domain.case import Case
from routing.domain.commands import (
    AnswerPerson,
    Assign,
    Classify,
    Command,
    DeliverDocuments,
    RequestDocuments,
    TakeDelivery,
)

NAMES: dict[type[Command], str] = {
    Classify: "classify",
    Assign: "assign",
    RequestDocuments: "request-documents",
    DeliverDocuments: "deliver-documents",
    TakeDelivery: "take-delivery",
    AnswerPerson: "answer",
}
WAITS_FOR_THE_ANSWER = ("classify", "answer")
"""Not while an answer is on its way: what it says may not be about another kind of case when it arrives."""


def allowed(case: Case) -> tuple[str, ...]:
    """The names of the commands that the case takes now."""
    if not case.open:
        return ()
    not_now = {*(WAITS_FOR_THE_ANSWER if case.answer_on_its_way else ())}
    if all(proposal.taken for proposal in case.proposals):
        not_now.add(NAMES[TakeDelivery])
    return tuple(name for name in NAMES.values() if name not in not_now)


def refusal(case: Case, command: Command) -> Refused | None:
    """Why a command cannot be carried out now; None if it can."""
    now_allowed = allowed(case)
    if NAMES[type(command)] in now_allowed:
        return None
    if case.closed:
        return Refused("already-closed", allowed=now_allowed)
    if case.answered:
        return Refused("already-answered", allowed=now_allowed)
    if isinstance(command, TakeDelivery):
        return Refused("no-delivery-proposed", allowed=now_allowed)
    return Refused("answer-on-its-way", allowed=now_allowed)
