# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from satisfaction_story import ANSWERED, BOGOTA, answered, ask, called, classified, filed, tell, to_call

from chassis.decision import Decision, Refused
from satisfaction.domain.attempts import RecordAttempt
from satisfaction.domain.check import Check, Outcome, Result
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.satisfaction import CheckCompleted, ContactAttempted


def after(check: Check, *calls: RecordAttempt) -> tuple[Check, list[Event]]:
    said: list[Event] = []
    for call in calls:
        decision = ask(check, call)
        assert isinstance(decision, Decision), decision
        check, said = decision.state, [*said, *(one for one in decision.events if isinstance(one, Event))]
    return check, said


@pytest.mark.parametrize("outcome", ["satisfied", "not-satisfied"])
def test_contact_ends_the_check_at_once(outcome: Outcome) -> None:
    call = called("contacted", outcome, "2026-03-10T10:30:00-05:00", "Agradece.")
    check, [attempted, completed] = after(to_call(), call)
    assert isinstance(attempted, ContactAttempted)
    assert (attempted.number, attempted.result, str(attempted.day)) == (1, "contacted", "2026-03-10")
    assert isinstance(completed, CheckCompleted)
    assert (completed.outcome, completed.personal.summary) == (outcome, "Agradece.")
    assert completed.actor.id == "paula"
    assert (check.status, check.outcome, check.next_attempt_on) == ("completed", outcome, None)


def test_three_attempts_on_three_days_without_contact_end_the_check() -> None:
    times = ["2026-03-10T10:00:00-05:00", "2026-03-11T18:59:00-05:00", "2026-03-12T07:00:00-05:00"]
    check, said = after(to_call(), *[called(at=time) for time in times])
    assert [type(one) for one in said] == [ContactAttempted, ContactAttempted, ContactAttempted, CheckCompleted]
    completed = said[-1]
    assert isinstance(completed, CheckCompleted)
    assert completed.outcome == "not-contacted"
    assert [at.astimezone(BOGOTA).isoformat() for at in completed.attempts] == times
    assert check.status == "completed"


def test_two_attempts_do_not_end_it_and_the_next_day_is_said() -> None:
    check, said = after(to_call(), called(at="2026-03-10T10:00:00-05:00"), called(at="2026-03-13T10:00:00-05:00"))
    assert len(said) == 2
    assert (check.status, str(check.next_attempt_on)) == ("pending", "2026-03-14")


def test_a_second_attempt_on_the_same_local_day_is_refused_and_says_from_which_day_on() -> None:
    check, _ = after(to_call(), called(at="2026-03-10T08:00:00-05:00"))
    refused = ask(check, called(at="2026-03-10T19:30:00-05:00"))  # already 11 March in UTC
    assert isinstance(refused, Refused)
    assert (refused.code, refused.kind) == ("already-called-that-day", "conflict")
    assert refused.values == {"day": "2026-03-10", "next_day": "2026-03-11"}
    assert refused.allowed == ("contacted",)


def test_who_answers_later_on_the_same_day_was_contacted() -> None:
    calls = called(at="2026-03-10T08:00:00-05:00"), called("contacted", "satisfied", "2026-03-10T15:00:00-05:00")
    check, said = after(to_call(), *calls)
    assert (check.outcome, len(said)) == ("satisfied", 3)


def test_a_call_without_time_is_now() -> None:
    decision = ask(to_call(), called(), ANSWERED + timedelta(hours=3))
    assert isinstance(decision, Decision)
    assert decision.state.attempts[0].at == ANSWERED + timedelta(hours=3)


@pytest.mark.parametrize(
    ("call", "code", "field"),
    [
        (called("contacted"), "outcome-only-if-contacted", "$.outcome"),
        (called("not-contacted", "satisfied"), "outcome-only-if-contacted", "$.outcome"),
        (called(at="2027-01-01T00:00:00Z"), "call-in-the-future", "$.at"),
        (called(at="2026-03-09T11:02:32-05:00"), "call-before-answer", "$.at"),
        (called(at="0001-01-01T00:00:00+00:00"), "call-before-answer", "$.at"),
    ],
)
def test_a_call_that_cannot_have_been_is_invalid(call: RecordAttempt, code: str, field: str) -> None:
    refused = ask(to_call(), call)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.kind, refused.field) == (code, "invalid", field)


def test_no_call_counts_where_none_is_due() -> None:
    unanswered, _ = tell(filed(), classified())
    waived, _ = tell(filed(), classified("petition"), answered())
    waiting, _ = tell(filed(), classified("claim", "subsidios"), answered())
    completed, _ = after(to_call(), called("contacted", "satisfied", "2026-03-10T10:30:00-05:00"))
    refusals = [ask(check, called()) for check in (unanswered, waived, waiting, completed)]
    codes = [(one.code, one.kind) for one in refusals if isinstance(one, Refused)]
    assert codes == [
        ("check-not-begun", "conflict"),
        ("check-waived", "conflict"),
        ("check-waits-for-sample", "conflict"),
        ("check-ended", "conflict"),
    ]
    unknown = ask(None, called())
    assert isinstance(unknown, Refused)
    assert (unknown.code, unknown.kind) == ("check-unknown", "not-found")


def moments() -> st.SearchStrategy[datetime]:
    return st.timedeltas(timedelta(0), timedelta(days=8)).map(lambda since: ANSWERED + since)


def calls() -> st.SearchStrategy[RecordAttempt]:
    missed: tuple[Result, Outcome | None] = ("not-contacted", None)
    reached: list[tuple[Result, Outcome | None]] = [("contacted", "satisfied"), ("contacted", "not-satisfied")]
    return st.builds(call_at, st.sampled_from([missed] * 4 + reached), moments())


def call_at(end: tuple[Result, Outcome | None], at: datetime) -> RecordAttempt:
    result, outcome = end
    return called(result, outcome, at.isoformat())


@given(st.lists(calls(), max_size=12))
def test_any_interleaving_of_calls_ends_in_at_most_one_completion(attempts: list[RecordAttempt]) -> None:
    check, said = to_call(), list[Event]()
    for call in attempts:
        decision = ask(check, call)
        if isinstance(decision, Decision):
            assert check.status == "pending"
            check, said = decision.state, [*said, *(one for one in decision.events if isinstance(one, Event))]
    completions = [one for one in said if isinstance(one, CheckCompleted)]
    misses = [one for one in check.attempts if one.result == "not-contacted"]
    contacts = [one for one in check.attempts if one.result == "contacted"]
    assert len(completions) == (check.status == "completed")
    assert len({one.day for one in misses}) == len(misses) <= 3
    assert len(contacts) <= 1
    assert (check.status == "completed") == (len(misses) == 3 or len(contacts) == 1)
    assert [one.number for one in said if isinstance(one, ContactAttempted)] == list(range(1, len(check.attempts) + 1))
    assert not contacts or check.outcome != "not-contacted"


@given(st.lists(calls(), max_size=12))
def test_who_keeps_calling_on_new_days_always_ends_the_check(attempts: list[RecordAttempt]) -> None:
    check = to_call()
    more = [called(at=(ANSWERED + timedelta(days=20 + n)).isoformat()) for n in range(3)]
    said: list[Event] = []
    for call in [*attempts, *more]:
        decision = ask(check, call)
        if isinstance(decision, Decision):
            check, said = decision.state, [*said, *(one for one in decision.events if isinstance(one, Event))]
    assert sum(isinstance(one, CheckCompleted) for one in said) == 1
    assert check.status == "completed"
