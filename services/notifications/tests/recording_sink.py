# SPDX-License-Identifier: Apache-2.0
"""A mail server in the test's own process: it records what it takes, and misbehaves when told."""

import asyncio
import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from chassis.testing import free_port


@dataclass
class Sink:
    """``refusals``: address -> what it says to it, as "550 5.1.1 nobody". ``after_data``: instead of 250, once each;
    None hangs up."""

    refusals: dict[str, str] = field(default_factory=dict)
    after_data: list[str | None] = field(default_factory=list)
    taken: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    """Where set: no mail is answered until it is."""
    waiting: int = 0
    at_once: int = 0
    most_at_once: int = 0
    """Mails that are not answered yet and whose senders still wait for the answer."""
    url: str = ""
    _server: asyncio.Server | None = None
    _protocols: list[SMTP] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.waiting += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
        finally:  # also where the sender has hung up
            self.at_once -= 1
        if self.after_data and (instead := self.after_data.pop(0)) != "250":
            if instead is None:
                self.taken.append((tuple(envelope.rcpt_tos), content))
                assert isinstance(server.transport, asyncio.Transport)
                server.transport.abort()
            return instead or ""
        self.taken.append((tuple(envelope.rcpt_tos), content))
        return "250 taken"

    def messages(self) -> list[EmailMessage]:
        found = [email.message_from_bytes(content, policy=policy.default) for _, content in self.taken]
        return [message for message in found if isinstance(message, EmailMessage)]

    async def open(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()

        def accept() -> SMTP:
            self._protocols.append(SMTP(self, enable_SMTPUTF8=True, hostname="sink.example", loop=loop))
            return self._protocols[-1]

        self._server = await loop.create_server(accept, "127.0.0.1", port or free_port())
        self.url = f"smtp://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        return len(self._protocols)

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle ones."""
        for protocol in self._protocols:
            if protocol.transport is not None:
                protocol.transport.close()

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)


@asynccontextmanager
async def sink(**behaviour: Any) -> AsyncIterator[Sink]:
    server = Sink(**behaviour)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
