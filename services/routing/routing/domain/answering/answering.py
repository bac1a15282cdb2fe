# SPDX-License-Identifier: Apache-2.0
"""The answer to the person, and when a case counts as answered (CNF-02, CNF-05, CNF-10; design 4).

Answered = a mail server took the answer, or it was published, handed over or filed with the regulator; that time
decides "in time". An answer that could not be delivered is a task and keeps the case open.
"""

from datetime import datetime

from chassis.decision import Decision, Received, Refused
from routing.domain.answering.commands import KeepCopy
from routing.domain.answering.ended import say_answered, taken_back, with_outcome
from routing.domain.answering.ombudsman_answering import LETTER, on_ombudsman_letter
from routing.domain.answering.records import OUTCOMES, Answer
from routing.domain.answering.sending import send, send_partly, way_for
from routing.domain.case import Case
from routing.domain.clock.clock import start_timers
from routing.domain.clock.stopping import LETTERS, note_delivery
from routing.domain.closing import close
from routing.domain.commands import AnswerPerson
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from routing.domain.reopening import say_reopened
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import AnswerFiledWithRegulator
from ventanilla_contracts.notifications import Delivery, DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown


def answer(policy: Policy, case: Case, command: AnswerPerson, now: datetime) -> Decision[Case] | Refused:
    """Draft and approve in one, where the rule asks for nobody else (CNF-10)."""
    delivery = way_for(case, handed_over=command.delivery is not None, partial=command.partial)
    if isinstance(delivery, Refused):
        return delivery
    written = Answer(
        id=command.answer_id,
        text=command.text,
        files=command.files,
        delivery=delivery,
        to=case.person.email if delivery == "email" else None,
        by=command.actor,
        approved_at=now,
    )
    return sent(policy, case, written, now, partial=command.partial)


def sent(policy: Policy, case: Case, written: Answer, now: datetime, *, partial: bool) -> Decision[Case]:
    """This answer, or this part of one, goes out."""
    handling = Handling(case, now)
    if partial:
        send_partly(handling, written)
    else:
        send(handling, policy, written)
    return handling.decision(answer_id=written.id, delivery=written.delivery)


def on_delivery(policy: Policy, case: Case, received: Received[Delivery], now: datetime) -> Decision[Case]:
    """What became of a letter; only answers matter here, and what asks the person to complete the request."""
    event = received.event
    if event.kind in LETTERS and case.stop is not None:
        asked = Handling(case, now)
        note_delivery(asked, policy, event)
        return asked.decision()
    if event.kind == LETTER:
        return on_ombudsman_letter(case, event, received.time, now)
    if event.kind not in ("answer", "partial-answer"):
        return Decision(case)
    known = case.answers if event.kind == "answer" else case.partials
    if event.answer_id is None or event.answer_id not in [one.id for one in known]:
        raise ValueError("a letter carried an answer that this case does not have")
    handling = Handling(case, now)
    handling.note(event, received.time)
    if event.kind == "answer":
        _note_answer(handling, policy, event, event.answer_id)
    else:
        _note_part(handling, event, event.answer_id)
    return handling.decision()


def _note_answer(handling: Handling, policy: Policy, event: Delivery, answer_id: str) -> None:
    answers = handling.case.answers
    match event:
        case DeliverySent() if handling.case.open:
            say_answered(handling, answer_id, event.sent_at, "email")
        case DeliveryFailed():
            handling.change(answers=with_outcome(answers, answer_id, "failed", event.reason))
        case DeliveryBounced():
            _take_back(handling, policy, answer_id, event.reason)
        case DeliveryUnknown():
            handling.change(answers=with_outcome(answers, answer_id, "unknown"))


def _note_part(handling: Handling, event: Delivery, answer_id: str) -> None:
    """Nothing follows from it but what people see."""
    partials, trouble = handling.case.partials, getattr(event, "reason", None)
    outcome = OUTCOMES[type(event)]
    came_back = isinstance(event, DeliveryBounced)
    handling.change(
        partials=taken_back(partials, answer_id, trouble or "")
        if came_back
        else with_outcome(partials, answer_id, outcome, trouble)
    )


def _take_back(handling: Handling, policy: Policy, answer_id: str, trouble: str) -> None:
    """The mail server that took it could not deliver it: it did not arrive after all, and an answer is owed again.

    Not where somebody has spoken with the person since (CNF-12): they know of it.
    """
    case = handling.case
    handling.change(answers=taken_back(case.answers, answer_id, trouble))
    if case.answered is None or case.answered.answer_id != answer_id or case.spoken_with:
        return
    say_reopened(handling, "answer-bounced")
    start_timers(handling, policy)


def on_filed_with_regulator(
    _: Policy, case: Case, received: Received[AnswerFiledWithRegulator], now: datetime
) -> Decision[Case]:
    """CNF-05: the answer is on the regulator's platform; that answers the case and closes it."""
    handling, event = Handling(case, now), received.event
    handling.note(event, event.filed_at)
    if case.open:
        say_answered(handling, event.answer_id, event.filed_at, "regulator")
    close(handling, "filed-with-regulator")
    return handling.decision()


def keep_copy(_: Policy, case: Case, command: KeepCopy, now: datetime) -> Decision[Case] | Refused:
    """The scan of what went on paper is kept with its answer, also once the case is over (CNF-10)."""
    sent_so_far = sorted((*case.partials, *case.answers), key=lambda one: one.approved_at)
    answer_id = command.answer_id or sent_so_far[-1].id
    if answer_id not in [one.id for one in sent_so_far]:
        return Refused("unknown-answer", "invalid", "answer_id")
    handling = Handling(case, now)
    handling.change(
        answers=_with_copies(case.answers, answer_id, command.files),
        partials=_with_copies(case.partials, answer_id, command.files),
    )
    handling.remember("answer-copy-kept", command.actor, {"count": str(len(command.files))})
    return handling.decision(answer_id=answer_id)


def _with_copies(answers: tuple[Answer, ...], answer_id: str, files: tuple[FileRef, ...]) -> tuple[Answer, ...]:
    return tuple(
        one.model_copy(update={"copies": (*one.copies, *files)}) if one.id == answer_id else one for one in answers
    )
