# SPDX-License-Identifier: Apache-2.0
"""Satisfaction; callers call, and the month's draw chooses, as the story says."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from tests.contract.needs.stage import Asked, Cast, Stage
from tests.contract.needs.story import whole_story
from tests.contract.needs.told import Told

from chassis.subjects import Aggregate
from satisfaction.domain.attempts import RecordAttempt
from satisfaction.domain.check import Check, Outcome
from satisfaction.domain.decide import HANDLES, CheckRules
from satisfaction.domain.draw import Placed
from ventanilla_contracts.satisfaction import CheckCompleted, CheckScheduled, CheckWaived, ContactAttempted

CASES = "cases"
SUBSIDIES = frozenset({"family-subsidy"})


def _asks(stage: Stage, told: Told) -> Iterator[Asked]:
    case_id = told.envelope.subject
    match told.event:
        case ContactAttempted() as event:
            outcome = _outcome(case_id) if event.result == "contacted" else None
            call = RecordAttempt(event.actor, event.result, outcome, event.personal.summary, event.at)
            yield Asked(CASES, case_id, call)
        case CheckScheduled() | CheckWaived(reason="not-sampled") as event:
            month = stage.state(CASES, case_id).month
            yield Asked(CASES, case_id, Placed(month, isinstance(event, CheckScheduled)))


def _outcome(case_id: str) -> Outcome:
    """How the call that reached the person ended, which only the next event says."""
    ended = [one.event for one in whole_story() if one.envelope.subject == case_id]
    outcomes = {event.outcome for event in ended if isinstance(event, CheckCompleted)}
    return "satisfied" if "satisfied" in outcomes else "not-satisfied"


def satisfaction() -> Cast:
    rules = CheckRules(ZoneInfo("America/Bogota"), SUBSIDIES)
    topics = ("intake-cases", "routing-cases")
    return Cast("satisfaction", (Aggregate(CASES, Check, rules, topics, HANDLES),), _asks)
