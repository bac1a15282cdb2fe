# SPDX-License-Identifier: Apache-2.0
"""The same mail through two doors is the same submission (design 2: channel, external id, content hash)."""

import hashlib

from intake.domain.mail.headers import Headers

_WRITTEN_BY_SENDER = (
    "from",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
)


def content_hash(headers: Headers, body: bytes) -> str:
    """SHA-256 (hex) over what the sender wrote, in the "relaxed" form of DKIM (RFC 6376 §3.4.2 and 3.4.4).

    Servers add trace fields, fold anew and change line ends on the way; none of that makes another mail.
    It depends on bytes only and not on how well this version reads them, so that a later version finds the same.
    """
    digest = hashlib.sha256()
    for name in _WRITTEN_BY_SENDER:
        for value in headers.all(name):
            digest.update(b"%s:%s\n" % (name.encode(), b" ".join(value.split())))
    digest.update(b"\n")
    digest.update(_relaxed(body))
    return digest.hexdigest()


def unread_hash(raw: bytes) -> str:
    """SHA-256 (hex) of a mail that nobody reads, without what a way changes: line ends, and empty lines at the end."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def _relaxed(body: bytes) -> bytes:
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = lines.replace(b"\t", b" ")
    while b"  " in lines:
        lines = lines.replace(b"  ", b" ")
    return lines.replace(b" \n", b"\n").rstrip(b"\n ")
