# SPDX-License-Identifier: Apache-2.0
"""What the person sees of the clock of their case, and where what they write then goes (ICX-03, ICX-04)."""

from datetime import UTC, date, datetime, timedelta

from chassis.decision import Received
from intake.domain.belonging import ToClosed
from intake.domain.case import Case, Filed
from intake.domain.progress import follow
from intake.domain.remaining import remaining
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.routing import (
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    DeadlineExtended,
    DeadlineSet,
    PersonalWords,
)

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
ROUTING = Actor(id="routing", role="service")
ADVISER = Actor(id="yuliana", role="agent")
DUE = date(2026, 3, 24)
DEADLINE = DeadlineSet(
    actor=ROUTING,
    due=DUE,
    due_at=NOW,
    term="general",
    anchor=date(2026, 3, 2),
    rule="r",
    source="s",
    calendar_version="1",
    because="filed",
    trace=(),
)

UNTIL = date(2026, 4, 10)
STOPPED = ClockStopped(
    actor=ADVISER,
    since=date(2026, 3, 10),
    until=UNTIL,
    until_at=NOW,
    days_left=9,
    rule="r",
    source="s",
    calendar_version="1",
    trace=(),
    personal=PersonalWords(text="Falta el certificado."),
)
MORE = ClockStopExtended(
    actor=ADVISER, since=STOPPED.since, until=date(2026, 5, 11), until_at=NOW, source="s", trace=()
)
RESUMED = ClockResumed(
    actor=ADVISER,
    since=STOPPED.since,
    completed_on=date(2026, 3, 24),
    because="completed",
    on_completion="resume",
)
EXTENDED = DeadlineExtended(
    actor=ADVISER,
    due_before=DUE,
    due=date(2026, 4, 8),
    latest=date(2026, 4, 16),
    business_days=24,
    source="s",
    personal=PersonalWords(text="Falta un concepto."),
)
WITHDRAWN = CaseWithdrawn(actor=ROUTING, reason="not-completed", source="s")
TRANSFERRED = CaseTransferred(
    actor=ADVISER,
    to_name="Alcaldía",
    due=DUE,
    in_time=True,
    source="s",
    personal=PersonalWords(text="Es su competencia."),
)


def told(*events: Event) -> Case:
    case = Case(
        number="CAJA-2026-000001-1",
        tracking_code="AAAA-BBBB-CCCC-D",
        channel="email",
        received_at=NOW,
        registered_at=NOW,
        anonymous=False,
        submissions={"s-1": Filed(outcome="created", received_at=NOW)},
    )
    for event in events:
        case = follow(case, Received(event, "e", "case-1", NOW, event.TOPIC))
    return case


def test_the_person_sees_what_is_missing_until_when_and_that_no_time_runs() -> None:
    case = told(DEADLINE, STOPPED)
    assert case.progress.status == "suspended"
    assert case.progress.asked is not None
    assert (case.progress.asked.text, case.progress.asked.until) == ("Falta el certificado.", UNTIL)
    assert remaining(case.progress, UNTIL + timedelta(days=30)) is None
    later = told(DEADLINE, STOPPED, MORE).progress
    assert later.asked is not None
    assert later.asked.until == date(2026, 5, 11)


def test_running_again_it_is_as_before_with_the_new_date() -> None:
    again = DEADLINE.model_copy(update={"due": date(2026, 4, 8), "because": "resumed"})
    progress = told(DEADLINE, STOPPED, RESUMED, again).progress
    assert (progress.status, progress.asked, progress.due) == ("in-progress", None, date(2026, 4, 8))
    assert [step.code for step in progress.steps] == ["deadline-set", "stopped", "resumed", "deadline-set"]


def test_an_extension_says_why() -> None:
    [_, step] = told(DEADLINE, EXTENDED).progress.steps
    assert (step.code, step.due, step.said) == ("extended", date(2026, 4, 8), "Falta un concepto.")


def test_a_changed_calendar_says_so() -> None:
    recounted = DEADLINE.model_copy(update={"because": "rules-changed"})
    assert [step.code for step in told(DEADLINE, recounted).progress.steps] == ["deadline-set", "recounted"]


def test_it_ends_in_words_and_what_comes_afterwards_is_a_case_of_its_own() -> None:
    for event, status in ((WITHDRAWN, "withdrawn"), (TRANSFERRED, "transferred")):
        case = told(DEADLINE, STOPPED, event)
        assert case.progress.status == status
        assert ToClosed("append").follows_up(case, NOW + timedelta(seconds=1))
        assert not ToClosed("link").follows_up(case, NOW - timedelta(seconds=1))


def test_a_reply_in_time_takes_it_back() -> None:
    taken_back = CaseReopened(actor=ROUTING, reason="replied-in-time")
    progress = told(DEADLINE, STOPPED, WITHDRAWN, taken_back).progress
    assert (progress.status, progress.steps[-1].code) == ("suspended", "not-withdrawn")
    assert progress.asked is not None
