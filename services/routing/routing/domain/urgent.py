# SPDX-License-Identifier: Apache-2.0
"""What cannot wait: emergencies (SQR-03), tutelas (ICX-15), requests of regulators with a term of their own (CNF-03).

Intake says which cases are; here is what follows. An emergency goes to the area of its matter, before everything else;
a tutela to the legal team, with the judge's date and hour, also if it is an emergency.
"""

from datetime import datetime

from chassis.decision import Decision, Received
from routing.domain.assigning import assign_by_matrix, say_classified
from routing.domain.case import Case
from routing.domain.classifying.classification import Classification
from routing.domain.clock.clock import set_deadline, start_timers_anew
from routing.domain.clock.stopping import resume
from routing.domain.handling import Handling
from routing.domain.matrix.escalation import escalate_at_once, forget_at_once
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.intake import EmergencyDecided, TermOrdered


def weighed(policy: Policy, case: Case, calm: Classification) -> Classification:
    """The classification of a case that would be ``calm`` without what cannot wait, or what it is known to be."""
    about = policy.classifier.member(calm) if case.membership else calm
    about = policy.classifier.ordered(about, tutela=case.tutela is not None) if case.has_ordered_term else about
    return (
        policy.classifier.urgent(about, case.emergency.matter, moves=case.tutela is None) if case.emergency else about
    )


def on_emergency_decided(
    policy: Policy, case: Case, received: Received[EmergencyDecided], now: datetime
) -> Decision[Case]:
    """The mark comes or goes; of a case that is answered already those who are told of emergencies hear at once."""
    handling = Handling(case, now)
    handling.note(received.event, received.time)
    handling.change(emergency=received.event.emergency)
    if received.event.emergency is None:
        forget_at_once(handling, policy)
    weigh_again(handling, policy)
    return handling.decision()


def on_term_ordered(policy: Policy, case: Case, received: Received[TermOrdered], now: datetime) -> Decision[Case]:
    """What an authority says last holds."""
    handling, event = Handling(case, now), received.event
    handling.note(event, received.time)
    if event.tutela is not None:
        handling.change(tutela=event.tutela)
    if event.regulator_due is not None and case.regulator is not None:
        changed = {"due": event.regulator_due, "business_days": None}
        handling.change(regulator=case.regulator.model_copy(update=changed))
    weigh_again(handling, policy)
    return handling.decision()


def weigh_again(handling: Handling, policy: Policy) -> None:
    case = handling.case
    if case.classification is None:
        raise ValueError("a case is classified when it is filed")
    calm = case.calm or case.classification
    about = weighed(policy, case, calm)
    handling.change(calm=calm)
    if not case.open:
        handling.change(classification=about)
        escalate_at_once(handling, policy)
        return
    if case.stop is not None and case.has_ordered_term:
        resume(handling, policy, policy.calendar.local_date(handling.now), "ordered")
    if about != case.classification:
        say_classified(handling, about, ROUTING)
        assign_by_matrix(handling, policy)
    set_deadline(handling, policy, "ordered" if case.has_ordered_term else "reclassified")
    start_timers_anew(handling, policy)
    escalate_at_once(handling, policy)
