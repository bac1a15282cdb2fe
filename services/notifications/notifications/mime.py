# SPDX-License-Identifier: Apache-2.0
"""The MIME parts of a mail as bytes, each with its own headers; the same bytes for the same letter.

Texts are written by hand: the standard library's messages take ten times as long, and every case sends two.
"""

from binascii import b2a_qp
from collections.abc import Sequence
from email import policy
from email.message import MIMEPart
from typing import Literal


def text(form: Literal["plain", "html"], words: str) -> bytes:
    """A text in UTF-8, quoted-printable: lines of at most 76 signs, all of them ASCII."""
    lines = b"".join(line + b"\r\n" for line in words.encode("utf-8").splitlines())
    head = f'Content-Type: text/{form}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii") + b2a_qp(lines, istext=True)


def file(content: bytes, media_type: str, name: str) -> bytes:
    """An attachment."""
    main, _, sub = (media_type or "application/octet-stream").partition("/")
    part = MIMEPart(policy=policy.SMTP)
    part.set_content(content, maintype=main, subtype=sub or "octet-stream", disposition="attachment", filename=name)
    return part.as_bytes()


def together(how: Literal["alternative", "mixed"], parts: Sequence[bytes]) -> bytes:
    """Several parts as one. No part that is encoded can hold this boundary (RFC 2045, 6.7, note 5 on `=_`)."""
    boundary = f"=_{how}"
    head = f'Content-Type: multipart/{how}; boundary="{boundary}"\r\n\r\n'
    each = b"".join(f"--{boundary}\r\n".encode("ascii") + part.rstrip(b"\r\n") + b"\r\n" for part in parts)
    return head.encode("ascii") + each + f"--{boundary}--\r\n".encode("ascii")
