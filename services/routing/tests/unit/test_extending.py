# SPDX-License-Identifier: Apache-2.0
"""An answer that takes longer, told in time (ICX-03; CPACA art. 14 par.); a case of another authority's (art. 21)."""

from datetime import date

import pytest
from routing_story import AGENT, Story, filed, local, names, tutela

from routing.domain.commands import AnswerPerson, Classify, Extend, ResumeClock, StopClock, Transfer
from ventanilla_contracts.routing import CaseTransferred, DeadlineExtended, DeadlineMissed, DeadlineSet

WHY = "Falta el concepto de la aseguradora."


def until(day: str) -> Extend:
    return Extend(AGENT, date.fromisoformat(day), WHY)


def last_set(story: Story) -> DeadlineSet:
    return [event for event in story.told if isinstance(event, DeadlineSet)][-1]


@pytest.mark.parametrize(("day", "days"), [("2026-03-25", 16), ("2026-04-16", 30)])
def test_the_new_date_is_told_with_its_trace_and_watched_over(day: str, days: int) -> None:
    story = Story(filed())
    story.wait_until("2026-03-19 09:00")
    assert names(story.ask(until(day))) == ["deadline-extended", "deadline-set"]
    told, new = story.only(DeadlineExtended), last_set(story)
    assert (told.due_before, told.latest, told.business_days) == (date(2026, 3, 24), date(2026, 4, 16), days)
    assert told.personal.text == WHY
    assert (new.due.isoformat(), new.because, sum(one.counted for one in new.trace)) == (day, "extended", days)
    assert [one.reason for one in new.trace if one.counted][14:] == ["business-day", *["extension"] * (days - 15)]
    assert story.timers["deadline"] > local(f"{day} 23:59")
    assert not story.case.reminded


@pytest.mark.parametrize("day", ["2026-03-24", "2026-03-20", "2026-04-17"])
def test_at_most_double_the_first_term_counted_from_the_start(day: str) -> None:
    refused = Story(filed()).ask_in_vain(until(day))
    assert (refused.code, refused.kind) == ("beyond-the-extension", "conflict")
    assert refused.values == {"due": "2026-03-24", "latest": "2026-04-16"}


def test_it_ends_on_a_business_day() -> None:
    refused = Story(filed()).ask_in_vain(until("2026-04-03"))
    assert (refused.code, refused.kind, refused.field) == ("not-a-business-day", "invalid", "due")


def test_it_is_told_before_the_term_ends() -> None:
    story = Story(filed())
    story.wait_until("2026-03-25 00:01")
    assert story.ask_in_vain(until("2026-04-10")).code == "term-is-over"


def test_it_is_extended_once() -> None:
    story = Story(filed())
    story.ask(until("2026-04-01"))
    assert story.ask_in_vain(until("2026-04-10")).code == "already-extended"


def test_terms_that_cannot_be_extended_are_not() -> None:
    story = Story(filed())
    story.ask(Classify(AGENT, term="between-authorities"))
    assert story.ask_in_vain(until("2026-04-01")).code == "not-extendable"
    ordered = Story(filed(tutela=tutela("2026-03-04 10:15")))
    assert ordered.ask_in_vain(until("2026-03-10")).code == "term-is-ordered"


def test_an_answer_on_its_way_is_waited_for() -> None:
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "a-1", "Ya."))
    assert story.ask_in_vain(until("2026-04-01")).code == "answer-on-its-way"


def test_the_reminder_and_the_levels_follow_the_new_date() -> None:
    story = Story(filed())
    story.wait_until("2026-03-20 09:00")
    story.ask(until("2026-04-16"))
    assert story.wait_until("2026-04-13 23:59") == []
    assert names(story.wait_until("2026-04-17 09:00")) == ["deadline-approaching", "deadline-missed", "case-escalated"]
    assert story.only(DeadlineMissed).due == date(2026, 4, 16)


def test_a_stop_and_an_extension_add_up() -> None:
    """Stopped the term ends on 8 April; seven business days of the extension more end on the 17th."""
    story = Story(filed())
    story.ask(StopClock(AGENT, "Falta algo."), at="2026-03-10 09:00")
    assert story.ask_in_vain(until("2026-04-10")).code == "clock-is-stopped"
    story.ask(ResumeClock(AGENT, date(2026, 3, 24)), at="2026-03-25 09:00")
    story.ask(until("2026-04-17"))
    new = last_set(story)
    assert new.due == date(2026, 4, 17)
    assert sum(one.counted for one in new.trace) == story.only(DeadlineExtended).business_days == 22
    assert sum(one.reason == "stopped" for one in new.trace) == 9  # 11 to 24 March without the holiday


def test_another_term_takes_over_as_much_of_the_extension_as_it_can_have() -> None:
    story = Story(filed())
    story.ask(until("2026-04-16"))
    story.ask(Classify(AGENT, term="documents"))
    assert sum(one.counted for one in last_set(story).trace) == 20


@pytest.mark.parametrize(("at", "in_time"), [("2026-03-09 23:00", True), ("2026-03-10 08:00", False)])
def test_a_case_of_another_authority_goes_there_within_five_days(at: str, in_time: bool) -> None:
    story = Story(filed())
    told = story.ask(
        Transfer(AGENT, "Alcaldía de Manizales", "Es su competencia.", "radicacion@alcaldia.example"), at=at
    )
    assert names(told) == ["case-transferred"]
    ended = story.only(CaseTransferred)
    assert (ended.due, ended.in_time, ended.to_name) == (date(2026, 3, 9), in_time, "Alcaldía de Manizales")
    assert (story.case.status, story.case.open, story.timers) == ("transferred", False, {})
    assert story.ask_in_vain(until("2026-04-01")).code == "already-transferred"


def test_priority_changes_the_queue_and_not_the_term() -> None:
    plain, first = Story(filed()), Story(filed())
    first.ask(Classify(AGENT, priority="high"))
    assert first.case.place < plain.case.place
    assert first.case.deadline == plain.case.deadline
