# SPDX-License-Identifier: Apache-2.0
"""The ombudsman's own day is reminded of and said to be over, once each, also once the person's is (ICX-08)."""

from datetime import date
from typing import Any

import pytest
from routing_story import AGENT, RESPONDER, Story, bounced, filed, local, policy, sent, tutela

from chassis.decision import Decision, SetTimer, TimerFired
from routing.domain.answering.commands import MarkOmbudsman, WidenOmbudsman
from routing.domain.answering.ombudsman_watching import OVERDUE, REMINDER
from routing.domain.cases import decide
from routing.domain.commands import AnswerPerson, Classify, Command, CountAgain
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import (
    DeadlineApproaching,
    DeadlineMissed,
    OmbudsmanApproaching,
    OmbudsmanOverdue,
)

IN_HAND = AnswerPerson(AGENT, "a-1", "Ya.", delivery="handed-over")
SUNSET = "2026-06-30 08:00"
"""When everything that can be told was told."""


def mark(received_on: str, reference: str = "DCF-0815") -> MarkOmbudsman:
    return MarkOmbudsman(AGENT, reference, date.fromisoformat(received_on), "¿Por qué?")


def asked(*days: str, at: str | None = None, **fields: Any) -> Story:
    """The person's own day is 24 March. Each is noted on the day on which it was received, or all at another time."""
    story = Story(filed(**fields))
    for n, day in enumerate(days):
        story.ask(mark(day, f"DCF-{n}"), at=at or f"{day} 18:00")
    return story


def told_of(events: list[Event]) -> list[tuple[str, str]]:
    """Which day each speaks of, of what is told of days."""
    names = {
        OmbudsmanApproaching: "their reminder",
        OmbudsmanOverdue: "their end",
        DeadlineApproaching: "reminder",
        DeadlineMissed: "end",
    }
    return [(names[type(one)], one.due.isoformat()) for one in events if type(one) in names]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        # due on the 13th, before the person's day: the case is due by it
        (("2026-03-03",), [("reminder", "2026-03-13"), ("end", "2026-03-13")]),
        # both end on the 24th
        (("2026-03-11",), [("reminder", "2026-03-24"), ("end", "2026-03-24")]),
        # due on the 27th, after the person's day, over the holiday of the 23rd
        (
            ("2026-03-16",),
            [
                ("reminder", "2026-03-24"),
                ("end", "2026-03-24"),
                ("their reminder", "2026-03-27"),
                ("their end", "2026-03-27"),
            ],
        ),
        # one before and one after the first
        (
            ("2026-03-03", "2026-03-05"),
            [
                ("reminder", "2026-03-13"),
                ("their reminder", "2026-03-17"),
                ("end", "2026-03-13"),
                ("their end", "2026-03-17"),
            ],
        ),
        # two that end on one day, which is not the case's: each has its own
        (
            ("2026-03-16", "2026-03-16"),
            [
                ("reminder", "2026-03-24"),
                ("end", "2026-03-24"),
                *[("their reminder", "2026-03-27")] * 2,
                *[("their end", "2026-03-27")] * 2,
            ],
        ),
    ],
)
def test_each_day_is_reminded_of_and_said_to_be_over_once(
    received: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    story = asked(*received)
    assert sorted(told_of(story.wait_until(SUNSET)), key=str) == sorted(expected, key=str)
    assert [(one.reminded, one.overdue) for one in story.case.ombudsman] == [(True, True)] * len(received)


def test_two_business_days_before_and_when_it_is_over() -> None:
    story = asked("2026-03-16")
    assert (story.timers[f"{REMINDER}0"], story.timers[f"{OVERDUE}0"]) == (
        local("2026-03-25 08:00"),
        local("2026-03-28 00:00"),
    )
    story.wait_until("2026-03-25 07:59")
    [reminder] = [one for one in story.wait_until("2026-03-25 08:00") if isinstance(one, OmbudsmanApproaching)]
    assert (reminder.reference, reminder.business_days_left, reminder.responder.id) == ("DCF-0", 2, RESPONDER.id)
    [over] = [one for one in story.wait_until("2026-03-28 00:00") if isinstance(one, OmbudsmanOverdue)]
    assert story.case.assignment is not None
    head = policy().matrix.stand_ins(story.case.assignment.area)[-1]
    assert (over.reference, over.responder.id, [one.id for one in over.copies]) == ("DCF-0", RESPONDER.id, [head.id])


@pytest.mark.parametrize("first", ["the case's", "theirs"])
def test_which_of_two_timers_of_one_moment_fires_first_is_all_the_same(first: str) -> None:
    story = asked("2026-03-03")
    for mine, theirs in (("reminder", f"{REMINDER}0"), ("deadline", f"{OVERDUE}0")):
        at = story.timers[mine]
        assert story.timers[theirs] == at
        told: list[Any] = []
        for timer in (mine, theirs) if first == "the case's" else (theirs, mine):
            decided = decide(story.policy, story.case, TimerFired(timer, at), at)
            assert isinstance(decided, Decision)
            story.state, told = decided.state, [*told, *decided.events]
        assert len(told_of(told)) == 1


@pytest.mark.parametrize("timer", [f"{REMINDER}0", f"{OVERDUE}0"])
def test_a_timer_that_comes_again_tells_nothing(timer: str) -> None:
    story = asked("2026-03-16")
    story.wait_until(SUNSET)
    decided = decide(story.policy, story.case, TimerFired(timer, story.now), story.now)
    assert isinstance(decided, Decision)
    assert decided.events == ()


@pytest.mark.parametrize(
    "command",
    [Classify(AGENT, priority="high"), Classify(AGENT, term="documents"), mark("2026-03-25", "DCF-9")],
)
def test_what_sets_the_timers_anew_tells_nothing_twice(command: Command) -> None:
    story = asked("2026-03-16")
    story.wait_until("2026-03-25 12:00")
    story.ask(command, at="2026-03-25 12:00")
    told = [one for one in story.wait_until(SUNSET) if isinstance(one, OmbudsmanApproaching | OmbudsmanOverdue)]
    assert [type(one) for one in told if one.reference == "DCF-0"] == [OmbudsmanOverdue]


def test_changed_rules_tell_nothing_twice() -> None:
    story = asked("2026-03-16")
    story.wait_until(SUNSET)
    changed = story.policy.terms.model_copy(update={"version": "another"})
    story.policy = Policy(**{**vars(story.policy), "terms": changed})
    decided = decide(story.policy, story.case, CountAgain(story.policy.counts_by), story.now)
    assert isinstance(decided, Decision)
    story.timers |= {one.name: one.due for one in decided.timers if isinstance(one, SetTimer)}
    story.state = decided.state
    assert told_of([one for one in decided.events if isinstance(one, Event)]) == []
    assert told_of(story.wait_until("2026-07-31 08:00")) == []


def test_more_time_is_watched_over_anew() -> None:
    story = asked("2026-03-16")
    story.wait_until("2026-03-30 08:00")
    story.ask(WidenOmbudsman(AGENT, "DCF-0", date(2026, 4, 10), "Falta un extracto."), at="2026-03-30 09:00")
    assert told_of(story.wait_until(SUNSET)) == [("their reminder", "2026-04-10"), ("their end", "2026-04-10")]


def test_what_was_received_long_ago_is_only_said_to_be_over() -> None:
    story = asked("2026-03-03", at="2026-03-26 09:00")
    assert ("reminder", "2026-03-13") not in told_of(story.wait_until(SUNSET))
    assert [one.overdue for one in story.case.ombudsman] == [True]


def test_the_reminder_that_is_past_already_comes_at_once() -> None:
    story = asked("2026-03-16", at="2026-03-26 09:00")
    told = told_of(story.wait_until("2026-03-26 09:00"))
    assert sorted(told) == [("end", "2026-03-24"), ("their reminder", "2026-03-27")]


def test_who_was_answered_is_not_watched_over_and_after_a_bounce_is() -> None:
    story = asked("2026-03-16")
    story.ask(AnswerPerson(AGENT, "a-1", "Ya."), at="2026-03-17 09:00")
    story.hear(sent("a-1", "2026-03-17 09:05"), at="2026-03-17 09:05")
    assert not [name for name in story.timers if name.startswith("ombudsman")]
    story.hear(bounced("a-1", "2026-03-26 09:00"), at="2026-03-26 09:00")
    told = [one for one in told_of(story.wait_until(SUNSET)) if one[0].startswith("their")]
    assert told == [("their reminder", "2026-03-27"), ("their end", "2026-03-27")]


def test_beside_a_term_that_a_judge_ordered() -> None:
    story = asked("2026-03-03", tutela=tutela("2026-03-04 16:00"))
    told = told_of(story.wait_until(SUNSET))
    assert told[-2:] == [("their reminder", "2026-03-13"), ("their end", "2026-03-13")]


def test_an_answer_ends_it() -> None:
    story = asked("2026-03-16")
    story.wait_until("2026-03-25 12:00")
    story.ask(IN_HAND, at="2026-03-25 12:00")
    assert told_of(story.wait_until(SUNSET)) == []
