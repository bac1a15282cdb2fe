# SPDX-License-Identifier: Apache-2.0
"""What was held ends in exactly one final outcome, its outcomes counted on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.decision import Decision, Insert, Keyed, Put, Refused, Remove
from intake.desk.held import Typed, typed_over
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.released import too_late
from intake.domain.set_aside import JUDGED_AUTOMATIC, SetAsideSubmission, SetHeldAside, decide_set_aside
from intake.domain.submission import FileSubmission, Release, SetAside
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    CaseFiled,
    Person,
    SubmissionAppended,
    SubmissionCreated,
    SubmissionForm,
    SubmissionIgnored,
    SubmissionOutcome,
    SubmissionRejected,
)

CAME = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
NOW = CAME + timedelta(days=3)
CITIZEN = Actor(id="citizen", role="citizen")
AGENT = Actor(id="yuliana", role="agent")
NUMBER = "CAJA-2026-000001-7"


def submission(**own: Any) -> FileSubmission:
    values: dict[str, Any] = {
        "submission_id": "s-1",
        "channel": "email",
        "external_id": "<x@correo.example>",
        "external_key": "k-1",
        "content_hash": "h",
        "actor": CITIZEN,
        "tracking_code": "7KQ2-M4TX-9RWZ-5",
        "form": SubmissionForm(text="No llegó la cuota.", received_at=CAME),
    }
    return FileSubmission(**{**values, **own})


def held(times: int = 1) -> tuple[SetAsideSubmission, dict[str, Any]]:
    """The state and the stored row of a submission that was heard of so often."""
    command = submission(set_aside=SetAside("held", "no-sender"))
    first = decide_set_aside(None, command, CAME)
    assert isinstance(first, Decision)
    [row, _] = first.rows
    assert isinstance(row, Insert)
    state = first.state
    for _ in range(times - 1):
        again = decide_set_aside(state, command, CAME)
        assert isinstance(again, Decision)
        state = again.state
    return state, {"_id": "s-1", **row.document}


def released(row: dict[str, Any], told: int, **own: Any) -> FileSubmission:
    release = Release(row=row, told=told)
    return submission(actor=AGENT, external_key=None, case_id="c-1", number=NUMBER, released=release, **own)


def outcome(decision: Decision[Any]) -> Keyed:
    [found] = [event for event in decision.events if isinstance(event, Keyed)]
    return found


def test_a_release_files_a_case_as_of_when_it_came_and_counts_its_outcomes_on() -> None:
    state, row = held(times=3)
    decision = decide_case(None, released(row, state.told), NOW)
    assert isinstance(decision, Decision)
    filed, told = decision.events[0], outcome(decision)
    assert isinstance(filed, CaseFiled)
    assert (filed.received_at, filed.registered_at) == (CAME, NOW)
    assert isinstance(told.event, SubmissionCreated)
    assert (told.key, told.seq, told.event.repeat, told.event.actor) == ("s-1", 4, False, AGENT)
    assert decision.result["repeat"] is False
    put, remove = decision.rows
    assert isinstance(put, Put)
    assert remove == Remove("submissions", "s-1")
    assert (put.document["outcome"], put.document["case_id"]) == ("created", "c-1")
    assert put.document["decided"] == {
        "by": AGENT.model_dump(),
        "at": NOW,
        "held_for": "no-sender",
        "held_at": CAME,
        "case_number": NUMBER,
    }


def test_a_mail_that_comes_again_hears_what_became_of_it_since() -> None:
    state, row = held()
    decision = decide_case(None, released(row, state.told), NOW)
    assert isinstance(decision, Decision)
    again = decide_case(decision.state, submission(case_id="c-1"), NOW)
    assert isinstance(again, Decision)
    told = outcome(again)
    assert isinstance(told.event, SubmissionCreated)
    assert (told.seq, told.event.repeat, again.result["outcome"]) == (3, True, "created")
    assert (again.rows, again.result["repeat"]) == ((), True)


def test_what_is_released_into_a_case_is_appended_to_it_and_lets_nobody_in() -> None:
    first = decide_case(None, submission(submission_id="s-0", case_id="c-1", number=NUMBER, channel="web"), CAME)
    assert isinstance(first, Decision)
    state, row = held()
    decision = decide_case(first.state, released(row, state.told), NOW)
    assert isinstance(decision, Decision)
    told = outcome(decision)
    assert isinstance(told.event, SubmissionAppended)
    assert (told.seq, told.event.repeat, told.event.case_number) == (2, False, NUMBER)
    assert isinstance(decision.state, Case)
    assert decision.state.participants == first.state.participants


@pytest.mark.parametrize(
    ("how", "typed", "event", "reason"),
    [
        ("rejected", "  No es para nosotros. ", SubmissionRejected, "No es para nosotros."),
        ("ignored", JUDGED_AUTOMATIC, SubmissionIgnored, JUDGED_AUTOMATIC),
    ],
)
def test_what_is_rejected_or_ignored_is_told_so_and_so_again(how: Any, typed: str, event: type, reason: str) -> None:
    state, row = held(times=2)
    decision = decide_set_aside(state, SetHeldAside(AGENT, "s-1", how, typed, row=row), NOW)
    assert isinstance(decision, Decision)
    told = outcome(decision)
    assert type(told.event) is event
    assert isinstance(told.event, SubmissionOutcome)
    assert (told.seq, told.event.repeat, told.event.actor) == (3, False, AGENT)
    assert told.event.reason == reason  # type: ignore[attr-defined]
    [put] = decision.rows
    assert isinstance(put, Put)
    assert (put.document["outcome"], put.document["reason"]) == (how, reason)
    again = decide_set_aside(decision.state, submission(), NOW)
    assert isinstance(again, Decision)
    assert (outcome(again).seq, again.result["outcome"], again.result["repeat"]) == (4, how, True)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_rejection_says_why(reason: str) -> None:
    state, row = held()
    refused = decide_set_aside(state, SetHeldAside(AGENT, "s-1", "rejected", reason, row=row), NOW)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == ("held-reason-length", "$.reason")


DECIDED = {"by": AGENT.model_dump(), "at": NOW, "held_for": "no-sender", "held_at": CAME, "case_number": NUMBER}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (None, "held-unknown"),
        ({"outcome": "held", "reason": "no-sender"}, None),
        ({"outcome": "created", "reason": None}, "held-unknown"),
        ({"outcome": "created", "reason": None, "decided": DECIDED}, "held-already-created"),
        ({"outcome": "appended", "reason": None, "decided": DECIDED}, "held-already-appended"),
        ({"outcome": "rejected", "reason": "No.", "decided": DECIDED}, "held-already-rejected"),
        ({"outcome": "ignored", "reason": "x", "decided": DECIDED}, "held-already-ignored"),
    ],
)
def test_who_comes_too_late_hears_what_was_done(row: dict[str, Any] | None, code: str | None) -> None:
    refused = too_late(row)
    assert (refused.code if refused else None) == code
    if refused and refused.kind == "conflict":
        assert refused.values["by"] == "yuliana"
    late = SetHeldAside(AGENT, "s-1", "ignored", JUDGED_AUTOMATIC, refused=refused)
    if refused:
        release = replace(released({}, 1), released=Release(refused=refused))
        assert decide_set_aside(None, late, NOW) == decide_set_aside(None, release, NOW) == refused


def test_a_decision_about_what_is_held_no_more_is_a_fault_and_never_a_second_outcome() -> None:
    state, row = held()
    command = SetHeldAside(AGENT, "s-1", "rejected", "No.", row=row)
    first = decide_set_aside(state, command, NOW)
    assert isinstance(first, Decision)
    for stale in (None, first.state):
        with pytest.raises(ValueError, match="resolved again"):
            decide_set_aside(stale, command, NOW)
    with pytest.raises(ValueError, match="not resolved"):
        decide_case(None, replace(released(row, 1), released=Release()), NOW)


MAIL = SubmissionForm(text="Lo del correo.", subject="Cuota", person=Person(email="ana@correo.example"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (Typed(), {"text": "Lo del correo.", "subject": "Cuota", "email": "ana@correo.example", "anonymous": False}),
        (Typed(text="Dicta\0do", subject=" De  dos\nlíneas "), {"text": "Dictado", "subject": "De dos líneas"}),
        (Typed(person=Person(phone="300 123 4567")), {"email": None, "phone": "+573001234567", "anonymous": False}),
        (Typed(person=Person(name=" ")), {"email": None, "anonymous": True}),
    ],
)
def test_what_an_agent_types_stands_for_what_the_mail_says(typed: Typed, expected: dict[str, Any]) -> None:
    form = typed_over(MAIL, typed)
    assert isinstance(form, SubmissionForm)
    found = {**form.model_dump(), **form.person.model_dump()}
    assert {name: found[name] for name in expected} == expected


def test_an_address_that_is_none_is_refused_by_its_field() -> None:
    refused = typed_over(MAIL, Typed(person=Person(email="ana")))
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.field) == ("invalid", "$.person.email")
