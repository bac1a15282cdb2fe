# SPDX-License-Identifier: Apache-2.0
"""What a mail says, whom it is from and where it belongs, before anything of it is stored."""

from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from chassis.i18n import Catalogue
from chassis.ids import Signer
from intake.domain.correspondence import FROM_THE_HOUSE, Addresses, addressed_cases, answered_letters, judge, proposal
from intake.domain.delivery_reports import letter_reports
from intake.domain.mail import Defect, MailLimits, ParsedMail, parse_mail, unread_hash
from intake.domain.official import OfficialNotice, OfficialNotices, judged_official, official_notice
from intake.domain.sender import UNCHECKED, SenderCheck, check_sender
from intake.domain.submission import LetterReport, Proposal, SetAside
from intake.mail.invitation_words import with_invitations
from ventanilla_contracts.formats import (
    MESSAGE_ID_PURPOSE,
    REPLY_ADDRESS_PURPOSE,
    REPLY_SIGNATURE_SYMBOLS,
    LetterAddress,
    ReplyAddress,
    parse_message_id,
)

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


class MailReading:
    """Reads and judges mails; nothing is stored."""

    def __init__(self, signer: Signer, addresses: Addresses, catalogue: Catalogue, policy: MailPolicy) -> None:
        self._signer = signer
        self._addresses = addresses
        self._catalogue = catalogue
        self._policy = policy

    def read(self, raw: bytes, trace: bytes = b"", *, through_our_server: bool = True) -> ReadMail:
        """Never raises for what is in the mail. ``trace``: header lines of its last server.

        ``through_our_server``: else whatever it says that our server found, nobody of ours wrote.
        """
        own_server = self._policy.own_server if through_our_server else ""
        parsed = with_invitations(parse_mail(trace + raw, self._policy.limits), self._catalogue, self._policy.zone)
        if Defect.UNPARSEABLE in parsed.defects:  # then all bytes identify it, and each delivery has another trace
            parsed = parsed.model_copy(update={"content_hash": unread_hash(raw)})
        of_the_house = self._addresses.is_of_the_house(parsed.from_address)
        sender = check_sender(parsed, own_server, from_the_house=of_the_house)
        forged = sender.verdict == "fail"
        letters = () if forged else answered_letters(parsed, self._our_letter)
        cases = tuple(dict.fromkeys(letter.case_id for letter in letters))
        judged = judge(parsed, self._addresses, self._our_letter, forged=forged)
        official = official_notice(parsed, sender, self._policy.notices)
        judged = judged_official(official, judged)
        proposed = proposal(parsed, self._addresses, self._our_letter) if judged == FROM_THE_HOUSE else None
        addressed = () if forged else addressed_cases(parsed, self._given_to)
        reports = letter_reports(parsed, self._our_letter)
        return ReadMail(trace + raw, parsed, judged, cases, sender, reports, addressed, proposed, official)

    def _our_letter(self, message_id: str) -> LetterAddress | None:
        """The letter that a Message-ID of ours names; None if it is not ours or its signature is not right."""
        found = parse_message_id(message_id)
        if found is None:
            return None
        letter, signature = found
        return letter if self._signer.verify(MESSAGE_ID_PURPOSE, letter.signed_text(), signature) else None

    def _given_to(self, address: ReplyAddress, signature: str) -> bool:
        text = address.signed_text()
        return self._signer.verify(REPLY_ADDRESS_PURPOSE, text, signature, symbols=REPLY_SIGNATURE_SYMBOLS)
