# SPDX-License-Identifier: Apache-2.0
"""The month of `make demo`: drawn from a seed, and with everything in it that is to be seen."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import get_args

import pytest

from ventanilla_contracts.vocabulary import Channel, Kind
from ventanilla_local.pace import ZONE, Pace
from ventanilla_local.sample_month import DAYS, month

FIRST = date(2026, 10, 1)
MONTH = month(FIRST, 1)


def test_the_same_seed_gives_the_same_month_and_another_seed_another() -> None:
    assert month(FIRST, 1) == MONTH
    assert month(FIRST, 2) != MONTH


def test_every_channel_and_every_kind_comes() -> None:
    assert {planned.sample.channel for planned in MONTH} == set(get_args(Channel))
    assert {planned.sample.kind for planned in MONTH} == set(get_args(Kind))


@pytest.mark.parametrize("seed", range(5))
def test_some_are_answered_in_time_some_late_and_some_never(seed: int) -> None:
    handled = Counter(planned.handling for planned in month(FIRST, seed))
    assert handled["in-time"] > handled["late"] > 0
    assert handled["never"] > 0
    assert {planned.reached_at_call for planned in month(FIRST, seed)} == {0, 1, 2}


def test_cases_come_in_the_month_and_are_dealt_with_afterwards_in_order() -> None:
    assert [planned.at for planned in MONTH] == sorted(planned.at for planned in MONTH)
    for planned in MONTH:
        assert FIRST <= planned.at.date() < FIRST + timedelta(days=DAYS)
        moments = [planned.at, *(at for at, _ in planned.acts)]
        assert moments == sorted(moments)


def test_nobody_answers_a_compliment_or_what_was_solved_on_the_spot() -> None:
    for planned in MONTH:
        if planned.sample.kind == "compliment" or planned.sample.form.answer_on_spot:
            assert not planned.acts


def test_only_those_who_can_do_without_a_desk_come_at_the_weekend() -> None:
    channels = {planned.sample.channel for planned in MONTH if planned.at.weekday() >= 5}
    assert channels <= {"web", "email", "chat", "social"}


def test_who_is_reached_at_the_second_call_does_not_take_the_first() -> None:
    planned = next(one for one in MONTH if one.reached_at_call == 2)
    assert planned.call(0).result == "not-contacted"
    assert planned.call(1).outcome


def test_who_is_never_reached_takes_no_call() -> None:
    planned = next(one for one in MONTH if one.reached_at_call == 0)
    assert {planned.call(attempts).result for attempts in range(3)} == {"not-contacted"}


def test_an_accelerated_clock_is_the_same_here_and_in_the_services() -> None:
    origin = datetime(2026, 10, 1, 7, tzinfo=ZONE)
    pace = Pace.fast(origin, 10_000, begins_in=60)
    assert pace.now() < origin
    assert 59 < pace.real_seconds_until(origin) <= 60
    assert pace.environment()["CLOCK_ORIGIN"] == origin.isoformat()
    assert Pace().environment() == {}
