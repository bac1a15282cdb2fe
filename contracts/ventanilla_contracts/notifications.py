# SPDX-License-Identifier: Apache-2.0
"""What notifications says: what left the house, and what did not (design 3)."""

from typing import Annotated

from pydantic import Field

from ventanilla_contracts.envelope import Event, FileRef, Frozen, Instant, ShortText
from ventanilla_contracts.vocabulary import LetterKind


class PersonalDelivery(Frozen):
    to: tuple[Annotated[str, Field(max_length=254)], ...]


class Delivery(Event):
    """Base of what happened to one letter; ``answer_id`` names the answer that it carried."""

    letter_id: str
    kind: LetterKind
    message_id: str
    answer_id: str | None = None
    personal: PersonalDelivery


class DeliverySent(Delivery, type="delivery-sent.v1", topic="notifications-deliveries"):
    """A mail server took the letter."""

    sent_at: Instant
    attempt: int


class DeliveryFailed(Delivery, type="delivery-failed.v1", topic="notifications-deliveries"):
    """No further attempt is made; somebody must act."""

    failed_at: Instant
    attempt: int
    reason: ShortText


class DeliveryBounced(Delivery, type="delivery-bounced.v1", topic="notifications-deliveries"):
    """It was sent, and a mail server further on gave it back: whom ``personal`` names does not have it."""

    bounced_at: Instant
    status: Annotated[str, Field(max_length=20, description="RFC 3463, as 5.1.1; empty where none was given")] = ""
    reason: ShortText


class DeliveryUnknown(Delivery, type="delivery-unknown.v1", topic="notifications-deliveries"):
    """The sender died between handing over and hearing back: a person looks before it goes again."""

    since: Instant


class FilingCertificateIssued(Event, type="filing-certificate-issued.v1", topic="notifications-deliveries"):
    """The certificate that an answer was filed with the regulator exists (CNF-05)."""

    reference: str
    issued_at: Instant
    certificate: FileRef
