# SPDX-License-Identifier: Apache-2.0
"""The answer reached whom it was for, and what became of each that was sent (design 4)."""

from datetime import datetime

from routing.domain.answering.ombudsman_answering import answer_ombudsman
from routing.domain.answering.records import Answer, Answered, Outcome
from routing.domain.closing import close
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import CaseAnswered
from ventanilla_contracts.vocabulary import AnswerDelivery


def say_answered(
    handling: Handling, answer_id: str, at: datetime, delivery: AnswerDelivery, actor: Actor = ROUTING
) -> None:
    """The answer reached the person; the clock stops and the check may close the case."""
    case = handling.case
    if case.deadline is None:
        raise ValueError("a case has a deadline before it is answered")
    answered = Answered(answer_id=answer_id, at=at, delivery=delivery, in_time=at <= case.deadline.due_at)
    said = CaseAnswered(
        actor=actor,
        answer_id=answer_id,
        answered_at=at,
        delivery=delivery,
        due=case.deadline.due,
        in_time=answered.in_time,
    )
    handling.cancel_timers()
    answers = with_outcome(case.answers, answer_id, "delivered")
    over = {"answered": answered, "answers": answers, "draft": None}
    handling.say(said, **over, status="answered", open=False)
    answer_ombudsman(handling, answer_id, at)
    if case.check_ended is not None:
        close(handling, case.check_ended)


def with_outcome(
    answers: tuple[Answer, ...], answer_id: str, outcome: Outcome, trouble: str | None = None
) -> tuple[Answer, ...]:
    """An answer that arrived stays so, whatever is heard of it later."""
    changes = {"outcome": outcome, "trouble": trouble}
    return tuple(
        one.model_copy(update=changes) if one.id == answer_id and one.outcome != "delivered" else one for one in answers
    )


def taken_back(answers: tuple[Answer, ...], answer_id: str, trouble: str) -> tuple[Answer, ...]:
    """The mail server that took it could not deliver it after all."""
    came_back = {"outcome": "failed", "trouble": trouble}
    return tuple(one.model_copy(update=came_back) if one.id == answer_id else one for one in answers)
