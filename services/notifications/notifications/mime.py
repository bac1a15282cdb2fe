# SPDX-License-Identifier: Apache-2.0
"""The MIME parts of a mail: the same bytes for the same letter.

They are the standard library's older kind, whose texts come encoded: its newer messages take six times as long, and
every case sends two mails.
"""

from binascii import b2a_qp
from collections.abc import Sequence
from email import policy
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from typing import Literal

from notifications.headers import one_line

AS_SENT = policy.compat32.clone(linesep="\r\n", max_line_length=None, mangle_from_=False)


def text(form: Literal["plain", "html"], words: str) -> Message:
    """A text in UTF-8, quoted-printable: lines of at most 76 signs, all of them ASCII."""
    part = MIMENonMultipart("text", form, policy=AS_SENT, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(words.encode("utf-8"), istext=True).decode("ascii"))
    return part


def file(content: bytes, media_type: str, name: str) -> Message:
    """An attachment."""
    main, _, sub = (media_type or "application/octet-stream").partition("/")
    part = MIMEBase(main, sub or "octet-stream", policy=AS_SENT)
    part.set_payload(content)
    encode_base64(part)
    shown = one_line(name)
    part.add_header("Content-Disposition", "attachment", filename=shown if shown.isascii() else ("utf-8", "", shown))
    return part


def together(how: Literal["alternative", "mixed"], parts: Sequence[Message]) -> Message:
    """Several parts as one. No part that is encoded can hold this boundary (RFC 2045, 6.7, note 5 on `=_`)."""
    whole = MIMEMultipart(how, boundary=f"=_{how}", policy=AS_SENT)
    for part in parts:
        del part["MIME-Version"]  # the whole mail says it once
        whole.attach(part)
    return whole
