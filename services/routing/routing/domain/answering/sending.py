# SPDX-License-Identifier: Apache-2.0
"""An answer leaves, whole or in part, by the way that its case asks for (CNF-10)."""

from typing import TypeVar

from chassis.decision import Refused
from routing.domain.answering.ended import say_answered
from routing.domain.answering.records import Answer
from routing.domain.case import Case
from routing.domain.clock.stopping import resume
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerPublished,
    PartialAnswerApproved,
    PersonalAnswer,
    PersonalWords,
)
from ventanilla_contracts.vocabulary import AnswerDelivery

A = TypeVar("A", AnswerApproved, PartialAnswerApproved)
AT_ONCE: frozenset[AnswerDelivery] = frozenset({"published", "handed-over"})
"""Ways by which an answer is there as soon as it is approved."""


def way_to(case: Case) -> AnswerDelivery | None:
    """How an answer goes by itself; None where somebody must reach the person and say that it was handed over."""
    if case.from_regulator:
        return "regulator"
    if case.person.email:
        return "email"
    return "published" if case.anonymous else None


def way_for(case: Case, *, handed_over: bool, partial: bool) -> AnswerDelivery | Refused:
    """The way of this answer. A regulator's platform takes whole ones only."""
    if partial and case.from_regulator:
        return Refused("no-partial-answer")
    delivery: AnswerDelivery | None = "handed-over" if handed_over and not case.from_regulator else way_to(case)
    return Refused("no-way-to-answer", "invalid", "delivery") if delivery is None else delivery


def send(handling: Handling, policy: Policy, written: Answer) -> None:
    """Who answers waits for nothing more (ICX-04); the draft that it was is done with."""
    if handling.case.stop is not None:
        resume(handling, policy, policy.calendar.local_date(handling.now), "answered", written.by)
    answers = (*handling.case.answers, written)
    handling.say(_approved(AnswerApproved, written), answers=answers, draft=None, status="in-progress")
    if written.delivery == "published":
        words = PersonalWords(text=written.text)
        handling.say(AnswerPublished(actor=written.by, answer_id=written.id, personal=words))
    if written.delivery in AT_ONCE:
        say_answered(handling, written.id, handling.now, written.delivery)


def send_partly(handling: Handling, written: Answer) -> None:
    """A part: it never counts as the answer, and the clock goes on as it was."""
    sent = written.model_copy(update={"outcome": "delivered"}) if written.delivery in AT_ONCE else written
    partials = (*handling.case.partials, sent)
    handling.say(_approved(PartialAnswerApproved, written), partials=partials, draft=None, status="in-progress")


def _approved(event: type[A], written: Answer) -> A:
    return event(
        actor=written.by,
        answer_id=written.id,
        delivery=written.delivery,
        files=written.files,
        personal=PersonalAnswer(text=written.text, to=written.to),
    )
