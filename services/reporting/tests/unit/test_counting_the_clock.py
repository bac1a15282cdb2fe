# SPDX-License-Identifier: Apache-2.0
"""Time that the clock stood still makes no case late; withdrawals and transfers are counted as such (ICX-04)."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from reporting_story import MARCH_2, by_measure, classified, cube, deadline, filed, missed, reopened, tell

from reporting.domain.facts import FOREVER
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import CaseTransferred, CaseWithdrawn, ClockStopped, PersonalWords

AGENT = Actor(id="catalina-ospina", role="agent")
DAY_8 = MARCH_2 + timedelta(days=8)


def stopped() -> ClockStopped:
    until = date(2026, 4, 10)
    values: dict[str, Any] = {"since": DAY_8.date(), "until": until, "until_at": DAY_8, "days_left": 9, "trace": ()}
    source: dict[str, Any] = {"rule": "r", "source": "s", "calendar_version": "c"}
    return ClockStopped(actor=AGENT, **values, **source, personal=PersonalWords(text="Falta algo."))


def withdrawn() -> CaseWithdrawn:
    return CaseWithdrawn(actor=AGENT, reason="not-completed", source="s")


def transferred() -> CaseTransferred:
    words = PersonalWords(text="Es su competencia.")
    return CaseTransferred(
        actor=AGENT, to_name="Alcaldía", due=date(2026, 3, 9), in_time=True, source="s", personal=words
    )


def test_while_the_clock_stands_still_nothing_is_due() -> None:
    fact, _ = tell(filed(), classified(), deadline(), stopped())
    assert fact.due == FOREVER
    fact, _ = tell(deadline(), fact=fact)
    assert fact.due < FOREVER


@pytest.mark.parametrize(("event", "measure"), [(withdrawn(), "withdrawn"), (transferred(), "transferred")])
def test_what_ends_without_an_answer_is_counted_as_such_and_owed_no_more(event: Any, measure: str) -> None:
    fact, rows = tell(filed(), classified(), deadline(), event)
    assert {name: n for name, n in by_measure(cube(rows)).items() if n} == {"received": 1, measure: 1}
    assert fact.open_until == fact.unanswered_until < FOREVER


@pytest.mark.parametrize("reason", ["person-replied", "replied-in-time"])
def test_a_withdrawal_that_was_taken_back_does_not_count(reason: Literal["person-replied", "replied-in-time"]) -> None:
    fact, rows = tell(filed(), classified(), deadline(), withdrawn())
    fact, more = tell(reopened(reason), fact=fact)
    assert {name: n for name, n in by_measure(cube([*rows, *more])).items() if n} == {"received": 1}
    assert (fact.open_until, fact.unanswered_until) == (FOREVER, FOREVER)


def test_what_was_missed_before_stays_so() -> None:
    _, rows = tell(filed(), classified(), deadline(), missed(), withdrawn())
    assert by_measure(cube(rows))["missed"] == 1
