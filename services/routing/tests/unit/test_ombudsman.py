# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman of the financial consumer asks about a case, and whether they are answered in time (ICX-08)."""

from datetime import date
from typing import Any

import pytest
from routing_story import AGENT, Story, filed, local, names, said, tutela, waived

from routing.domain.allowed import allowed
from routing.domain.answering.commands import AskClarification, MarkOmbudsman, Reject
from routing.domain.commands import AnswerPerson, Command, Extend, StopClock, Transfer, Withdraw
from ventanilla_contracts.intake import RegulatorRequest
from ventanilla_contracts.routing import CaseReopened, ClockResumed, DeadlineSet, OmbudsmanAsked


def mark(received_on: str = "2026-03-03", reference: str = "DCF-0815") -> MarkOmbudsman:
    return MarkOmbudsman(AGENT, reference, date.fromisoformat(received_on), "¿Por qué no se pagó la cuota?")


def answered(at: str) -> Story:
    """A case that was answered in the person's hands."""
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "r-1", "Ya se pagó.", delivery="handed-over"), at=at)
    return story


@pytest.mark.parametrize(
    ("received_on", "ombudsman", "case_due", "term"),
    [
        ("2026-03-03", "2026-03-13", "2026-03-13", "ombudsman-answer"),
        ("2026-03-07", "2026-03-18", "2026-03-18", "ombudsman-answer"),  # a Saturday
        ("2026-03-11", "2026-03-24", "2026-03-24", "general"),  # both end that day, over the holiday of the 23rd
        ("2026-03-12", "2026-03-25", "2026-03-24", "general"),
    ],
)
def test_the_case_is_due_when_the_first_of_both_terms_ends(
    received_on: str, ombudsman: str, case_due: str, term: str
) -> None:
    story = Story(filed())
    told = story.ask(mark(received_on), at="2026-03-12 09:00")
    asked = story.only(OmbudsmanAsked)
    assert (asked.due.isoformat(), asked.due_at) == (ombudsman, local(f"{ombudsman} 23:59:59.999"))
    assert "2.34.2.1.5" in asked.source
    assert story.case.deadline is not None
    assert (story.case.deadline.due.isoformat(), story.case.deadline.term) == (case_due, term)
    set_ = [event for event in told if isinstance(event, DeadlineSet)]
    assert [event.because for event in set_] == (["ombudsman-asked"] if term == "ombudsman-answer" else [])
    assert sum(day.counted for day in story.case.deadline.trace) == (8 if set_ else 15)


def test_the_new_day_is_watched_over() -> None:
    story = Story(filed())
    before = story.timers["deadline"]
    story.ask(mark(), at="2026-03-03 09:00")
    assert story.timers["deadline"] < before
    assert names(story.wait_until("2026-03-12 12:00")) == ["deadline-approaching"]


@pytest.mark.parametrize(
    ("at", "in_time"), [("2026-03-13 23:59:59.999", True), ("2026-03-14 00:00", False), ("2026-03-10 09:00", True)]
)
def test_the_answer_of_the_case_is_the_answer_to_the_ombudsman(at: str, *, in_time: bool) -> None:
    story = Story(filed())
    story.ask(mark(), at="2026-03-03 09:00")
    story.ask(AnswerPerson(AGENT, "r-1", "Ya se pagó.", delivery="handed-over"), at=at)
    [asked] = story.case.ombudsman
    assert (asked.answer_id, asked.in_time, asked.answered_at) == ("r-1", in_time, local(at))
    assert story.case.ombudsman_waits is None


def test_each_of_several_requests_has_its_own_day() -> None:
    story = Story(filed())
    story.ask(mark("2026-03-03"), at="2026-03-09 09:00")
    story.ask(mark("2026-03-09", "DCF-0999"), at="2026-03-09 09:00")
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 3, 13)
    story.ask(AnswerPerson(AGENT, "r-1", "Ya.", delivery="handed-over"), at="2026-03-16 09:00")
    assert [one.in_time for one in story.case.ombudsman] == [False, True]


@pytest.mark.parametrize("reference", ["DCF-0815", "dcf-0815"])
def test_the_same_request_is_noted_once(reference: str) -> None:
    story = Story(filed())
    story.ask(mark(), at="2026-03-03 09:00")
    refused = story.ask_in_vain(mark(reference=reference))
    assert (refused.code, len(story.case.ombudsman)) == ("ombudsman-noted", 1)


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-04"])
def test_it_came_between_the_filing_and_today(day: str) -> None:
    story = Story(filed())
    story.wait_until("2026-03-03 09:00")
    refused = story.ask_in_vain(mark(day))
    assert (refused.code, refused.field) == ("not-since-the-filing", "received_on")
    assert story.case.ombudsman == ()


@pytest.mark.parametrize(
    "command",
    [
        StopClock(AGENT, "Falta el recibo."),
        Extend(AGENT, date(2026, 4, 1), "Falta un dato."),
        AskClarification(AGENT, "¿Qué pago?"),
        Reject(AGENT, "disrespectful", "Insultos."),
        Withdraw(AGENT, "asked-by-the-person", "Ya no quiere."),
        Transfer(AGENT, "SSF", "Es competente."),
    ],
)
def test_while_they_wait_only_an_answer_ends_it(command: Command) -> None:
    story = Story(filed())
    story.ask(mark(), at="2026-03-03 09:00")
    assert story.ask_in_vain(command).code == "ombudsman-waits"
    assert "answer" in allowed(story.case)


def test_a_stopped_clock_runs_again() -> None:
    story = Story(filed())
    story.ask(StopClock(AGENT, "Falta el recibo."), at="2026-03-03 09:00")
    story.ask(mark("2026-03-05"), at="2026-03-05 09:00")
    assert story.only(ClockResumed).because == "ombudsman-asked"
    assert (story.case.stop, story.case.status) == (None, "in-progress")
    assert story.case.deadline is not None
    assert (story.case.deadline.due, story.case.deadline.term) == (date(2026, 3, 17), "ombudsman-answer")
    assert "withdrawal" not in story.timers


def test_a_case_that_was_answered_is_open_again() -> None:
    story = answered("2026-03-05 09:00")
    told = story.ask(mark("2026-04-06"), at="2026-04-07 09:00")
    assert names(told)[:2] == ["ombudsman-asked", "case-reopened"]
    assert story.only(CaseReopened).reason == "ombudsman-asked"
    assert (story.case.open, story.case.answered) == (True, None)
    assert story.case.deadline is not None
    assert (story.case.deadline.due, story.case.deadline.term) == (date(2026, 4, 16), "ombudsman-answer")
    story.ask(AnswerPerson(AGENT, "r-2", "Se explica.", delivery="handed-over"), at="2026-04-15 09:00")
    assert [one.in_time for one in story.case.ombudsman] == [True]
    assert story.case.answered is not None
    assert story.case.answered.in_time


def test_who_replies_afterwards_has_their_own_term() -> None:
    story = Story(filed())
    story.ask(mark(), at="2026-03-03 09:00")
    story.ask(AnswerPerson(AGENT, "r-1", "Ya.", delivery="handed-over"), at="2026-03-05 09:00")
    story.hear(waived())
    story.hear(said("No es cierto.", "2026-03-09 10:00", reopens=True), at="2026-03-09 10:00")
    assert story.case.deadline is not None
    assert story.case.deadline.term == "general"
    assert story.case.ombudsman_waits is None


@pytest.mark.parametrize(
    "fields",
    [
        {"tutela": tutela("2026-03-04 16:00")},
        {"regulator": RegulatorRequest(authority="SSF", reference="SSF-1", due=date(2026, 4, 10))},
    ],
)
def test_a_term_that_an_authority_ordered_stays(fields: dict[str, Any]) -> None:
    story = Story(filed(**fields))
    before = story.case.deadline
    assert names(story.ask(mark(), at="2026-03-03 09:00")) == ["ombudsman-asked"]
    assert story.case.deadline == before
    assert story.case.ombudsman_waits is not None
