# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a mail to a submission, the same through HTTP, IMAP and Kafka; its files are stored on the way."""

import asyncio
from dataclasses import replace
from datetime import datetime

from chassis.files import Files
from chassis.i18n import Catalogue
from chassis.ids import Signer, random_code, uuid5_id
from chassis.log import get_logger
from chassis.mongo import Unavailable
from intake.domain.correspondence import (
    Addresses,
    external_id,
    mail_form,
    mail_thread,
    own_mailbox,
    person_to_answer,
)
from intake.domain.mail import ParsedMail, unread_hash
from intake.domain.submission import FileSubmission, SetAside
from intake.domain.texts import start_of
from intake.mail.reading import NO_POLICY, MailPolicy, MailReading, ReadMail
from intake.uploaded.scanning import INFECTED, any_infected
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import Person, SubmissionForm

_log = get_logger(__name__)

UNPARSEABLE = "unparseable"
CITIZEN = Actor(id="citizen", role="citizen")
MAIL_TYPE = "message/rfc822"


class MailDoor:
    """Reads mails, and makes submissions of them."""

    def __init__(
        self, files: Files, signer: Signer, addresses: Addresses, catalogue: Catalogue, policy: MailPolicy = NO_POLICY
    ) -> None:
        self._files = files
        self._reading = MailReading(signer, addresses, catalogue, policy)
        self._addresses = addresses
        self._catalogue = catalogue

    async def read(self, raw: bytes, trace: bytes = b"", *, through_our_server: bool = True) -> ReadMail:
        """As ``MailReading.read``, beside the event loop."""
        return await asyncio.to_thread(self._reading.read, raw, trace, through_our_server=through_our_server)

    async def taken(
        self,
        raw: bytes,
        *,
        via: str,
        trace: bytes = b"",
        received_at: datetime | None = None,
        late_reason: str | None = None,
    ) -> FileSubmission:
        """As ``read`` and ``submission``; a mail that breaks them is held unread. Raises OSError, Unavailable."""
        try:
            mail = await self.read(raw, trace)
            filed = await self.submission(mail, received_at=received_at, late_reason=late_reason)
        except (OSError, Unavailable):
            raise  # the file store is away, which is not the mail's fault
        except Exception:
            _log.exception("mail-unreadable")
            return await self.unread(trace + raw, UNPARSEABLE, mail=raw, via=via)
        return replace(filed, via=via)

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
        is_told = mail.set_aside is None or mail.proposal is not None
        files = await self._attachments(parsed) if is_told else ()
        infected = is_told and any_infected(original, *files)
        if mail.official and mail.official.request:
            asked = filed.form.model_copy(update={"regulator": mail.official.request})
            filed = replace(filed, channel="regulator", form=asked)
        return replace(
            filed,
            official=mail.official.status if mail.official else None,
            files=() if infected else files,
            full_text=await self._full_text(parsed.text),
            mail=mail_thread(parsed, self._addresses.own),
            mailbox=own_mailbox(parsed, self._addresses.own),
            replies_to=mail.replies_to,
            addressed=mail.addressed,
            proposal=None if infected else mail.proposal,
            set_aside=SetAside("held", INFECTED) if infected else mail.set_aside,
            sender=mail.sender,
            reports=mail.reports,
        )

    async def unread(self, raw: bytes, why: str, *, via: str, mail: bytes | None = None) -> FileSubmission:
        """Hold bytes that must not be looked into: they broke what read them, or are too many.

        ``mail``: the bytes by which the mail is known again, where a server's lines stand before them.
        """
        original = await self._files.put(raw, "mail.eml", MAIL_TYPE)
        content_hash = unread_hash(raw if mail is None else mail)
        held = submission_of_mail(f"sha256:{content_hash}", content_hash, SubmissionForm(text=""), original, CITIZEN)
        return replace(held, set_aside=SetAside("held", why), via=via)

    def person_to_answer(self, mail: ReadMail) -> Person:
        """The sender, or whom a mail of ours was sent for."""
        return person_to_answer(mail.parsed, self._addresses.own)

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


def submission_id_of(parsed: ParsedMail) -> str:
    """Under which id a mail is filed that was read."""
    return _submission_id(external_id(parsed), parsed.content_hash)


def unread_id(raw: bytes) -> str:
    """Under which id a mail is held unread."""
    unread = unread_hash(raw)
    return _submission_id(f"sha256:{unread}", unread)


def _submission_id(external: str, content_hash: str) -> str:
    return uuid5_id("submission", "email", external, content_hash)


def submission_of_mail(
    external: str, content_hash: str, form: SubmissionForm, original: FileRef, actor: Actor
) -> FileSubmission:
    """A mail as a submission, without what only its parts can tell."""
    return FileSubmission(
        submission_id=_submission_id(external, content_hash),
        channel="email",
        external_id=external,
        external_key=uuid5_id("external-id", "email", external),
        content_hash=content_hash,
        actor=actor,
        tracking_code=random_code(),
        form=form,
        original=original,
    )
