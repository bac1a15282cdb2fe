# SPDX-License-Identifier: Apache-2.0
"""Mailboxes, message ids and dates of header values (RFC 5322 §3.3, 3.4, 3.6.4), tolerant and linear.

Own reading instead of ``email.utils.getaddresses``: that one recurses into comments and answers differently from one
patch release of Python to the next, and the sender decides whether a mail is held.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.domain.mail.words import decode_words
from ventanilla_contracts.envelope import Frozen

_TOKEN = re.compile(
    rb'"(?P<quoted>[^"\\]{0,1000}(?:\\.[^"\\]{0,200}){0,100})"|<(?P<angle>[^<>]{0,2000})>?|(?P<mark>[(),;:])|(?P<text>[^"<>(),;:]+)|.',
    re.DOTALL,
)
_BARE_ADDRESS = re.compile(rb"[^\s@]{1,320}@[^\s@]{1,320}")
_COMMENT = re.compile(rb"\([^()]*\)")
_MESSAGE_ID = re.compile(rb"<([^<>]{1,2000})>")
_MOST_MAILBOXES = 500


class Mailbox(Frozen):
    """One correspondent as a header names it; ``address`` is None where there is only a name."""

    name: str | None = None
    address: str | None = None


@dataclass(slots=True)
class _Reading:
    found: list[Mailbox] = field(default_factory=list)
    words: list[bytes] = field(default_factory=list)
    comment: list[bytes] = field(default_factory=list)
    angle: bytes | None = None
    depth: int = 0

    def take(self, token: re.Match[bytes]) -> None:
        mark = token["mark"]
        if mark in {b"(", b")"}:
            self.depth = max(0, self.depth + (1 if mark == b"(" else -1))
        elif self.depth:
            self.comment.append(token[0])
        elif token["angle"] is not None:
            self.angle = token["angle"] if self.angle is None else self.angle
        elif mark == b":":
            self.words.clear()
        elif mark is not None:
            self.finish()
        elif token["quoted"] is not None:
            self.words.append(re.sub(rb"\\(.)", rb"\1", token["quoted"], flags=re.DOTALL))
        else:
            self.words.append(token[0])

    def finish(self) -> None:
        words = b"".join(self.words).strip()
        address, name = self.angle, words
        if address is None and (bare := _BARE_ADDRESS.search(words)):
            address, name = bare[0], (words[: bare.start()] + words[bare.end() :]).strip()
        name = name or b"".join(self.comment).strip()
        if (name or address) and len(self.found) < _MOST_MAILBOXES:
            self.found.append(Mailbox(name=decode_words(name) or None, address=_address(address)))
        self.words, self.comment, self.angle = [], [], None


def _address(raw: bytes | None) -> str | None:
    """Without white space, a ``mailto:`` and an obsolete route; no longer than anything that can be answered."""
    if raw is None:
        return None
    text = "".join(decode_words(_COMMENT.sub(b"", raw)).split()).strip("\"'")
    text = text.removeprefix("mailto:")
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    return text[:320] or None


def mailboxes(raw: bytes) -> tuple[Mailbox, ...]:
    """Every mailbox of a From, To, Cc or Reply-To value; groups are flattened."""
    found = _read(raw)
    if not any(mailbox.address for mailbox in found) and b"=?" in raw:
        # The whole "Name <address>" was put into one encoded word.
        return _read(decode_words(raw).encode()) or found
    return found


def _read(raw: bytes) -> tuple[Mailbox, ...]:
    reading = _Reading()
    for token in _TOKEN.finditer(raw):
        reading.take(token)
    reading.finish()
    return tuple(reading.found)


def message_ids(raw: bytes) -> tuple[str, ...]:
    """Ids without their brackets (as RFC 8621 §4.1.2.5 gives them), without white space, each once, in order."""
    found = _MESSAGE_ID.findall(raw) or raw.split()[:1]
    cleaned = ("".join(decode_words(item).split()) for item in found)
    return tuple(dict.fromkeys(item for item in cleaned if item))


def parse_date(raw: bytes) -> datetime | None:
    """The instant in UTC; None if there is none to be read."""
    try:
        date = parsedate_to_datetime(decode_words(raw))
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
