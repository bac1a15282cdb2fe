# SPDX-License-Identifier: Apache-2.0
"""What routing reads: every topic that is keyed by case, but its own."""

from collections.abc import Callable
from datetime import datetime

from chassis.decision import Decision, Refused
from chassis.subjects import Aggregate
from routing.domain.case import Case
from routing.domain.cases import HANDLES, decide
from routing.domain.policy import Policy

CASES = "cases"
TOPICS = ("intake-cases", "notifications-deliveries", "satisfaction-checks")


def cases_under(rules: Callable[[], Policy]) -> Aggregate:
    """The cases, decided by what the organisation has laid down by then."""

    def deciding(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
        return decide(rules(), case, message, now)

    return Aggregate(CASES, Case, deciding, TOPICS, HANDLES)
