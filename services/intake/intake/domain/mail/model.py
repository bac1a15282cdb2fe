# SPDX-License-Identifier: Apache-2.0
"""A mail as the rules of intake see it."""

import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field

from intake.domain.mail.addresses import Mailbox
from intake.domain.mail.authentication import AuthenticationResults
from intake.domain.mail.defects import Defect
from intake.domain.mail.invitations import Invitation
from intake.domain.mail.marks import AutomaticMark
from intake.domain.mail.reports import DeliveryReport
from ventanilla_contracts.envelope import Frozen

_LONGEST_NAME = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class Attachment(Frozen):
    """A file that came with the mail; ``sha256`` and ``size`` (bytes) are of the decoded ``content``.

    ``name`` is what the sender wrote and may be a path or nothing; ``type`` is what the sender claims.
    ``subject`` is that of an attached message.
    """

    name: str | None
    type: str
    size: int
    sha256: str
    content: Annotated[bytes, Field(repr=False)]
    content_id: str | None = None
    inline: bool = False
    subject: str | None = None

    @property
    def safe_name(self) -> str | None:
        """Fit to be offered for download: no path, no control or direction characters, at most 200 characters."""
        named = self.name or (f"{self.subject.replace('/', '-')}.eml" if self.subject else "")
        last = PurePosixPath(named.replace("\\", "/")).name
        name = _UNSAFE.sub("_", last).strip(". ")
        if len(name) <= _LONGEST_NAME:
            return name or None
        suffix = PurePosixPath(name).suffix[:20]
        return name[: _LONGEST_NAME - len(suffix)] + suffix


class ParsedMail(Frozen):
    """Everything that could be read; what could not is in ``defects`` and in the bytes that intake keeps.

    Ids are without angle brackets; ``date`` is what the sender claims. ``text`` is what the person says now,
    ``full_text`` with what was quoted. ``own_text`` is without what stands in files as well: parts that are cut off, a
    mail forwarded as a file, a calendar. ``content_hash`` and ``message_id`` make the submission (design 2).
    """

    content_hash: str
    size: int
    message_id: str | None = None
    from_address: str | None = None
    from_name: str | None = None
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: Annotated[str, Field(repr=False)] = ""
    full_text: Annotated[str, Field(repr=False)] = ""
    own_text: Annotated[str, Field(repr=False)] = ""
    html: Annotated[str | None, Field(repr=False)] = None
    attachments: tuple[Attachment, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    automatic: tuple[AutomaticMark, ...] = ()
    lists: tuple[str, ...] = ()
    authentication: tuple[AuthenticationResults, ...] = ()
    report: DeliveryReport | None = None
    defects: tuple[Defect, ...] = ()
