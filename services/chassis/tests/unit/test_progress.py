# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable

import pytest

from chassis.progress import POLLS_STOPPED_SECONDS, STILL_SECONDS, STUCK_SECONDS, Progress, Stuck

LONG = STILL_SECONDS + 2 * STUCK_SECONDS + POLLS_STOPPED_SECONDS


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def after(clock: Clock, seconds: float, *, each: Callable[[], object], step: float = 5.0) -> None:
    """Time goes by, and what the consumer does meanwhile."""
    for _ in range(int(seconds / step)):
        clock.seconds += step
        each()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(clock: Clock) -> Progress:
    made = Progress(clock)
    made.begun()
    return made


def test_a_process_that_does_not_consume_is_alive(clock: Clock) -> None:
    progress = Progress(clock)
    clock.seconds += LONG
    assert progress.is_alive()


def test_polls_that_stop_are_a_dead_process(clock: Clock, progress: Progress) -> None:
    clock.seconds += POLLS_STOPPED_SECONDS + 1
    assert not progress.is_alive()


def test_polls_that_bring_nothing_are_a_quiet_day(clock: Clock, progress: Progress) -> None:
    def quiet() -> None:
        progress.polled()
        progress.looked(0)

    after(clock, LONG, each=quiet)
    assert progress.is_alive()


def test_a_lag_that_does_not_move_asks_for_a_new_consumer_and_then_for_a_new_process(
    clock: Clock, progress: Progress
) -> None:
    consumers = 0

    def stuck() -> None:
        nonlocal consumers
        progress.polled()
        try:
            progress.looked(7)
        except Stuck:
            consumers += 1
            progress.begun()

    after(clock, STILL_SECONDS - 5, each=stuck)
    assert (consumers >= 3, progress.is_alive()) == (True, True)
    after(clock, 2 * STUCK_SECONDS, each=stuck)
    assert not progress.is_alive()


def test_a_lag_that_moves_slowly_is_none_of_both(clock: Clock, progress: Progress) -> None:
    def slow() -> None:
        progress.polled()
        progress.moved()
        progress.looked(1_000)

    after(clock, LONG, each=slow, step=STUCK_SECONDS - 1)
    assert progress.is_alive()


@pytest.mark.parametrize("polls", [True, False])
def test_an_outage_of_others_is_no_fault_of_its_own(clock: Clock, progress: Progress, polls: bool) -> None:
    def outage() -> None:
        progress.delayed()
        if polls:
            progress.polled()
            progress.came()
            progress.looked(1_000)

    after(clock, 10 * LONG, each=outage, step=50)
    assert progress.is_alive()
    clock.seconds += max(STILL_SECONDS, POLLS_STOPPED_SECONDS) + 1  # it is over, and still nothing moves
    assert not progress.is_alive()
