# SPDX-License-Identifier: Apache-2.0
"""Reporting, which only hears."""

from zoneinfo import ZoneInfo

from tests.contract.needs.stage import Cast

from chassis.subjects import Aggregate
from reporting.app import CASE_TOPICS
from reporting.domain import counting, submissions
from reporting.domain.facts import CaseFact

BOGOTA = ZoneInfo("America/Bogota")


def reporting() -> Cast:
    cases = Aggregate("cases", CaseFact, counting.CaseCounting(BOGOTA), CASE_TOPICS, counting.HANDLES)
    count = submissions.SubmissionCounting(BOGOTA)
    outcomes = Aggregate("submissions", submissions.SubmissionFact, count, ("intake-outcomes",), submissions.HANDLES)
    return Cast("reporting", (cases, outcomes))
