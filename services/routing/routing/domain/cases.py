# SPDX-License-Identifier: Apache-2.0
"""The life of a case: how it begins, and by which rule it goes on with what came (heard.py, asked.py)."""

from dataclasses import replace
from datetime import datetime

from chassis.decision import Received, Refused, TimerFired
from routing.domain.allowed import allowed, refusal
from routing.domain.asked import ASKED
from routing.domain.case import Case
from routing.domain.classifying.proposal import FiledWithProposal
from routing.domain.clock.counting_again import count_again
from routing.domain.clock.reminders import on_timer
from routing.domain.commands import Command, CountAgain, TakeMatrix
from routing.domain.filing import on_case_filed
from routing.domain.heard import HEARD
from routing.domain.matrix.taking import take_matrix
from routing.domain.policy import Policy
from routing.domain.promising.promises import look_after_promises
from routing.domain.rule import Decided
from routing.domain.versions import OnVersion, outdated
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled

HANDLES: tuple[type[Event], ...] = (CaseFiled, *HEARD)


def decide(policy: Policy, case: Case | None, came: object, now: datetime) -> Decided:
    """What follows from an event, a timer or a command. Raises ValueError for what cannot be about this case."""
    decided = _decided(policy, case, came, now)
    return decided if isinstance(decided, Refused) else look_after_promises(policy, case, decided, now)


def _decided(policy: Policy, case: Case | None, came: object, now: datetime) -> Decided:
    match came:
        case Received(event=CaseFiled()):
            return _filed(policy, case, FiledWithProposal(came, None), now)
        case FiledWithProposal():
            return _filed(policy, case, came, now)
        case Received():
            return _heard(policy, _there(case), came, now)
        case TimerFired():
            return on_timer(policy, _there(case), came, now)
    if not isinstance(came, Command | OnVersion | CountAgain | TakeMatrix):
        raise TypeError(type(came).__name__)
    return Refused("not-found", "not-found") if case is None else _told(policy, case, came, now)


def _filed(policy: Policy, case: Case | None, filed: FiledWithProposal, now: datetime) -> Decided:
    if case is not None:
        raise ValueError("a case is filed once")
    return on_case_filed(policy, filed, now)


def _heard(policy: Policy, case: Case, received: Received[Event], now: datetime) -> Decided:
    rule = HEARD.get(type(received.event))
    if rule is None:
        raise TypeError(type(received.event).__name__)
    return rule(policy, case, received, now)


def _there(case: Case | None) -> Case:
    if case is None:
        raise ValueError("nothing is known of this case")
    return case


def _told(policy: Policy, case: Case, came: Command | OnVersion | CountAgain | TakeMatrix, now: datetime) -> Decided:
    """People ask; what the organisation laid down anew only reaches the case."""
    match came:
        case CountAgain():
            return count_again(policy, case, came, now)
        case TakeMatrix():
            return take_matrix(policy, case, came, now)
        case OnVersion():
            return _asked(policy, case, came.command, now, came.version)
        case _:
            return _asked(policy, case, came, now)


def _asked(policy: Policy, case: Case, command: Command, now: datetime, seen: int | None = None) -> Decided:
    """What is refused says what can be done instead (design 4); ``seen``: the version that its giver saw."""
    case = with_needs(policy, case)
    if seen is not None and outdated(case, seen):
        return Refused("case-changed", allowed=allowed(case))
    outcome = refusal(case, command) or ASKED[type(command)].rule(policy, case, command, now)
    if isinstance(outcome, Refused) and outcome.kind == "conflict":
        return replace(outcome, allowed=allowed(case))
    return outcome


def with_needs(policy: Policy, case: Case) -> Case:
    """With what its answer needs before it goes out, by the rules that hold now (CNF-09)."""
    needs = policy.answering.needs_of(case)
    return case if needs == case.answer_needs else case.model_copy(update={"answer_needs": needs})
