# SPDX-License-Identifier: Apache-2.0
"""The answer and its delivery (CNF-05, CNF-10; design 4), and how cases close (CNF-11, CNF-12)."""

from datetime import date

import pytest
from routing_story import (
    AGENT,
    ANA,
    PDF,
    SERVICE,
    Story,
    bounced,
    checked,
    failed,
    filed,
    local,
    names,
    said,
    sent,
    unknown,
    waived,
)

from routing.domain.commands import AnswerPerson, Classify
from routing.domain.urgency import task_of
from ventanilla_contracts.intake import AnswerFiledWithRegulator, Person, RegulatorRequest
from ventanilla_contracts.routing import AnswerApproved, AnswerPublished, CaseAnswered, CaseClosed, CaseReopened

ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.", (PDF,))
HANDED_OVER = AnswerPerson(AGENT, "a-1", "Ya se pagó.", delivery="handed-over")
SSF = RegulatorRequest(authority="SSF", reference="2-2026-004518")
NO_MAIL = Person(name="Ana Prueba", phone="+573000000001")


def answered(answer: AnswerPerson = ANSWER, at: str = "2026-03-05 10:00") -> Story:
    story = Story(filed())
    story.ask(answer, at=at)
    story.hear(sent(answer.answer_id, at))
    return story


def test_an_answer_goes_by_mail_where_the_person_gave_an_address() -> None:
    story = Story(filed())
    assert names(story.ask(ANSWER)) == ["answer-approved"]
    approved = story.only(AnswerApproved)
    assert (approved.delivery, approved.personal.to, approved.files) == ("email", "ana@correo.example", (PDF,))
    assert (story.case.status, story.case.open) == ("in-progress", True)


def test_the_case_is_answered_when_a_mail_server_took_the_answer() -> None:
    story = answered(at="2026-03-05 10:00")
    said = story.only(CaseAnswered)
    assert (said.answered_at, said.in_time, said.delivery) == (local("2026-03-05 10:00"), True, "email")
    assert (story.case.status, story.case.open) == ("answered", False)


@pytest.mark.parametrize(
    ("at", "in_time"),
    [("2026-03-24 23:59:59.999", True), ("2026-03-25 00:00", False)],
)
def test_the_time_of_delivery_decides_in_time(at: str, in_time: bool) -> None:
    story = Story(filed())
    story.ask(ANSWER, at="2026-03-24 09:00")
    story.hear(sent("a-1", at))
    assert story.only(CaseAnswered).in_time is in_time


def test_letters_of_other_kinds_change_nothing() -> None:
    story = Story(filed())
    before = story.case
    assert story.hear(sent(None, "2026-03-02 10:16", kind="acknowledgement")) == ()
    assert story.case is before


def test_an_answer_that_could_not_be_delivered_is_a_task_and_keeps_the_case_open() -> None:
    story = Story(filed())
    story.ask(ANSWER)
    assert story.hear(failed("a-1", "2026-03-05 10:05")) == ()
    assert (story.case.status, story.case.open, task_of(story.case)) == ("in-progress", True, "answer-failed")
    assert story.case.answers[0].trouble == "550 no such user"
    assert names(story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))) == ["answer-approved"]
    story.hear(sent("a-2", "2026-03-06 10:00"))
    assert (story.only(CaseAnswered).answer_id, task_of(story.case)) == ("a-2", None)


def test_an_answer_of_which_nobody_knows_whether_it_arrived_is_a_task_until_it_did() -> None:
    story = Story(filed())
    story.ask(ANSWER)
    story.hear(unknown("a-1", "2026-03-05 10:05"))
    assert task_of(story.case) == "answer-unknown"
    story.hear(sent("a-1", "2026-03-05 10:30"))
    assert (story.case.status, story.case.answers[0].outcome) == ("answered", "delivered")


def test_a_letter_that_is_sent_again_does_not_answer_again() -> None:
    story = answered()
    assert story.hear(sent("a-1", "2026-03-07 10:00")) == ()
    assert story.hear(failed("a-1", "2026-03-08 10:00")) == ()
    assert story.case.answers[0].outcome == "delivered"


def test_an_answer_that_came_back_opens_the_case_again_and_watches_over_its_term() -> None:
    story = answered()
    assert names(story.hear(bounced("a-1", "2026-03-06 10:00"))) == ["case-reopened"]
    assert (story.case.status, story.case.open, story.case.answered) == ("in-progress", True, None)
    assert task_of(story.case) == "answer-failed"
    assert story.case.answers[0].trouble == "550 5.1.1 no such user"
    assert set(story.case.timers) >= {"reminder", "deadline"}
    assert story.hear(bounced("a-1", "2026-03-06 10:01")) == ()
    assert names(story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))) == ["answer-approved"]
    assert names(story.hear(sent("a-2", "2026-03-09 10:00"))) == ["case-answered"]


def test_a_reply_that_reopens_has_the_whole_term_from_its_own_receipt() -> None:
    story = answered()
    story.hear(waived())
    said_again = names(story.hear(said(at="2026-04-20 09:00", reopens=True)))
    assert said_again == ["case-reopened", "deadline-set"]
    assert story.case.deadline is not None
    assert (story.case.deadline.because, story.case.deadline.anchor) == ("reopened", date(2026, 4, 20))
    assert (story.case.status, story.case.open, story.case.answered) == ("in-progress", True, None)
    assert (story.only(CaseReopened).reason, story.only(CaseReopened).answer_id) == ("person-replied", "a-1")
    assert set(story.case.timers) >= {"reminder", "deadline"}
    story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))
    [second] = story.hear(sent("a-2", "2026-04-21 10:00"))
    assert isinstance(second, CaseAnswered)
    assert (second.in_time, second.due) == (True, story.case.deadline.due)
    assert names(story.hear(waived())) == ["case-closed"]


def test_a_term_that_is_corrected_after_a_reply_counts_from_the_reply() -> None:
    story = answered()
    story.hear(waived())
    story.hear(said(at="2026-04-20 09:00", reopens=True))
    story.ask(Classify(AGENT, kind="petition", term="documents"))
    assert story.case.deadline is not None
    assert (story.case.deadline.because, story.case.deadline.anchor) == ("reclassified", date(2026, 4, 20))


def test_after_a_call_a_reply_reopens_all_the_same() -> None:
    story = answered()
    story.hear(checked())
    assert names(story.hear(said(at="2026-04-20 09:00", reopens=True)))[0] == "case-reopened"
    story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))
    story.hear(sent("a-2", "2026-04-21 10:00"))
    assert story.case.status == "answered"
    assert names(story.hear(bounced("a-2", "2026-04-21 11:00"))) == ["case-reopened"]


@pytest.mark.parametrize("reopens", [True, False])
def test_a_reply_to_a_case_that_is_not_closed_reopens_nothing(reopens: bool) -> None:
    story = answered()
    assert names(story.hear(said(reopens=reopens))) == []
    assert story.case.status == "answered"


def test_a_reply_that_does_not_reopen_is_only_kept() -> None:
    story = answered()
    story.hear(waived())
    assert names(story.hear(said(at="2026-04-20 09:00"))) == []
    assert (story.case.status, story.case.messages) == ("closed", 1)


def test_an_answer_that_came_back_after_nobody_was_to_be_called_opens_the_closed_case() -> None:
    story = answered()
    story.hear(waived())
    assert story.case.status == "closed"
    assert names(story.hear(bounced("a-1", "2026-03-06 10:00"))) == ["case-reopened"]
    assert (story.case.status, story.case.closed, story.case.check_ended) == ("in-progress", None, None)
    story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))
    story.hear(sent("a-2", "2026-03-09 10:00"))
    assert str(story.case.status) == "answered"
    assert names(story.hear(waived())) == ["case-closed"]


def test_an_answer_that_came_back_is_noted_where_the_person_was_spoken_with_since() -> None:
    story = answered()
    story.hear(checked())
    assert story.hear(bounced("a-1", "2026-03-12 10:00")) == ()
    assert (story.case.status, story.case.answers[0].outcome) == ("closed", "failed")


def test_an_answer_that_came_back_opens_a_case_that_closed_as_nobody_could_be_reached() -> None:
    story = answered()
    story.hear(checked("not-contacted"))
    assert names(story.hear(bounced("a-1", "2026-03-12 10:00"))) == ["case-reopened"]


def test_an_earlier_answer_that_came_back_late_does_not_undo_the_one_that_arrived() -> None:
    story = Story(filed())
    story.ask(ANSWER)
    story.hear(failed("a-1", "2026-03-05 10:05"))
    story.ask(AnswerPerson(AGENT, "a-2", "Otra vez"))
    story.hear(sent("a-2", "2026-03-06 10:00"))
    assert story.hear(bounced("a-1", "2026-03-07 10:00")) == ()
    assert story.case.status == "answered"


def test_a_letter_with_an_answer_that_the_case_does_not_have_is_refused() -> None:
    story = Story(filed())
    with pytest.raises(ValueError, match="does not have"):
        story.hear(sent("a-9", "2026-03-05 10:00"))


def test_the_answer_to_an_anonymous_case_is_published_and_answers_it_at_once() -> None:
    story = Story(filed(person=Person(), anonymous=True))
    assert names(story.ask(ANSWER, at="2026-03-05 10:00")) == ["answer-approved", "answer-published", "case-answered"]
    assert story.only(AnswerPublished).personal.text == "Ya se pagó."
    assert story.only(CaseAnswered).delivery == "published"


def test_an_anonymous_person_with_an_address_hears_by_mail() -> None:
    story = Story(filed(person=Person(email="x@correo.example"), anonymous=True))
    assert names(story.ask(ANSWER)) == ["answer-approved"]


def test_an_answer_that_was_handed_over_answers_at_once() -> None:
    story = Story(filed(person=NO_MAIL))
    assert names(story.ask(HANDED_OVER, at="2026-03-05 10:00")) == ["answer-approved", "case-answered"]
    assert (story.case.status, story.timers) == ("answered", {})


def test_without_a_way_to_the_person_the_answer_must_be_handed_over() -> None:
    refused = Story(filed(person=NO_MAIL)).ask_in_vain(ANSWER)
    assert (refused.code, refused.kind, refused.field) == ("no-way-to-answer", "invalid", "delivery")


def test_the_answer_to_a_regulator_is_filed_there_and_closes_the_case() -> None:
    story = Story(filed(channel="regulator", regulator=SSF))
    story.ask(HANDED_OVER, at="2026-03-05 10:00")
    assert (story.only(AnswerApproved).delivery, story.case.status) == ("regulator", "in-progress")
    filing = AnswerFiledWithRegulator(
        actor=AGENT, authority="SSF", reference="R-1", filed_at=local("2026-03-06 11:00"), answer_id="a-1"
    )
    assert names(story.hear(filing)) == ["case-answered", "case-closed"]
    said = story.only(CaseAnswered)
    assert (said.answered_at, said.delivery, said.actor.id) == (local("2026-03-06 11:00"), "regulator", "routing")
    assert story.only(CaseClosed).reason == "filed-with-regulator"


def test_a_case_closes_when_there_will_be_no_check() -> None:
    story = answered()
    assert names(story.hear(waived())) == ["case-closed"]
    assert (story.only(CaseClosed).reason, story.case.status) == ("check-waived", "closed")


@pytest.mark.parametrize(
    ("outcome", "observation"), [("satisfied", None), ("not-satisfied", None), ("not-contacted", "Sin contacto.")]
)
def test_a_case_closes_when_its_check_is_over(outcome: str, observation: str | None) -> None:
    story = answered()
    story.hear(checked(outcome))
    assert (story.only(CaseClosed).reason, story.only(CaseClosed).observation) == ("check-completed", observation)


@pytest.mark.parametrize("event", [waived("compliment"), checked()])
def test_a_closed_case_does_not_close_twice(event: object) -> None:
    story = Story(filed("Felicito a la biblioteca"))
    assert story.hear(event) == ()  # type: ignore[arg-type]
    assert story.only(CaseClosed).reason == "compliment"


def test_a_check_that_is_waived_before_the_answer_closes_the_case_with_the_answer() -> None:
    story = Story(filed())
    assert story.hear(waived()) == ()
    story.ask(ANSWER)
    assert names(story.hear(sent("a-1", "2026-03-05 10:00"))) == ["case-answered", "case-closed"]


def test_the_actor_of_what_follows_by_itself_is_routing() -> None:
    assert answered().only(CaseAnswered).actor.id == "routing"
    assert SERVICE.id != "routing"
    assert ANA.email
