# SPDX-License-Identifier: Apache-2.0
"""A mail that a mail server hands over, filed before it is answered for: 250 is a promise, 451 leaves it there."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.clock import Clock, SystemClock
from chassis.commands import Commands, NotAnswered
from chassis.decision import Refused
from chassis.i18n import Catalogue
from chassis.log import get_logger
from chassis.mongo import Unavailable
from intake.consumers import CASES
from intake.domain.reception import Envelope, taken_by_peer_at, trace
from intake.domain.submission import FileSubmission
from intake.mail.counts import PUT_OFF, MailCounts
from intake.mail.door import UNPARSEABLE, MailDoor
from intake.mail.readings import Readings

_log = get_logger(__name__)

CODES: Mapping[str, str] = {
    "taken": "250 2.0.0",
    "try-again": "451 4.3.0",
    "closing": "421 4.3.2",
    "too-busy": "421 4.3.2",
    "no-room": "452 4.3.1",
    "too-many-recipients": "452 4.5.3",
    "no-recipient": "554 5.5.1",
    "not-ours": "550 5.1.1",
    "too-large": "552 5.3.4",
    "not-a-peer": "554 5.7.1",
}
"""Reply and enhanced status codes (RFC 5321, RFC 3463); their words are in the catalogue under ``smtp``."""


@dataclass(frozen=True)
class Reception:
    """Takes mails; any number at a time, which share commits."""

    door: MailDoor
    commands: Commands
    clock: Clock
    counts: MailCounts
    catalogue: Catalogue
    readings: Readings
    host: str
    believes_peers: bool = False
    """They are named in the settings, so that they are the organisation's own."""

    async def take(self, raw: bytes, envelope: Envelope) -> str:
        """File it and say the reply. Whatever is in the mail, it is filed or held; only what is away puts it off."""
        self.counts.came(envelope.via)
        try:
            async with self.readings.reading(raw) as (unread,):
                told = await self._filed(raw, envelope, unread=unread)
        except (NotAnswered, Unavailable, OSError) as error:
            _log.warning("mail-put-off", via=envelope.via, error=type(error).__name__)
            self.counts.became(envelope.via, PUT_OFF)
            return self.reply("try-again")
        self.counts.became(envelope.via, str(told["outcome"]))
        return f"{self.reply('taken')} {told['submission_id']}"

    def reply(self, code: str) -> str:
        """A reply line in the words of the catalogue, in the letters that SMTP has."""
        words = unicodedata.normalize("NFKD", self.catalogue.t(f"smtp.{code}")).encode("ascii", "ignore").decode()
        return f"{CODES[code]} {words}"

    async def _filed(self, raw: bytes, envelope: Envelope, *, unread: bool) -> Mapping[str, object]:
        now = self.clock.now()
        head = trace(envelope, self.host, now)
        held = partial(self.door.unread, head + raw, mail=raw, via=envelope.via)
        told = await self._told(await (held(UNPARSEABLE) if unread else self._taken(raw, envelope.via, head, now)))
        if told is None:
            told = await self._told(await held("unprocessable"))
        if told is None:
            raise NotAnswered(unknown=False)  # not even held: whoever has the mail keeps it
        return told

    async def _taken(self, raw: bytes, via: str, head: bytes, now: datetime) -> FileSubmission:
        taken_at = taken_by_peer_at(raw) if self.believes_peers and isinstance(self.clock, SystemClock) else None
        return await self.door.taken(
            raw,
            via=via,
            trace=head,
            received_at=min(taken_at, now) if taken_at else None,
            late_reason=self.catalogue.t("smtp.waited") if taken_at else None,
        )

    async def _told(self, command: FileSubmission) -> Mapping[str, object] | None:
        """None where it cannot be filed as it is. Raises NotAnswered."""
        try:
            told = await self.commands.execute(CASES, "", command)
        except NotAnswered:
            raise
        except Exception:
            _log.exception("mail-not-filed")
            return None
        if isinstance(told, Refused):
            _log.error("mail-not-filed", outcome=told.code)
            return None
        return told
