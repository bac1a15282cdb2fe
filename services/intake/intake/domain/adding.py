# SPDX-License-Identifier: Apache-2.0
"""What a person may add to their case on the tracking page."""

from chassis.decision import Refused
from intake.domain.case import Case
from ventanilla_contracts.vocabulary import CaseStatus

ENDED: frozenset[CaseStatus] = frozenset({"closed", "transferred", "withdrawn", "rejected"})
"""Nobody works on such a case any more."""


def adding_refusal(case: Case) -> Refused | None:
    """What is said after the end of a case would be read by nobody: it is a matter for a new one."""
    return Refused("case-ended", values={"number": case.number}) if case.progress.status in ENDED else None
