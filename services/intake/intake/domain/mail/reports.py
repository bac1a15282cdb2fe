# SPDX-License-Identifier: Apache-2.0
"""What another mail server says about a mail of ours: not delivered (RFC 3464), complained of (RFC 5965), or in
the ways of Exim and qmail, which return the mail as text.
"""

import re

from intake.domain.mail.addresses import mailboxes, message_ids
from intake.domain.mail.headers import Headers, read_headers
from intake.domain.mail.structure import Part
from ventanilla_contracts.envelope import Frozen

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")
_ID_LINE = re.compile(
    rb"^[ \t>]{0,20}message-id[ \t]{0,20}:[ \t]{0,20}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_QMAIL_PARAGRAPH = re.compile(rb"^<([^<>\s]{1,320})>:[ \t]*\n((?:[^\n]+\n?){0,20})", re.MULTILINE)
_QMAIL_STATUS = re.compile(rb"#?\b([45]\.[0-9]{1,3}\.[0-9]{1,3})\b")
_MOST_RECIPIENTS = 100
_MOST_HEADERS = 200
_MOST_BYTES = 1_000_000


class RecipientStatus(Frozen):
    """What became of one copy: ``action`` failed, delayed, delivered, relayed, expanded or complained; ``status`` as
    5.1.1. ``address`` is where it ended, ``original`` to whom we had sent it, as far as the report says.
    """

    address: str
    action: str
    status: str
    diagnostic: str = ""
    original: str | None = None


class DeliveryReport(Frozen):
    """``original_message_id`` is the mail that was reported on, None if the report does not return its headers."""

    original_message_id: str | None
    recipients: tuple[RecipientStatus, ...]


def delivery_report(root: Part, data: bytes) -> DeliveryReport | None:
    """The report in this mail, None if it is none; never raises."""
    recipients = (*_of_status(root, data), *_of_complaint(root, data)) or _of_exim(root) or _of_qmail(root, data)
    if not recipients:
        return None
    returned = [part for part in root.walk() if part.type in _RETURNED_TYPES]
    ids = [message_id for part in returned for message_id in _returned_ids(part.content(data)[0])]
    if not ids:  # returned as text
        texts = (part for part in root.walk() if part.type == "text/plain")
        found = (line for part in texts for line in _ID_LINE.findall(part.content(data)[0][:_MOST_BYTES]))
        ids = [message_id for value in found for message_id in message_ids(value)]
    return DeliveryReport(original_message_id=next(iter(ids), None), recipients=recipients[:_MOST_RECIPIENTS])


def _of_status(root: Part, data: bytes) -> tuple[RecipientStatus, ...]:
    """Some servers forget the name of the whole and get its parts right."""
    if not root.is_multipart:
        return ()
    statuses = (part for part in root.walk() if part.type in _STATUS_TYPES)
    return tuple(status for part in statuses for status in _recipients(part.content(data)[0]))


def _of_complaint(root: Part, data: bytes) -> tuple[RecipientStatus, ...]:
    """The person told their provider that a letter of ours is spam; many providers leave out who it was."""
    if root.type != "multipart/report":
        return ()
    parts = (part.content(data)[0] for part in root.children if part.type == "message/feedback-report")
    found = (read_headers(content, 0, len(content), _MOST_HEADERS)[0] for content in parts)
    addresses = (_bare(headers.text("original-rcpt-to")) for headers in found)
    return tuple(RecipientStatus(address=address, action="complained", status="") for address in addresses)


def _of_exim(root: Part) -> tuple[RecipientStatus, ...]:
    failed = (box.address for value in root.headers.all("x-failed-recipients") for box in mailboxes(value))
    return tuple(RecipientStatus(address=address, action="failed", status="") for address in failed if address)


def _of_qmail(root: Part, data: bytes) -> tuple[RecipientStatus, ...]:
    """QSBMF: a paragraph for each address, up to a line of dashes; qmail writes it for failures only."""
    text = root.content(data)[0][:_MOST_BYTES] if root.type == "text/plain" else b""
    if not text.startswith(b"Hi. This is the"):
        return ()
    found = _QMAIL_PARAGRAPH.findall(text.partition(b"\n---")[0])
    return tuple(
        RecipientStatus(
            address=address.decode("utf-8", "replace"),
            action="failed",
            status=status[1].decode() if (status := _QMAIL_STATUS.search(why)) else "",
            diagnostic=" ".join(why.decode("utf-8", "replace").split())[:500],
        )
        for address, why in found
    )


def _returned_ids(message: bytes) -> tuple[str, ...]:
    headers, _ = read_headers(message, 0, len(message), _MOST_HEADERS)
    return message_ids(headers.first("message-id"))


def _recipients(content: bytes) -> list[RecipientStatus]:
    found = []
    for block in _BLANK_LINE.split(content.strip())[: _MOST_RECIPIENTS + 1]:
        headers, _ = read_headers(block, 0, len(block), _MOST_HEADERS)
        if status := _status(headers):
            found.append(status)
    return found


def _status(headers: Headers) -> RecipientStatus | None:
    original = _bare(headers.text("original-recipient"))
    address = _bare(headers.text("final-recipient")) or original
    if not address:
        return None
    return RecipientStatus(
        address=address,
        action=headers.text("action").lower().partition(" ")[0],
        status=headers.text("status").split(" ")[0],
        diagnostic=_after_type(headers.text("diagnostic-code"))[:500],
        original=original or None,
    )


def _bare(value: str) -> str:
    return _after_type(value).strip("<>")[:320]


def _after_type(value: str) -> str:
    """``rfc822; ana@example.com`` without its type."""
    kind, separator, rest = value.partition(";")
    return (rest if separator else kind).strip()
