# SPDX-License-Identifier: Apache-2.0
"""A reply that nobody judges, a letter that reached nobody: while the clock stands still, somebody is told (ICX-04)."""

from typing import Any

import pytest
from routing_story import AGENT, Story, filed, local, names, policy, said, sent

from chassis.decision import Decision, TimerFired
from routing.domain.cases import decide
from routing.domain.commands import AnswerPerson, ExtendStop, ResumeClock, StopClock
from routing.domain.policy import Policy
from ventanilla_contracts.notifications import DeliveryFailed
from ventanilla_contracts.routing import ClockStopWaiting

STOP = StopClock(AGENT, "Falta el certificado.")


def stopped(own: Policy | None = None) -> Story:
    """On Tuesday 10 March, until 10 April."""
    story = Story(filed(), policy=own)
    story.ask(STOP, at="2026-03-10 11:00")
    return story


def replied(at: str = "2026-03-19 16:00", own: Policy | None = None) -> Story:
    story = stopped(own)
    story.hear(said("Va el certificado.", at), at=at)
    return story


def not_reached(at: str = "2026-03-11 09:00") -> Story:
    story = stopped()
    fields = sent(None, at, kind="completion-request").model_dump(exclude={"sent_at", "attempt"})
    story.hear(DeliveryFailed(**fields, failed_at=local(at), attempt=5, reason="550 no such user"), at=at)
    return story


def told(story: Story) -> list[ClockStopWaiting]:
    return [event for event in story.told if isinstance(event, ClockStopWaiting)]


def test_who_has_the_case_and_who_asked_are_reminded_then_the_head_is_told() -> None:
    story = replied()
    assert story.wait_until("2026-03-20 07:59") == []
    assert names(story.wait_until("2026-03-20 08:00")) == ["clock-stop-waiting"]
    assert story.wait_until("2026-03-25 07:59") == []  # Monday 23 March is a holiday
    assert names(story.wait_until("2026-03-25 08:00")) == ["clock-stop-waiting"]
    reminder, escalation = told(story)
    assert (reminder.step, reminder.because, reminder.since) == (
        "reminder",
        "person-replied",
        local("2026-03-19 16:00"),
    )
    assert [one.id for one in reminder.to] == ["marcela-duque", "catalina-ospina"]
    assert [one.id for one in escalation.to] == ["gloria-zapata", "marcela-duque", "catalina-ospina"]
    assert reminder.days_left == 9
    assert story.wait_until("2026-06-30 08:00") == []
    assert story.case.status == "suspended"


def test_when_is_a_setting() -> None:
    own = Policy(**{**vars(policy()), "reply_reminder_days": 2, "reply_escalation_days": 5})
    story = replied(own=own)
    assert {name: at for name, at in story.timers.items() if name.startswith("waits-")} == {
        "waits-reminder": local("2026-03-24 08:00"),
        "waits-escalation": local("2026-03-27 08:00"),
    }


def test_a_letter_that_did_not_reach_the_person_waits_for_somebody_too() -> None:
    story = not_reached()
    assert names(story.wait_until("2026-03-12 08:00")) == ["clock-stop-waiting"]
    assert told(story)[0].because == "not-asked"
    assert names(story.wait_until("2026-04-30 08:00")) == ["clock-stop-waiting"]


def test_a_letter_that_reached_them_after_all_waits_for_the_person_again() -> None:
    story = not_reached()
    story.hear(sent(None, "2026-03-11 15:00", kind="completion-request"), at="2026-03-11 15:00")
    assert story.wait_until("2026-04-10 12:00") == []
    assert names(story.wait_until("2026-04-11 00:01")) == ["case-withdrawn"]


def test_a_second_message_does_not_put_the_reminder_off() -> None:
    story = replied()
    story.hear(said("¿Les llegó?", "2026-03-19 18:00"), at="2026-03-19 18:00")
    assert names(story.wait_until("2026-03-20 08:00")) == ["clock-stop-waiting"]
    story.hear(said("¿Y bien?", "2026-03-20 18:00"), at="2026-03-20 18:00")
    assert [event.step for event in told(story)] == ["reminder"]
    story.wait_until("2026-06-30 08:00")
    assert [event.step for event in told(story)] == ["reminder", "escalation"]


def test_a_reply_that_is_heard_of_late_is_told_of_at_once() -> None:
    story = stopped()
    story.wait_until("2026-03-30 10:00")
    story.hear(said("Va el certificado.", "2026-03-19 16:00"))
    assert [event.step for event in story.wait_until("2026-03-30 10:00") if isinstance(event, ClockStopWaiting)] == [
        "reminder",
        "escalation",
    ]


@pytest.mark.parametrize("command", [ResumeClock(AGENT), AnswerPerson(AGENT, "a-1", "Ya se pagó.")])
def test_whoever_judges_it_ends_the_waiting(command: Any) -> None:
    story = replied()
    story.ask(command, at="2026-03-19 17:00")
    assert not [name for name in story.timers if name.startswith("waits-")]
    story.wait_until("2026-06-30 08:00")
    assert told(story) == []


def test_more_time_for_the_person_ends_it_and_their_next_reply_begins_anew() -> None:
    story = replied()
    story.wait_until("2026-03-20 08:00")
    story.ask(ExtendStop(AGENT), at="2026-03-20 09:00")
    assert story.wait_until("2026-04-27 12:00") == []
    story.hear(said("Ahora sí.", "2026-04-27 16:00"), at="2026-04-27 16:00")
    story.wait_until("2026-06-30 08:00")
    assert [event.step for event in told(story)] == ["reminder", "reminder", "escalation"]


def test_while_nobody_replied_nobody_is_told() -> None:
    story = stopped()
    assert not [name for name in story.timers if name.startswith("waits-")]
    assert names(story.wait_until("2026-06-30 08:00")) == ["case-withdrawn"]


def test_a_timer_that_fires_twice_or_after_the_stop_tells_nothing() -> None:
    story = replied()
    story.wait_until("2026-03-25 08:00")
    for name in ("waits-reminder", "waits-escalation"):
        decided = decide(story.policy, story.case, TimerFired(name, story.now), story.now)
        assert isinstance(decided, Decision)
        assert decided.events == ()
    story.ask(ResumeClock(AGENT))
    decided = decide(story.policy, story.case, TimerFired("waits-reminder", story.now), story.now)
    assert isinstance(decided, Decision)
    assert decided.events == ()
