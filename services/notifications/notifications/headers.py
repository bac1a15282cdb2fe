# SPDX-License-Identifier: Apache-2.0
"""Headers written by hand where the standard library writes them wrong (Python 3.11 to 3.13).

Its folding encodes message ids that are longer than a line, and the comma between two names with accents.
"""

import re
from collections.abc import Sequence
from email.header import Header

from notifications.domain.letters import Letter, Recipient

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_MAILBOX = re.compile(r"[^@\s<>()\[\],:;\"\\]{1,64}@[^@\s<>()\[\],:;\"\\]{1,255}")
"""What people have; quoted local parts and addresses by number are no one's."""

_MOST_REFERENCES = 20
"""The first and the latest of a long conversation are enough for any reader (RFC 5322, 3.6.4 sets no limit)."""

_LINE = 74


def thread(letter: Letter) -> list[str]:
    """Message-ID, In-Reply-To and References, one id a line; what is no message id is left out."""
    lines = [f"Message-ID: {letter.message_id}"]
    if letter.thread is None:
        return lines
    answered = _ids(letter.thread.in_reply_to)[:1]
    references = list(dict.fromkeys([*(one for text in letter.thread.references for one in _ids(text)), *answered]))
    if len(references) > _MOST_REFERENCES:
        references = [references[0], *references[1 - _MOST_REFERENCES :]]
    lines += [f"In-Reply-To: {one}" for one in answered]
    return [*lines, "References: " + "\r\n ".join(references)] if references else lines


def addresses(name: str, mailboxes: Sequence[Recipient]) -> str:
    """``To: "Ana" <ana@caja.example>, …``, one a line."""
    return f"{name}: " + ",\r\n ".join(_shown(one) for one in mailboxes)


def text(name: str, words: str) -> str:
    """A header of free text, encoded if it must be."""
    return f"{name}: " + _encoded(one_line(words), len(name) + 2)


def valid_address(address: str) -> str | None:
    """The address with its domain in the form that every mail server reads; None if it is none."""
    if not _MAILBOX.fullmatch(address):
        return None
    local_part, _, domain = address.partition("@")
    try:
        return f"{local_part}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def one_line(words: str) -> str:
    """Without line breaks and other signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


def _ids(words: str) -> list[str]:
    return [one for one in _MESSAGE_ID.findall(words) if one.isascii() and one.isprintable()]


def _shown(mailbox: Recipient) -> str:
    name = one_line(mailbox.name or "")
    if not name:
        return f"<{mailbox.address}>"
    if name.isascii():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{mailbox.address}>'
    return f"{_encoded(name, 1)} <{mailbox.address}>"


def _encoded(words: str, column: int) -> str:
    if words.isascii() and "=?" not in words and len(words) + column <= _LINE:
        return words
    return Header(words, "utf-8", maxlinelen=_LINE, header_name=" " * max(column - 2, 0)).encode(linesep="\r\n")
