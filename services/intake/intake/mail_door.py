# SPDX-License-Identifier: Apache-2.0
"""From the bytes of a mail to a submission, the same through HTTP, IMAP and Kafka; its files are stored on the way."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from chassis.files import Files
from chassis.i18n import Catalogue
from chassis.ids import Signer, random_code, uuid5_id
from chassis.log import get_logger
from chassis.mongo import Unavailable
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
from intake.domain.delivery_reports import letter_reports
from intake.domain.mail import Defect, MailLimits, ParsedMail, parse_mail, unread_hash
from intake.domain.official import OfficialNotice, OfficialNotices, judged_official, official_notice
from intake.domain.sender import UNCHECKED, SenderCheck, check_sender
from intake.domain.submission import FileSubmission, LetterReport, Proposal, SetAside
from intake.domain.texts import start_of
from intake.invitation_words import with_invitations
from intake.scanning import INFECTED, any_infected
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

_log = get_logger(__name__)

UNPARSEABLE = "unparseable"
CITIZEN = Actor(id="citizen", role="citizen")
MAIL_TYPE = "message/rfc822"


BOGOTA = ZoneInfo("America/Bogota")
DEFAULT_LIMITS = MailLimits()
NO_NOTICES = OfficialNotices()


@dataclass(frozen=True)
class MailPolicy:
    """``own_server`` is the authserv-id of our mail server (RFC 8601); empty where it writes none.

    ``notices``: the mailbox for official notices, and who may send them.
    """

    limits: MailLimits = DEFAULT_LIMITS
    own_server: str = ""
    zone: tzinfo = BOGOTA
    notices: OfficialNotices = NO_NOTICES


NO_POLICY = MailPolicy()


@dataclass(frozen=True)
class ReadMail:
    """A mail, read and judged; nothing of it is stored yet."""

    raw: bytes
    parsed: ParsedMail
    set_aside: SetAside | None
    replies_to: tuple[str, ...]
    sender: SenderCheck = UNCHECKED
    reports: tuple[LetterReport, ...] = ()
    addressed: tuple[str, ...] = ()
    proposal: Proposal | None = None
    official: OfficialNotice | None = None


class MailDoor:
    """Reads mails, and makes submissions of them."""

    def __init__(
        self, files: Files, signer: Signer, addresses: Addresses, catalogue: Catalogue, policy: MailPolicy = NO_POLICY
    ) -> None:
        self._files = files
        self._signer = signer
        self._addresses = addresses
        self._catalogue = catalogue
        self._policy = policy

    async def read(self, raw: bytes, trace: bytes = b"", *, through_our_server: bool = True) -> ReadMail:
        """Never raises for what is in the mail; nothing is stored. ``trace``: header lines of its last server.

        ``through_our_server``: else whatever it says that our server found, nobody of ours wrote.
        """
        own_server = self._policy.own_server if through_our_server else ""
        return await asyncio.to_thread(self._read, raw, trace, own_server)

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

    def our_letter(self, message_id: str) -> LetterAddress | None:
        """The letter that a Message-ID of ours names; None if it is not ours or its signature is not right."""
        found = parse_message_id(message_id)
        if found is None:
            return None
        letter, signature = found
        return letter if self._signer.verify(MESSAGE_ID_PURPOSE, letter.signed_text(), signature) else None

    def _read(self, raw: bytes, trace: bytes, own_server: str) -> ReadMail:
        parsed = with_invitations(parse_mail(trace + raw, self._policy.limits), self._catalogue, self._policy.zone)
        if Defect.UNPARSEABLE in parsed.defects:  # then all bytes identify it, and each delivery has another trace
            parsed = parsed.model_copy(update={"content_hash": unread_hash(raw)})
        of_the_house = self._addresses.is_of_the_house(parsed.from_address)
        sender = check_sender(parsed, own_server, from_the_house=of_the_house)
        forged = sender.verdict == "fail"
        letters = () if forged else answered_letters(parsed, self.our_letter)
        cases = tuple(dict.fromkeys(letter.case_id for letter in letters))
        judged = judge(parsed, self._addresses, self.our_letter, forged=forged)
        official = official_notice(parsed, sender, self._policy.notices)
        judged = judged_official(official, judged)
        proposed = proposal(parsed, self._addresses, self.our_letter) if judged == FROM_THE_HOUSE else None
        addressed = () if forged else addressed_cases(parsed, self._given_to)
        reports = letter_reports(parsed, self.our_letter)
        return ReadMail(trace + raw, parsed, judged, cases, sender, reports, addressed, proposed, official)

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
