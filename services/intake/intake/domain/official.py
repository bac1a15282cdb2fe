# SPDX-License-Identifier: Apache-2.0
"""The mailbox for official notices (CNF-03): only who is found to be a regulator makes a regulator's request.

Whoever writes there in a regulator's name without being found to be it is held; all others are as everywhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.domain.correspondence import external_id
from intake.domain.delivery_reports import REPORTED
from intake.domain.mail import ParsedMail
from intake.domain.regulator_terms import term_in
from intake.domain.sender import SenderCheck
from intake.domain.submission import OfficialMailbox, SetAside
from intake.domain.texts import one_line
from ventanilla_contracts.formats import without_tag
from ventanilla_contracts.intake import RegulatorRequest

NOT_AUTHENTICATED = SetAside("held", "official-not-authenticated")
LOOKS_AUTOMATIC = SetAside("held", "looks-automatic")
LONGEST_REFERENCE = 100
_REFERENCE = re.compile(
    r"\b(?:radicad[oa]|radicaci[oó]n|oficio|expediente)\b\s*(?:n[uú]mero|nro|n[o°º])?\s*[.:#]?\s*"
    r"([a-z0-9][a-z0-9./_-]{3,60}[a-z0-9])",
    re.IGNORECASE,
)
_READ = 20_000


@dataclass(frozen=True, slots=True)
class OfficialNotices:
    """``mailbox`` in lower case, "" for none; ``senders``: domain in lower case to the authority whose it is."""

    mailbox: str = ""
    senders: Mapping[str, str] = field(default_factory=dict)

    def authority_of(self, address: str | None) -> str | None:
        """Whose name a sender uses: that of the domain or of one below it."""
        domain = (address or "").rpartition("@")[2].casefold()
        for own, authority in self.senders.items():
            if domain == own or domain.endswith(f".{own}"):
                return authority
        return None


@dataclass(frozen=True, slots=True)
class OfficialNotice:
    """What a mail to that mailbox is."""

    status: OfficialMailbox
    request: RegulatorRequest | None = None


def official_notice(mail: ParsedMail, sender: SenderCheck, notices: OfficialNotices) -> OfficialNotice | None:
    """None for a mail that did not come there."""
    named = [*mail.delivered_to, *(box.address for box in (*mail.to, *mail.cc) if box.address)]
    if not notices.mailbox or all(without_tag(one) != notices.mailbox for one in named):
        return None
    authority = notices.authority_of(mail.from_address)
    if authority is None:
        return OfficialNotice("not-a-regulator")
    if sender.verdict != "pass":
        return OfficialNotice("not-authenticated")
    due, business_days = term_in(f"{mail.subject}\n\n{mail.text}", mail.date)
    request = RegulatorRequest(authority=authority, reference=_reference(mail), due=due, business_days=business_days)
    return OfficialNotice("regulator", request)


def judged_official(notice: OfficialNotice | None, judged: SetAside | None) -> SetAside | None:
    """What a regulator's machine sends is a request all the same, once a person looked at it."""
    if notice is None or (judged is not None and judged.reason == REPORTED):
        return judged
    if notice.request is not None and judged is not None and judged.outcome == "ignored":
        return LOOKS_AUTOMATIC
    if notice.status == "not-authenticated" and (judged is None or judged.outcome == "held"):
        return NOT_AUTHENTICATED
    return judged


def _reference(mail: ParsedMail) -> str:
    """The number that the regulator gives to it; else what the mail is known by."""
    found = (_REFERENCE.search(text[:_READ]) for text in (mail.subject, mail.text))
    numbers = (one[1] for one in found if one and any(sign.isdigit() for sign in one[1]))
    return one_line(next(numbers, external_id(mail)), LONGEST_REFERENCE)
