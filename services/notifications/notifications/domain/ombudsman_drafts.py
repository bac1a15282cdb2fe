# SPDX-License-Identifier: Apache-2.0
"""What is written to the ombudsman of the financial consumer (ICX-08)."""

from dataclasses import dataclass

from notifications.domain.about import about
from notifications.domain.case import Case
from notifications.domain.draft import Draft
from notifications.domain.house import House
from notifications.domain.letters import Recipient, to_staff
from ventanilla_contracts.routing import OmbudsmanAnswered, OmbudsmanApproaching, OmbudsmanOverdue


@dataclass(frozen=True)
class OmbudsmanWriter:
    house: House

    def answer(self, case: Case, event: OmbudsmanAnswered) -> tuple[Draft, ...]:
        """What the person got, word for word and with its files; of the person nothing but that.

        An address of our own, or of a machine, would send it round for ever: it is somebody's task.
        """
        address = event.personal.to
        to = (Recipient(address=address),) if address and self.house.may_be_acknowledged(address) else ()
        values = {
            "kind": case.kind,
            "received_at": case.received_at,
            "answered_at": event.answered_at,
            "references": ", ".join(event.references),
            "text": event.personal.text,
            "signed_by": self.house.name_of(event.actor.id),
        }
        return (Draft("ombudsman-answer", to, values, event.files, answer_id=event.answer_id),)

    def own_day(self, case: Case, event: OmbudsmanApproaching | OmbudsmanOverdue) -> tuple[Draft, ...]:
        """To whom has the case and who has copies: the ombudsman's own day is near, or passed."""
        values = {
            **about(case),
            "responder": event.responder.name,
            "reference": event.reference,
            "ombudsman_due": event.due.isoformat(),
        }
        to = to_staff((event.responder, *event.copies))
        if isinstance(event, OmbudsmanOverdue):
            return (Draft("ombudsman-overdue", to, values),)
        return (Draft("ombudsman-reminder", to, {**values, "business_days_left": event.business_days_left}),)
