# SPDX-License-Identifier: Apache-2.0
"""What a member of the house sends about a case by mail: for routing, never a message of the person (CNF-10)."""

from datetime import datetime

from intake.domain.submission import FileSubmission, Proposal
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import DeliveryProposed, PersonalMessage


def delivery_proposed(command: FileSubmission, proposal: Proposal, received_at: datetime) -> DeliveryProposed:
    """A From can be forged: it is only proposed, and somebody must take it."""
    return DeliveryProposed(
        actor=Actor(id=proposal.responder.id, role="responder"),
        submission_id=command.submission_id,
        received_at=received_at,
        responder=proposal.responder,
        files=command.files,
        full_text=command.full_text,
        personal=PersonalMessage(text=command.form.text, mail=command.mail),
    )
