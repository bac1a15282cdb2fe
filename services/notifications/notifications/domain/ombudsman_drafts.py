# SPDX-License-Identifier: Apache-2.0
"""What is written to the ombudsman of the financial consumer (ICX-08)."""

from dataclasses import dataclass

from notifications.domain.case import Case
from notifications.domain.draft import Draft
from notifications.domain.house import House
from notifications.domain.letters import Recipient
from ventanilla_contracts.routing import OmbudsmanAnswered


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
