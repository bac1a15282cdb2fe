# SPDX-License-Identifier: Apache-2.0
"""Membership requests (CSC-06): intake checks the requirements; whoever answers sees how far, and admits after."""

from datetime import datetime

from chassis.decision import Decision, Received
from routing.domain.case import Case
from routing.domain.clock.stopping import resume
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from routing.domain.urgent import weigh_again
from ventanilla_contracts.intake import MembershipChecked, MembershipCompleted


def on_membership_checked(
    policy: Policy, case: Case, received: Received[MembershipChecked], now: datetime
) -> Decision[Case]:
    """The requirements as they are now; a case that turns out to be a request goes to the area that admits."""
    handling = Handling(case, now)
    handling.note(received.event, received.time)
    handling.change(membership=received.event.membership)
    if case.membership is None and case.open:
        weigh_again(handling, policy)
    return handling.decision()


def on_membership_completed(
    policy: Policy, case: Case, received: Received[MembershipCompleted], now: datetime
) -> Decision[Case]:
    """Nothing is missing: a clock that stood still for it runs again, counted from the message that completed it.

    A stop of such a request asks for what its list lacks; whoever accepted the last of it judged the request complete.
    """
    handling = Handling(case, now)
    handling.note(received.event, received.time)
    if case.stop is not None:
        completed_on = policy.calendar.local_date(case.stop.replied_at or received.time)
        resume(handling, policy, max(completed_on, case.stop.since), "completed", received.event.actor)
    return handling.decision()
