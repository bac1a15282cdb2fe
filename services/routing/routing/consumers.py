# SPDX-License-Identifier: Apache-2.0
"""What routing reads: every topic that is keyed by case, but its own."""

from functools import partial

from chassis.subjects import Aggregate
from routing.domain.case import Case
from routing.domain.cases import HANDLES, decide
from routing.domain.policy import Policy

CASES = "cases"
TOPICS = ("intake-cases", "notifications-deliveries", "satisfaction-checks")


def cases_under(policy: Policy) -> Aggregate:
    """The cases, decided by what the organisation has laid down."""
    return Aggregate(CASES, Case, partial(decide, policy), TOPICS, HANDLES)
