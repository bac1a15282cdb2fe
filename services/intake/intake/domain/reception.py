# SPDX-License-Identifier: Apache-2.0
"""What a mail server says about a mail that it hands over (RFC 5321, RFC 2033), and for whom we take one."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal

from intake.domain.mail.addresses import parse_date

_FIRST_RECEIVED = re.compile(rb"^received:((?:[^\n]|\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_HEAD, _HEAD_END = 16_384, re.compile(rb"\r?\n\r?\n")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Envelope:
    """``sender`` is ``<>`` for bounces; ``recipients`` as they were written, each once; ``peer`` is an IP address.

    ``greeted_as`` is the name that the peer gave itself, ``protocol`` a keyword of RFC 3848 such as ``ESMTPS``.
    """

    via: Literal["smtp", "lmtp"]
    sender: str
    recipients: tuple[str, ...]
    peer: str
    greeted_as: str
    protocol: str


def is_ours(address: str, own: Collection[str]) -> bool:
    """Whether mail to it is taken: an address of ours, in any case, with or without a ``+tag``."""
    local, separator, domain = address.strip().casefold().rpartition("@")
    return local.partition("+")[0] + separator + domain in own


def trace(envelope: Envelope, host: str, now: datetime) -> bytes:
    """Header lines to stand before the mail, as the last server on the way writes them (RFC 5321 §4.4).

    They name every recipient, a blind copy's too; what identifies a mail leaves them out (``content_hash``).
    """
    sender, when = envelope.sender.strip("<>"), format_datetime(now)
    lines = [
        f"Return-Path: <{sender}>",
        *(f"Delivered-To: {recipient}" for recipient in envelope.recipients),
        f"Received: from {envelope.greeted_as} ([{envelope.peer}]) by {host} with {envelope.protocol}; {when}",
    ]
    return "".join(f"{_UNPRINTABLE.sub('?', line)}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def taken_by_peer_at(raw: bytes) -> datetime | None:
    """When the server that hands a mail over says that it took it: the term runs from then, however long it waited.

    To be believed only of a server of ours: the line is the first ``Received`` of the mail.
    """
    found = _FIRST_RECEIVED.search(_HEAD_END.split(raw[:_HEAD], maxsplit=1)[0])
    return parse_date(found[1].rpartition(b";")[2].strip()) if found else None
