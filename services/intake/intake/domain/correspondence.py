# SPDX-License-Identifier: Apache-2.0
"""A mail as a submission, and where it belongs: with us, with a case of its own, or before a person."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from intake.domain.delivery_reports import REPORTED, letter_reports
from intake.domain.identity import email_address
from intake.domain.mail import Hold, Ignore, ParsedMail, classify_incoming
from intake.domain.submission import Proposal, SetAside
from intake.domain.texts import one_line, start_of
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.formats import LetterAddress, ReplyAddress, parse_reply_address, without_tag
from ventanilla_contracts.intake import MailThread, Person, SubmissionForm

MOST_ATTACHMENTS = 100
LONGEST_ID = 990
_MOST_REFERENCES = 30
_INTERNAL_LETTERS = frozenset(
    {"assignment", "copy", "documents-request", "reminder", "escalation", "compliment-notice", "reopening"}
    | {"filing-certificate"}
)

FROM_THE_HOUSE = SetAside("held", "from-the-house")

OurLetter = Callable[[str], LetterAddress | None]
"""The letter of ours that a Message-ID names, if its signature is right."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """``own``: mailboxes that intake reads and senders of ours; ``staff``: people of the house. In lower case."""

    own: Collection[str]
    staff: Mapping[str, StaffRef]

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
        return FROM_THE_HOUSE
    return None


def proposal(mail: ParsedMail, addresses: Addresses, our_letter: OurLetter) -> Proposal | None:
    """What a member of the house sends in answer to a letter that went to the house: perhaps what was asked for.

    Not from anybody else: such a letter may have been forwarded. What answers a letter to the person is not meant.
    """
    responder = addresses.staff.get((mail.from_address or "").casefold())
    internal = (one for one in answered_letters(mail, our_letter) if one.kind in _INTERNAL_LETTERS)
    cases = tuple(dict.fromkeys(letter.case_id for letter in internal))
    return Proposal(responder, cases) if responder is not None and cases else None


def answered_letters(mail: ParsedMail, our_letter: OurLetter) -> tuple[LetterAddress, ...]:
    """Our letters that a mail answers, the nearest first."""
    named = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
    return tuple(letter for message_id in named if (letter := our_letter(message_id)) is not None)


def addressed_cases(mail: ParsedMail, given_to: Callable[[ReplyAddress, str], bool]) -> tuple[str, ...]:
    """The cases to whose reply address it came, where ``given_to`` says that its sender was given that address."""
    found = [tag for address in dict.fromkeys(_named(mail)) if (tag := parse_reply_address(address)) is not None]
    sender = mail.from_address or ""
    given = (case_id for case_id, signature in found if given_to(ReplyAddress(case_id, sender), signature))
    return tuple(dict.fromkeys(given))


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


def person_to_answer(mail: ParsedMail, own: Collection[str]) -> Person:
    """The sender; where that is an address of ours (a contact form, a copier), whom its Reply-To names."""
    if not mail.from_address or without_tag(mail.from_address) not in own:
        return mail_form(mail).person
    others = (box for box in mail.reply_to if box.address and without_tag(box.address) not in own)
    found = next(((box, box.address) for box in others), None)
    if found is None:
        return Person()
    box, address = found
    checked = email_address(address or "")
    return Person(name=one_line(box.name or "") or None, email=checked if isinstance(checked, str) else None)


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


def own_mailbox(mail: ParsedMail, own: Collection[str]) -> str | None:
    """The mailbox of ours through which it came, as far as its headers tell."""
    return next((box for address in _named(mail) if (box := without_tag(address)) in own), None)


def _addressed_to(mail: ParsedMail, own: Collection[str]) -> str | None:
    """The mailbox of ours that it was written to, else the first one named."""
    named = _named(mail)
    return own_mailbox(mail, own) or (one_line(named[0]) if named else None)


def _named(mail: ParsedMail) -> list[str]:
    """Where it was delivered, then where it was written to."""
    return [*mail.delivered_to, *(box.address for box in (*mail.to, *mail.cc) if box.address)]
