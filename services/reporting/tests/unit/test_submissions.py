# SPDX-License-Identifier: Apache-2.0
from datetime import datetime
from typing import Any

import pytest
from reporting_story import ACTOR, BOGOTA, MARCH_2, filed

from chassis.clock import parse_instant
from chassis.decision import Add, Received
from reporting.domain.submissions import SubmissionCounting, SubmissionFact
from ventanilla_contracts.intake import (
    PersonalCreated,
    SubmissionAppended,
    SubmissionCreated,
    SubmissionHeld,
    SubmissionIgnored,
    SubmissionOutcome,
    SubmissionRejected,
)

COUNT = SubmissionCounting(BOGOTA)
SAME: dict[str, Any] = {"actor": ACTOR, "channel": "email", "external_id": "m", "received_at": MARCH_2}
CASE: dict[str, Any] = {"case_id": "c", "case_number": "n"}


def created(*, repeat: bool = False) -> SubmissionCreated:
    return SubmissionCreated(**SAME, **CASE, repeat=repeat, personal=PersonalCreated(tracking_code="A"))


def held() -> SubmissionHeld:
    return SubmissionHeld(**SAME, reason="?")


def tell(*outcomes: SubmissionOutcome, at: datetime = MARCH_2) -> tuple[SubmissionFact | None, list[dict[str, int]]]:
    fact, counted = None, []
    for outcome in outcomes:
        decision = COUNT(fact, Received(outcome, "id", "s", at, outcome.TOPIC), at)
        fact = decision.state
        counted += [dict(row.amounts) for row in decision.rows if isinstance(row, Add)]
    return fact, counted


@pytest.mark.parametrize(
    ("outcome", "measure"),
    [
        (created(), "created"),
        (SubmissionAppended(**SAME, **CASE), "appended"),
        (held(), "held"),
        (SubmissionIgnored(**SAME, reason="auto"), "ignored"),
        (SubmissionRejected(**SAME, reason="no"), "rejected"),
    ],
)
def test_each_outcome_counts_as_what_it_is(outcome: SubmissionOutcome, measure: str) -> None:
    fact, counted = tell(outcome)
    assert fact is not None
    assert (fact.outcome, counted) == (measure, [{measure: 1}])


def test_a_held_submission_is_open_until_its_final_outcome() -> None:
    fact, counted = tell(held(), SubmissionAppended(**SAME, **CASE))
    assert fact is not None
    assert (fact.outcome, counted) == ("appended", [{"held": 1}, {"appended": 1}])


def test_what_came_again_is_not_created_again() -> None:
    fact, counted = tell(created(), created(repeat=True), created(repeat=True))
    assert fact is not None
    assert (fact.outcome, counted) == ("created", [{"created": 1}, {"repeated": 1}, {"repeated": 1}])


def test_an_outcome_counts_on_the_local_day_on_which_it_fell() -> None:
    fact, _ = tell(created(), at=parse_instant("2026-04-01T04:59:59Z"))
    assert fact is not None
    assert str(fact.since) == "2026-03-31"


def test_what_cannot_be_is_a_bug() -> None:
    with pytest.raises(TypeError):
        COUNT(None, Received(filed(), "id", "s", MARCH_2, "intake-cases"), MARCH_2)
