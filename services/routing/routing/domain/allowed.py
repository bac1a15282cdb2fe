# SPDX-License-Identifier: Apache-2.0
"""What can be done with a case in the state it is in (design 4)."""

from chassis.decision import Refused
from routing.domain.case import Case
from routing.domain.commands import AnswerPerson, Assign, Classify, Command, DeliverDocuments, RequestDocuments

NAMES: dict[type[Command], str] = {
    Classify: "classify",
    Assign: "assign",
    RequestDocuments: "request-documents",
    DeliverDocuments: "deliver-documents",
    AnswerPerson: "answer",
}
WAITS_FOR_THE_ANSWER = ("classify", "answer")
"""Not while an answer is on its way: what it says may not be about another kind of case when it arrives."""


def allowed(case: Case) -> tuple[str, ...]:
    """The names of the commands that the case takes now."""
    if not case.open:
        return ()
    names = tuple(NAMES.values())
    return tuple(name for name in names if not (case.answer_on_its_way and name in WAITS_FOR_THE_ANSWER))


def refusal(case: Case, command: Command) -> Refused | None:
    """Why a command cannot be carried out now; None if it can."""
    now_allowed = allowed(case)
    if NAMES[type(command)] in now_allowed:
        return None
    if case.closed:
        return Refused("already-closed", allowed=now_allowed)
    if case.answered:
        return Refused("already-answered", allowed=now_allowed)
    return Refused("answer-on-its-way", allowed=now_allowed)
