# SPDX-License-Identifier: Apache-2.0
"""What all connections of a listener share: who may hand over, for whom mail is taken, and what refuses it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Literal, Protocol

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as Handed

from chassis.log import get_logger
from intake.domain.reception import Envelope, is_ours
from intake.mail.data import Room

_log = get_logger(__name__)

Via = Literal["smtp", "lmtp"]


class Guest(Protocol):
    """A connection."""

    def say_goodbye(self) -> None: ...
    def hang_up(self) -> None: ...


class Reply(Protocol):
    def __call__(self, code: str) -> str: ...


@dataclass
class House:
    """One listener."""

    via: Via
    own: frozenset[str]
    peers: tuple[IPv4Network | IPv6Network, ...]
    most_connections: int
    most_recipients: int
    room: Room
    take: Callable[[bytes, Envelope], Awaitable[str]]
    reply: Reply
    refused: Callable[[str], None]
    closing: bool = False
    connections: set[Guest] = field(default_factory=set)
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    """Once it is closing and everybody has left."""

    def came(self, connection: Guest) -> None:
        self.connections.add(connection)

    def left(self, connection: Guest) -> None:
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
        try:
            address = ip_address(peer)
        except ValueError:
            return False
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
