# SPDX-License-Identifier: Apache-2.0
"""The clock stands still while the person completes the request (ICX-04; CPACA art. 17): asked, silent, late."""

from datetime import date

import pytest
from routing_story import AGENT, BOGOTA, Story, bounced, failed, filed, local, names, policy, said, sent, tutela

from chassis.decision import Decision, Refused, TimerFired
from routing.domain.allowed import allowed
from routing.domain.case import LAST, STOPPED
from routing.domain.cases import decide
from routing.domain.commands import (
    AnswerPerson,
    Classify,
    Command,
    DeliverDocuments,
    ExtendStop,
    ResumeClock,
    StopClock,
    Withdraw,
)
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import MessageAppended, TermOrdered
from ventanilla_contracts.routing import CaseReopened, CaseWithdrawn, ClockResumed, ClockStopped, DeadlineSet

ASK = StopClock(AGENT, "Falta el certificado de escolaridad.")
RESPONDER = Actor(id="marcela-duque", role="responder")
BEFORE, ASKED, COMPLETE = "2026-03-10 11:00", "2026-03-10", "2026-03-24"


def stopped(*, policy: Policy | None = None) -> Story:
    """The worked example of domain-colombia 6: filed on 2 March, asked on 10 March."""
    story = Story(filed(), policy=policy)
    story.wait_until(BEFORE)
    story.ask(ASK)
    return story


def restarting() -> Policy:
    return Policy(**{**vars(policy()), "on_completion": "restart"})


def replied(at: str) -> MessageAppended:
    return said("Adjunto el certificado.", at)


def test_the_person_has_a_month_by_the_calendar_and_the_days_that_are_left_are_said() -> None:
    story = stopped()
    asked = story.only(ClockStopped)
    assert (asked.since, asked.until, asked.days_left) == (date(2026, 3, 10), date(2026, 4, 10), 9)
    assert asked.personal.text == "Falta el certificado de escolaridad."
    assert asked.source.startswith("Ley 1755 de 2015, art. 17")
    assert asked.trace[-1].date == asked.until
    assert (story.case.status, story.case.place) == ("suspended", STOPPED)


@pytest.mark.parametrize(
    ("asked", "until"),
    [("2026-03-03 09:00", "2026-04-06"), ("2026-03-05 09:00", "2026-04-06"), ("2026-03-10 09:00", "2026-04-10")],
)
def test_a_month_that_ends_on_another_day_goes_on_to_the_next_business_day(asked: str, until: str) -> None:
    """Ley 4/1913 art. 62: 3 April 2026 is Good Friday, 5 April a Sunday."""
    story = Story(filed())
    story.ask(ASK, at=asked)
    assert story.only(ClockStopped).until == date.fromisoformat(until)


@pytest.mark.parametrize(("at", "too_late"), [("2026-03-16 23:59", False), ("2026-03-17 00:01", True)])
def test_it_is_asked_within_ten_business_days_of_the_filing(at: str, too_late: bool) -> None:
    story = Story(filed())
    story.wait_until(at)
    outcome = story.try_to(ASK)
    assert isinstance(outcome, Refused) is too_late
    if isinstance(outcome, Refused):
        assert (outcome.code, outcome.values) == ("too-late-to-stop", {"last": "2026-03-16"})


def test_a_clock_that_is_behind_the_one_of_the_filing_asks_at_the_filing() -> None:
    story = Story(filed())
    story.ask(ASK, at="2026-03-01 09:00")
    assert story.only(ClockStopped).since == date(2026, 3, 2)


def test_a_term_that_is_over_or_ends_today_is_not_stopped() -> None:
    story = Story(filed())
    story.ask(Classify(AGENT, term="control-bodies"))
    story.wait_until("2026-03-09 10:00")
    assert story.ask_in_vain(ASK).code == "term-is-over"
    story.wait_until("2026-03-10 10:00")
    assert story.ask_in_vain(ASK).code == "term-is-over"


def test_while_it_stands_still_nobody_is_reminded_and_nothing_is_missed() -> None:
    story = stopped()
    assert set(story.timers) == {"withdrawal"}
    assert story.wait_until("2026-04-10 23:59") == []
    assert (story.case.reminded, story.case.missed, story.case.escalated) == (False, False, ())


@pytest.mark.parametrize(
    ("rules", "due"), [(policy, "2026-04-08"), (restarting, "2026-04-16")], ids=["resume", "restart"]
)
def test_complete_it_goes_on_or_begins_again_as_the_house_laid_down(rules: object, due: str) -> None:
    story = stopped(policy=rules())  # type: ignore[operator]
    story.hear(replied("2026-03-24 16:00"), at="2026-03-24 16:00")
    assert names(story.ask(ResumeClock(AGENT), at="2026-03-26 09:00")) == ["clock-resumed", "deadline-set"]
    last = [event for event in story.told if isinstance(event, DeadlineSet)][-1]
    assert (last.due.isoformat(), last.because) == (due, "resumed")
    assert sum(day.counted for day in last.trace) == 15
    assert story.only(ClockResumed).completed_on == date(2026, 3, 24)
    assert set(story.timers) == {"reminder", "deadline", "level-2", "level-3", "level-4"}
    assert story.timers["deadline"].astimezone(BOGOTA).date() > date.fromisoformat(due)
    assert story.case.status == "in-progress"


def test_the_day_on_which_it_was_complete_counts_not_the_one_on_which_somebody_looked() -> None:
    story = stopped()
    story.hear(replied("2026-03-16 10:00"), at="2026-03-16 10:00")
    story.ask(ResumeClock(AGENT), at="2026-03-27 10:00")
    assert story.only(ClockResumed).completed_on == date(2026, 3, 16)
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 3, 30)


@pytest.mark.parametrize("day", ["2026-03-09", "2026-03-25"])
def test_it_cannot_be_complete_before_it_was_asked_or_tomorrow(day: str) -> None:
    story = stopped()
    story.wait_until("2026-03-24 10:00")
    refused = story.ask_in_vain(ResumeClock(AGENT, date.fromisoformat(day)))
    assert (refused.code, refused.kind, refused.field) == ("not-while-stopped", "invalid", "completed_on")


def test_a_reply_is_a_task_and_nobody_is_withdrawn_over_it() -> None:
    story = stopped()
    story.hear(replied("2026-04-10 23:00"), at="2026-04-10 23:00")
    assert story.case.place == LAST
    assert names(story.wait_until("2026-05-30 08:00")) == ["clock-stop-waiting", "clock-stop-waiting"]
    assert story.case.status == "suspended"
    story.ask(Withdraw(AGENT, "not-completed", "Envió otro documento."))
    assert story.only(CaseWithdrawn).reason == "not-completed"


def test_silence_until_the_end_is_a_withdrawal_once() -> None:
    story = stopped()
    assert names(story.wait_until("2026-06-01 08:00")) == ["case-withdrawn"]
    said_so = story.only(CaseWithdrawn)
    assert (said_so.since, said_so.until, said_so.personal) == (date(2026, 3, 10), date(2026, 4, 10), None)
    assert (story.case.status, story.case.open, story.timers) == ("withdrawn", False, {})
    again = decide(story.policy, story.state, TimerFired("withdrawal", story.now), story.now)
    assert isinstance(again, Decision)
    assert again.events == ()


def test_a_reply_in_time_that_is_heard_of_late_takes_the_withdrawal_back() -> None:
    story = stopped()
    story.wait_until("2026-04-11 09:00")
    assert story.case.status == "withdrawn"
    assert names(story.hear(replied("2026-04-10 22:00"))) == ["case-reopened"]
    assert story.only(CaseReopened).reason == "replied-in-time"
    assert (story.case.status, story.case.withdrawn) == ("suspended", None)
    assert story.wait_until("2026-04-12 09:00") == []
    story.ask(ResumeClock(AGENT))
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 4, 23)


def test_what_came_first_decides_nothing_for_a_reply_in_time() -> None:
    early, late = stopped(), stopped()
    early.hear(replied("2026-04-10 22:00"))
    early.wait_until("2026-04-11 09:00")
    late.wait_until("2026-04-11 09:00")
    late.hear(replied("2026-04-10 22:00"))
    late.wait_until("2026-04-11 09:00")
    same = ("status", "open", "stops", "withdrawn", "deadline", "messages")
    assert [getattr(early.case, name) for name in same] == [getattr(late.case, name) for name in same]


def test_what_the_person_says_after_the_withdrawal_has_the_whole_term_from_its_own_receipt() -> None:
    story = stopped()
    story.wait_until("2026-04-11 09:00")
    assert names(story.hear(replied("2026-04-13 08:00"), at="2026-04-13 08:00")) == ["case-reopened", "deadline-set"]
    assert story.case.deadline is not None
    assert (story.case.deadline.due, story.case.stop) == (date(2026, 5, 5), None)
    assert "reminder" in story.timers


def test_a_letter_that_did_not_reach_the_person_asked_them_nothing() -> None:
    story = stopped()
    story.hear(failed(None, BEFORE).model_copy(update={"kind": "completion-request"}))
    assert story.case.stop is not None
    assert story.case.stop.undelivered == "550 no such user"
    assert names(story.wait_until("2026-06-01 08:00")) == ["clock-stop-waiting", "clock-stop-waiting"]
    assert story.case.status == "suspended"


def test_one_that_arrived_after_all_asked_them() -> None:
    story = stopped()
    story.hear(bounced(None, BEFORE).model_copy(update={"kind": "completion-request"}))
    story.hear(sent(None, BEFORE, "completion-request"))
    assert names(story.wait_until("2026-06-01 08:00")) == ["case-withdrawn"]


def test_the_person_has_as_long_again_once() -> None:
    story = stopped()
    story.hear(said("Necesito más tiempo.", "2026-04-09 10:00"), at="2026-04-09 10:00")
    assert names(story.ask(ExtendStop(AGENT))) == ["clock-stop-extended"]
    assert story.case.stop is not None
    assert story.case.stop.until == date(2026, 5, 11)  # 10 May is a Sunday
    assert story.ask_in_vain(ExtendStop(AGENT)).code == "already-extended"
    assert names(story.wait_until("2026-06-01 08:00")) == ["case-withdrawn"]


def test_more_time_is_asked_for_before_the_time_is_over() -> None:
    story = stopped()
    story.hear(failed(None, BEFORE).model_copy(update={"kind": "completion-request"}))
    story.wait_until("2026-04-13 10:00")
    assert story.ask_in_vain(ExtendStop(AGENT)).code == "time-to-complete-is-over"


def test_two_agents_at_once_do_it_once() -> None:
    story = stopped()
    assert story.ask_in_vain(ASK).code == "clock-is-stopped"
    story.ask(ResumeClock(AGENT))
    refused = story.ask_in_vain(ResumeClock(AGENT))
    assert (refused.code, "resume-clock" in refused.allowed) == ("clock-is-running", False)


def test_a_timer_of_a_stop_that_is_over_does_nothing() -> None:
    story = stopped()
    due = story.timers["withdrawal"]
    story.ask(ResumeClock(AGENT))
    late = decide(story.policy, story.state, TimerFired("withdrawal", due), due)
    assert isinstance(late, Decision)
    assert late.events == ()
    assert late.state.open


def test_what_the_house_does_meanwhile_leaves_it_suspended() -> None:
    story = stopped()
    story.ask(DeliverDocuments(RESPONDER, "Va el extracto."))
    story.ask(Classify(AGENT, term="documents"))
    assert story.case.status == "suspended"
    assert set(story.timers) == {"withdrawal"}
    story.ask(ResumeClock(AGENT, date(2026, 3, 10)))
    assert story.case.deadline is not None
    assert story.case.deadline.due == date(2026, 3, 16)


def test_who_answers_waits_for_nothing_more() -> None:
    story = stopped()
    told = names(story.ask(AnswerPerson(AGENT, "a-1", "Lo encontramos nosotros."), at="2026-03-24 09:00"))
    assert told == ["clock-resumed", "deadline-set", "answer-approved"]
    story.hear(sent("a-1", "2026-04-08 23:00"))
    assert story.case.answered is not None
    assert story.case.answered.in_time


def test_a_judge_does_not_wait_for_the_person() -> None:
    story = stopped()
    ordered = TermOrdered(actor=AGENT, tutela=tutela("2026-03-20 16:00"))
    told = names(story.hear(ordered, at="2026-03-18 10:00"))
    assert told[0] == "clock-resumed"
    assert story.case.deadline is not None
    assert story.case.deadline.due_at == local("2026-03-20 16:00")
    assert story.case.stop is None
    assert story.ask_in_vain(ASK).code == "term-is-ordered"


COMMANDS: list[tuple[Command, str]] = [
    (ResumeClock(AGENT), "already-withdrawn"),
    (AnswerPerson(AGENT, "a-1", "Ya."), "already-withdrawn"),
]


@pytest.mark.parametrize(("command", "code"), COMMANDS)
def test_a_withdrawn_case_takes_no_command(command: Command, code: str) -> None:
    story = stopped()
    story.wait_until("2026-04-11 09:00")
    assert story.ask_in_vain(command).code == code
    assert allowed(story.case) == ("mark-ombudsman",)


def test_it_can_be_withdrawn_by_the_house_only_after_the_end_or_at_the_persons_own_wish() -> None:
    story = stopped()
    refused = story.ask_in_vain(Withdraw(AGENT, "not-completed", "No envió nada."))
    assert (refused.code, refused.values) == ("person-still-has-time", {"until": "2026-04-10"})
    story.ask(Withdraw(AGENT, "asked-by-the-person", "Escribió que no quiere seguir."))
    ended = story.only(CaseWithdrawn)
    assert (ended.reason, ended.until, ended.source) == (
        "asked-by-the-person",
        None,
        "Ley 1755 de 2015, art. 18 (CPACA art. 18)",
    )
    assert story.timers == {}
