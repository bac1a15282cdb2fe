# SPDX-License-Identifier: Apache-2.0
"""What the house promises beside the legal term (ICX-09): counted in its hours, kept or missed, each said once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from routing_story import AGENT, FIRE, Story, bounced, filed, local, names, policy, promising_policy, said, sent, waived

from chassis.decision import Decision, TimerFired
from routing.domain.cases import decide
from routing.domain.clock.records import HousePromise, Promise
from routing.domain.commands import (
    AnswerPerson,
    Classify,
    CountAgain,
    Extend,
    ResumeClock,
    StopClock,
    Transfer,
)
from routing.domain.policy import Policy
from routing.domain.promising.slas import SlasFile, sla_faults
from routing.domain.promising.words import counted_hours
from ventanilla_contracts.routing import DeadlineSet, SlaKept, SlaMissed, SlaSet

ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.")
STOP = StopClock(AGENT, "Falta el certificado.")
CLAIM, LARGE, URGENT = (
    {"id": "claims", "name": "Reclamos", "if": {"kind": ["claim"]}, "first_response": 16, "resolution": 40},
    {"id": "large", "name": "Grandes clientes", "if": {"segment": ["grandes"]}, "first_response": 4},
    {"id": "urgent", "name": "Urgentes", "if": {"priority": ["high", "emergency"]}, "resolution": 8},
)


def slas(*rules: dict[str, Any], version: str = "1") -> SlasFile:
    return SlasFile.model_validate({"version": version, "slas": [{"valid_from": "2026-01-01", **one} for one in rules]})


def promising(*rules: dict[str, Any], **changes: Any) -> Policy:
    return Policy(**{**vars(policy()), "slas": slas(*(rules or (URGENT, LARGE, CLAIM))), **changes})


def about_the_promise(events: Sequence[Any]) -> list[tuple[str, str]]:
    told = [event for event in events if isinstance(event, SlaKept | SlaMissed)]
    return [(names([event])[0], event.promise) for event in told]


def house(story: Story) -> HousePromise:
    assert story.case.promise is not None
    return story.case.promise


def resolution(story: Story) -> Promise:
    promise = house(story).resolution
    assert promise is not None
    return promise


def test_a_case_is_promised_what_the_house_promises_such_cases_and_its_term_stays() -> None:
    story = Story(filed(), policy=promising())
    promise = story.only(SlaSet)
    assert (promise.sla, promise.sla_name, promise.since) == ("claims", "Reclamos", local("2026-03-02 10:15"))
    assert promise.first_response is not None
    assert promise.resolution is not None
    assert promise.first_response.due_at == local("2026-03-04 10:15")
    assert promise.resolution.due_at == local("2026-03-09 10:15")
    assert sum(row.seconds for row in promise.resolution.trace) == 40 * 3600
    assert [row.reason for row in promise.resolution.trace] == [*["open"] * 5, "saturday", "sunday", "open"]
    assert story.only(DeadlineSet).due == date(2026, 3, 24)


def test_a_house_without_promises_says_nothing_of_them() -> None:
    story = Story(filed())
    assert names(story.told) == ["case-classified", "case-assigned", "deadline-set"]
    assert story.case.promise is None


@pytest.mark.parametrize(
    ("fields", "sla"),
    [
        ({}, "claims"),
        ({"segment": "grandes"}, "large"),
        ({"segment": "grandes", "emergency": FIRE}, "urgent"),
        ({"kind_stated": "petition"}, None),
        ({"received": "2025-12-30 10:00"}, None),
    ],
)
def test_the_first_that_holds_on_the_day_of_filing_decides(fields: dict[str, Any], sla: str | None) -> None:
    case = Story(filed(**fields), policy=promising()).case
    assert (case.promise.sla if case.promise else None) == sla


def test_an_sla_holds_for_filings_of_its_dates_both_included() -> None:
    dated = promising({**CLAIM, "valid_from": "2026-03-02", "valid_to": "2026-03-03"})
    days = [f"2026-03-{day:02} 22:30" for day in range(1, 5)]
    found = [Story(filed(received=day), policy=dated).case.promise is not None for day in days]
    assert found == [False, True, True, False]


def test_what_nobody_did_in_time_is_missed_once_and_the_legal_term_goes_on() -> None:
    story = Story(filed(), policy=promising())
    assert story.wait_until("2026-03-04 10:15") == []
    assert about_the_promise(story.wait_until("2026-03-04 10:16")) == [("sla-missed", "first-response")]
    assert about_the_promise(story.wait_until("2026-03-09 10:16")) == [("sla-missed", "resolution")]
    assert about_the_promise(story.wait_until("2026-05-01 00:00")) == []
    assert names(story.told[4:]).count("deadline-missed") == 1
    [missed] = [event for event in story.told if isinstance(event, SlaMissed) and event.promise == "resolution"]
    assert (missed.sla, missed.due_at, missed.responder.id) == ("claims", local("2026-03-09 10:15"), "marcela-duque")


def test_a_timer_that_fires_twice_or_late_says_it_once() -> None:
    story = Story(filed(), policy=promising())
    story.wait_until("2026-03-20 10:00")
    for name in ("sla-first-response", "sla-resolution"):
        decided = decide(story.policy, story.case, TimerFired(name, story.now), story.now)
        assert isinstance(decided, Decision)
        assert decided.events == ()


def test_an_answer_in_time_keeps_both_and_says_so_once() -> None:
    story = Story(filed(), policy=promising())
    assert about_the_promise(story.ask(ANSWER, at="2026-03-03 10:00")) == [("sla-kept", "first-response")]
    assert about_the_promise(story.hear(sent("a-1", "2026-03-03 10:01"))) == [("sla-kept", "resolution")]
    assert story.timers == {}
    assert about_the_promise(story.wait_until("2026-05-01 00:00")) == []


@pytest.mark.parametrize(
    ("command", "at"),
    [
        (STOP, "2026-03-03 10:00"),
        (Extend(AGENT, date(2026, 4, 10), "Falta un concepto."), "2026-03-03 10:00"),
        (ANSWER, "2026-03-04 10:15"),
        (AnswerPerson(AGENT, "p-1", "Una parte.", partial=True), "2026-03-03 10:00"),
    ],
)
def test_the_first_letter_that_somebody_writes_is_the_first_response(command: Any, at: str) -> None:
    story = Story(filed(), policy=promising())
    assert about_the_promise(story.ask(command, at=at)) == [("sla-kept", "first-response")]


def test_an_acknowledgement_is_no_response() -> None:
    story = Story(filed(), policy=promising())
    assert about_the_promise(story.hear(sent(None, "2026-03-02 10:16", kind="acknowledgement"))) == []


def test_an_answer_after_the_time_is_missed_even_where_no_timer_said_so() -> None:
    story = Story(filed(), policy=promising())
    told = [*story.ask(ANSWER, at="2026-03-09 10:00"), *story.hear(sent("a-1", "2026-03-09 10:16"))]
    assert about_the_promise(told) == [("sla-missed", "first-response"), ("sla-missed", "resolution")]


def test_an_answer_that_was_in_time_and_is_heard_of_late_keeps_it_after_all() -> None:
    story = Story(filed(), policy=promising())
    story.ask(ANSWER, at="2026-03-09 10:10")
    assert about_the_promise(story.wait_until("2026-03-09 10:20")) == [("sla-missed", "resolution")]
    late = story.hear(sent("a-1", "2026-03-09 10:11"), at="2026-03-09 10:21")
    assert about_the_promise(late) == [("sla-kept", "resolution")]
    assert not resolution(story).missed


def test_an_answer_that_bounced_kept_nothing() -> None:
    story = Story(filed(), policy=promising())
    story.ask(ANSWER, at="2026-03-03 10:00")
    story.hear(sent("a-1", "2026-03-03 10:01"))
    assert about_the_promise(story.hear(bounced("a-1", "2026-03-03 10:05"), at="2026-03-03 10:05")) == []
    assert resolution(story).kept_at is None
    assert story.timers["sla-resolution"] > local("2026-03-09 10:15")
    assert about_the_promise(story.wait_until("2026-03-09 10:16")) == [("sla-missed", "resolution")]


def test_solved_on_the_spot_keeps_what_was_promised() -> None:
    spot: dict[str, Any] = {
        "answered_on_spot": {"at": local("2026-03-02 10:20")},
        "answer_on_spot": "Listo.",
        "channel": "in-person",
    }
    told = Story(filed(**spot), policy=promising()).told
    assert about_the_promise(told) == [("sla-kept", "first-response"), ("sla-kept", "resolution")]


def test_a_compliment_is_promised_nothing() -> None:
    everything = promising({"id": "all", "name": "Todos", "resolution": 8})
    story = Story(filed("Felicito a la señora que me atendió", kind_stated="compliment"), policy=everything)
    assert story.case.promise is None
    assert story.timers == {}


def test_business_hours_stand_still_while_the_clock_does() -> None:
    story = Story(filed(), policy=promising())
    assert "sla-set" not in names(story.ask(STOP, at="2026-03-03 10:15"))
    assert resolution(story).due_at is None
    assert "sla-resolution" not in story.timers
    assert about_the_promise(story.wait_until("2026-03-20 10:00")) == []
    story.ask(ResumeClock(AGENT, date(2026, 3, 20)))
    # 8 h had passed; the house opens again on Tuesday 24, after the holiday, with 32 h to go
    assert resolution(story).due_at == local("2026-03-27 17:00")
    assert [row.reason for row in resolution(story).trace][:3] == ["open", "partly-stopped", "stopped"]
    assert [event.resolution.due_at for event in story.told if isinstance(event, SlaSet) and event.resolution] == [
        local("2026-03-09 10:15"),
        local("2026-03-27 17:00"),
    ]


def test_what_was_missed_before_the_stop_stays_missed() -> None:
    story = Story(filed(), policy=promising({**CLAIM, "first_response": None, "resolution": 4}))
    story.wait_until("2026-03-03 10:00")
    story.ask(STOP)
    story.wait_until("2026-03-05 10:00")
    assert about_the_promise(story.ask(ResumeClock(AGENT))) == []
    assert about_the_promise(story.wait_until("2026-03-20 10:00")) == []


def test_another_priority_may_have_another_promise_from_the_same_receipt() -> None:
    story = Story(filed(), policy=promising())
    told = story.ask(Classify(AGENT, priority="high"), at="2026-03-02 15:00")
    assert (house(story).sla, resolution(story).due_at) == ("urgent", local("2026-03-03 10:15"))
    assert "deadline-set" not in names(told)


def test_more_time_is_watched_over_anew() -> None:
    story = Story(filed(), policy=promising())
    story.ask(Classify(AGENT, priority="high"), at="2026-03-02 15:00")
    assert about_the_promise(story.wait_until("2026-03-03 10:16")) == [("sla-missed", "resolution")]
    story.ask(Classify(AGENT, priority="normal"))
    assert not resolution(story).missed
    assert ("sla-missed", "resolution") in about_the_promise(story.wait_until("2026-03-09 10:16"))


def test_a_reply_that_opens_the_case_again_has_the_whole_promise() -> None:
    story = Story(filed(), policy=promising())
    story.ask(ANSWER, at="2026-03-03 10:00")
    story.hear(sent("a-1", "2026-03-03 10:01"))
    story.hear(waived("not-sampled"))
    story.hear(said("No me pagaron.", "2026-03-10 08:00", reopens=True), at="2026-03-10 08:00")
    assert house(story).since == local("2026-03-10 08:00")
    assert resolution(story).due_at == local("2026-03-16 17:00")
    assert about_the_promise(story.wait_until("2026-03-16 17:01"))[-1] == ("sla-missed", "resolution")


def test_a_case_that_ends_without_an_answer_neither_keeps_nor_misses() -> None:
    story = Story(filed(), policy=promising())
    story.ask(Transfer(AGENT, "Alcaldía", "No es nuestro."), at="2026-03-03 10:00")
    assert story.timers == {}
    assert about_the_promise(story.wait_until("2026-05-01 00:00")) == []


def test_changed_promises_are_counted_again_once() -> None:
    story = Story(filed(), policy=promising())
    story.policy = promising(slas=slas({**CLAIM, "resolution": 24}, version="2"))
    again = CountAgain(story.policy.counts_by)
    assert names(story.ask(again, at="2026-03-03 10:00")) == ["sla-set"]  # type: ignore[arg-type]
    assert resolution(story).due_at == local("2026-03-05 10:15")
    assert story.ask(again) == ()  # type: ignore[arg-type]


def test_a_new_version_that_changes_nothing_for_the_case_says_nothing() -> None:
    story = Story(filed(), policy=promising())
    story.policy = promising(slas=slas(URGENT, LARGE, CLAIM, version="2"))
    again = CountAgain(story.policy.counts_by)
    assert story.ask(again, at="2026-03-03 10:00") == ()  # type: ignore[arg-type]
    assert house(story).slas_version == "2"


def test_a_decision_that_changes_nothing_is_not_touched() -> None:
    story = Story(filed(), policy=promising())
    before = story.case
    story.hear(sent(None, "2026-03-02 10:16", kind="acknowledgement"))
    assert story.case is before


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ([{"id": "a", "name": "A"}], "business hours"),
        ([{"id": "a", "name": "A", "resolution": 0.1}], "multiple of"),
        ([{"id": "a", "name": "A", "resolution": 8, "valid_to": "2025-01-01"}], "before valid_from"),
        ([{"id": "a", "name": "A", "resolution": 8, "if": {"colour": ["red"]}}], "Extra inputs"),
    ],
)
def test_an_sla_that_cannot_be_is_refused_in_words(rules: list[dict[str, Any]], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        slas(*rules)


def test_slas_that_no_case_reaches_or_whose_area_is_unknown_are_told() -> None:
    everything = {"id": "all", "name": "Todos", "resolution": 8}
    elsewhere = {"id": "moon", "name": "Luna", "if": {"area": ["luna"]}, "resolution": 8, "valid_from": "2020-01-01"}
    faults = sla_faults(slas(everything, CLAIM, elsewhere, everything), ["salud"])
    assert [(fault.place, fault.what) for fault in faults] == [
        (("slas", 3, "id"), "all stands twice"),
        (("slas", 2, "if", "area", 0), "area luna does not exist"),
        (("slas", 1), "no case reaches claims: all takes all of them before"),
        (("slas", 3), "no case reaches all: all takes all of them before"),
    ]
    ended = {**everything, "valid_to": "2026-02-01"}
    assert sla_faults(slas(ended, CLAIM), []) == []


def test_the_sample_house_promises_large_clients_more_and_petitions_nothing() -> None:
    large = Story(filed(segment="grandes-clientes"), policy=promising_policy()).case.promise
    assert large is not None
    assert large.sla == "large-clients"
    assert Story(filed(kind_stated="complaint"), policy=promising_policy()).case.promise is not None
    assert Story(filed(kind_stated="petition"), policy=promising_policy()).case.promise is None


def test_hours_and_minutes_are_said_as_people_say_them() -> None:
    words = policy().words["es"]
    assert [counted_hours(seconds, words) for seconds in (0, 900, 3600, 20700)] == ["0", "15 min", "1 h", "5 h 45 min"]
