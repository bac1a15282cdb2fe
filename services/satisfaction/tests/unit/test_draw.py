# SPDX-License-Identifier: Apache-2.0
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satisfaction.domain.draw import (
    DrawSample,
    Placed,
    PutOff,
    Sample,
    decide_sample,
    drawn,
    margin_of_error,
    month_after,
    month_of,
    places,
)

NOW = datetime(2026, 4, 1, 11, tzinfo=UTC)


def draw(population: int, size: int = 100, seed: int = 7) -> Sample:
    return drawn(DrawSample("2026-03", tuple(f"case-{n}" for n in range(population)), size, seed), NOW)


@pytest.mark.parametrize(
    ("population", "size", "margin"),
    [
        (800, 100, 0.0917),  # domain-colombia 5.1: CNF-11's 100 of 800 claims
        (100, 80, 0.05),
        (500, 218, 0.05),
        (1000, 278, 0.05),
        (5000, 357, 0.05),
        (100_000, 383, 0.05),
        (100, 100, 0.0),
        (1, 1, 0.0),
    ],
)
def test_the_margin_of_error_is_that_of_the_domain(population: int, size: int, margin: float) -> None:
    assert margin_of_error(population, size) == pytest.approx(margin, abs=1e-3)


@given(st.integers(1, 400), st.integers(1, 150), st.integers(0, 2**63 - 1))
def test_a_draw_is_without_replacement_and_from_the_frame(population: int, size: int, seed: int) -> None:
    sample = draw(population, size, seed)
    assert len(set(sample.chosen)) == sample.size == min(size, population)
    assert set(sample.chosen) <= set(sample.frame)
    assert sample.population == population


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    assert draw(500).chosen == draw(500).chosen
    assert draw(500).chosen != draw(500, seed=8).chosen


def test_the_order_in_which_the_frame_was_read_does_not_matter() -> None:
    frame = tuple(f"case-{n}" for n in range(300))
    assert drawn(DrawSample("2026-03", frame, 100, 7), NOW) == drawn(DrawSample("2026-03", frame[::-1], 100, 7), NOW)


def test_each_claim_has_the_same_chance() -> None:
    chosen = Counter(case for seed in range(2_000) for case in draw(20, 5, seed).chosen)
    assert all(abs(times - 500) < 100 for times in chosen.values())  # five standard deviations
    assert len(chosen) == 20


def test_a_month_is_drawn_once() -> None:
    first = decide_sample(None, DrawSample("2026-03", ("a", "b"), 1, 1), NOW).state
    assert decide_sample(first, DrawSample("2026-03", ("a", "b", "c"), 1, 99), NOW).state == first
    with pytest.raises(TypeError):
        decide_sample(None, "hello", NOW)


def test_every_waiting_case_is_told_its_place() -> None:
    sample = drawn(DrawSample("2026-03", ("a", "b"), 1, 1), NOW)
    told = places(sample, ["a", "b", "late"], "2026-04")
    assert told["late"] == PutOff("2026-03", "2026-04")
    assert sorted(one.chosen for one in told.values() if isinstance(one, Placed)) == [False, True]


def test_months_follow_each_other() -> None:
    assert month_of(date(2026, 3, 31)) == "2026-03"
    assert [month_after(month) for month in ("2026-03", "2026-12")] == [date(2026, 4, 1), date(2027, 1, 1)]
