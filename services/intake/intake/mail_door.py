# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a mail to a submission, the same through HTTP, IMAP and Kafka; its files are stored on the way."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.files import Files
from chassis.i18n import Catalogue
from chassis.ids import Signer, random_code, uuid5_id
from intake.domain.correspondence import (
    FROM_THE_HOUSE,
    Addresses,
    addressed_cases,
    answered_letters,
    external_id,
    judge,
    mail_form,
    mail_thread,
    own_mailbox,
    person_to_answer,
    proposal,
)
from intake.domain.mail import ParsedMail, parse_mail
from intake.domain.submission import FileSubmission, Proposal, SetAside
from intake.domain.texts import start_of
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.formats import (
    MESSAGE_ID_PURPOSE,
    REPLY_ADDRESS_PURPOSE,
    REPLY_SIGNATURE_SYMBOLS,
    LetterAddress,
    ReplyAddress,
    parse_message_id,
)
from ventanilla_contracts.intake import Person, SubmissionForm

CITIZEN = Actor(id="citizen", role="citizen")
MAIL_TYPE = "message/rfc822"


@dataclass(frozen=True)
class ReadMail:
    """A mail, read and judged; nothing of it is stored yet."""

    raw: bytes
    parsed: ParsedMail
    set_aside: SetAside | None
    replies_to: tuple[str, ...]
    addressed: tuple[str, ...] = ()
    proposal: Proposal | None = None


class MailDoor:
    """Reads mails, and makes submissions of them."""

    def __init__(self, files: Files, signer: Signer, addresses: Addresses, catalogue: Catalogue) -> None:
        self._files = files
        self._signer = signer
        self._addresses = addresses
        self._catalogue = catalogue

    async def read(self, raw: bytes) -> ReadMail:
        """Never raises for what is in the mail; nothing is stored."""
        return await asyncio.to_thread(self._read, raw)

    async def submission(
        self,
        mail: ReadMail,
        *,
        actor: Actor = CITIZEN,
        received_at: datetime | None = None,
        late_reason: str | None = None,
        original: FileRef | None = None,
    ) -> FileSubmission:
        """Keep the mail and its attachments, and say what to file."""
        parsed = mail.parsed
        form = mail_form(parsed).model_copy(update={"received_at": received_at, "late_reason": late_reason})
        original = original or await self._files.put(mail.raw, "mail.eml", MAIL_TYPE)
        filed = submission_of_mail(external_id(parsed), parsed.content_hash, form, original, actor)
        return replace(
            filed,
            files=() if mail.set_aside and not mail.proposal else await self._attachments(parsed),
            full_text=await self._full_text(parsed.text),
            mail=mail_thread(parsed, self._addresses.own),
            mailbox=own_mailbox(parsed, self._addresses.own),
            replies_to=mail.replies_to,
            addressed=mail.addressed,
            proposal=mail.proposal,
            set_aside=mail.set_aside,
        )

    async def unread(self, raw: bytes, why: str, *, content_hash: str) -> FileSubmission:
        """Hold bytes that must not be looked into: they broke what read them, or are too many."""
        original = await self._files.put(raw, "mail.eml", MAIL_TYPE)
        held = submission_of_mail(f"sha256:{content_hash}", content_hash, SubmissionForm(text=""), original, CITIZEN)
        return replace(held, set_aside=SetAside("held", why))

    def person_to_answer(self, mail: ReadMail) -> Person:
        """The sender, or whom a mail of ours was sent for."""
        return person_to_answer(mail.parsed, self._addresses.own)

    def our_letter(self, message_id: str) -> LetterAddress | None:
        """The letter that a Message-ID of ours names; None if it is not ours or its signature is not right."""
        found = parse_message_id(message_id)
        if found is None:
            return None
        letter, signature = found
        return letter if self._signer.verify(MESSAGE_ID_PURPOSE, letter.signed_text(), signature) else None

    def _read(self, raw: bytes) -> ReadMail:
        parsed = parse_mail(raw)
        letters = answered_letters(parsed, self.our_letter)
        cases = tuple(dict.fromkeys(letter.case_id for letter in letters))
        judged = judge(parsed, self._addresses, self.our_letter)
        proposed = proposal(parsed, self._addresses, self.our_letter) if judged == FROM_THE_HOUSE else None
        return ReadMail(raw, parsed, judged, cases, addressed_cases(parsed, self._given_to), proposed)

    def _given_to(self, address: ReplyAddress, signature: str) -> bool:
        text = address.signed_text()
        return self._signer.verify(REPLY_ADDRESS_PURPOSE, text, signature, symbols=REPLY_SIGNATURE_SYMBOLS)

    async def _attachments(self, mail: ParsedMail) -> tuple[FileRef, ...]:
        refs = []
        for n, attachment in enumerate(mail.attachments, 1):
            name = attachment.safe_name or self._catalogue.t("files.unnamed", n=n)
            refs.append(await self._files.put(attachment.content, name, attachment.type))
        return tuple(refs)

    async def _full_text(self, text: str) -> FileRef | None:
        if start_of(text) == text:
            return None
        name = self._catalogue.t("files.full-text")
        return await self._files.put(text.encode("utf-8", "replace"), name, "text/plain")


def submission_of_mail(
    external: str, content_hash: str, form: SubmissionForm, original: FileRef, actor: Actor
) -> FileSubmission:
    """A mail as a submission, without what only its parts can tell."""
    return FileSubmission(
        submission_id=uuid5_id("submission", "email", external, content_hash),
        channel="email",
        external_id=external,
        external_key=uuid5_id("external-id", "email", external),
        content_hash=content_hash,
        actor=actor,
        tracking_code=random_code(),
        form=form,
        original=original,
    )
