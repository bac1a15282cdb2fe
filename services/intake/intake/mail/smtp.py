# SPDX-License-Identifier: Apache-2.0
"""A connection by SMTP or LMTP: aiosmtpd speaks, and this says what is taken (RFC 5321, RFC 2033).

Of aiosmtpd's own ways it replaces those by which mail would be lost: lines above 1,000 bytes and senders that the
grammar does not know are taken, because real mails have them.
"""

import re
from contextlib import suppress
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax
from aiosmtpd.smtp import Envelope as Handed

from intake.domain.reception import Envelope
from intake.mail.data import Incoming
from intake.mail.smtp_house import House

_LARGEST_PIECE = 1 << 24
_PATH = re.compile(r'\s*<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>\s*(.*)|\s*([^<>\s]+)\s*(.*)')


class Connection(SMTP):
    """One connection. ``busy``: a mail is on its way, or waits for its answer."""

    line_length_limit = 1 << 16
    busy = False

    def __init__(self, house: House, **options: Any) -> None:
        super().__init__(house, data_size_limit=house.room.largest, enable_SMTPUTF8=True, **options)
        self.house = house

    def connection_made(self, transport: Any) -> None:
        self.house.came(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.house.left(self)

    def say_goodbye(self) -> None:
        """Whoever has no mail on its way is sent away; the others once they are answered."""
        if not self.busy and self.transport is not None:
            self._writer.write(f"{self.house.reply('closing')}\r\n".encode())
            self.transport.close()

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def _handle_client(self) -> None:
        why = self.house.at_the_door(self._peer)
        if why is None:
            with suppress(ConnectionError):  # whoever hangs up has the mail still
                await super()._handle_client()
        else:
            await self.push(self.house.turned_away(why))
            self._writer.close()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Any address, and what stands behind it; ``<>`` is the sender of bounces."""
        found = _PATH.fullmatch(arg or "")
        if found is None:
            return None, None
        if found[3] is not None:
            return found[3], found[4]
        return (found[1].rpartition(":")[2] if found[1].startswith("@") else found[1]) or "<>", found[2]

    @syntax("DATA")
    async def smtp_DATA(  # noqa: N802 (aiosmtpd's name)
        self, arg: str | None
    ) -> None:
        """Answered once it is filed."""
        handed = self.envelope
        if await self.check_helo_needed():
            return
        if arg or handed is None or not handed.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else self.house.reply("no-recipient"))
            return
        self.busy = True
        try:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            answer = await self._answer(handed)
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            await self.push(self._for_each(answer, handed))
        finally:
            self.busy = False
        if self.house.closing:
            self.say_goodbye()

    async def _answer(self, handed: Handed) -> str:
        incoming = Incoming(self.house.room)
        try:
            why = await self._read_to_the_end(incoming)
            self._reset_timeout()
            if why is not None:
                return self.house.turned_away(why)
            return await self.house.take(incoming.content(), self._envelope(handed))
        finally:
            incoming.forget()

    async def _read_to_the_end(self, incoming: Incoming) -> str | None:
        """Why it is not taken, if so. Nobody hears us before the end; twice too much is heard out no further."""
        while not incoming.ended:
            piece = await self._reader.read(_LARGEST_PIECE)
            if not piece:
                raise ConnectionResetError("hung up before the end of a mail")
            self._reset_timeout()
            rest = incoming.add(piece)
            if rest:  # the next command: the piece was all that there was, so that this stands first
                self._reader.feed_data(rest)
            if incoming.read > 2 * self.house.room.largest and not incoming.ended:
                await self.push(self.house.reply("too-large"))
                self._writer.close()
                raise ConnectionResetError("far too large")
        return incoming.refused

    def _envelope(self, handed: Handed) -> Envelope:
        secure = "S" if self.session is not None and self._is_secure else ""
        extended = self.house.via == "lmtp" or (self.session is not None and self.session.extended_smtp)
        protocol = "LMTP" if self.house.via == "lmtp" else "ESMTP" if extended else "SMTP"
        return Envelope(
            via=self.house.via,
            sender=handed.mail_from or "",
            recipients=tuple(dict.fromkeys(handed.rcpt_tos)),
            peer=self._peer,
            greeted_as=(self.session.host_name if self.session else None) or "unknown",
            protocol=protocol + (secure if extended else ""),
        )

    @property
    def _is_secure(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    @property
    def _peer(self) -> str:
        peer = self.session.peer if self.session else None
        return str(peer[0]) if peer else ""

    def _for_each(self, answer: str, _: Handed) -> str:
        return answer


class LocalConnection(Connection, LMTP):
    """By LMTP, where each recipient is answered for."""

    def _for_each(self, answer: str, handed: Handed) -> str:
        return "\r\n".join([answer] * len(handed.rcpt_tos))
