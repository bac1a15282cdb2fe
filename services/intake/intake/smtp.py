# SPDX-License-Identifier: Apache-2.0
"""A connection by SMTP or LMTP: aiosmtpd speaks, and this says what is taken (RFC 5321, RFC 2033).

Of aiosmtpd's own ways it replaces those by which mail would be lost: lines above 1,000 bytes and senders that the
grammar does not know are taken, because real mails have them.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Literal, Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax
from aiosmtpd.smtp import Envelope as Handed

from chassis.log import get_logger
from intake.domain.reception import Envelope, is_ours

_log = get_logger(__name__)

Via = Literal["smtp", "lmtp"]

END = b"\r\n.\r\n"
"""The only end of a mail: a line end by half ends none, so that no mail can hide another one (SMTP smuggling)."""

_LARGEST_PIECE = 1 << 24
_PATH = re.compile(r'\s*<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>\s*(.*)|\s*([^<>\s]+)\s*(.*)')


class Reply(Protocol):
    def __call__(self, code: str) -> str: ...


@dataclass
class House:
    """What all connections share. ``held`` are the bytes of mails under way, which stay below ``most_held``."""

    via: Via
    own: frozenset[str]
    peers: tuple[IPv4Network | IPv6Network, ...]
    most_connections: int
    most_recipients: int
    largest: int
    most_held: int
    take: Callable[[bytes, Envelope], Awaitable[str]]
    reply: Reply
    refused: Callable[[str], None]
    closing: bool = False
    held: int = 0
    connections: set["Connection"] = field(default_factory=set)
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    """Once it is closing and everybody has left."""

    def came(self, connection: "Connection") -> None:
        self.connections.add(connection)

    def left(self, connection: "Connection") -> None:
        self.connections.discard(connection)
        self.close_if_empty()

    def close(self) -> None:
        """Nobody new, 421 to who has no mail under way; who has one is answered first."""
        self.closing = True
        for connection in list(self.connections):
            connection.say_goodbye()
        self.close_if_empty()

    def close_if_empty(self) -> None:
        if self.closing and not self.connections:
            self.empty.set()

    def at_the_door(self, peer: str) -> str | None:
        """Why a connection is not spoken to."""
        if self.closing:
            return "closing"
        if not self._may_hand_over(peer):
            return "not-a-peer"
        return "too-busy" if len(self.connections) > self.most_connections else None

    def _may_hand_over(self, peer: str) -> bool:
        if not self.peers:
            return True
        address = ip_address(peer)
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any((mapped or address) in network for network in self.peers)

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, _: SMTP, session: Any, __: Handed, hostname: str, responses: list[str]
    ) -> list[str]:
        """What we can; no login, even where aiosmtpd would offer one."""
        session.host_name = hostname
        kept = [line for line in responses if not line.startswith("250-AUTH")]
        return [*kept[:-1], "250-PIPELINING", kept[-1]]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _: SMTP, __: Any, handed: Handed, address: str, options: list[str]
    ) -> str:
        """Only for addresses of ours: nothing is ever sent on."""
        if not is_ours(address, self.own):
            return self.turned_away("not-ours")
        if len(handed.rcpt_tos) >= self.most_recipients:
            return self.turned_away("too-many-recipients")
        handed.rcpt_tos.append(address)
        handed.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours never costs a mail: whoever has it keeps it."""
        _log.error("reception-failed", via=self.via, error=type(error).__name__, exc_info=error)
        return self.reply("try-again")

    def turned_away(self, why: str) -> str:
        self.refused(why)
        return self.reply(why)


class Connection(SMTP):
    """One connection. ``busy``: a mail is on its way, or waits for its answer."""

    line_length_limit = 1 << 16
    busy = False

    def __init__(self, house: House, **options: Any) -> None:
        super().__init__(house, data_size_limit=house.largest, enable_SMTPUTF8=True, **options)
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
        incoming = _Incoming(self.house)
        try:
            why = await self._read_to_the_end(incoming)
            self._reset_timeout()
            if why is not None:
                return self.house.turned_away(why)
            return await self.house.take(incoming.content(), self._envelope(handed))
        finally:
            incoming.forget()

    async def _read_to_the_end(self, incoming: "_Incoming") -> str | None:
        """Why it is not taken, if so. Nobody hears us before the end; twice too much is heard out no further."""
        while not incoming.ended:
            piece = await self._reader.read(_LARGEST_PIECE)
            if not piece:
                raise ConnectionResetError("hung up before the end of a mail")
            self._reset_timeout()
            rest = incoming.add(piece)
            if rest:  # the next command: the piece was all that there was, so that this stands first
                self._reader.feed_data(rest)
            if incoming.read > 2 * self.house.largest and not incoming.ended:
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


class _Incoming:
    """The bytes of one mail as they come, without more in memory than the house has room for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._bytes = bytearray(b"\r\n")  # so that a mail without any line ends like all others
        self._counted = 0
        self.read = 0
        self.ended = False
        self.refused: str | None = None

    def add(self, piece: bytes) -> bytes:
        """What stands behind the end of the mail, once it came."""
        searched = max(0, len(self._bytes) - len(END) + 1)
        self._bytes += piece
        self.read += len(piece)
        end = self._bytes.find(END, searched)
        rest = b""
        if end >= 0:
            self.ended = True
            rest = bytes(self._bytes[end + len(END) :])
            del self._bytes[end + 2 :]
        self._refuse_what_is_too_much()
        return rest

    def content(self) -> bytes:
        """Without the dots that were put before dots (RFC 5321 §4.5.2)."""
        return bytes(self._bytes).replace(b"\r\n.", b"\r\n")[2:]

    def forget(self) -> None:
        self._bytes.clear()
        self._count()

    def _refuse_what_is_too_much(self) -> None:
        self._count()
        if self.refused is None and len(self._bytes) - 2 > self._house.largest:
            self.refused = "too-large"
        elif self.refused is None and self._house.held > self._house.most_held:
            self.refused = "no-room"
        if self.refused is not None:
            del self._bytes[: -len(END) + 1]
            self._count()

    def _count(self) -> None:
        self._house.held += len(self._bytes) - self._counted
        self._counted = len(self._bytes)
