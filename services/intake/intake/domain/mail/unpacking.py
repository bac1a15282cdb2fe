# SPDX-License-Identifier: Apache-2.0
"""What is packed within a mail: files in a winmail.dat, the subject of an attached message."""

import hashlib
from dataclasses import dataclass

from intake.domain.mail.headers import read_headers
from intake.domain.mail.html import html_to_text
from intake.domain.mail.model import Attachment
from intake.domain.mail.structure import MailLimits
from intake.domain.mail.tnef import TnefFile, is_tnef, open_tnef

_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_MESSAGE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """All files, those that were packed last; what the packed message says."""

    attachments: tuple[Attachment, ...]
    text: str = ""
    html: str | None = None


def unpack(attachments: tuple[Attachment, ...], limits: MailLimits) -> Unpacked:
    """The packed file itself stays, too."""
    files: list[Attachment] = []
    texts: list[str] = []
    html: str | None = None
    for one in attachments:
        if not _is_packed(one):
            continue
        opened = open_tnef(one.content, limits.parts)
        html = html or opened.html or None
        texts.append(opened.text or html_to_text(opened.html))
        files += [_attachment(file) for file in opened.files]
    room = max(0, limits.parts - len(attachments))
    return Unpacked((*attachments, *files[:room]), "\n".join(text for text in texts if text.strip()), html)


def subject_of(content: bytes, type_: str) -> str | None:
    """What an attached message is about, None for another file."""
    if type_ != _MESSAGE:
        return None
    headers, _ = read_headers(content, 0, len(content), 200)
    return headers.text("subject") or None


def _is_packed(attachment: Attachment) -> bool:
    named = attachment.type in _TNEF_TYPES or (attachment.name or "").lower() == "winmail.dat"
    return named and is_tnef(attachment.content)


def _attachment(file: TnefFile) -> Attachment:
    return Attachment(
        name=file.name,
        type=file.type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        content=file.content,
    )
