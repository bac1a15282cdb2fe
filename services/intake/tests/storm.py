# SPDX-License-Identifier: Apache-2.0
"""Two processes of intake that are killed with -9, and people and mail servers who do not give up."""

import asyncio
import os
import random
import smtplib
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from intake_house import RFC822
from mail_house import handed_over, in_a_thread

from chassis.testing import free_port

PATIENCE = 240.0
TAKEN = 250


class Instance:
    """One process, at addresses that it keeps when it is started again."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.http, self.smtp, self.lmtp = free_port(), free_port(), free_port()
        listeners = {"SMTP_LISTEN": f"127.0.0.1:{self.smtp}", "LMTP_LISTEN": f"127.0.0.1:{self.lmtp}"}
        self._environment = {**os.environ, **environment, **listeners, "PORT": str(self.http)}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "intake", "serve", env=self._environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@dataclass
class Mailboxes:
    """Two mailboxes of the test's own on a real IMAP server."""

    users: Sequence[str]
    smtp: str
    imap: str
    delivered: list[str] = field(default_factory=list)

    @property
    def urls(self) -> str:
        at = urlsplit(self.imap)
        return ",".join(
            f"imap://{user.replace('@', '%40')}:secret@{at.hostname}:{at.port}/INBOX" for user in self.users
        )

    def deliver(self, raw: bytes, user: str) -> None:
        at = urlsplit(self.smtp)
        with smtplib.SMTP(at.hostname or "", at.port or 0, timeout=PATIENCE) as smtp:
            smtp.sendmail("alguien@correo.example", [user], raw)


@dataclass
class Senders:
    """The ways in. Each goes on until it is answered for good, at either instance."""

    instances: Sequence[Instance]
    mailboxes: Mailboxes
    chance: random.Random
    http: httpx.AsyncClient
    refused: list[str] = field(default_factory=list)

    @property
    def ways(self) -> Sequence[Callable[[bytes], Awaitable[None]]]:
        return (self.by_smtp, self.by_lmtp, self.by_http, self.by_first_mailbox, self.by_second_mailbox)

    async def by_first_mailbox(self, raw: bytes) -> None:
        await in_a_thread(lambda: self.mailboxes.deliver(raw, self.mailboxes.users[0]))

    async def by_second_mailbox(self, raw: bytes) -> None:
        await in_a_thread(lambda: self.mailboxes.deliver(raw, self.mailboxes.users[1]))

    async def by_smtp(self, raw: bytes) -> None:
        await self._insist(lambda: in_a_thread(lambda: self._mail_server(raw, smtplib.SMTP)))

    async def by_lmtp(self, raw: bytes) -> None:
        await self._insist(lambda: in_a_thread(lambda: self._mail_server(raw, smtplib.LMTP)))

    async def by_http(self, raw: bytes) -> None:
        await self._insist(lambda: self._post(raw))

    async def _insist(self, send: Callable[[], Awaitable[int]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(OSError, smtplib.SMTPException, httpx.TransportError):
                    code = await send()
                    if code in (TAKEN, httpx.codes.ACCEPTED):
                        return
                    if code // 100 == 5 and code != httpx.codes.SERVICE_UNAVAILABLE:
                        self.refused.append(str(code))
                        return
                await asyncio.sleep(0.1)  # as who sends mail does, only sooner

    def _mail_server(self, raw: bytes, kind: type[smtplib.SMTP]) -> int:
        instance = self.chance.choice(self.instances)
        port = instance.lmtp if kind is smtplib.LMTP else instance.smtp
        with kind("127.0.0.1", port, timeout=30) as client:
            return handed_over(client, raw)[-1][0]

    async def _post(self, raw: bytes) -> int:
        instance = self.chance.choice(self.instances)
        url = f"http://127.0.0.1:{instance.http}/v1/submissions/email"
        return (await self.http.post(url, content=raw, headers=RFC822)).status_code
