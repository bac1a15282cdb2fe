# SPDX-License-Identifier: Apache-2.0
"""How much of what the house promised beside the law it kept (ICX-09)."""

from datetime import timedelta

import pytest
from reporting_story import MARCH_2, answered, by_measure, classified, cube, deadline, filed, reopened, tell

from reporting.domain.indicators import Figures, indicators
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.routing import SlaKept, SlaMissed
from ventanilla_contracts.vocabulary import Promised

ROUTING = Actor(id="routing", role="service")
ANA = StaffRef(id="ana", name="Ana", email="ana@caja.example")
PROMISES: tuple[Promised, ...] = ("first-response", "resolution")


def kept(promise: Promised = "resolution") -> SlaKept:
    return SlaKept(actor=ROUTING, sla="claims", promise=promise, due_at=MARCH_2, at=MARCH_2)


def broken(promise: Promised = "resolution") -> SlaMissed:
    return SlaMissed(actor=ROUTING, sla="claims", promise=promise, due_at=MARCH_2, responder=ANA)


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_is_counted_by_itself(promise: Promised) -> None:
    name = promise.replace("-", "_")
    _, rows = tell(filed(), classified(), deadline(), kept(promise))
    assert by_measure(cube(rows)) == {"received": 1, f"{name}_kept": 1}
    _, rows = tell(filed(), classified(), deadline(), broken(promise))
    assert by_measure(cube(rows)) == {"received": 1, f"{name}_missed": 1}


def test_what_was_kept_after_all_does_not_count_as_missed() -> None:
    fact, rows = tell(filed(), classified(), broken())
    _, more = tell(answered(), kept(), at=MARCH_2 + timedelta(days=1), fact=fact)
    counted = {name: n for name, n in by_measure(cube([*rows, *more])).items() if n}
    assert counted == {"received": 1, "answered": 1, "answered_in_time": 1, "resolution_kept": 1}


def test_an_answer_that_came_back_resolved_nothing() -> None:
    fact, rows = tell(filed(), classified(), kept("first-response"), answered(), kept())
    _, more = tell(reopened("answer-bounced"), fact=fact)
    counted = {name: n for name, n in by_measure(cube([*rows, *more])).items() if n}
    assert counted == {"received": 1, "first_response_kept": 1}


def test_the_indicators_are_shares_of_what_was_promised() -> None:
    amounts = {"first_response_kept": 3, "first_response_missed": 1, "resolution_kept": 1, "resolution_missed": 1}
    found = {one.id: one for one in indicators(Figures(cases={"claim": amounts}))}
    first, resolved = found["first-response-within-sla"], found["resolved-within-sla"]
    assert (first.value, first.numerator, first.denominator) == (75.0, 3, 4)
    assert (resolved.value, resolved.numerator, resolved.denominator) == (50.0, 1, 2)
    assert {one.id: one.value for one in indicators(Figures())}["resolved-within-sla"] is None
