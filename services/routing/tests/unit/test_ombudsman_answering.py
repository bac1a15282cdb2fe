# SPDX-License-Identifier: Apache-2.0
"""The answer goes to the ombudsman's own address too, and what became of that letter is not lost (ICX-08)."""

from datetime import date
from typing import Any

import pytest
from routing_story import AGENT, PDF, SERVICE, Story, bounced, filed, local, names, said, sent, waived

from routing.domain.answering.commands import MarkOmbudsman
from routing.domain.case import Case
from routing.domain.commands import AnswerPerson
from routing.domain.urgency import task_of
from routing.domain.versions import outdated
from ventanilla_contracts.intake import AnswerFiledWithRegulator
from ventanilla_contracts.notifications import (
    Delivery,
    DeliveryBounced,
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    PersonalDelivery,
)
from ventanilla_contracts.routing import OmbudsmanAnswered, OmbudsmanAsked

THEIRS = "defensor@defensoria.example"
ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.", files=(PDF,))
IN_HAND = AnswerPerson(AGENT, "a-1", "Ya se pagó.", files=(PDF,), delivery="handed-over")


def mark(reference: str = "DCF-0815", email: str | None = THEIRS) -> MarkOmbudsman:
    return MarkOmbudsman(AGENT, reference, date(2026, 3, 3), "¿Por qué no se pagó?", email)


def asked(*marks: MarkOmbudsman) -> Story:
    story = Story(filed())
    for one in marks or (mark(),):
        story.ask(one, at="2026-03-03 09:00")
    return story


def letter(kind: type[Delivery], to: str = THEIRS, answer_id: str = "a-1") -> Delivery:
    at = local("2026-03-06 10:00")
    own: dict[type[Delivery], dict[str, Any]] = {
        DeliverySent: {"sent_at": at, "attempt": 1},
        DeliveryFailed: {"failed_at": at, "attempt": 5, "reason": "550 no such user"},
        DeliveryBounced: {"bounced_at": at, "status": "5.1.1", "reason": "550 no such user"},
        DeliveryUnknown: {"since": at},
    }
    every = {"actor": SERVICE, "letter_id": "l-9", "kind": "ombudsman-answer", "message_id": "<m@x>"}
    return kind.model_validate({**every, "answer_id": answer_id, "personal": PersonalDelivery(to=(to,)), **own[kind]})


def orders(story: Story) -> list[tuple[tuple[str, ...], str | None]]:
    return [(one.references, one.personal.to) for one in story.told if isinstance(one, OmbudsmanAnswered)]


def letters(case: Case) -> list[str | None]:
    return [one.letter for one in case.ombudsman]


@pytest.mark.parametrize(
    "email", ["defensor", "defensor@", "@defensoria.example", "a b@c.example", "a@b", "a@b.example\nx"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    story = Story(filed())
    story.wait_until("2026-03-03 09:00")
    refused = story.ask_in_vain(mark(email=email))
    assert (refused.code, refused.kind, refused.field) == ("not-an-address", "invalid", "email")


@pytest.mark.parametrize("email", [THEIRS, None])
def test_the_address_is_personal_and_may_be_left_out(email: str | None) -> None:
    story = asked(mark(email=email))
    assert story.only(OmbudsmanAsked).personal.email == email
    assert [one.email for one in story.case.ombudsman] == [email]


def test_it_leaves_once_the_answer_reached_the_person_and_says_what_they_got() -> None:
    story = asked()
    story.ask(ANSWER, at="2026-03-05 09:00")
    assert orders(story) == []
    assert names(story.hear(sent("a-1", "2026-03-05 10:00"), at="2026-03-05 10:01"))[:2] == [
        "case-answered",
        "ombudsman-answered",
    ]
    said_ = story.only(OmbudsmanAnswered)
    assert (said_.actor, said_.answer_id, said_.answered_at) == (AGENT, "a-1", local("2026-03-05 10:00"))
    assert (said_.personal.text, said_.personal.to, said_.files) == ("Ya se pagó.", THEIRS, (PDF,))
    assert letters(story.case) == ["on-its-way"]


def test_also_of_an_answer_on_paper_or_on_a_regulators_platform() -> None:
    story = asked()
    story.ask(IN_HAND, at="2026-03-05 09:00")
    assert orders(story) == [(("DCF-0815",), THEIRS)]
    theirs = Story(filed(channel="regulator"))
    theirs.ask(mark(), at="2026-03-03 09:00")
    theirs.ask(ANSWER, at="2026-03-05 09:00")
    theirs.hear(
        AnswerFiledWithRegulator(
            actor=SERVICE,
            authority="SSF",
            reference="R-1",
            filed_at=local("2026-03-05 11:00"),
            answer_id="a-1",
            means="desk-upload",
        ),
        at="2026-03-05 11:00",
    )
    assert orders(theirs) == [(("DCF-0815",), THEIRS)]


def test_no_part_of_an_answer_goes_there() -> None:
    story = asked()
    story.ask(AnswerPerson(AGENT, "p-1", "Una parte.", delivery="handed-over", partial=True), at="2026-03-05 09:00")
    assert orders(story) == []


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([mark(email=None)], []),
        ([mark("A"), mark("B")], [(("A", "B"), THEIRS)]),
        ([mark("A"), mark("B", THEIRS.upper())], [(("A", "B"), THEIRS)]),
        ([mark("A"), mark("B", "otro@defensoria.example")], [(("A",), THEIRS), (("B",), "otro@defensoria.example")]),
        ([mark("A", None), mark("B")], [(("B",), THEIRS)]),
    ],
)
def test_each_address_gets_one_letter(marks: list[MarkOmbudsman], expected: list[Any]) -> None:
    story = asked(*marks)
    story.ask(IN_HAND, at="2026-03-05 09:00")
    assert orders(story) == expected
    assert all(one.answer_id == "a-1" for one in story.case.ombudsman)


@pytest.mark.parametrize(
    ("kind", "line", "outcome", "task"),
    [
        (DeliverySent, "ombudsman-letter-sent", "delivered", None),
        (DeliveryFailed, "ombudsman-letter-failed", "failed", "ombudsman-letter-failed"),
        (DeliveryBounced, "ombudsman-letter-bounced", "failed", "ombudsman-letter-failed"),
        (DeliveryUnknown, "ombudsman-letter-unknown", "unknown", "ombudsman-letter-failed"),
    ],
)
def test_what_became_of_it_stands_in_the_history_of_a_case_that_is_over(
    kind: type[Delivery], line: str, outcome: str, task: str | None
) -> None:
    story = asked()
    story.ask(IN_HAND, at="2026-03-05 09:00")
    story.hear(waived())
    version = story.case.version
    assert story.hear(letter(kind), at="2026-03-06 10:01") == ()
    assert (story.case.history[-1].what, story.case.history[-1].facts["to"]) == (line, THEIRS)
    assert story.case.history[-1].at == story.now
    assert letters(story.case) == [outcome]
    assert [task_of(story.case), story.case.task] == [task, task]
    assert (story.case.open, story.case.status) == (False, "closed")  # nothing is owed to the person
    assert outdated(story.case, version) is (kind is not DeliverySent)


def test_one_that_came_back_is_done_with_once_it_was_sent_again() -> None:
    story = asked()
    story.ask(IN_HAND, at="2026-03-05 09:00")
    story.hear(letter(DeliverySent), at="2026-03-05 09:01")
    story.hear(letter(DeliveryBounced), at="2026-03-05 09:10")
    assert story.case.ombudsman[0].letter_trouble == "550 no such user"
    story.hear(letter(DeliverySent), at="2026-03-06 09:00")
    assert letters(story.case) == ["delivered"]
    assert task_of(story.case) is None
    assert story.case.ombudsman[0].letter_trouble is None


def test_only_the_request_of_that_address_hears_of_it() -> None:
    story = asked(mark("A"), mark("B", "otro@defensoria.example"))
    story.ask(IN_HAND, at="2026-03-05 09:00")
    story.hear(letter(DeliverySent, THEIRS.upper()), at="2026-03-05 09:01")
    assert letters(story.case) == ["delivered", "on-its-way"]


def test_an_answer_that_came_back_from_the_person_is_none_and_the_next_one_goes_there_too() -> None:
    story = asked()
    story.ask(ANSWER, at="2026-03-05 09:00")
    story.hear(sent("a-1", "2026-03-05 10:00"), at="2026-03-05 10:00")
    story.hear(bounced("a-1", "2026-03-05 10:05"), at="2026-03-05 10:05")
    assert letters(story.case) == [None]
    story.hear(letter(DeliveryBounced), at="2026-03-05 10:06")  # of the first: nobody has to send it once more
    assert letters(story.case) == [None]
    story.ask(AnswerPerson(AGENT, "a-2", "Ya.", delivery="handed-over"), at="2026-03-06 09:00")
    assert [one.answer_id for one in story.told if isinstance(one, OmbudsmanAnswered)] == ["a-1", "a-2"]


def test_who_replies_does_not_have_it_sent_once_more() -> None:
    story = asked()
    story.ask(IN_HAND, at="2026-03-05 09:00")
    story.hear(letter(DeliveryFailed), at="2026-03-05 09:05")
    story.hear(waived())
    story.hear(said("No es cierto.", "2026-03-09 10:00", reopens=True), at="2026-03-09 10:00")
    assert (story.case.open, task_of(story.case)) == (True, "ombudsman-letter-failed")
    story.ask(AnswerPerson(AGENT, "a-2", "Sí.", delivery="handed-over"), at="2026-03-10 09:00")
    assert len(orders(story)) == 1
