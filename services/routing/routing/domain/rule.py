# SPDX-License-Identifier: Apache-2.0
"""The one shape that every rule about a case has, so that tables can say which of them decides what came."""

from datetime import datetime
from typing import Protocol, TypeVar

from chassis.decision import Decision, Received, Refused
from routing.domain.case import Case
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Event

Decided = Decision[Case] | Refused
C_contra = TypeVar("C_contra", contravariant=True)
E = TypeVar("E", bound=Event)


class Rule(Protocol[C_contra]):
    """What follows for a case from what came: ``Received[…]`` of an event, a ``TimerFired``, or a command."""

    def __call__(self, policy: Policy, case: Case, came: C_contra, now: datetime, /) -> Decided: ...


EventRule = Rule[Received[E]]
