# SPDX-License-Identifier: Apache-2.0
"""What is heard of a case that is there, event by event, and the rule that decides what follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.decision import Decision, Received
from routing.domain.answering.answering import on_delivery, on_filed_with_regulator
from routing.domain.answering.proposals import on_delivery_proposed
from routing.domain.case import Case
from routing.domain.closing import on_check_completed, on_check_waived
from routing.domain.filing import on_message_appended, on_person_corrected
from routing.domain.handling import Handling
from routing.domain.links import on_case_linked
from routing.domain.membership import on_membership_checked, on_membership_completed
from routing.domain.policy import Policy
from routing.domain.rule import E, EventRule, Rule
from routing.domain.urgent import on_emergency_decided, on_term_ordered
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import (
    AddresseeAdded,
    AnswerFiledWithRegulator,
    CaseLinked,
    DeliveryProposed,
    EmergencyDecided,
    MembershipChecked,
    MembershipCompleted,
    MembershipIncomplete,
    MessageAppended,
    PersonCorrected,
    TermOrdered,
)
from ventanilla_contracts.notifications import DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.satisfaction import CheckCompleted, CheckWaived


def only_noted(_: Policy, case: Case, received: Received[Event], now: datetime) -> Decision[Case]:
    """Whoever handles the case reads it in its history; nothing else follows."""
    handling = Handling(case, now)
    handling.note(received.event, received.time)
    return handling.decision()


def _row(event: type[E], rule: EventRule[E]) -> tuple[type[Event], Rule[Any]]:
    """A rule stands only beside an event that it takes: mypy sees to it here."""
    return event, rule


HEARD: Mapping[type[Event], Rule[Any]] = dict(
    (
        _row(MessageAppended, on_message_appended),
        _row(EmergencyDecided, on_emergency_decided),
        _row(TermOrdered, on_term_ordered),
        _row(MembershipChecked, on_membership_checked),
        _row(MembershipIncomplete, only_noted),
        _row(MembershipCompleted, on_membership_completed),
        _row(PersonCorrected, on_person_corrected),
        _row(DeliveryProposed, on_delivery_proposed),
        _row(AddresseeAdded, only_noted),
        _row(AnswerFiledWithRegulator, on_filed_with_regulator),
        _row(CaseLinked, on_case_linked),
        _row(DeliverySent, on_delivery),
        _row(DeliveryFailed, on_delivery),
        _row(DeliveryBounced, on_delivery),
        _row(DeliveryUnknown, on_delivery),
        _row(CheckCompleted, on_check_completed),
        _row(CheckWaived, on_check_waived),
    )
)
"""All but the filing, with which a case begins. Each takes ``Received`` of its event."""
