# SPDX-License-Identifier: Apache-2.0
"""Links of a case to others, as intake tells them: shown to whoever handles one of them, nothing else follows."""

from datetime import datetime

from chassis.decision import Decision, Put, Received
from routing.domain.case import Case
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.intake import CaseLinked

LINKS = "links"
"""Collection of links, a row for each pair of cases, found from both: one is told of the case that it is kept at."""


def on_case_linked(_: Policy, case: Case, received: Received[CaseLinked], now: datetime) -> Decision[Case]:
    """The last one told of a pair holds."""
    handling, event = Handling(case, now), received.event
    row = {
        "cases": sorted((case.id, event.other_case_id)),
        "case_id": case.id,
        "case_number": case.case_number,
        "other_case_number": event.other_case_number,
        "relation": event.relation,
        "status": event.status,
        "at": received.time,
    }
    handling.keep(Put(LINKS, "_".join(sorted((case.id, event.other_case_id))), row))
    handling.note(event, received.time)
    return handling.decision()
