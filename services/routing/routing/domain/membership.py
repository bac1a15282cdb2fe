# SPDX-License-Identifier: Apache-2.0
"""Membership requests (CSC-06): intake checks the requirements; whoever answers sees how far, and admits after."""

from datetime import datetime

from chassis.decision import Decision
from routing.domain.case import Case
from routing.domain.clock.stopping import resume
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from routing.domain.urgent import weigh_again
from ventanilla_contracts.intake import MembershipChecked, MembershipCompleted, MembershipIncomplete


def on_membership_checked(
    policy: Policy, case: Case, event: MembershipChecked, at: datetime, now: datetime
) -> Decision[Case]:
    """The requirements as they are now; a case that turns out to be a request goes to the area that admits."""
    handling = Handling(case, now)
    handling.note(event, at)
    handling.change(membership=event.membership)
    if case.membership is None and case.open:
        weigh_again(handling, policy)
    return handling.decision()


def on_membership_incomplete(case: Case, event: MembershipIncomplete, at: datetime, now: datetime) -> Decision[Case]:
    """What the person was told is missing."""
    handling = Handling(case, now)
    handling.note(event, at)
    return handling.decision()


def on_membership_completed(
    policy: Policy, case: Case, event: MembershipCompleted, at: datetime, now: datetime
) -> Decision[Case]:
    """Nothing is missing: a clock that stood still for it runs again, counted from the message that completed it.

    A stop of such a request asks for what its list lacks; whoever accepted the last of it judged the request complete.
    """
    handling = Handling(case, now)
    handling.note(event, at)
    if case.stop is not None:
        completed_on = policy.calendar.local_date(case.stop.replied_at or at)
        resume(handling, policy, max(completed_on, case.stop.since), "completed", event.actor)
    return handling.decision()
