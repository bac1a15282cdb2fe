# SPDX-License-Identifier: Apache-2.0
"""Text of a header value: encoded words (RFC 2047, RFC 2231 §5) and raw 8-bit characters, in any mixture."""

import binascii
import re

from intake.domain.mail.charsets import decode
from intake.domain.mail.transfer import lenient_base64

# A beginning, "=?" that is no end of padding, cannot occur within a word: so a value full of beginnings is read once
# and not once per beginning.
_WORD = re.compile(rb"=\?([^?*\s]{0,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?((?:[^?=]|\?(?!=)|=(?!\?(?!=)))*)\?=")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]+")


def decode_words(value: bytes) -> str:
    """One line of text; never raises. Neighbours of one charset are joined first: a letter may be cut in two."""
    pieces: list[tuple[str | None, bytes]] = []
    position = 0
    for word in _WORD.finditer(value):
        gap = value[position : word.start()]
        if gap.strip() or (gap and not pieces):
            pieces.append((None, gap))
        _append(pieces, word[1].decode("latin-1").lower(), _payload(word[2], word[3]))
        position = word.end()
    pieces.append((None, value[position:]))
    return _UNSEEN.sub(" ", "".join(decode(data, charset or None)[0] for charset, data in pieces)).strip()


def _append(pieces: list[tuple[str | None, bytes]], charset: str, data: bytes) -> None:
    if pieces and pieces[-1][0] == charset:
        data = pieces.pop()[1] + data
    pieces.append((charset, data))


def _payload(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"bB":
        return lenient_base64(text) or b""
    return binascii.a2b_qp(text, header=True)
