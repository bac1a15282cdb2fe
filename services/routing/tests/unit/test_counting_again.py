# SPDX-License-Identifier: Apache-2.0
"""A changed calendar, or changed terms, move the deadlines of open cases: once each, and said why (design 5)."""

from dataclasses import replace
from datetime import date

import pytest
from routing_story import AGENT, Story, filed, names, policy, sent

from routing.domain.clock.calendar import AddedHoliday, Calendar, Words
from routing.domain.commands import AnswerPerson, CountAgain, Extend, ResumeClock, StopClock
from routing.domain.policy import Policy
from ventanilla_contracts.routing import DeadlineSet


def with_a_holiday(day: str = "2026-03-17") -> Policy:
    data = policy().calendar.data
    added = AddedHoliday(
        date=date.fromisoformat(day), id="civic-day", words=Words(es="Día cívico", en="Civic day"), source="Decreto 1"
    )
    return replace(policy(), calendar=Calendar(data.model_copy(update={"version": "co-2026-9", "add": (added,)})))


def counted_again(story: Story, rules: Policy | None = None) -> list[str]:
    story.policy = rules or with_a_holiday()
    return names(story.ask(CountAgain(story.policy.counts_by)))  # type: ignore[arg-type]


def test_a_holiday_more_moves_the_deadline_with_its_trace_and_its_timers() -> None:
    story = Story(filed())
    assert counted_again(story) == ["deadline-set"]
    said = story.told[-1]
    assert isinstance(said, DeadlineSet)
    assert (said.due, said.because, said.calendar_version[:9]) == (date(2026, 3, 25), "rules-changed", "co-2026-9")
    assert {day.date: day.reason for day in said.trace}[date(2026, 3, 17)] == "holiday:civic-day"
    assert said.in_words is not None
    assert names(story.wait_until("2026-03-20 09:00")) == ["deadline-approaching"]


def test_a_second_time_there_is_nothing_to_do() -> None:
    story = Story(filed())
    counted_again(story)
    assert counted_again(story) == []


def test_a_new_version_that_moves_nothing_is_noted_and_not_told() -> None:
    story = Story(filed())
    rules = with_a_holiday("2027-03-17")
    assert counted_again(story, rules) == []
    assert story.case.counted_by == rules.counts_by


def test_an_order_of_rules_that_this_process_does_not_have_changes_nothing() -> None:
    story = Story(filed())
    before = story.case
    assert story.ask(CountAgain("of another process")) == ()  # type: ignore[arg-type]
    assert story.case == before


def test_an_answered_case_keeps_its_deadline() -> None:
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "a-1", "Ya."))
    story.hear(sent("a-1", "2026-03-05 10:00"))
    assert counted_again(story) == []


def test_while_the_clock_stands_still_it_waits_until_it_runs_again() -> None:
    story = Story(filed())
    story.ask(StopClock(AGENT, "Falta algo."))
    assert counted_again(story) == []
    assert set(story.timers) == {"withdrawal"}
    story.ask(ResumeClock(AGENT))
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 3, 25)


def test_an_extension_keeps_its_length() -> None:
    story = Story(filed())
    story.ask(Extend(AGENT, date(2026, 4, 10), "Falta un concepto."))
    counted_again(story)
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 4, 13)
    assert sum(day.counted for day in story.case.deadline.trace) == 26


@pytest.mark.parametrize("day", ["2026-03-17"])
def test_a_term_that_is_over_either_way_is_not_told_to_everybody_once_more(day: str) -> None:
    story = Story(filed())
    story.wait_until("2026-04-30 09:00")
    assert counted_again(story, with_a_holiday(day)) == ["deadline-set"]
    assert story.wait_until("2026-06-01 09:00") == []
