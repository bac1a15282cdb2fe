# SPDX-License-Identifier: Apache-2.0
"""What a responder sends by mail is proposed, and delivers once somebody takes it (CNF-10)."""

import pytest
from routing_story import AGENT, ANA, PDF, RESPONDER, Story, filed, local, names, proposed, waived

from routing.domain.allowed import allowed
from routing.domain.commands import RequestDocuments, TakeDelivery
from routing.domain.urgency import task_of
from ventanilla_contracts.routing import DocumentsDelivered

ASKED = RequestDocuments(AGENT, "r-1", local("2026-03-10 00:00").date(), "Envíe el comprobante.")
TAKE = TakeDelivery(AGENT, "s-9")


def test_a_proposal_is_kept_with_the_case_and_changes_nothing_else() -> None:
    story = Story(filed())
    story.ask(ASKED)
    before = story.case
    assert story.hear(proposed()) == ()
    [proposal] = story.case.proposals
    assert (proposal.id, proposal.text, proposal.files, proposal.taken) == ("s-9", "Va el comprobante.", (PDF,), False)
    assert story.case.history[-1].facts == {"responder": proposal.responder.name}
    unchanged = {"proposals": (), "history": before.history, "version": before.version, "task": before.task}
    assert story.case.model_copy(update=unchanged) == before
    assert story.case.person == ANA
    assert story.case.messages == 0


def test_what_is_taken_counts_as_delivered_when_the_mail_came_by_whom_sent_it() -> None:
    story = Story(filed())
    story.ask(ASKED)
    story.hear(proposed())
    [said] = story.ask(TAKE, at="2026-03-09 08:00")
    assert isinstance(said, DocumentsDelivered)
    assert (said.actor, said.responder.id, said.files) == (AGENT, RESPONDER.id, (PDF,))
    assert said.personal.text == "Va el comprobante."
    assert story.case.requests[0].delivered_at == local("2026-03-05 16:20")
    assert story.case.deliveries[0].at == local("2026-03-05 16:20")
    assert story.case.proposals[0].taken


def test_a_proposal_is_a_task_until_it_is_taken() -> None:
    story = Story(filed(), proposed())
    assert task_of(story.case) == "delivery-proposed"
    story.ask(TAKE)
    assert task_of(story.case) == "documents-delivered"


def test_it_is_taken_once_and_only_if_the_case_has_it() -> None:
    story = Story(filed())
    assert story.ask_in_vain(TAKE).code == "no-delivery-proposed"
    assert "take-delivery" not in allowed(story.case)
    story.hear(proposed())
    assert "take-delivery" in allowed(story.case)
    refused = story.ask_in_vain(TakeDelivery(AGENT, "s-0"))
    assert (refused.code, refused.kind, refused.field) == ("unknown-proposal", "invalid", "submission_id")
    refused = story.ask_in_vain(TakeDelivery(AGENT, "s-9", "r-0"))
    assert (refused.code, refused.field) == ("unknown-request", "request_id")
    story.ask(TAKE)
    assert story.ask_in_vain(TAKE).code == "no-delivery-proposed"
    story.hear(proposed("s-10"))
    assert story.ask_in_vain(TAKE).code == "already-taken"
    assert names(story.ask(TakeDelivery(AGENT, "s-10"))) == ["documents-delivered"]


def test_a_request_that_is_named_is_the_one_it_answers() -> None:
    story = Story(filed())
    story.ask(ASKED)
    story.ask(RequestDocuments(AGENT, "r-2", ASKED.due, "Y el extracto."))
    story.hear(proposed())
    story.ask(TakeDelivery(AGENT, "s-9", "r-2"))
    assert [request.delivered_at is not None for request in story.case.requests] == [False, True]


@pytest.mark.parametrize("closed", [True, False])
def test_a_closed_case_keeps_what_comes_late_and_takes_nothing(closed: bool) -> None:
    story = Story(filed("Felicito a la biblioteca") if closed else filed())
    story.hear(proposed())
    assert len(story.case.proposals) == 1
    assert ("take-delivery" in allowed(story.case)) is not closed
    if closed:
        assert story.ask_in_vain(TAKE).code == "already-closed"


def test_the_end_of_a_check_is_heard_after_a_proposal_as_before() -> None:
    story = Story(filed(), proposed(), waived())
    assert story.case.check_ended == "check-waived"
