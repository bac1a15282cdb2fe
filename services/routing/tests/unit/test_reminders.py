# SPDX-License-Identifier: Apache-2.0
"""While nobody answers: the reminder (CNF-04), the missed term, the levels of the matrix (ICX-02); each once."""

from datetime import date

from routing_story import AGENT, Story, filed, local, names, policy, sent

from chassis.decision import TimerFired
from routing.domain.cases import decide
from routing.domain.commands import AnswerPerson, Classify
from routing.domain.policy import Policy
from ventanilla_contracts.routing import CaseEscalated, DeadlineApproaching, DeadlineMissed

ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.")


def test_two_business_days_before_the_due_date_the_responder_is_reminded() -> None:
    story = Story(filed())
    assert story.wait_until("2026-03-19 07:59") == []
    assert names(story.wait_until("2026-03-19 08:00")) == ["deadline-approaching"]
    said = story.only(DeadlineApproaching)
    assert (said.responder.id, said.due, said.business_days_left) == ("marcela-duque", date(2026, 3, 24), 2)


def test_the_days_of_the_reminder_are_a_setting() -> None:
    own = Policy(**{**vars(policy()), "reminder_days": 5})
    assert Story(filed(), policy=own).timers["reminder"] == local("2026-03-16 08:00")


def test_a_reminder_that_comes_late_says_how_many_days_are_left() -> None:
    story = Story()
    story.hear(filed(), at="2026-03-24 09:00")
    story.wait_until("2026-03-24 09:00")
    assert story.only(DeadlineApproaching).business_days_left == 0


def test_past_the_due_date_the_term_is_missed_and_the_next_level_told() -> None:
    story = Story(filed())
    story.wait_until("2026-03-24 23:59")
    assert names(story.told[3:]) == ["deadline-approaching"]
    assert names(story.wait_until("2026-03-25 00:01")) == ["deadline-missed", "case-escalated"]
    assert story.only(DeadlineMissed).responder.id == "marcela-duque"
    said = story.only(CaseEscalated)
    assert (said.level, said.level_name, said.why) == (2, "Jefatura del área", "deadline-missed")
    assert (said.from_responder.id, [one.id for one in said.to]) == ("marcela-duque", ["gloria-zapata"])


def test_each_level_is_told_in_its_turn() -> None:
    story = Story(filed())
    told = [event for event in story.wait_until("2026-05-01 00:00") if isinstance(event, CaseEscalated)]
    assert [event.level for event in told] == [2, 3, 4]
    assert [one.id for one in told[2].to] == ["valentina-uribe", "rosario-henao"]
    assert story.timers == {}


def test_a_timer_that_fires_twice_tells_once() -> None:
    story = Story(filed())
    story.wait_until("2026-05-01 00:00")
    before = len(story.told)
    for name in ("reminder", "deadline", "level-2", "level-3"):
        decided = decide(policy(), story.case, TimerFired(name, story.now), story.now)
        assert decided.events == ()  # type: ignore[union-attr]
    assert len(story.told) == before


def test_nobody_is_reminded_once_the_answer_arrived() -> None:
    story = Story(filed())
    story.ask(ANSWER, at="2026-03-05 10:00")
    story.hear(sent("a-1", "2026-03-05 10:01"))
    assert story.timers == {}
    assert story.wait_until("2026-05-01 00:00") == []


def test_an_answer_that_is_still_on_its_way_does_not_stop_the_clock() -> None:
    story = Story(filed())
    story.ask(ANSWER, at="2026-03-05 10:00")
    assert names(story.wait_until("2026-03-19 08:00")) == ["deadline-approaching"]


def test_a_level_that_the_matrix_no_longer_has_tells_nobody() -> None:
    case = Story(filed()).case
    decided = decide(policy(), case, TimerFired("level-9", local("2026-04-01 08:00")), local("2026-04-01 08:00"))
    assert decided.events == ()  # type: ignore[union-attr]


def test_a_new_due_date_is_watched_over_anew() -> None:
    story = Story(filed("Solicito copia de mi contrato", kind_stated="request"))
    story.wait_until("2026-03-17 12:00")
    assert names(story.told) == [
        "case-classified",
        "case-assigned",
        "deadline-set",
        "deadline-approaching",
        "deadline-missed",
        "case-escalated",
    ]
    story.ask(Classify(AGENT, term="general"), at="2026-03-17 12:00")
    assert (story.case.reminded, story.case.missed, story.case.escalated) == (False, False, ())
    assert names(story.wait_until("2026-03-25 00:01")) == ["deadline-approaching", "deadline-missed", "case-escalated"]
