# SPDX-License-Identifier: Apache-2.0
"""What the headers of a mail say about who or what sent it (RFC 3834, RFC 2919)."""

import re
from enum import StrEnum

from intake.domain.mail.addresses import mailboxes
from intake.domain.mail.headers import Headers
from intake.domain.mail.structure import Part


class AutomaticMark(StrEnum):
    """Why a mail counts as written by a machine; the value is the reason code of the outcome."""

    DELIVERY_REPORT = "delivery-report"
    READ_RECEIPT = "read-receipt"
    FEEDBACK_REPORT = "feedback-report"
    AUTO_SUBMITTED = "auto-submitted"
    NULL_RETURN_PATH = "null-return-path"
    AUTOREPLY = "autoreply"
    PRECEDENCE = "precedence"
    LIST = "list"


_REPORTS = {
    "delivery-status": AutomaticMark.DELIVERY_REPORT,
    "disposition-notification": AutomaticMark.READ_RECEIPT,
    "feedback-report": AutomaticMark.FEEDBACK_REPORT,
}
_REPORT_PARTS = {
    "message/delivery-status": AutomaticMark.DELIVERY_REPORT,
    "message/global-delivery-status": AutomaticMark.DELIVERY_REPORT,
    "message/disposition-notification": AutomaticMark.READ_RECEIPT,
    "message/feedback-report": AutomaticMark.FEEDBACK_REPORT,
}
_AUTOREPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-fc-machinegenerated")
_MACHINE_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply"})
_LIST_FIELDS = ("list-id", "mailing-list", "x-mailing-list")
_LIST_NAME_FIELDS = ("list-id", "list-post")
_NO = frozenset({"", "no", "false"})
_COMMENT = re.compile(r"\([^()]*\)")
_SAID_IN_SUBJECT = re.compile(
    r"\s*(?:respuesta autom[áa]tica|automatic reply|auto-?reply|out of (?:the )?office|fuera de (?:la )?oficina"
    r"|ausente de la oficina|undeliver(?:able|ed)|no se puede entregar|mail delivery failed"
    r"|delivery status notification|returned mail|failure notice|delivery failure|mail system error"
    r"|mail delivery failure)\b",
    re.IGNORECASE,
)


def automatic_marks(root: Part) -> tuple[AutomaticMark, ...]:
    """Every mark, the most telling first."""
    found = _report_marks(root) | _field_marks(root.headers)
    return tuple(mark for mark in AutomaticMark if mark in found)


def _report_marks(root: Part) -> set[AutomaticMark]:
    named = _REPORTS.get(root.type_parameters.get("report-type", "").lower())
    parts = root.children if root.type == "multipart/report" else []
    marks = {_REPORT_PARTS[part.type] for part in parts if part.type in _REPORT_PARTS}
    return marks | {named} if named else marks


def _field_marks(headers: Headers) -> set[AutomaticMark]:
    precedence = headers.text("precedence").lower()
    marks = {
        AutomaticMark.AUTO_SUBMITTED: _auto_submitted(headers),
        AutomaticMark.NULL_RETURN_PATH: any(value.strip() == b"<>" for value in headers.all("return-path")),
        AutomaticMark.AUTOREPLY: any(headers.text(name).lower() not in _NO for name in _AUTOREPLY_FIELDS),
        AutomaticMark.PRECEDENCE: precedence in _MACHINE_PRECEDENCE,
        AutomaticMark.LIST: any(headers.first(name) for name in _LIST_FIELDS),
    }
    return {mark for mark, is_set in marks.items() if is_set}


def _auto_submitted(headers: Headers) -> bool:
    value = _COMMENT.sub(" ", headers.text("auto-submitted")).partition(";")[0].strip().lower()
    return value not in {"", "no"}


def list_names(headers: Headers) -> tuple[str, ...]:
    """The list as address or as id (``pqrs.caja.example``), so that a list of the organisation's own is known."""
    named = (mailbox.address for name in _LIST_NAME_FIELDS for mailbox in mailboxes(headers.first(name)))
    return tuple(dict.fromkeys(address.lower() for address in named if address))


def sender_is_a_machine(address: str) -> bool:
    """Mail servers write under these names, some of them without any mark; a person looks at it (RFC 2142)."""
    return address.partition("@")[0].casefold() in {"mailer-daemon", "postmaster", "post_master"}


def subject_says_automatic(subject: str) -> bool:
    """Out-of-office answers and bounces without any mark; too weak to ignore a mail for."""
    return _SAID_IN_SUBJECT.match(subject) is not None
