# SPDX-License-Identifier: Apache-2.0
"""Content-Transfer-Encoding undone, also where it is broken."""

import binascii
import re

from intake.domain.mail.defects import Defect

_WHITE_SPACE = b" \t\r\n\f\v"
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_AFTER_PADDING = re.compile(rb"(=)[ \t]+[^\n]*")
_GROUPS = re.compile(rb"[^=]+")
_LONGEST_WITH_REMARKS = 1_000_000
_MOST_STRAY_SHARE = 0.05
_FEW = 2


def decode_transfer(raw: bytes, encoding: str) -> tuple[bytes, Defect | None]:
    """The content and what was wrong; broken content comes back as it was, for a person to see."""
    match re.sub(r"[^a-z0-9]", "", encoding.lower().split(";")[0]):
        case "" | "7bit" | "8bit" | "binary":
            return raw, None
        case "quotedprintable":
            return binascii.a2b_qp(raw), None
        case "base64" | "b":
            return _decode_base64(raw)
        case _:
            return raw, Defect.UNKNOWN_ENCODING


def _decode_base64(raw: bytes) -> tuple[bytes, Defect | None]:
    try:
        return binascii.a2b_base64(raw.translate(None, _WHITE_SPACE), strict_mode=True), None
    except binascii.Error:
        decoded = lenient_base64(raw)
        return (raw, Defect.BROKEN_ENCODING) if decoded is None else (decoded, Defect.REPAIRED_ENCODING)


def lenient_base64(raw: bytes) -> bytes | None:
    """Decoded, padding repaired, a few stray bytes left out; None if it is not base64 at all."""
    if len(raw) <= _LONGEST_WITH_REMARKS:
        raw = _AFTER_PADDING.sub(rb"\1", raw)
    compact = raw.translate(None, _WHITE_SPACE)
    cleaned = _NOT_BASE64.sub(b"", compact)
    stray = len(compact) - len(cleaned)
    if stray > len(compact) * _MOST_STRAY_SHARE and (stray > _FEW or len(cleaned) % 4):
        return None
    decoded = bytearray()
    for group in _GROUPS.finditer(cleaned):
        decoded += _decode_group(group[0])
    return bytes(decoded)


def _decode_group(group: bytes) -> bytes:
    """One run up to its padding; a single last character carries no whole byte and is dropped."""
    usable = group if len(group) % 4 != 1 else group[:-1]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))
