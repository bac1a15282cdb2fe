# SPDX-License-Identifier: Apache-2.0
"""A mail as a submission, and where it belongs: with us, with a case of its own, or before a person."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from intake.domain.delivery_reports import REPORTED, letter_reports
from intake.domain.identity import email_address
from intake.domain.mail import Hold, Ignore, ParsedMail, classify_incoming
from intake.domain.submission import SetAside
from intake.domain.texts import one_line, start_of
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import MailThread, Person, SubmissionForm

MOST_ATTACHMENTS = 100
LONGEST_ID = 990
_MOST_REFERENCES = 30
_INTERNAL_LETTERS = frozenset(
    {"assignment", "copy", "documents-request", "reminder", "escalation", "compliment-notice", "filing-certificate"}
)

OurLetter = Callable[[str], LetterAddress | None]
"""The letter of ours that a Message-ID names, if its signature is right."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """``own``: mailboxes that intake reads and senders of ours; ``staff``: people of the house. In lower case."""

    own: Collection[str]
    staff: Collection[str]

    def is_of_the_house(self, address: str | None) -> bool:
        """One of ours, with whatever ``+tag``."""
        local, separator, domain = (address or "").casefold().rpartition("@")
        plain = local.partition("+")[0] + separator + domain
        return plain in self.own or plain in self.staff


def judge(mail: ParsedMail, addresses: Addresses, our_letter: OurLetter, *, forged: bool = False) -> SetAside | None:
    """Why a mail becomes no case; None if it does, or joins one.

    ``forged``: it is not from whom it says; then it is nobody's answer. A responder's answer to a letter of the house
    is never a citizen's message (design 4): a person looks at it.
    """
    if letter_reports(mail, our_letter):
        return SetAside("ignored", REPORTED)
    verdict = classify_incoming(
        mail, addresses.own, lambda message_id: our_letter(message_id) is not None, forged=forged
    )
    if isinstance(verdict, Ignore):
        return SetAside("ignored", verdict.reason)
    if isinstance(verdict, Hold):
        return SetAside("held", verdict.reason.value)
    if len(mail.attachments) > MOST_ATTACHMENTS:
        return SetAside("held", "too-complex")
    if forged:
        return None
    answered = answered_letters(mail, our_letter)
    from_staff = (mail.from_address or "").casefold() in addresses.staff
    if any(letter.kind in _INTERNAL_LETTERS for letter in answered) or (answered and from_staff):
        return SetAside("held", "from-the-house")
    return None


def answered_letters(mail: ParsedMail, our_letter: OurLetter) -> tuple[LetterAddress, ...]:
    """Our letters that a mail answers, the nearest first."""
    named = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
    return tuple(letter for message_id in named if (letter := our_letter(message_id)) is not None)


def external_id(mail: ParsedMail) -> str:
    """Its Message-ID; the hash of its content where it has none that can be kept."""
    if mail.message_id and len(mail.message_id) <= LONGEST_ID:
        return f"<{one_line(mail.message_id, LONGEST_ID)}>"
    return f"sha256:{mail.content_hash}"


def mail_form(mail: ParsedMail) -> SubmissionForm:
    """What the sender says, as a form."""
    address = email_address(mail.from_address or "")
    return SubmissionForm(
        person=Person(name=one_line(mail.from_name or "") or None, email=address if isinstance(address, str) else None),
        subject=one_line(mail.subject),
        text=start_of(mail.text),
    )


def mail_thread(mail: ParsedMail, own: Collection[str]) -> MailThread | None:
    """Where an answer goes into the conversation; None for a mail without a usable Message-ID."""
    if not mail.message_id or len(mail.message_id) > LONGEST_ID:
        return None
    references = [*mail.references, *mail.in_reply_to]
    usable = tuple(f"<{one}>" for one in dict.fromkeys(references) if len(one) <= LONGEST_ID)
    return MailThread(
        message_id=external_id(mail),
        references=usable[-_MOST_REFERENCES:],
        subject=one_line(mail.subject),
        addressed_to=_addressed_to(mail, own),
    )


def _addressed_to(mail: ParsedMail, own: Collection[str]) -> str | None:
    """The mailbox of ours that it was written to, else the first one named."""
    named = [*mail.delivered_to, *(box.address for box in (*mail.to, *mail.cc) if box.address)]
    ours = next((address for address in named if address.casefold() in own), None)
    return ours or (one_line(named[0]) if named else None)
