# SPDX-License-Identifier: Apache-2.0
"""The legal clock: worked examples (domain-colombia 6), rules by date of filing, stops, extensions, the trace."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from time import process_time
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from routing.domain.clock.calendar import Calendar
from routing.domain.clock.deadlines import Deadline, OnCompletion, Policy, Suspended, compute
from routing.domain.clock.invalid_input import InvalidInput
from routing.domain.clock.stops import Stop
from routing.domain.clock.terms import TERM_NAMES, Terms
from routing.organisation.legal_data import load_calendar, load_terms, load_words

TERMS = load_terms()
CALENDAR = load_calendar()
WORDS = {language: load_words(language, CALENDAR) for language in ("es", "en")}
BOGOTA = ZoneInfo("America/Bogota")
ONE_DAY = timedelta(days=1)
SHORTEST = ("copies", "ombudsman-forward", "ombudsman-admission", "habeas-mark")
MONTH_TERMS = ("completion-month", "habeas-completion")
DAY_TERMS = [name for name in TERM_NAMES if name not in MONTH_TERMS]


def clock(
    term: str,
    received: str | datetime,
    *,
    policy: Policy = "receipt",
    stops: Sequence[tuple[str, str | None]] = (),
    on_completion: OnCompletion = "resume",
    extended: bool = False,
    calendar: Calendar = CALENDAR,
) -> Deadline | Suspended | InvalidInput:
    return compute(
        term,
        local(received) if isinstance(received, str) else received,
        policy=policy,
        stops=[Stop.model_validate({"from": begin, "to": end}) for begin, end in stops],
        on_completion=on_completion,
        extended=extended,
        terms=TERMS,
        calendar=calendar,
    )


def local(text: str) -> datetime:
    """A Bogotá wall time, unless the text says its own offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=BOGOTA)


def deadline(term: str, received: str | datetime, **options: object) -> Deadline:
    result = clock(term, received, **options)  # type: ignore[arg-type]
    assert isinstance(result, Deadline), result
    return result


def due(term: str, received: str | datetime, **options: object) -> str:
    return deadline(term, received, **options).due.isoformat()


def invalid(term: str, received: str | datetime, **options: object) -> InvalidInput:
    result = clock(term, received, **options)  # type: ignore[arg-type]
    assert isinstance(result, InvalidInput), result
    return result


def reasons(result: Deadline | Suspended) -> Mapping[str, str]:
    return {day.date.isoformat(): day.reason for day in result.trace}


@pytest.mark.parametrize(
    ("term", "received", "by_receipt", "by_next_business_day"),
    [
        ("general", "2026-03-02T10:15", "2026-03-24", "2026-03-24"),
        ("general", "2026-03-26T17:01", "2026-04-20", "2026-04-21"),
        ("general", "2026-07-11T09:00", "2026-08-04", "2026-08-05"),
        ("documents", "2026-07-01T08:00", "2026-07-16", "2026-07-16"),
        ("consultation", "2026-12-01T11:00", "2027-01-18", "2027-01-18"),
        ("general", "2026-03-03T03:30+00:00", "2026-03-24", "2026-03-25"),
    ],
)
def test_the_worked_examples_hold(term: str, received: str, by_receipt: str, by_next_business_day: str) -> None:
    assert due(term, received) == by_receipt
    assert due(term, received, policy="next-business-day") == by_next_business_day


@pytest.mark.parametrize(("on_completion", "expected"), [("resume", "2026-04-08"), ("restart", "2026-04-16")])
def test_a_completed_request_goes_on_or_begins_again(on_completion: str, expected: str) -> None:
    stops = [("2026-03-10", "2026-03-24")]
    assert due("general", "2026-03-02T10:15", stops=stops, on_completion=on_completion) == expected


@pytest.mark.parametrize(
    ("term", "received", "plain", "extended"),
    [
        ("general", "2026-03-02T10:15", "2026-03-24", "2026-04-16"),  # 30
        ("documents", "2026-07-01T08:00", "2026-07-16", "2026-07-31"),  # 20
        ("consultation", "2026-12-01T11:00", "2027-01-18", "2027-03-01"),  # 60
        ("habeas-claim", "2026-03-02T10:15", "2026-03-24", "2026-04-07"),  # 23
        ("habeas-query", "2026-03-02T10:15", "2026-03-16", "2026-03-24"),  # 15
    ],
)
def test_an_extension_counts_from_the_start(term: str, received: str, plain: str, extended: str) -> None:
    assert due(term, received) == plain
    assert due(term, received, extended=True) == extended


@pytest.mark.parametrize("term", ["between-authorities", "transfer", "ombudsman-answer", "completion-month"])
def test_other_terms_cannot_be_extended_and_the_answer_says_which_can(term: str) -> None:
    problem = invalid(term, "2026-03-02T10:15", extended=True)
    assert (problem.field, problem.code) == ("extended", "not-extendable")
    assert problem.facts["terms"] == "general, documents, consultation, habeas-query, habeas-claim"


@pytest.mark.parametrize(
    ("term", "expected"),
    [("between-authorities", "2026-03-16"), ("transfer", "2026-03-09"), ("ombudsman-answer", "2026-03-12")],
)
def test_the_shorter_terms(term: str, expected: str) -> None:
    assert due(term, "2026-03-02T10:15") == expected


@pytest.mark.parametrize(
    ("asked", "expected", "why"),
    [
        ("2026-03-10", "2026-04-10", "the same day of the next month"),
        ("2026-01-31", "2026-03-02", "February has no 31st; the 28th is a Saturday"),
        ("2028-01-31", "2028-02-29", "leap year"),
        ("2026-03-03", "2026-04-06", "3 April is Good Friday"),
        ("2026-12-11", "2027-01-12", "11 January is a holiday"),
        ("2026-12-31", "2027-02-01", "31 January is a Sunday"),
    ],
)
def test_a_month_ends_on_its_day_or_its_last_and_moves_to_a_business_day(asked: str, expected: str, why: str) -> None:
    assert due("completion-month", f"{asked}T09:00") == expected, why


def test_the_trace_of_a_month_that_moves_says_why() -> None:
    result = deadline("completion-month", "2026-03-03T09:00")
    tail = [(day.date.isoformat(), day.counted, day.reason) for day in result.trace[-5:]]
    assert tail == [
        ("2026-04-02", True, "calendar-day"),
        ("2026-04-03", False, "holiday:good-friday"),
        ("2026-04-04", False, "saturday"),
        ("2026-04-05", False, "sunday"),
        ("2026-04-06", True, "moved-to-business-day"),
    ]


@pytest.mark.parametrize(
    ("filed", "general", "documents", "consultation"),
    [
        ("2020-03-27", 15, 10, 30),
        ("2020-03-28", 30, 20, 35),
        ("2022-05-17", 30, 20, 35),
        ("2022-05-18", 15, 10, 30),
        ("2026-03-02", 15, 10, 30),
    ],
)
def test_the_rule_is_the_one_of_the_local_day_of_filing(
    filed: str, general: int, documents: int, consultation: int
) -> None:
    late_evening = local(f"{filed}T22:00")  # already the next day in UTC
    lengths = [
        sum(day.counted for day in deadline(term, late_evening.astimezone(UTC)).trace)
        for term in ("general", "documents", "consultation")
    ]
    assert lengths == [general, documents, consultation]


def test_the_emergency_terms_are_marked_as_unverified_and_name_their_decree() -> None:
    result = deadline("general", "2021-06-01T10:00")
    assert result.source == "Decreto 491 de 2020, art. 5"
    assert not next(rule for rule in TERMS.rules if rule.id == result.rule).verified


def test_a_filing_moved_to_the_next_business_day_keeps_the_rule_of_its_own_day() -> None:
    result = deadline("general", "2022-05-17T18:00", policy="next-business-day")
    assert result.anchor == date(2022, 5, 18)
    assert result.source.startswith("Decreto 491")


def test_a_filing_older_than_every_rule_is_invalid() -> None:
    assert invalid("general", "2015-06-29T10:00").code == "no-rule-then"


ROWS = [  # domain-colombia 1: row, term, length and unit, extended, whether seen in a source
    ("1", "general", 15, 30, True),
    ("1", "documents", 10, 20, True),
    ("1", "consultation", 30, 60, True),
    ("1", "copies", 3, None, True),
    ("4", "transfer", 5, None, True),
    ("5", "completion-request", 10, None, True),
    ("5", "completion-month", "1 month", None, True),
    ("6", "clarification", 10, None, True),
    ("8", "between-authorities", 10, None, False),
    ("8", "control-bodies", 5, None, False),
    ("13", "habeas-claim", 15, 23, True),
    ("13", "habeas-query", 10, 15, False),
    ("13", "habeas-completion-request", 5, None, False),
    ("13", "habeas-completion", "2 months", None, False),
    ("13", "habeas-mark", 2, None, False),
    ("14", "ombudsman-forward", 3, None, True),
    ("14", "ombudsman-admission", 3, None, True),
    ("14", "ombudsman-information", 8, None, True),
    ("14", "ombudsman-answer", 8, None, True),
    ("14", "ombudsman-decision", 8, None, False),
    ("15", "regulator-complaint", 15, None, False),
]


@pytest.mark.parametrize(("row", "term", "length", "extended", "verified"), ROWS, ids=[row[1] for row in ROWS])
def test_a_term_is_as_long_as_its_row_says(
    row: str, term: str, length: int | str, extended: int | None, verified: bool
) -> None:
    rule = TERMS.rule_for(term, date(2026, 3, 2))
    assert rule is not None, f"domain-colombia 1.{row}"
    many = "" if rule.length == 1 else "s"
    said = rule.length if rule.unit == "business-days" else f"{rule.length} month{many}"
    assert (said, rule.extended_length, rule.verified) == (length, extended, verified)


def test_every_term_has_a_rule_and_a_row() -> None:
    assert {rule.term for rule in TERMS.rules} == set(TERM_NAMES) == {row[1] for row in ROWS}


def test_two_months_of_a_habeas_data_claim_move_to_a_business_day() -> None:
    assert due("habeas-completion", "2026-05-07T09:00") == "2026-07-07"
    assert due("habeas-completion", "2025-12-31T09:00") == "2026-03-02"  # 28 February is a Saturday


def test_two_rules_for_one_day_are_refused_at_load() -> None:
    data = TERMS.model_dump()
    data["rules"][0]["valid_to"] = "2020-03-28"
    with pytest.raises(ValidationError, match="hold for the same dates"):
        Terms.model_validate(data)


def test_a_term_without_a_rule_is_refused_at_load() -> None:
    rules = [rule for rule in TERMS.rules if rule.term != "transfer"]
    with pytest.raises(ValidationError, match="transfer has no rule"):
        Terms(version="x", rules=tuple(rules))


def test_the_trace_begins_with_the_day_of_receipt_and_does_not_count_it() -> None:
    result = deadline("general", "2026-03-02T10:15")
    first = result.trace[0]
    assert (first.date, first.counted, first.reason) == (date(2026, 3, 2), False, "anchor")
    assert reasons(result)["2026-03-23"] == "holiday:saint-josephs-day.moved"


def test_the_trace_shows_a_filing_after_closing_time_until_its_anchor() -> None:
    result = deadline("general", "2026-03-27T17:00:01", policy="next-business-day")
    assert [day.reason for day in result.trace[:4]] == ["after-hours", "saturday", "sunday", "anchor"]
    assert result.anchor == date(2026, 3, 30)


def test_five_o_clock_sharp_is_in_time() -> None:
    assert deadline("general", "2026-03-26T17:00:00", policy="next-business-day").anchor == date(2026, 3, 26)


def test_a_stop_counts_its_first_day_and_skips_the_business_days_through_its_last() -> None:
    shown = reasons(deadline("general", "2026-03-02T10:15", stops=[("2026-03-10", "2026-03-24")]))
    assert shown["2026-03-10"] == "business-day"
    assert shown["2026-03-11"] == shown["2026-03-24"] == "stopped"
    assert shown["2026-03-14"] == "saturday"
    assert shown["2026-03-23"] == "holiday:saint-josephs-day.moved"
    assert shown["2026-03-25"] == "business-day"


def test_a_restart_shows_the_days_that_no_longer_count() -> None:
    stops = [("2026-03-10", "2026-03-24")]
    result = deadline("general", "2026-03-02T10:15", stops=stops, on_completion="restart")
    assert [day.reason for day in result.trace].count("discarded-by-restart") == 6
    assert result.anchor == date(2026, 3, 2)


def test_an_open_stop_gives_no_due_date_but_what_is_left() -> None:
    result = clock("general", "2026-03-02T10:15", stops=[("2026-03-10", None)])
    assert isinstance(result, Suspended)
    assert (result.since, result.left, result.trace[-1].date) == (date(2026, 3, 10), 9, date(2026, 3, 10))


def test_an_open_stop_after_which_the_term_restarts_leaves_the_whole_term() -> None:
    result = clock("general", "2026-03-02T10:15", stops=[("2026-03-10", None)], on_completion="restart")
    assert isinstance(result, Suspended)
    assert result.left == 15


@pytest.mark.parametrize("end", [None, "2026-05-04"])
@pytest.mark.parametrize("begin", ["2026-03-24", "2026-03-25"])
@pytest.mark.parametrize("on_completion", ["resume", "restart"])
def test_a_stop_from_the_due_date_on_changes_nothing(begin: str, end: str | None, on_completion: str) -> None:
    assert due("general", "2026-03-02T10:15", stops=[(begin, end)], on_completion=on_completion) == "2026-03-24"


def test_a_request_completed_on_the_day_it_was_asked_loses_no_day() -> None:
    assert due("general", "2026-03-02T10:15", stops=[("2026-03-10", "2026-03-10")]) == "2026-03-24"


def test_a_second_stop_may_begin_on_the_day_the_first_ended() -> None:
    one = due("general", "2026-03-02T10:15", stops=[("2026-03-10", "2026-03-24")])
    assert due("general", "2026-03-02T10:15", stops=[("2026-03-10", "2026-03-16"), ("2026-03-16", "2026-03-24")]) == one


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"term": "eternal"}, "term", "unknown-term"),
        ({"received": datetime(2026, 3, 2, 10)}, "received_at", "needs-offset"),  # noqa: DTZ001
        ({"received": datetime(1, 1, 1, tzinfo=UTC)}, "received_at", "outside-calendar"),
        ({"received": datetime(9999, 12, 31, tzinfo=UTC)}, "received_at", "outside-calendar"),
        ({"stops": [("2026-03-01", "2026-03-05")]}, "stops[0].from", "before-filing"),
        ({"stops": [("2026-03-09", "2026-03-05")]}, "stops[0].to", "ends-before-it-begins"),
        ({"stops": [("2026-03-09", "9999-12-31")]}, "stops[0].to", "outside-calendar"),
        ({"stops": [("9999-12-31", None)]}, "stops[0].from", "outside-calendar"),
        ({"stops": [("2026-03-09", "2026-03-11"), ("2026-03-10", None)]}, "stops[1].from", "overlaps"),
        ({"stops": [("2026-03-09", "2026-03-11"), ("2026-03-03", "2026-03-04")]}, "stops[1].from", "out-of-order"),
        ({"stops": [("2026-03-09", None), ("2026-03-12", "2026-03-13")]}, "stops[1].from", "after-open-stop"),
        ({"term": "completion-month", "stops": [("2026-03-09", None)]}, "stops", "not-stoppable"),
    ],
)
def test_what_cannot_be_computed_names_the_field_and_says_what_was_expected(
    changes: Mapping[str, object], field: str, code: str
) -> None:
    problem = invalid(**{"term": "general", "received": "2026-03-02T10:15", **changes})  # type: ignore[arg-type]
    assert (problem.field, problem.code) == (field, code)
    for words in WORDS.values():
        assert "{" not in words.problem(problem)


def test_both_translation_files_say_the_same_things() -> None:
    spanish, english = (WORDS[language].model_dump() for language in ("es", "en"))
    assert shape(spanish) == shape(english)


def shape(catalogue: Mapping[str, object]) -> set[tuple[str, str]]:
    return {(name, code) for name, texts in catalogue.items() for code in (texts if isinstance(texts, dict) else [""])}


moments = st.datetimes(datetime(2022, 6, 1), datetime(2050, 12, 31), timezones=st.just(BOGOTA))  # noqa: DTZ001
policies = st.sampled_from(["receipt", "next-business-day"])
completions = st.sampled_from(["resume", "restart"])


@st.composite
def stopped_cases(draw: st.DrawFn) -> tuple[datetime, list[tuple[str, str | None]]]:
    """A filing and up to three closed stops after it, in order."""
    received = draw(moments)
    gaps = draw(st.lists(st.integers(0, 30), max_size=6))
    day, ends = received.date(), []
    for gap in gaps[: len(gaps) // 2 * 2]:
        day += timedelta(days=gap)
        ends.append(day.isoformat())
    return received, list(zip(ends[::2], ends[1::2], strict=True))


def added_up(result: Deadline, received: datetime) -> int:
    """Checks that a trace is whole and ends at its due date; the number of days counted."""
    assert result.trace[0].date == received.astimezone(BOGOTA).date()
    assert all(later.date == earlier.date + ONE_DAY for earlier, later in pairwise(result.trace))
    assert [day.date for day in result.trace if day.reason == "anchor"] == [result.anchor]
    assert result.trace[-1].date == result.due == max(day.date for day in result.trace if day.counted)
    assert CALENDAR.is_business_day(result.due)
    assert all(words.reason(day.reason) for words in WORDS.values() for day in result.trace)
    return sum(day.counted for day in result.trace)


@given(st.sampled_from(DAY_TERMS), stopped_cases(), policies, completions, st.booleans())
def test_the_trace_adds_up(
    term: str,
    case: tuple[datetime, list[tuple[str, str | None]]],
    policy: Policy,
    on_completion: OnCompletion,
    extended: bool,
) -> None:
    received, stops = case
    rule = TERMS.rule_for(term, received.date())
    assert rule
    extended = extended and rule.extended_length is not None
    options = {"policy": policy, "stops": stops, "on_completion": on_completion, "extended": extended}
    length = rule.extended_length if extended else rule.length
    assert added_up(deadline(term, received, **options), received) == length


@given(moments, policies)
def test_the_trace_of_a_month_adds_up_to_the_days_of_that_month(received: datetime, policy: Policy) -> None:
    result = deadline("completion-month", received, policy=policy)
    assert 28 <= added_up(result, received) <= 31
    assert result.due >= result.anchor + timedelta(days=28)


@given(st.sampled_from(DAY_TERMS), moments)
def test_a_term_is_the_nth_business_day_counted_by_hand(term: str, received: datetime) -> None:
    rule = TERMS.rule_for(term, received.date())
    assert rule
    every = (received.date() + ONE_DAY * n for n in range(1, 120))
    assert deadline(term, received).due == [day for day in every if CALENDAR.is_business_day(day)][rule.length - 1]


@given(st.sampled_from(TERM_NAMES), stopped_cases(), policies, completions, st.integers(0, 90))
def test_adding_a_holiday_never_makes_a_term_shorter(
    term: str,
    case: tuple[datetime, list[tuple[str, str | None]]],
    policy: Policy,
    on_completion: OnCompletion,
    days_later: int,
) -> None:
    received, stops = case
    added = {"date": received.date() + timedelta(days=days_later), "id": "new", "words": {"es": "x", "en": "x"}}
    data = CALENDAR.data.model_validate(CALENDAR.data.model_dump() | {"add": [{**added, "source": "invented"}]})
    options = {
        "policy": policy,
        "stops": [] if term in MONTH_TERMS else stops,
        "on_completion": on_completion,
    }
    assert due(term, received, calendar=Calendar(data), **options) >= due(term, received, **options)


@given(
    st.sampled_from([name for name in DAY_TERMS if name not in SHORTEST]),
    moments,
    st.integers(0, 4),
    st.integers(0, 40),
)
def test_stopping_for_n_business_days_moves_the_due_date_n_business_days(
    term: str, received: datetime, after: int, stopped: int
) -> None:
    begin = CALENDAR.business_days_after(received.date(), after)
    end = CALENDAR.business_days_after(begin, stopped)
    plain = deadline(term, received).due
    moved = deadline(term, received, stops=[(begin.isoformat(), end.isoformat())]).due
    assert moved == CALENDAR.business_days_after(plain, stopped)


@given(moments, st.integers(0, 4), st.integers(0, 40))
def test_a_restart_is_never_earlier_than_a_resumption(received: datetime, after: int, stopped: int) -> None:
    begin = CALENDAR.business_days_after(received.date(), after)
    stops = [(begin.isoformat(), CALENDAR.business_days_after(begin, stopped).isoformat())]
    restarted = due("general", received, stops=stops, on_completion="restart")
    assert restarted >= due("general", received, stops=stops)


@given(moments)
def test_the_later_policy_is_never_earlier(received: datetime) -> None:
    assert due("general", received, policy="next-business-day") >= due("general", received)


@given(moments)
def test_the_offset_in_which_a_time_is_written_changes_nothing(received: datetime) -> None:
    assert deadline("general", received) == deadline("general", received.astimezone(UTC))


@given(st.integers(2022, 2050))
def test_a_term_over_the_new_year_skips_both_holidays(year: int) -> None:
    shown = reasons(deadline("general", datetime.combine(date(year, 12, 20), time(10), BOGOTA)))
    assert shown[f"{year}-12-25"] == "holiday:christmas-day"
    assert shown[f"{year + 1}-01-01"] == "holiday:new-years-day"


def test_a_computation_takes_less_than_a_hundred_microseconds() -> None:
    received = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
    asked = partial(compute, "general", received, terms=TERMS, calendar=CALENDAR)
    assert min(repeat(asked, timer=process_time, number=200, repeat=20)) / 200 < 100e-6


def test_the_result_has_the_shape_that_others_rely_on() -> None:
    shown = deadline("transfer", "2026-03-02T10:15").model_dump(mode="json")
    assert set(shown) == {"due", "anchor", "calendar_version", "rule", "source", "trace"}
    assert shown["due"] == "2026-03-09"
    assert shown["trace"][0] == {"date": "2026-03-02", "counted": False, "reason": "anchor"}
