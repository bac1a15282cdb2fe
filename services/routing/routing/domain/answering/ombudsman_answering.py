# SPDX-License-Identifier: Apache-2.0
"""The answer that reached the person is the answer to the ombudsman, and goes to their own address too (ICX-08).

They get what the person got, under their references, and nothing else about the person.
"""

from collections.abc import Mapping
from datetime import datetime

from chassis.decision import Decision
from routing.domain.answering.ombudsman_records import OmbudsmanRequest
from routing.domain.answering.records import OUTCOMES
from routing.domain.case import Case
from routing.domain.handling import Handling
from ventanilla_contracts.notifications import Delivery, DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.routing import OmbudsmanAnswered, PersonalAnswer
from ventanilla_contracts.vocabulary import LetterKind

LETTER: LetterKind = "ombudsman-answer"
LINES: Mapping[type[Delivery], str] = {
    DeliverySent: "ombudsman-letter-sent",
    DeliveryFailed: "ombudsman-letter-failed",
    DeliveryBounced: "ombudsman-letter-bounced",
    DeliveryUnknown: "ombudsman-letter-unknown",
}


def answer_ombudsman(handling: Handling, answer_id: str, at: datetime) -> None:
    """To everything that they wait for, each in time or not by its own day; one letter to each of their addresses."""
    waited = [one for one in handling.case.ombudsman if one.answer_id is None]
    handling.change(ombudsman=tuple(_answered(one, answer_id, at) for one in handling.case.ombudsman))
    written = next((one for one in handling.case.answers if one.id == answer_id), None)
    if written is None:
        return
    for email, references in _by_address(waited).items():
        said = OmbudsmanAnswered(
            actor=written.by,
            references=references,
            answer_id=answer_id,
            answered_at=at,
            files=written.files,
            personal=PersonalAnswer(text=written.text, to=email),
        )
        handling.say(said)


def _answered(one: OmbudsmanRequest, answer_id: str, at: datetime) -> OmbudsmanRequest:
    if one.answer_id is not None:
        return one
    letter = "on-its-way" if one.email else None
    answered = {"answer_id": answer_id, "answered_at": at, "in_time": at <= one.due_at, "letter": letter}
    return one.model_copy(update={**answered, "letter_trouble": None})


def _by_address(asked: list[OmbudsmanRequest]) -> dict[str, tuple[str, ...]]:
    """Their references by address, as it was written first."""
    found: dict[str, tuple[str, ...]] = {}
    for one in asked:
        if one.email:
            email = next((known for known in found if known.casefold() == one.email.casefold()), one.email)
            found[email] = (*found.get(email, ()), one.reference)
    return found


def on_ombudsman_letter(case: Case, event: Delivery, at: datetime, now: datetime) -> Decision[Case]:
    """What became of it stands in the history, also of a case that is over; who did not get it is somebody's task."""
    handling = Handling(case, now)
    trouble = getattr(event, "reason", None)
    facts = {"to": ", ".join(event.personal.to), **({"reason": trouble} if trouble else {})}
    handling.remember(LINES[type(event)], event.actor, facts, at)
    came = {"letter": OUTCOMES[type(event)], "letter_trouble": trouble}
    to = {address.casefold() for address in event.personal.to}
    handling.change(
        ombudsman=tuple(
            one.model_copy(update=came) if one.answer_id == event.answer_id and _is_in(to, one.email) else one
            for one in case.ombudsman
        )
    )
    return handling.decision()


def _is_in(addresses: set[str], email: str | None) -> bool:
    return email is not None and email.casefold() in addresses
