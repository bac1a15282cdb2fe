# SPDX-License-Identifier: Apache-2.0
"""Each level once for each case, reason and due date; none while the clock stands still: what went wrong elsewhere.

glpi 1996 (a level is told at each run), 5319 (only the first level comes), 6902 (another rule forgets the pause), 7946
(told during the pause), 15429 (with a calendar that has closed hours, levels before the end are told at the filing);
zammad 5177 (a level that is set later overrules one that was due), 4432 (told at midnight and on weekends);
frappe/helpdesk 2449 (time on hold is added to a filing out of hours, and counts closed days).
"""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_story import SAMPLE, changed, matrix_of
from routing_story import AGENT, BOGOTA, Story, filed, local, policy

from chassis.decision import Decision, TimerFired
from routing.domain.cases import decide
from routing.domain.commands import Assign, Classify, Command, ResumeClock, StopClock, TakeMatrix
from routing.domain.matrix.file import MatrixFile
from routing.domain.policy import Policy
from ventanilla_contracts.routing import CaseEscalated, DeadlineSet

RENAMED = changed(("name: Secretaría general", "name: Secretaría"), version="renamed")
SOONER = changed(
    ("when: at-deadline\n    tell: [head]", "when: {share_of_term: 0.5}\n    tell: [head]"), version="sooner"
)
HOURS = changed(
    ("when: at-deadline\n    tell: [head]", "when: {hours_since_assignment: 20}\n    tell: [head]"), version="hours"
)
INSERTED = changed(
    ("  - level: 3\n", "  - level: 4\n"),
    ("  - level: 4\n    name: Jur", "  - level: 5\n    name: Jur"),
    ("  - level: 2\n", "  - level: 2\n    name: Suplencia\n    when: at-deadline\n    tell: [deputy]\n  - level: 3\n"),
    version="inserted",
)
BEFORE = changed(
    ("when: at-deadline\n    tell: [head]", "when: {business_days_before: 3}\n    tell: [head]"), version="before"
)
VERSIONS = (SAMPLE, RENAMED, SOONER, HOURS, INSERTED, BEFORE)
OUT_OF_HOURS = ("2026-03-06T23:30:00-05:00", "2026-03-07T12:00:00-05:00", "2026-03-23T09:00:00-05:00")
"""A Friday night, a Saturday, a holiday."""


@cache
def file_of(version: int) -> MatrixFile:
    return matrix_of(VERSIONS[version])


@cache
def under(*order: int) -> Policy:
    """The policy with these versions one after the other, the last in force."""
    matrices = {n: policy().matrix.with_file(file_of(one), n) for n, one in enumerate(order, start=1)}
    return Policy(**{**vars(policy()), "matrices": matrices, "matrix": matrices[len(order)]})


def fire_all(story: Story) -> list[CaseEscalated]:
    """Every timer of a level once more, as a process would that heard of none of it; what was told."""
    told: list[Any] = []
    for n in range(1, 9):
        decided = decide(story.policy, story.case, TimerFired(f"level-{n}", story.now), story.now)
        assert isinstance(decided, Decision)
        told += [event for event in decided.events if isinstance(event, CaseEscalated)]
    return told


def due_of(story: Story) -> date:
    assert story.case.deadline is not None
    return story.case.deadline.due


def escalated(events: list[Any]) -> list[int]:
    return [event.level for event in events if isinstance(event, CaseEscalated)]


@pytest.mark.parametrize("version", range(len(VERSIONS)))
def test_all_levels_come_and_each_once_however_often_timers_fire(version: int) -> None:
    story = Story(filed(), policy=under(version))
    assert len(escalated(story.wait_until("2026-06-01 00:00"))) == len(story.policy.matrix.file.levels) - 1
    assert fire_all(story) == []
    assert story.timers == {}


@pytest.mark.parametrize("version", range(len(VERSIONS)))
def test_nobody_is_told_while_the_clock_stands_still(version: int) -> None:
    story = Story(filed(), policy=under(version))
    story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-03 09:00")
    assert escalated(story.wait_until("2026-04-01 09:00")) == []
    assert fire_all(story) == []


def test_another_rule_does_not_forget_the_pause() -> None:
    story = Story(filed(), policy=under(0))
    story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-05 09:00")
    story.policy = under(0, 2)
    story.ask(TakeMatrix(2), at="2026-03-10 09:00")  # type: ignore[arg-type]
    story.ask(ResumeClock(AGENT), at="2026-03-20 09:00")
    due = story.case.deadline
    assert due is not None
    assert due.due > local("2026-04-01 00:00").date()
    assert escalated(story.wait_until("2026-03-29 23:00")) == []
    assert escalated(story.wait_until("2026-03-30 08:01")) == [2]


def test_a_level_that_was_due_is_not_overruled_by_a_reassignment() -> None:
    story = Story(filed(), policy=under(3))
    assert escalated(story.wait_until("2026-03-04 15:16")) == [2]
    story.ask(Assign(AGENT, "julian-rojas"), at="2026-03-04 16:00")
    assert escalated(story.wait_until("2026-06-01 00:00")) == [3, 4]


def test_a_clock_that_was_ahead_and_is_set_right_tells_nobody_again() -> None:
    story = Story(filed(), policy=under(0))
    assert escalated(story.wait_until("2026-03-25 00:01")) == [2]
    story.now = local("2026-03-10 09:00")
    assert fire_all(story) == []
    assert 2 in story.case.escalated


@pytest.mark.parametrize("received", OUT_OF_HOURS)
def test_a_level_before_the_end_waits_for_its_day_whenever_it_was_filed(received: str) -> None:
    story = Story(filed(received_at=received), policy=under(5))
    assert escalated(story.told) == []
    day = story.policy.calendar.business_days_before(due_of(story), 3)
    assert escalated(story.wait_until(f"{day} 07:59")) == []
    assert escalated(story.wait_until(f"{day} 08:01")) == [2]


@pytest.mark.parametrize("version", range(len(VERSIONS)))
@pytest.mark.parametrize("received", OUT_OF_HOURS)
def test_only_the_end_of_the_term_itself_is_told_out_of_hours(version: int, received: str) -> None:
    story = Story(filed(received_at=received), policy=under(version))
    at_the_end = {level.level for level in story.policy.matrix.file.levels if level.when == "at-deadline"}
    times = {name: due.astimezone(BOGOTA) for name, due in story.timers.items() if name.startswith("level-")}
    assert times
    for name, moment in times.items():
        if int(name.removeprefix("level-")) not in at_the_end:
            assert story.policy.calendar.is_business_day(moment.date()), (name, moment)
            assert 8 <= moment.hour < 17, (name, moment)


@pytest.mark.parametrize(
    ("received", "asked", "complete", "days"),
    [
        (OUT_OF_HOURS[0], "2026-03-20 16:00", "2026-03-25 09:00", 2),  # from a Friday, over a Monday that is a holiday
        (OUT_OF_HOURS[1], "2026-03-20 16:00", "2026-03-24 09:00", 1),
        (OUT_OF_HOURS[2], "2026-03-27 16:00", "2026-04-06 09:00", 4),  # over the closed days of Holy Week
    ],
)
def test_a_pause_moves_the_end_by_its_business_days_alone(received: str, asked: str, complete: str, days: int) -> None:
    story = Story(filed(received_at=received), policy=under(0))
    before = due_of(story)
    story.ask(StopClock(AGENT, "Falta la cédula."), at=asked)
    story.ask(ResumeClock(AGENT), at=complete)
    assert due_of(story) == story.policy.calendar.business_days_after(before, days)


STEPS = (
    *("day", "week", "stop", "resume", "shorter", "longer", "by-hand", "twice"),
    *(f"take-{n}" for n in range(1, len(VERSIONS))),
)


def take(story: Story, step: str, order: list[int]) -> None:
    """One step, if it makes sense now; a refusal is an outcome too."""
    commands: dict[str, Command] = {
        "stop": StopClock(AGENT, "Falta."),
        "resume": ResumeClock(AGENT),
        "shorter": Classify(AGENT, term="documents"),
        "longer": Classify(AGENT, term="consultation"),
        "by-hand": Assign(AGENT, "julian-rojas"),
    }
    if step in commands:
        story.try_to(commands[step])
    elif step.startswith("take"):
        order.append(int(step[-1]))
        story.policy = under(*order)
        for _ in range(2):
            story.ask(TakeMatrix(len(order)))  # type: ignore[arg-type]
    elif step == "twice":
        story.wait_until(story.now.astimezone(BOGOTA).replace(tzinfo=None).isoformat(" "))
        assert fire_all(story) == []  # what is due was told, and what is not due waits
    else:
        until = story.now.astimezone(BOGOTA) + timedelta(days=1 if step == "day" else 7)
        story.wait_until(until.replace(tzinfo=None).isoformat(" "))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=10))
def test_nobody_is_told_twice_whatever_versions_and_pauses_come(steps: list[str]) -> None:
    order = [0]
    story = Story(filed(), policy=under(*order))
    for step in steps:
        take(story, step, order)
    term, due, told = 0, None, Counter[tuple[int, str, str]]()
    for event in story.told:
        if isinstance(event, DeadlineSet) and event.due != due:
            term, due = term + 1, event.due
        if isinstance(event, CaseEscalated):
            told[term, event.level_name, event.why] += 1
    assert all(count == 1 for count in told.values()), told
    assert set(story.case.timers) == set(story.timers)
    assert story.case.stop is None or set(story.timers) <= {"withdrawal"}
