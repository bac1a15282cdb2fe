# SPDX-License-Identifier: Apache-2.0
"""An answer is drafted, reviewed where the rule says so, approved by whom the rule lets, and sent (CNF-09, CNF-10)."""

from dataclasses import replace
from typing import Any

import pytest
from routing_story import AGENT, PDF, Story, failed, filed, local, names, policy, sent, tutela, waived

from chassis.decision import Refused
from routing.domain.answering.commands import ApproveDraft, KeepCopy, Review, SaveDraft
from routing.domain.answering.rules import Answering, AnsweringFile
from routing.domain.commands import AnswerPerson, Classify, Command
from routing.domain.urgency import task_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person
from ventanilla_contracts.routing import AnswerApproved, AnswerReturned, AnswerReviewRequested, PartialAnswerApproved

ANDRES = Actor(id="andres-mejia", role="agent")
VALENTINA = Actor(id="valentina-uribe", role="legal")
ERNESTO = Actor(id="ernesto-gaviria", role="legal")
LEGAL = "Reclamo: mi abogado pide que paguen la cuota monetaria"
JUDGE = "2026-03-09 10:15"


def drafted(*, text: str = "Ya se pagó.", filing: Any = None, actor: Actor = AGENT, **own: Any) -> Story:
    story = Story(filing or filed())
    story.ask(SaveDraft(actor, 0, text, **own))
    return story


def reviewed(filing: Any = None) -> Story:
    story = drafted(filing=filing or filed(LEGAL))
    story.ask(Review(AGENT, "ask", 1))
    story.ask(Review(VALENTINA, "pass", 1))
    return story


def test_whoever_writes_may_approve_at_once_where_no_rule_asks_for_another() -> None:
    story = drafted(files=(PDF,))
    assert names(story.ask(ApproveDraft(AGENT, "a-1", 1))) == ["answer-approved"]
    approved = story.only(AnswerApproved)
    assert (approved.personal.text, approved.files, approved.delivery) == ("Ya se pagó.", (PDF,), "email")
    [kept] = story.case.answers
    assert (kept.drafted_by, kept.by, story.case.draft) == (AGENT, AGENT, None)


def test_every_revision_is_kept_in_a_row_of_its_own() -> None:
    story = drafted()
    story.ask(SaveDraft(ANDRES, 1, "Ya se pagó todo."))
    rows = {row.id: dict(row.document)["text"] for row in story.rows}  # type: ignore[union-attr]
    assert rows == {"case-1/1": "Ya se pagó.", "case-1/2": "Ya se pagó todo."}
    assert story.case.draft is not None
    assert (story.case.draft.revision, story.case.draft.text) == (2, "Ya se pagó todo.")


@pytest.mark.parametrize(
    "late",
    [
        SaveDraft(ANDRES, 0, "Otra cosa."),
        Review(AGENT, "ask", 2),
        ApproveDraft(AGENT, "a-1", 7),
    ],
)
def test_nobody_overwrites_or_sends_what_they_have_not_read(late: Command) -> None:
    story = drafted()
    refused = story.ask_in_vain(late)
    assert (refused.code, refused.field, dict(refused.values)) == (
        "draft-changed",
        "revision",
        {"revision": 1, "name": "Catalina Ospina"},
    )
    assert "draft" in refused.allowed


def test_an_answer_that_needs_legal_support_is_reviewed_first() -> None:
    story = drafted(filing=filed(LEGAL))
    assert story.ask_in_vain(AnswerPerson(AGENT, "a-1", "Ya.")).code == "answer-needs-another"
    assert story.ask_in_vain(ApproveDraft(AGENT, "a-1", 1)).code == "review-missing"
    story.ask(Review(AGENT, "ask", 1))
    asked = story.only(AnswerReviewRequested)
    assert [one.id for one in asked.reviewers] == ["valentina-uribe", "ernesto-gaviria"]
    assert (task_of(story.case), story.case.to_review) == ("to-be-reviewed", True)
    assert names(story.ask(Review(VALENTINA, "pass", 1))) == ["answer-reviewed"]
    assert (task_of(story.case), story.case.to_review) == ("draft-reviewed", False)
    assert names(story.ask(ApproveDraft(AGENT, "a-1", 1))) == ["answer-approved"]
    assert story.case.answers[0].reviewed_by == VALENTINA


def test_what_is_returned_says_why_and_is_reviewed_again() -> None:
    story = drafted(filing=filed(LEGAL))
    story.ask(Review(AGENT, "ask", 1))
    story.ask(Review(ERNESTO, "return", 1, "Falta el artículo."))
    returned = story.only(AnswerReturned)
    assert (returned.personal.text, returned.drafted_by and returned.drafted_by.id) == ("Falta el artículo.", AGENT.id)
    assert task_of(story.case) == "draft-returned"
    story.ask(SaveDraft(AGENT, 1, "Ya se pagó (art. 12)."))
    assert story.ask_in_vain(ApproveDraft(AGENT, "a-1", 2)).code == "review-missing"
    assert story.case.draft is not None
    assert story.case.draft.reasons is None


def test_words_that_change_after_the_review_are_reviewed_again() -> None:
    story = reviewed()
    story.ask(SaveDraft(AGENT, 1, "Otra cosa."))
    assert story.ask_in_vain(ApproveDraft(AGENT, "a-1", 2)).code == "review-missing"


def test_words_that_change_while_it_is_reviewed_stay_with_the_legal_team() -> None:
    story = drafted(filing=filed(LEGAL))
    story.ask(Review(AGENT, "ask", 1))
    story.ask(SaveDraft(AGENT, 1, "Mejor así."))
    assert story.ask_in_vain(Review(VALENTINA, "pass", 1)).code == "draft-changed"
    story.ask(Review(VALENTINA, "pass", 2))
    assert names(story.ask(ApproveDraft(AGENT, "a-1", 2))) == ["answer-approved"]


@pytest.mark.parametrize(
    ("actor", "writer", "code", "kind"),
    [
        (ANDRES, AGENT, "not-a-reviewer", "forbidden"),
        (VALENTINA, VALENTINA, "own-draft", "conflict"),
    ],
)
def test_only_a_reviewer_who_did_not_write_it_reviews(actor: Actor, writer: Actor, code: str, kind: str) -> None:
    story = drafted(filing=filed(LEGAL), actor=writer)
    story.ask(Review(AGENT, "ask", 1))
    refused = story.ask_in_vain(Review(actor, "pass", 1))
    assert (refused.code, refused.kind) == (code, kind)


def test_a_review_is_asked_once_and_nothing_is_passed_unasked() -> None:
    story = drafted()
    assert story.ask_in_vain(Review(VALENTINA, "pass", 1)).code == "review-not-asked"
    story.ask(Review(AGENT, "ask", 1))
    assert story.ask_in_vain(Review(AGENT, "ask", 1)).code == "review-asked"
    story.ask(Review(VALENTINA, "pass", 1))
    assert story.ask_in_vain(Review(AGENT, "ask", 1)).code == "review-passed"


def test_the_only_reviewer_is_not_asked_about_their_own_draft() -> None:
    alone = Answering(AnsweringFile(version="1", reviewers=("valentina-uribe",)), policy().matrix.people)
    story = Story(filed(), policy=replace(policy(), answering=alone))
    story.ask(SaveDraft(VALENTINA, 0, "Ya."))
    assert story.ask_in_vain(Review(VALENTINA, "ask", 1)).code == "nobody-reviews"


def test_the_answer_to_a_judge_is_reviewed_and_approved_by_a_second_person() -> None:
    story = reviewed(filed("Acción de tutela", tutela=tutela(JUDGE)))
    assert story.ask_in_vain(ApproveDraft(AGENT, "a-1", 1)).code == "second-person-missing"
    assert names(story.ask(ApproveDraft(ANDRES, "a-1", 1))) == ["answer-approved"]
    assert (story.case.answers[0].drafted_by, story.case.answers[0].by) == (AGENT, ANDRES)


def test_the_rule_is_that_of_the_moment_not_of_the_filing() -> None:
    story = Story(filed())
    story.ask(Classify(AGENT, legal_support=True))
    assert story.ask_in_vain(AnswerPerson(AGENT, "a-1", "Ya.")).code == "answer-needs-another"
    story.ask(Classify(AGENT, legal_support=False))
    assert names(story.ask(AnswerPerson(AGENT, "a-1", "Ya."))) == ["answer-approved"]


def test_a_draft_that_waits_is_gone_once_the_case_is_answered_otherwise() -> None:
    story = drafted()
    story.ask(AnswerPerson(ANDRES, "a-1", "Ya."))
    assert story.case.draft is None
    story.hear(failed("a-1", "2026-03-03 10:00"))
    story.ask(SaveDraft(AGENT, 0, "De nuevo."))
    assert story.case.draft is not None
    assert story.case.draft.revision == 2


def test_a_part_is_sent_and_the_case_stays_open_with_its_clock() -> None:
    story = drafted(partial=True)
    timers, deadline = dict(story.timers), story.case.deadline
    assert names(story.ask(ApproveDraft(AGENT, "p-1", 1))) == ["partial-answer-approved"]
    part = story.only(PartialAnswerApproved)
    assert (part.delivery, part.personal.to) == ("email", "ana@correo.example")
    assert (story.timers, story.case.deadline, story.case.answers) == (timers, deadline, ())
    assert story.hear(sent("p-1", "2026-03-03 10:00", kind="partial-answer")) == ()
    assert (story.case.open, story.case.answered, story.case.partials[0].outcome) == (True, None, "delivered")
    assert names(story.ask(AnswerPerson(AGENT, "a-1", "Todo."))) == ["answer-approved"]


def test_a_part_that_did_not_arrive_is_a_task() -> None:
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "p-1", "Una parte.", partial=True))
    story.hear(failed("p-1", "2026-03-03 10:00").model_copy(update={"kind": "partial-answer"}))
    assert task_of(story.case) == "partial-answer-failed"
    story.ask(AnswerPerson(AGENT, "p-2", "Una parte.", partial=True))
    assert task_of(story.case) is None


def test_a_part_for_who_has_no_address_is_there_at_once() -> None:
    story = Story(filed(person=Person(), anonymous=True))
    assert names(story.ask(AnswerPerson(AGENT, "p-1", "Una parte.", partial=True))) == ["partial-answer-approved"]
    assert (story.case.partials[0].outcome, story.case.open) == ("delivered", True)


def test_the_regulator_gets_whole_answers_only() -> None:
    story = Story(filed("Informe", channel="regulator"))
    assert story.ask_in_vain(SaveDraft(AGENT, 0, "Parte.", partial=True)).code == "no-partial-answer"
    assert story.ask_in_vain(AnswerPerson(AGENT, "p-1", "Parte.", partial=True)).code == "no-partial-answer"


def test_the_scan_of_a_paper_answer_joins_it_also_after_the_end() -> None:
    story = drafted(filing=filed(person=Person(name="Ana", phone="+573000000001")), delivery="handed-over")
    assert story.ask_in_vain(KeepCopy(AGENT, None, (PDF,))).code == "nothing-answered"
    story.ask(ApproveDraft(AGENT, "a-1", 1))
    story.hear(waived())
    assert story.case.status == "closed"
    story.ask(KeepCopy(AGENT, None, (PDF,)))
    assert story.case.answers[0].copies == (PDF,)
    assert story.case.history[-1].what == "answer-copy-kept"
    assert story.ask_in_vain(KeepCopy(AGENT, "a-9", (PDF,))).code == "unknown-answer"


def test_a_draft_of_a_closed_case_can_be_neither_saved_nor_sent() -> None:
    story = drafted()
    story.ask(AnswerPerson(AGENT, "a-1", "Ya.", delivery="handed-over"))
    for command in (SaveDraft(AGENT, 0, "x"), Review(AGENT, "ask", 1), ApproveDraft(AGENT, "a-2", 1)):
        refused = story.try_to(command)
        assert isinstance(refused, Refused)
        assert (refused.code, refused.allowed) == ("already-answered", ("keep-copy", "mark-ombudsman"))
    assert story.now == local("2026-03-02 10:15")
