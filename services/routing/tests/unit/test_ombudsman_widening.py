# SPDX-License-Identifier: Apache-2.0
"""The ombudsman gives more time: until when, what moves by it, and by which day the answer is judged (ICX-08)."""

from datetime import date
from typing import Any

import pytest
from routing_story import AGENT, Story, filed, local, names, tutela

from routing.domain.allowed import allowed
from routing.domain.answering.commands import MarkOmbudsman, WidenOmbudsman
from routing.domain.clock.explaining import explained
from routing.domain.commands import AnswerPerson
from ventanilla_contracts.intake import RegulatorRequest
from ventanilla_contracts.routing import DeadlineSet, OmbudsmanTermWidened

WHY = "La entidad espera un extracto del banco."
ASKED = MarkOmbudsman(AGENT, "DCF-0815", date(2026, 3, 3), "¿Por qué no se pagó la cuota?")
ANSWER = AnswerPerson(AGENT, "r-1", "Ya se pagó.", delivery="handed-over")


def widen(due: str, reference: str = "DCF-0815") -> WidenOmbudsman:
    return WidenOmbudsman(AGENT, reference, date.fromisoformat(due), WHY)


def asked() -> Story:
    """Due on 13 March by what the ombudsman asks, on the 24th by the person's own term."""
    story = Story(filed())
    story.ask(ASKED, at="2026-03-03 09:00")
    return story


def asked_when_over() -> Story:
    """Due on 16 April, by what the ombudsman asks alone; fifteen days would be over on the 27th."""
    story = Story(filed())
    story.ask(ANSWER, at="2026-03-05 09:00")
    story.ask(MarkOmbudsman(AGENT, "DCF-0815", date(2026, 4, 6), "¿Qué pasó?"), at="2026-04-07 09:00")
    return story


@pytest.mark.parametrize(
    ("due", "case_due", "term", "counted"),
    [
        ("2026-03-16", "2026-03-16", "ombudsman-answer", 9),
        ("2026-03-20", "2026-03-20", "ombudsman-answer", 13),
        ("2026-03-24", "2026-03-24", "general", 15),  # the first of both, and the 23rd is a holiday
        ("2026-04-30", "2026-03-24", "general", 15),
    ],
)
def test_the_case_is_due_when_the_first_of_both_terms_ends(due: str, case_due: str, term: str, counted: int) -> None:
    story = asked()
    told = story.ask(widen(due), at="2026-03-05 09:00")
    said = story.only(OmbudsmanTermWidened)
    assert (said.due_before.isoformat(), said.due.isoformat()) == ("2026-03-13", due)
    assert (said.due_at, said.personal.text) == (local(f"{due} 23:59:59.999"), WHY)
    assert [event.because for event in told if isinstance(event, DeadlineSet)] == ["ombudsman-widened"]
    assert story.case.deadline is not None
    assert (story.case.deadline.due.isoformat(), story.case.deadline.term) == (case_due, term)
    assert sum(day.counted for day in story.case.deadline.trace) == counted
    [kept] = story.case.ombudsman
    assert [(one.due_before.isoformat(), one.due.isoformat(), one.text) for one in kept.widened] == [
        ("2026-03-13", due, WHY)
    ]


def test_the_trace_says_in_words_which_days_the_ombudsman_gave() -> None:
    story = asked()
    story.ask(widen("2026-03-18"), at="2026-03-05 09:00")
    assert story.case.deadline is not None
    dates = [day.date for day in story.case.deadline.trace]
    assert dates == [date(2026, 3, day) for day in range(3, 19)]  # each day once, without a gap
    words = explained(story.case.deadline, story.policy.words["es"])
    assert "Días hábiles que cuentan: 11, desde el 4 de marzo de 2026 hasta el 18 de marzo de 2026" in words
    assert "3" in words.partition("De ellos")[2]


def test_where_nothing_else_runs_the_case_is_due_by_the_ombudsman_however_long_they_give() -> None:
    story = asked_when_over()
    story.ask(widen("2026-05-29"), at="2026-04-08 09:00")
    assert story.case.deadline is not None
    assert (story.case.deadline.due, story.case.deadline.term) == (date(2026, 5, 29), "ombudsman-answer")


def test_reminder_and_end_move_to_the_new_day() -> None:
    story = asked()
    before = dict(story.timers)
    story.ask(widen("2026-03-20"), at="2026-03-05 09:00")
    assert (before["reminder"], before["deadline"]) == (local("2026-03-11 08:00"), local("2026-03-14 00:00"))
    assert story.timers["reminder"] == local("2026-03-18 08:00")
    assert story.timers["deadline"] == local("2026-03-21 00:00")
    assert all(at >= local("2026-03-05 09:00") for at in story.timers.values())


def test_what_was_missed_is_watched_over_anew() -> None:
    story = asked()
    assert "deadline-missed" in names(story.wait_until("2026-03-14 09:00"))
    story.ask(widen("2026-03-20"), at="2026-03-16 09:00")
    assert not story.case.missed
    assert names(story.wait_until("2026-03-18 12:00")) == ["deadline-approaching"]
    assert "deadline-missed" in names(story.wait_until("2026-03-21 00:00"))


@pytest.mark.parametrize(
    ("at", "in_time"), [("2026-03-20 23:59:59.999", True), ("2026-03-21 00:00", False), ("2026-03-16 09:00", True)]
)
def test_the_answer_is_judged_by_the_last_day_that_they_gave(at: str, *, in_time: bool) -> None:
    story = asked()
    story.ask(widen("2026-03-18"), at="2026-03-05 09:00")
    story.ask(widen("2026-03-20", "dcf-0815"), at="2026-03-06 09:00")
    story.ask(ANSWER, at=at)
    [kept] = story.case.ombudsman
    assert (kept.in_time, len(kept.widened)) == (in_time, 2)


def test_each_of_several_requests_is_widened_alone() -> None:
    story = asked()
    story.ask(MarkOmbudsman(AGENT, "DCF-0999", date(2026, 3, 5), "¿Y marzo?"), at="2026-03-05 09:00")
    assert names(story.ask(widen("2026-03-20", "DCF-0999"), at="2026-03-06 09:00")) == ["ombudsman-term-widened"]
    assert [one.due.isoformat() for one in story.case.ombudsman] == ["2026-03-13", "2026-03-20"]
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (widen("2026-03-13"), "not-after-their-day", "due"),
        (widen("2026-03-12"), "not-after-their-day", "due"),
        (widen("2098-03-12"), "not-after-their-day", "due"),  # no calendar goes so far
        (widen("2026-03-15"), "not-a-business-day", "due"),
        (widen("2026-03-23"), "not-a-business-day", "due"),
        (widen("2026-03-20", "DCF-0816"), "unknown-ombudsman-request", "reference"),
    ],
)
def test_what_cannot_be_is_named(command: WidenOmbudsman, code: str, field: str) -> None:
    refused = asked().ask_in_vain(command)
    assert (refused.code, refused.kind, refused.field) == (code, "invalid", field)


def test_where_nobody_waits_there_is_nothing_to_widen() -> None:
    story = Story(filed())
    refused = story.ask_in_vain(widen("2026-03-20"))
    assert (refused.code, refused.kind) == ("ombudsman-not-waiting", "conflict")
    assert "mark-ombudsman" in refused.allowed
    assert "widen-ombudsman" not in refused.allowed
    story = asked()
    assert "widen-ombudsman" in allowed(story.case)
    story.ask(ANSWER, at="2026-03-05 09:00")
    assert story.ask_in_vain(widen("2026-03-20")).code == "ombudsman-not-waiting"


def test_one_that_was_answered_is_not_widened_while_another_waits() -> None:
    story = asked()
    story.ask(ANSWER, at="2026-03-05 09:00")
    story.ask(MarkOmbudsman(AGENT, "DCF-0999", date(2026, 3, 9), "¿Y marzo?"), at="2026-03-09 09:00")
    refused = story.ask_in_vain(widen("2026-03-30"))
    assert (refused.code, "widen-ombudsman" in refused.allowed) == ("ombudsman-not-waiting", True)
    assert story.ask(widen("2026-03-30", "DCF-0999"), at="2026-03-09 10:00")


@pytest.mark.parametrize(
    "fields",
    [
        {"tutela": tutela("2026-03-04 16:00")},
        {"regulator": RegulatorRequest(authority="SSF", reference="SSF-1", due=date(2026, 4, 10))},
    ],
)
def test_a_term_that_an_authority_ordered_stays(fields: dict[str, Any]) -> None:
    story = Story(filed(**fields))
    story.ask(ASKED, at="2026-03-03 09:00")
    before = story.case.deadline
    assert names(story.ask(widen("2026-03-20"), at="2026-03-03 10:00")) == ["ombudsman-term-widened"]
    assert story.case.deadline == before
