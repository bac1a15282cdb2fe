# SPDX-License-Identifier: Apache-2.0
"""Mails: their bytes read without a raise, and whether they become cases."""

from intake.domain.mail.classify import Accept, Hold, HoldReason, Ignore, Verdict, classify_incoming
from intake.domain.mail.content_hash import unread_hash
from intake.domain.mail.defects import Defect
from intake.domain.mail.html import displayable_html
from intake.domain.mail.model import Attachment, ParsedMail
from intake.domain.mail.parse import parse_mail
from intake.domain.mail.structure import MailLimits

__all__ = [
    "Accept",
    "Attachment",
    "Defect",
    "Hold",
    "HoldReason",
    "Ignore",
    "MailLimits",
    "ParsedMail",
    "Verdict",
    "classify_incoming",
    "displayable_html",
    "parse_mail",
    "unread_hash",
]
