# SPDX-License-Identifier: Apache-2.0
"""Identifiers that leave the house and come back, so that no service has to look them up (design 4).

The signature is an HMAC that the caller computes with a key per purpose; this module only fixes the shapes.
"""

import base64
import re
import uuid
from dataclasses import dataclass

MESSAGE_ID_PURPOSE = "message-id"
_MESSAGE_ID = re.compile(r"<?([0-9a-f-]{36})\.([a-z-]+)\.([0-9a-z]{1,64})\.([A-Za-z0-9_-]{16,64})@([A-Za-z0-9.-]+)>?")


@dataclass(frozen=True, slots=True)
class LetterAddress:
    """Which letter of which case: the n-th of its kind (a number, or the id of what caused it)."""

    case_id: str
    kind: str
    n: str

    def signed_text(self) -> str:
        return f"{self.case_id}.{self.kind}.{self.n}"


def message_id(letter: LetterAddress, signature: str, domain: str) -> str:
    """The Message-ID of a letter, the same at every attempt."""
    return f"<{letter.signed_text()}.{signature}@{domain}>"


def parse_message_id(text: str) -> tuple[LetterAddress, str] | None:
    """Letter and signature of a Message-ID of our shape; the caller verifies the signature."""
    match = _MESSAGE_ID.fullmatch(text.strip())
    if match is None:
        return None
    case_id, kind, n, signature, _ = match.groups()
    return LetterAddress(case_id, kind, n), signature


REPLY_ADDRESS_PURPOSE = "reply-address"
REPLY_SIGNATURE_SYMBOLS = 16
"""Of 5 bits: 80 bits of the HMAC, so that box and token fit into the 64 characters of a local part (RFC 5321)."""

_CASE_SYMBOLS = 26
_TAG = re.compile(rf"[a-z2-7]{{{_CASE_SYMBOLS + REPLY_SIGNATURE_SYMBOLS}}}")
_LONGEST_LOCAL_PART = 64


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """Where one correspondent of one case answers to; nobody else may use it."""

    case_id: str
    correspondent: str

    def signed_text(self) -> str:
        return f"{self.case_id}.{self.correspondent.strip().casefold()}"


def reply_address(address: ReplyAddress, signature: str, box: str) -> str | None:
    """``box+token@domain``; ``signature``: the first symbols of the HMAC in base32.

    None where it would be too long for a mail server, or the case id is no UUID.
    """
    local, _, domain = box.rpartition("@")
    try:
        case = base64.b32encode(uuid.UUID(address.case_id).bytes).decode("ascii").rstrip("=").lower()
    except ValueError:
        return None
    tagged = f"{local}+{case}{signature[:REPLY_SIGNATURE_SYMBOLS].lower()}"
    return f"{tagged}@{domain}" if local and len(tagged) <= _LONGEST_LOCAL_PART else None


def parse_reply_address(address: str) -> tuple[str, str] | None:
    """Case id and signature of an address of that shape, in either case; the caller verifies for the sender."""
    local = address.strip().rpartition("@")[0].lower()
    tag = local.rpartition("+")[2] if "+" in local else ""
    if not _TAG.fullmatch(tag):
        return None
    case = base64.b32decode(tag[:_CASE_SYMBOLS].upper() + "======")
    return str(uuid.UUID(bytes=case)), tag[_CASE_SYMBOLS:]


def without_tag(address: str) -> str:
    """For comparison: lower case, without the ``+tag`` that reply addresses carry."""
    local, separator, domain = address.strip().casefold().rpartition("@")
    return local.partition("+")[0] + separator + domain
