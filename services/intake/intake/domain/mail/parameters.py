# SPDX-License-Identifier: Apache-2.0
"""``value; name=value; …`` of Content-Type and Content-Disposition (RFC 2045, 2183), with RFC 2231 and what
senders do instead: RFC 2047 words or raw 8-bit characters in file names, no quotes, no end of a quote."""

import re
from urllib.parse import unquote_to_bytes

from intake.domain.mail.charsets import decode
from intake.domain.mail.words import decode_words

_PARAMETER = re.compile(
    rb';\s*([^\s=;"]{1,100})\s*=\s*(?:"([^"\\]{0,4000}(?:\\.[^"\\]{0,1000}){0,100})"|([^;]*))', re.DOTALL
)
_EXTENDED_NAME = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def parse_parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """The value in lower case and its parameters by name in lower case; never raises."""
    value, _, _ = raw.partition(b";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in _PARAMETER.finditer(raw, len(value)):
        name = match[1].decode("latin-1").lower()
        content = _unquoted(match)
        extended = _EXTENDED_NAME.fullmatch(name)
        if extended is None or (extended[2] is None and extended[3] is None):
            plain.setdefault(name, decode_words(content))
        else:
            pieces.setdefault(extended[1], {}).setdefault(int(extended[2] or 0), (content, bool(extended[3])))
    joined = {name: _joined(numbered) for name, numbered in pieces.items()}
    return decode_words(_without_comment(value)).lower(), plain | {name: text for name, text in joined.items() if text}


def _without_comment(value: bytes) -> bytes:
    return value.partition(b"(")[0].strip().strip(b"\"'")


def _unquoted(match: re.Match[bytes]) -> bytes:
    if match[2] is not None:
        return _ESCAPED.sub(rb"\1", match[2])
    return match[3].strip().strip(b'"').strip()


def _joined(pieces: dict[int, tuple[bytes, bool]]) -> str:
    """Continuations in order (RFC 2231 §3-4); the first carries charset and language."""
    charset = ""
    content = b""
    percent_encoded = False
    for number, (piece, encoded) in sorted(pieces.items()):
        part = piece
        if number == 0 and encoded and piece.count(b"'") >= 2:
            label, _, part = piece.split(b"'", 2)
            charset = label.decode("latin-1")
        percent_encoded |= encoded
        content += unquote_to_bytes(part) if encoded else part
    return decode(content, charset or None)[0].strip() if percent_encoded else decode_words(content)
