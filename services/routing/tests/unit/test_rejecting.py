# SPDX-License-Identifier: Apache-2.0
"""A request that is returned to be made clear, or rejected with reasons (CPACA art. 19)."""

from typing import Any

import pytest
from routing_story import AGENT, Story, filed, local, names, said, tutela

from routing.domain.answering.commands import AskClarification, Reject
from routing.domain.answering.rejecting import SOURCE
from routing.domain.commands import StopClock
from routing.domain.urgency import task_of
from ventanilla_contracts.intake import RegulatorRequest
from ventanilla_contracts.routing import CaseRejected, ClarificationRequested

ASK = AskClarification(AGENT, "No entendemos qué pago es.")
RUDE = Reject(AGENT, "disrespectful", "Solo contiene insultos.")
UNCLEAR = Reject(AGENT, "not-clarified", "No aclaró.")
AGAIN = Reject(AGENT, "repeated", "Es lo mismo.", "CAJA-2026-000009-1")


def returned(at: str = "2026-03-03 09:00") -> Story:
    story = Story(filed())
    story.ask(ASK, at=at)
    return story


def test_what_nobody_understands_goes_back_for_ten_business_days() -> None:
    story = returned()
    asked = story.only(ClarificationRequested)
    assert (asked.until.isoformat(), asked.until_at) == ("2026-03-17", local("2026-03-17 23:59:59.999"))
    assert "art. 19" in asked.source
    assert (story.case.status, story.case.open) == ("in-progress", True)
    assert story.ask_in_vain(ASK).code == "clarification-asked"


def test_the_term_of_the_house_runs_on_meanwhile() -> None:
    story, other = returned(), Story(filed())
    assert story.case.deadline == other.case.deadline
    assert {name: at for name, at in story.timers.items() if name != "clarification"} == other.timers


def test_only_after_its_ten_days_is_it_rejected_as_unclear() -> None:
    story = Story(filed())
    assert story.ask_in_vain(UNCLEAR).code == "clarification-not-asked"
    story.ask(ASK, at="2026-03-03 09:00")
    refused = story.ask_in_vain(UNCLEAR)
    assert (refused.code, dict(refused.values)) == ("person-still-has-time", {"until": "2026-03-17"})
    assert "reject" in refused.allowed
    assert story.wait_until("2026-03-18 08:00") == []
    assert task_of(story.case) == "not-clarified"
    assert names(story.ask(UNCLEAR)) == ["case-rejected"]


def test_a_reply_in_time_is_shown_and_nothing_is_said_to_be_over() -> None:
    story = returned()
    story.hear(said("Es el de marzo.", "2026-03-10 10:00"))
    assert task_of(story.case) == "clarified"
    story.wait_until("2026-03-18 08:00")
    assert task_of(story.case) == "clarified"


@pytest.mark.parametrize("command", [RUDE, AGAIN])
def test_a_rejection_is_a_reasoned_act_that_ends_the_case(command: Reject) -> None:
    story = Story(filed())
    assert names(story.ask(command)) == ["case-rejected"]
    told = story.only(CaseRejected)
    assert (told.reason, told.personal.text, told.source) == (command.reason, command.text, SOURCE)
    assert told.earlier_case_number == command.earlier
    assert (story.case.status, story.case.open, story.timers) == ("rejected", False, {})
    assert story.wait_until("2026-06-01 08:00") == []
    refused = story.ask_in_vain(RUDE)
    assert (refused.code, refused.allowed) == ("already-rejected", ("mark-ombudsman",))


@pytest.mark.parametrize("earlier", [None, "CAJA-2026-000001-1"])
def test_what_repeats_refers_to_another_case(earlier: str | None) -> None:
    refused = Story(filed()).ask_in_vain(Reject(AGENT, "repeated", "Es lo mismo.", earlier))
    assert (refused.code, refused.field) == ("earlier-case-missing", "earlier_case_number")


@pytest.mark.parametrize(
    "asked_by",
    [
        {"tutela": tutela("2026-03-09 10:15")},
        {"regulator": RegulatorRequest(authority="SSF", reference="2-2026-004518")},
        {"channel": "regulator"},
    ],
)
@pytest.mark.parametrize("command", [RUDE, ASK])
def test_what_an_authority_asks_is_neither_rejected_nor_returned(
    asked_by: dict[str, Any], command: Reject | AskClarification
) -> None:
    assert Story(filed(**asked_by)).ask_in_vain(command).code == "asked-by-an-authority"


def test_what_is_incomplete_and_waits_is_not_returned_too() -> None:
    story = Story(filed())
    story.ask(StopClock(AGENT, "Falta el certificado."))
    assert story.ask_in_vain(ASK).code == "clock-is-stopped"


def test_whoever_replies_to_a_rejection_has_their_case_open_again_with_the_whole_term() -> None:
    story = returned()
    story.ask(RUDE, at="2026-03-04 10:00")
    assert names(story.hear(said("Le explico.", "2026-03-05 09:00"), at="2026-03-05 09:00")) == [
        "case-reopened",
        "deadline-set",
    ]
    assert (story.case.status, story.case.open, story.case.rejected, story.case.clarification) == (
        "in-progress",
        True,
        None,
        None,
    )
    assert story.case.deadline is not None
    assert story.case.deadline.due.isoformat() == "2026-03-27"
