# SPDX-License-Identifier: Apache-2.0
"""What a delivery status notification says about a mail of ours (RFC 3464)."""

import re

from intake.domain.mail.addresses import message_ids
from intake.domain.mail.headers import read_headers
from intake.domain.mail.structure import Part
from ventanilla_contracts.envelope import Frozen

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")
_MOST_RECIPIENTS = 100
_MOST_HEADERS = 200


class RecipientStatus(Frozen):
    """What became of one copy: ``action`` failed, delayed, delivered, relayed or expanded; ``status`` as 5.1.1."""

    address: str
    action: str
    status: str
    diagnostic: str = ""


class DeliveryReport(Frozen):
    """``original_message_id`` is the mail that was reported on, None if the report does not return its headers."""

    original_message_id: str | None
    recipients: tuple[RecipientStatus, ...]


def delivery_report(root: Part, data: bytes) -> DeliveryReport | None:
    """The report in this mail, None if it is no delivery status notification; never raises."""
    statuses = [part for part in root.walk() if part.type in _STATUS_TYPES]
    if root.type != "multipart/report" or not statuses:
        return None
    recipients = tuple(status for part in statuses for status in _recipients(part.content(data)[0]))
    returned = (part for part in root.walk() if part.type in _RETURNED_TYPES)
    ids = (message_id for part in returned for message_id in _returned_ids(part.content(data)[0]))
    return DeliveryReport(original_message_id=next(ids, None), recipients=recipients[:_MOST_RECIPIENTS])


def _returned_ids(message: bytes) -> tuple[str, ...]:
    headers, _ = read_headers(message, 0, len(message), _MOST_HEADERS)
    return message_ids(headers.first("message-id"))


def _recipients(content: bytes) -> list[RecipientStatus]:
    found = []
    for block in _BLANK_LINE.split(content.strip())[: _MOST_RECIPIENTS + 1]:
        headers, _ = read_headers(block, 0, len(block), _MOST_HEADERS)
        address = _after_type(headers.text("final-recipient") or headers.text("original-recipient"))
        if address:
            found.append(
                RecipientStatus(
                    address=address,
                    action=headers.text("action").lower(),
                    status=headers.text("status").split(" ")[0],
                    diagnostic=_after_type(headers.text("diagnostic-code"))[:500],
                )
            )
    return found


def _after_type(value: str) -> str:
    """``rfc822; ana@example.com`` without its type."""
    kind, separator, rest = value.partition(";")
    return (rest if separator else kind).strip()
