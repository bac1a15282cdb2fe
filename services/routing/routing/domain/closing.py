# SPDX-License-Identifier: Apache-2.0
"""How a case ends: a compliment at once (CNF-08), others when their check is over (CNF-12) or the regulator has the
answer (CNF-05).
"""

from datetime import datetime

from chassis.decision import Decision, Received
from routing.domain.case import Case
from routing.domain.endings import Closed
from routing.domain.handling import Handling
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import CaseClosed
from ventanilla_contracts.satisfaction import CheckCompleted, CheckWaived
from ventanilla_contracts.vocabulary import CloseReason


def close(handling: Handling, reason: CloseReason, observation: str | None = None) -> None:
    """Nothing is left to do; closing twice is closing once."""
    if handling.case.closed is not None:
        return
    handling.cancel_timers()
    closed = Closed(reason=reason, at=handling.now, observation=observation)
    said = CaseClosed(actor=ROUTING, reason=reason, observation=observation)
    handling.say(said, closed=closed, status="closed", open=False)


def close_compliment(handling: Handling, policy: Policy) -> None:
    """CNF-08: a compliment needs no documents; the observation says so."""
    close(handling, "compliment", policy.observations.compliment)


def on_check_completed(policy: Policy, case: Case, received: Received[CheckCompleted], now: datetime) -> Decision[Case]:
    """CNF-12: the check has its outcome; the case closes, saying so where nobody could be reached."""
    reached = received.event.outcome != "not-contacted"
    observation = None if reached else policy.observations.not_contacted
    told = case.model_copy(update={"spoken_with": reached})
    return _check_over(told, received, "check-completed", observation, now)


def on_check_waived(_: Policy, case: Case, received: Received[CheckWaived], now: datetime) -> Decision[Case]:
    """CNF-11: nobody will call; the case closes."""
    return _check_over(case, received, "check-waived", None, now)


def _check_over(
    case: Case, received: Received[Event], reason: CloseReason, observation: str | None, now: datetime
) -> Decision[Case]:
    """An answered case closes now, another one as soon as it is answered."""
    handling = Handling(case, now)
    handling.note(received.event, received.time)
    handling.change(check_ended=reason)
    if case.answered is not None:
        close(handling, reason, observation)
    return handling.decision()
