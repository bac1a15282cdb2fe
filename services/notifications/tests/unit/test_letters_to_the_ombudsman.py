# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman of the financial consumer gets at their own address, and what is told of their day (ICX-08)."""

from datetime import date

import pytest
from letters_story import (
    AGENT,
    ANSWER_ID,
    AT,
    CARLOS,
    FILE,
    GLORIA,
    HOUSE,
    LILIANA,
    OMBUDSMAN,
    PERSON,
    ROUTING,
    Story,
    answered,
    approved,
    assigned,
    classified,
    closed,
    due_on,
    filed,
    ombudsman_answered,
)

from notifications.domain.letters import SENT_ONCE
from notifications.domain.outcomes import LetterFailed, LetterSent, ResendLetter
from notifications.domain.rules import pointless
from ventanilla_contracts.notifications import DeliveryFailed, DeliverySent
from ventanilla_contracts.routing import OmbudsmanApproaching, OmbudsmanOverdue

NEAR = OmbudsmanApproaching(
    actor=ROUTING, reference="DCF-0815", due=date(2026, 3, 26), responder=CARLOS, copies=(GLORIA,), business_days_left=2
)
OVER = OmbudsmanOverdue(actor=ROUTING, reference="DCF-0815", due=date(2026, 3, 26), responder=CARLOS, copies=(GLORIA,))


def told(to: str | None = OMBUDSMAN) -> Story:
    return Story().hear(
        filed(), classified(), assigned(), due_on(), approved(), answered(), ombudsman_answered(to, (FILE,))
    )


def test_they_get_what_the_person_got_under_their_references() -> None:
    letter = told().of("ombudsman-answer")
    assert [(one.address, one.name) for one in letter.to] == [(OMBUDSMAN, None)]
    assert (letter.state, letter.answer_id, letter.files, letter.thread) == ("pending", ANSWER_ID, (FILE,), None)
    assert letter.values["references"] == "DCF-0815, DCF-0999"
    assert letter.values["text"] == "Señora María: ya lo <corregimos>."
    assert letter.values["signed_by"] == LILIANA.name


def test_of_the_person_they_get_nothing_but_the_answer() -> None:
    """Neither who they are nor where they live, nor what they wrote: as the house sends it today."""
    letter = told().of("ombudsman-answer")
    assert set(letter.values) == {"kind", "received_at", "answered_at", "references", "text", "signed_by"}
    assert PERSON not in [one.address for one in letter.to]


@pytest.mark.parametrize("to", [None, *sorted(HOUSE.own_addresses), "no-reply@defensoria.example"])
def test_an_address_that_cannot_be_is_somebodys_task(to: str | None) -> None:
    story = told(to)
    assert story.of("ombudsman-answer").state == "failed"
    [failed] = [one for one in story.events if isinstance(one, DeliveryFailed)]
    assert (failed.kind, failed.answer_id) == ("ombudsman-answer", ANSWER_ID)


def test_it_goes_although_the_case_is_over_and_never_twice_by_itself() -> None:
    story = told().hear(closed())
    letter = story.of("ombudsman-answer")
    assert story.case is not None
    assert not pointless(letter, story.case)
    assert letter.kind in SENT_ONCE


def test_what_became_of_it_is_told_and_it_can_be_sent_again() -> None:
    story = told()
    story.tell(LetterFailed(story.of("ombudsman-answer"), "550 no such user"))
    story.tell(ResendLetter(story.of("ombudsman-answer"), AGENT))
    story.tell(LetterSent(story.of("ombudsman-answer")))
    events = [one for one in story.events if isinstance(one, DeliveryFailed | DeliverySent)]
    assert [(type(one), one.kind, one.personal.to) for one in events] == [
        (DeliveryFailed, "ombudsman-answer", (OMBUDSMAN,)),
        (DeliverySent, "ombudsman-answer", (OMBUDSMAN,)),
    ]
    assert story.now == AT


@pytest.mark.parametrize(("event", "kind"), [(NEAR, "ombudsman-reminder"), (OVER, "ombudsman-overdue")])
def test_their_own_day_is_told_to_the_responder_and_who_has_copies(
    event: OmbudsmanApproaching | OmbudsmanOverdue, kind: str
) -> None:
    story = Story().hear(filed(), classified(), assigned(), due_on(), event)
    letter = story.of(kind)
    assert [one.address for one in letter.to] == [CARLOS.email, GLORIA.email]
    assert (letter.values["reference"], letter.values["ombudsman_due"]) == ("DCF-0815", "2026-03-26")
    assert story.case is not None
    assert not pointless(letter, story.case)
    after = story.hear(approved(), answered()).case
    assert after is not None
    assert pointless(letter, after)
