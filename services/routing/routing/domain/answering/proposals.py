# SPDX-License-Identifier: Apache-2.0
"""What a responder sends by mail is a proposed delivery, and becomes one once somebody takes it (CNF-10)."""

from datetime import datetime

from chassis.decision import Decision, Received, Refused
from routing.domain.answering.documents import say_delivered
from routing.domain.answering.records import DocumentsDelivery, ProposedDelivery
from routing.domain.case import Case
from routing.domain.commands import TakeDelivery
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.intake import DeliveryProposed

LONGEST = 40_000
"""Characters that are kept of its text; the rest is in a file."""


def on_delivery_proposed(_: Policy, case: Case, received: Received[DeliveryProposed], now: datetime) -> Decision[Case]:
    """Kept with the case, whatever its state; nothing else follows from it."""
    event = received.event
    proposal = ProposedDelivery(
        id=event.submission_id,
        responder=event.responder,
        at=event.received_at,
        text=event.personal.text[:LONGEST],
        files=(*event.files, *((event.full_text,) if event.full_text else ())),
    )
    handling = Handling(case, now)
    handling.note(event, event.received_at)
    handling.change(proposals=(*case.proposals, proposal))
    return handling.decision()


def take_delivery(_: Policy, case: Case, command: TakeDelivery, now: datetime) -> Decision[Case] | Refused:
    """It counts as delivered when the mail came, by whom sent it."""
    proposal = next((one for one in case.proposals if one.id == command.proposal_id), None)
    if proposal is None:
        return Refused("unknown-proposal", "invalid", "submission_id")
    if proposal.taken:
        return Refused("already-taken")
    if command.request_id and command.request_id not in [request.id for request in case.requests]:
        return Refused("unknown-request", "invalid", "request_id")
    delivery = DocumentsDelivery(
        responder=proposal.responder,
        at=proposal.at,
        text=proposal.text,
        files=proposal.files,
        request_id=command.request_id,
    )
    taken = proposal.model_copy(update={"taken": True})
    handling = Handling(case, now)
    handling.change(proposals=tuple(taken if one.id == taken.id else one for one in case.proposals))
    say_delivered(handling, delivery, command.actor)
    return handling.decision()
