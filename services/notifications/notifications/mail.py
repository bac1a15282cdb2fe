# SPDX-License-Identifier: Apache-2.0
"""A letter as an RFC 5322 message: text and HTML, files attached, in its thread, the same at every attempt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from chassis.files import Files
from notifications.domain.letters import Letter, Recipient
from notifications.wording import Letterhead, Wording, Words
from ventanilla_contracts.envelope import FileRef

MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
MAILBOX = re.compile(r"[^@\s<>()\[\],:;\"\\]{1,64}@[^@\s<>()\[\],:;\"\\]{1,255}")
"""What people have; quoted local parts and addresses by number are no one's."""

MOST_REFERENCES = 20
"""The first and the latest of a long conversation are enough for any reader (RFC 5322, 3.6.4 sets no limit)."""


class Unsendable(Exception):
    """A letter that cannot become a mail; its text says why and names nobody."""


@dataclass(frozen=True)
class Mail:
    """What is handed to the mail server."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    needs_utf8: bool


class Composer:
    """Makes mails of letters. ``largest`` is the most bytes of files that a mail carries."""

    def __init__(self, wording: Wording, letterhead: Letterhead, files: Files, zone: tzinfo, largest: int) -> None:
        self._wording = wording
        self._letterhead = letterhead
        self._files = files
        self._zone = zone
        self._largest = largest

    def preview(self, letter: Letter) -> Words:
        attached, left_out = travelling(letter.files, self._largest)
        return self._wording.words(letter, attached, left_out)

    async def compose(self, letter: Letter, now: datetime) -> Mail:
        """The mail to whom does not have it yet. Raises Unsendable, or FileLost."""
        attached, left_out = travelling(letter.files, self._largest)
        if left_out and letter.kind in ("answer", "filing-certificate"):
            raise Unsendable("its files are too large for a mail, or not safe")
        to = tuple(mailbox(one) for one in letter.outstanding)
        words = self._wording.words(letter, attached, left_out)
        message = self._message(letter, words, to, now)
        for file in attached:
            main, _, sub = (file.type or "application/octet-stream").partition("/")
            content = await self._files.get(file)
            message.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=file.name)
        addresses = tuple(one.addr_spec for one in to)
        needs_utf8 = not all(address.isascii() for address in addresses)
        written = message.as_bytes(policy=policy.SMTPUTF8 if needs_utf8 else policy.SMTP)
        return Mail(self._letterhead.org_mail_address, addresses, thread_headers(letter) + written, needs_utf8)

    def _message(self, letter: Letter, words: Words, to: Sequence[Address], now: datetime) -> EmailMessage:
        house = Address(self._letterhead.org_name, addr_spec=self._letterhead.org_mail_address)
        message = EmailMessage()
        message["From"] = house
        message["Reply-To"] = house
        message["To"] = to
        message["Subject"] = words.subject
        message["Date"] = format_datetime(now.astimezone(self._zone))
        message["Content-Language"] = self._wording.locale
        if letter.kind != "answer":  # that is written by a person; all else is automatic (RFC 3834, 5)
            message["Auto-Submitted"] = "auto-generated"
            message["X-Auto-Response-Suppress"] = "All"
        message.set_content(words.text, cte="quoted-printable")
        message.add_alternative(words.html, subtype="html", cte="quoted-printable")
        return message


def travelling(files: Sequence[FileRef], largest: int) -> tuple[list[FileRef], list[FileRef]]:
    """Which files travel with a mail and which do not: what is infected, and what is too much."""
    attached: list[FileRef] = []
    left_out: list[FileRef] = []
    room = largest
    for file in files:
        if file.scan != "infected" and file.size <= room:
            attached.append(file)
            room -= file.size
        else:
            left_out.append(file)
    return attached, left_out


def mailbox(recipient: Recipient) -> Address:
    """Name and address; the domain in the form that every mail server reads. Raises Unsendable."""
    if not MAILBOX.fullmatch(recipient.address):
        raise Unsendable("the address is not one")
    local_part, _, domain = recipient.address.partition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise Unsendable("the address is not one") from None
    return Address(" ".join((recipient.name or "").split()), local_part, domain)


def thread_headers(letter: Letter) -> bytes:
    """Message-ID, In-Reply-To and References, one id a line: the library would encode ids longer than a line."""
    lines = [f"Message-ID: {letter.message_id}"]
    if letter.thread is not None:
        answered = MESSAGE_ID.findall(letter.thread.in_reply_to)[:1]
        ids = [one for text in letter.thread.references for one in MESSAGE_ID.findall(text)]
        ids = list(dict.fromkeys([*ids, *answered]))
        if len(ids) > MOST_REFERENCES:
            ids = [ids[0], *ids[1 - MOST_REFERENCES :]]
        lines += [f"In-Reply-To: {one}" for one in answered]
        lines += ["References: " + "\r\n ".join(ids)] if ids else []
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")
