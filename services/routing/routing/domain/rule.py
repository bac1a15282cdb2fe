# SPDX-License-Identifier: Apache-2.0
"""The one shape that every rule about a case has, so that tables can say which of them decides what came."""

from datetime import datetime
from typing import Protocol, TypeVar

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.policy import Policy

Decided = Decision[Case] | Refused
C_contra = TypeVar("C_contra", contravariant=True)


class Rule(Protocol[C_contra]):
    """What follows for a case from what came: ``Received[…]`` of an event, a ``TimerFired``, or a command."""

    def __call__(self, policy: Policy, case: Case, came: C_contra, now: datetime, /) -> Decided: ...
