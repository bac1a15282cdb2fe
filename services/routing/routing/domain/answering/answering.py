# SPDX-License-Identifier: Apache-2.0
"""The answer to the person, and when a case counts as answered (CNF-02, CNF-05, CNF-10; design 4).

Answered = a mail server took the answer, or it was published, handed over or filed with the regulator; that time
decides "in time". An answer that could not be delivered is a task and keeps the case open.
"""

from datetime import datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.records import Answer, Answered, Outcome
from routing.domain.case import Case
from routing.domain.clock.clock import start_timers
from routing.domain.clock.stopping import LETTERS, note_delivery, resume
from routing.domain.closing import close
from routing.domain.commands import AnswerPerson
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from routing.domain.reopening import say_reopened
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import AnswerFiledWithRegulator
from ventanilla_contracts.notifications import Delivery, DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerPublished,
    CaseAnswered,
    PersonalAnswer,
    PersonalWords,
)
from ventanilla_contracts.vocabulary import AnswerDelivery


def answer(policy: Policy, case: Case, command: AnswerPerson, now: datetime) -> Decision[Case] | Refused:
    """Send this answer, by the way that the case asks for (CNF-10); who answers waits for nothing more (ICX-04)."""
    delivery = command.delivery if command.delivery and not case.from_regulator else way_to(case)
    if delivery is None:
        return Refused("no-way-to-answer", "invalid", "delivery")
    to = case.person.email if delivery == "email" else None
    written = Answer(
        id=command.answer_id,
        text=command.text,
        files=command.files,
        delivery=delivery,
        to=to,
        by=command.actor,
        approved_at=now,
    )
    handling = Handling(case, now)
    if case.stop is not None:
        resume(handling, policy, policy.calendar.local_date(now), "answered", command.actor)
    handling.say(_approved(written), answers=(*case.answers, written), status="in-progress")
    if delivery == "published":
        words = PersonalWords(text=written.text)
        handling.say(AnswerPublished(actor=command.actor, answer_id=written.id, personal=words))
    if delivery in ("published", "handed-over"):
        say_answered(handling, written.id, now, delivery)
    return handling.decision(answer_id=written.id, delivery=delivery)


def say_answered(
    handling: Handling, answer_id: str, at: datetime, delivery: AnswerDelivery, actor: Actor = ROUTING
) -> None:
    """The answer reached whom it was for; the clock stops and the check may close the case."""
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
    answers = _with_outcome(case, answer_id, "delivered")
    handling.say(said, answered=answered, answers=answers, status="answered", open=False)
    if case.check_ended is not None:
        close(handling, case.check_ended)


def on_delivery(policy: Policy, case: Case, event: Delivery, at: datetime, now: datetime) -> Decision[Case]:
    """What became of a letter; only answers matter here, and what asks the person to complete the request."""
    if event.kind in LETTERS and case.stop is not None:
        asked = Handling(case, now)
        note_delivery(asked, policy, event)
        return asked.decision()
    if event.kind != "answer":
        return Decision(case)
    if event.answer_id is None or event.answer_id not in [one.id for one in case.answers]:
        raise ValueError("a letter carried an answer that this case does not have")
    handling = Handling(case, now)
    handling.note(event, at)
    match event:
        case DeliverySent() if case.open:
            say_answered(handling, event.answer_id, event.sent_at, "email")
        case DeliveryFailed():
            handling.change(answers=_with_outcome(case, event.answer_id, "failed", event.reason))
        case DeliveryBounced():
            _take_back(handling, policy, event.answer_id, event.reason)
        case DeliveryUnknown():
            handling.change(answers=_with_outcome(case, event.answer_id, "unknown"))
    return handling.decision()


def _take_back(handling: Handling, policy: Policy, answer_id: str, trouble: str) -> None:
    """The mail server that took it could not deliver it: it did not arrive after all, and an answer is owed again.

    Not where somebody has spoken with the person since (CNF-12): they know of it.
    """
    case = handling.case
    came_back = {"outcome": "failed", "trouble": trouble}
    handling.change(
        answers=tuple(one.model_copy(update=came_back) if one.id == answer_id else one for one in case.answers)
    )
    if case.answered is None or case.answered.answer_id != answer_id or case.spoken_with:
        return
    say_reopened(handling, "answer-bounced")
    start_timers(handling, policy)


def on_filed_with_regulator(case: Case, event: AnswerFiledWithRegulator, now: datetime) -> Decision[Case]:
    """CNF-05: the answer is on the regulator's platform; that answers the case and closes it."""
    handling = Handling(case, now)
    handling.note(event, event.filed_at)
    if case.open:
        say_answered(handling, event.answer_id, event.filed_at, "regulator")
    close(handling, "filed-with-regulator")
    return handling.decision()


def way_to(case: Case) -> AnswerDelivery | None:
    """How an answer goes by itself; None where somebody must reach the person and say that it was handed over."""
    if case.from_regulator:
        return "regulator"
    if case.person.email:
        return "email"
    return "published" if case.anonymous else None


def _approved(written: Answer) -> AnswerApproved:
    return AnswerApproved(
        actor=written.by,
        answer_id=written.id,
        delivery=written.delivery,
        files=written.files,
        personal=PersonalAnswer(text=written.text, to=written.to),
    )


def _with_outcome(case: Case, answer_id: str, outcome: Outcome, trouble: str | None = None) -> tuple[Answer, ...]:
    """An answer that arrived stays so, whatever is heard of it later."""
    changes = {"outcome": outcome, "trouble": trouble}
    return tuple(
        one.model_copy(update=changes) if one.id == answer_id and one.outcome != "delivered" else one
        for one in case.answers
    )
