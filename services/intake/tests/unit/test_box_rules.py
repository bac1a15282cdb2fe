# SPDX-License-Identifier: Apache-2.0
"""Counted = transcribed, or the difference is shown until it is zero (CNF-01, SQR-04)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.decision import Decision, Refused
from intake.domain.boxes import (
    MOST_FORMS,
    MOST_SCANS,
    BoxOpening,
    CloseOpening,
    KeepScans,
    OpenBox,
    RecountForms,
    VoidForm,
    decide_opening,
    form_refusal,
)
from ventanilla_contracts.envelope import Actor, FileRef

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
YULIANA = Actor(id="yuliana", role="adviser")
NONE: frozenset[int] = frozenset()


def scan(n: int) -> FileRef:
    return FileRef(sha256=f"{n:064x}", name=f"{n}.jpg", type="image/jpeg", size=1)


def opened(counted: int = 3, **fields: Any) -> BoxOpening:
    values: dict[str, Any] = {"box": "Entrada", "place": "Versalles", "opened_at": NOW, **fields}
    return kept(decide_opening(None, OpenBox(YULIANA, counted=counted, **values), NOW))


def kept(outcome: Decision[BoxOpening] | Refused) -> BoxOpening:
    assert isinstance(outcome, Decision), outcome
    return outcome.state


def code(outcome: Decision[BoxOpening] | Refused) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_what_is_neither_a_case_nor_void_is_missing() -> None:
    opening = kept(decide_opening(opened(4), VoidForm(YULIANA, 2, "En blanco", NONE), NOW))
    assert opening.missing({1}) == (3, 4)
    assert opening.uncounted({1, 5}) == (5,)
    assert opening.void["2"].reason == "En blanco"


def test_it_is_closed_once_nothing_is_missing() -> None:
    outcome = decide_opening(opened(2), CloseOpening(YULIANA, frozenset({1})), NOW)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.values["forms"]) == ("forms-differ", "2")
    assert kept(decide_opening(opened(2), CloseOpening(YULIANA, frozenset({1, 2})), NOW)).closed_at == NOW
    assert code(decide_opening(opened(2), CloseOpening(YULIANA, frozenset({1, 2, 3})), NOW)) == "forms-differ"


def test_an_empty_box_is_complete_at_once() -> None:
    assert opened(0).closed_at == NOW


def test_the_same_opening_sent_twice_changes_nothing() -> None:
    first = opened(3)
    again = decide_opening(first, OpenBox(YULIANA, "Otra", "Otra", NOW, 9), NOW)
    assert kept(again) == first


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"box": " "}, "box-missing"),
        ({"place": ""}, "place-missing"),
        ({"opened_at": NOW + timedelta(minutes=6)}, "opened-in-future"),
        ({"counted": -1}, "count-out-of-range"),
        ({"counted": MOST_FORMS + 1}, "count-out-of-range"),
        ({"scans": tuple(map(scan, range(MOST_SCANS + 1)))}, "too-many-files"),
    ],
)
def test_what_cannot_be_an_opening_is_refused(fields: dict[str, Any], refused: str) -> None:
    values = {"box": "Entrada", "place": "Versalles", "opened_at": NOW, "counted": 1, **fields}
    assert code(decide_opening(None, OpenBox(YULIANA, **values), NOW)) == refused


def test_a_clock_a_little_ahead_does_not_open_a_box_in_the_future() -> None:
    assert opened(1, opened_at=NOW + timedelta(minutes=2)).opened_at == NOW


@pytest.mark.parametrize(
    ("n", "reason", "refused"),
    [(1, " ", "void-reason-missing"), (2, "Ilegible", "form-is-a-case"), (4, "Ilegible", "form-not-counted")],
)
def test_what_is_no_form_or_a_case_is_not_void(n: int, reason: str, refused: str) -> None:
    assert code(decide_opening(opened(3), VoidForm(YULIANA, n, reason, frozenset({2})), NOW)) == refused


def test_a_form_once_void_may_be_read_after_all() -> None:
    opening = kept(decide_opening(opened(1), VoidForm(YULIANA, 1, "Ilegible", NONE), NOW))
    assert form_refusal(opening, 1) is None


def test_a_form_is_transcribed_while_the_opening_is_open_and_counts_it() -> None:
    refusals = [form_refusal(opened(2), n) for n in (0, 1, 2, 3)]
    assert [one.code if one else None for one in refusals] == ["form-not-counted", None, None, "form-not-counted"]
    late = form_refusal(opened(0), 1)
    assert late is not None
    assert late.code == "opening-closed"


def test_a_new_count_keeps_the_old_one_with_its_reason_and_opens_again() -> None:
    closed = kept(decide_opening(opened(1), CloseOpening(YULIANA, frozenset({1})), NOW))
    again = kept(decide_opening(closed, RecountForms(YULIANA, 2, "Uno estaba pegado", frozenset({1})), NOW))
    assert (again.counted, again.closed_at, again.missing({1})) == (2, None, (2,))
    assert [(one.counted, one.reason) for one in again.recounts] == [(1, "Uno estaba pegado")]


@pytest.mark.parametrize(
    ("counted", "reason", "refused"),
    [(2, "", "recount-reason-missing"), (1, "Menos", "count-below-forms"), (-1, "Menos", "count-out-of-range")],
)
def test_no_count_leaves_a_case_out(counted: int, reason: str, refused: str) -> None:
    assert code(decide_opening(opened(3), RecountForms(YULIANA, counted, reason, frozenset({2})), NOW)) == refused


def test_the_same_scan_is_kept_once_also_after_closing() -> None:
    opening = kept(decide_opening(opened(0), KeepScans(YULIANA, (scan(1), scan(2))), NOW))
    again = kept(decide_opening(opening, KeepScans(YULIANA, (scan(2),)), NOW))
    assert [one.name for one in again.scans] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    "command", [KeepScans(YULIANA, ()), VoidForm(YULIANA, 1, "x", NONE), CloseOpening(YULIANA, NONE)]
)
def test_nothing_happens_to_an_opening_that_is_none(command: object) -> None:
    assert code(decide_opening(None, command, NOW)) == "opening-unknown"


@given(
    counted=st.integers(0, 12),
    acts=st.lists(st.tuples(st.sampled_from(["transcribe", "void", "recount"]), st.integers(0, 14)), max_size=30),
)
def test_closed_means_that_every_form_counted_is_a_case_or_void(counted: int, acts: list[tuple[str, int]]) -> None:
    opening, cases = opened(counted), set[int]()
    for act, n in acts:
        outcome: Decision[BoxOpening] | Refused = Decision(opening)
        if act == "void":
            outcome = decide_opening(opening, VoidForm(YULIANA, n, "Ilegible", frozenset(cases)), NOW)
        elif act == "recount":
            outcome = decide_opening(opening, RecountForms(YULIANA, n, "Otra vez", frozenset(cases)), NOW)
        elif form_refusal(opening, n) is None:
            cases.add(n)
        opening = outcome.state if isinstance(outcome, Decision) else opening
        closing = decide_opening(opening, CloseOpening(YULIANA, frozenset(cases)), NOW)
        settled = cases | set(map(int, opening.void))
        assert isinstance(closing, Decision) == (
            set(range(1, opening.counted + 1)) <= settled and not opening.uncounted(cases)
        )
        opening = closing.state if isinstance(closing, Decision) else opening
