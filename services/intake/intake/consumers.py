# SPDX-License-Identifier: Apache-2.0
"""What intake keeps, and which topics it reads about it."""

from chassis.subjects import Aggregate
from intake.domain.boxes import BoxOpening, decide_opening
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.progress import FOLLOWED
from intake.domain.set_aside import SetAsideSubmission, decide_set_aside
from ventanilla_contracts.intake import SubmissionReceived

CASES = Aggregate(
    "cases", Case, decide_case, ("routing-cases", "notifications-deliveries", "satisfaction-checks"), FOLLOWED
)
"""By case id."""

SUBMISSIONS = Aggregate(
    "submissions", SetAsideSubmission, decide_set_aside, ("channel-submissions",), (SubmissionReceived,)
)
"""By submission id: those that become no case; the others of the topic are moved to their case when resolved."""

BOX_OPENINGS = Aggregate("box_openings", BoxOpening, decide_opening, (), ())
"""By opening id; what nobody else hears of."""

TOLD = {"intake-outcomes": "submission_cases"}
"""Outcomes are keyed by submission; each submission that was filed is a row of this collection."""
