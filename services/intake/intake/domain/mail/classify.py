# SPDX-License-Identifier: Apache-2.0
"""What to do with a mail before any case is thought of: take it, leave it, or show it to a person."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from intake.domain.identity import email_address
from intake.domain.mail.defects import BEYOND_LIMITS, Defect
from intake.domain.mail.marks import AutomaticMark, sender_is_a_machine, subject_says_automatic
from intake.domain.mail.model import ParsedMail
from ventanilla_contracts.formats import without_tag


class HoldReason(StrEnum):
    """Why a person must look first; the mail is kept with its bytes."""

    UNPARSEABLE = "unparseable"
    NO_SENDER = "no-sender"
    TOO_COMPLEX = "too-complex"
    LOOKS_AUTOMATIC = "looks-automatic"
    OWN_ADDRESS_FOR_ANOTHER = "own-address-for-another"


@dataclass(frozen=True, slots=True)
class Accept:
    """It goes on to threads and duplicates."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """It needs no answer; ``reason`` is ``own-loop`` or the value of an AutomaticMark."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    reason: HoldReason


Verdict = Accept | Ignore | Hold
OWN_LOOP = "own-loop"
CALENDAR_REPLY = "calendar-reply"
"""A click on "yes" or "no" in somebody's calendar; we invite nobody, so it answers nothing. With words beside it a
person looks; a counter-proposal or an invitation is somebody who wants something.
"""
_LIST_MARKS = frozenset({AutomaticMark.LIST, AutomaticMark.PRECEDENCE})


def classify_incoming(
    mail: ParsedMail,
    own_addresses: Collection[str],
    own_message_id: Callable[[str], bool] = lambda _: False,
    *,
    forged: bool = False,
) -> Verdict:
    """``own_addresses``: the mailboxes that intake reads and the senders of notifications, without ``+tags``.

    ``own_message_id`` says whether a Message-ID carries our valid signature (contracts: formats).
    ``forged``: it is not from whom it says, so what bears an address of ours is no echo.
    """
    own = frozenset(map(without_tag, own_addresses))
    if Defect.UNPARSEABLE in mail.defects:
        return Hold(HoldReason.UNPARSEABLE)
    if mail.message_id and own_message_id(mail.message_id):
        return Ignore(OWN_LOOP)
    if marks := _foreign_marks(mail, own):
        return Ignore(marks[0].value)
    return _by_sender(mail, own, forged=forged)


def _by_sender(mail: ParsedMail, own: frozenset[str], *, forged: bool) -> Verdict:
    if not isinstance(email_address(mail.from_address or ""), str):
        return Hold(HoldReason.NO_SENDER)
    if without_tag(mail.from_address or "") in own and (verdict := _from_ourselves(mail, own, forged=forged)):
        return verdict
    if BEYOND_LIMITS.intersection(mail.defects):
        return Hold(HoldReason.TOO_COMPLEX)
    if any(one.method == "REPLY" for one in mail.invitations):
        return Hold(HoldReason.LOOKS_AUTOMATIC) if mail.text.strip() else Ignore(CALENDAR_REPLY)
    if subject_says_automatic(mail.subject) or sender_is_a_machine(mail.from_address or ""):
        return Hold(HoldReason.LOOKS_AUTOMATIC)
    return Accept()


def _from_ourselves(mail: ParsedMail, own: frozenset[str], *, forged: bool) -> Verdict | None:
    """A loop, unless a contact form or a copier sent it in the name of the person to be answered."""
    if any(without_tag(mailbox.address) not in own for mailbox in mail.reply_to if mailbox.address):
        return Hold(HoldReason.OWN_ADDRESS_FOR_ANOTHER)
    return None if forged else Ignore(OWN_LOOP)


def _foreign_marks(mail: ParsedMail, own: frozenset[str]) -> tuple[AutomaticMark, ...]:
    """Marks that count: where the organisation's mailbox is itself a list, every citizen's mail bears list marks."""
    own_lists = own | {address.replace("@", ".") for address in own}
    if own_lists.intersection(mail.lists):
        return tuple(mark for mark in mail.automatic if mark not in _LIST_MARKS)
    return mail.automatic
