# SPDX-License-Identifier: Apache-2.0
"""Mail servers and people who hand over mail, for the tests of the ways in."""

import asyncio
import secrets
import smtplib
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from chassis.testing import TIMEOUT

T = TypeVar("T")

CLIENTS = ThreadPoolExecutor(64, thread_name_prefix="mail-client")
"""Not those of the event loop: it may serve the very mail server that they wait for."""

SERVICE = "servicio@caja.example"
SENDER = "ana@correo.example"


def crlf(raw: bytes) -> bytes:
    """As it goes over the wire."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def in_a_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(CLIENTS, work)


async def by_smtp(port: int, talk: Callable[[smtplib.SMTP], T], *, lmtp: bool = False, patience: float = TIMEOUT) -> T:
    """Talk to a listener, which may just be starting."""
    kind = smtplib.LMTP if lmtp else smtplib.SMTP

    def connected() -> list[T]:
        try:
            client = kind("127.0.0.1", port, timeout=TIMEOUT)
        except ConnectionRefusedError:
            return []
        try:
            return [talk(client)]
        finally:
            with suppress(smtplib.SMTPException):
                client.quit()

    async with asyncio.timeout(patience):
        while not (found := await in_a_thread(connected)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # nobody can tell us when another process listens
    return found[0]


def handed_over(
    client: smtplib.SMTP, raw: bytes, recipients: Sequence[str] = (SERVICE,), sender: str = SENDER
) -> list[tuple[int, bytes]]:
    """The replies to each recipient that was not taken, and to the mail: by LMTP one for each that was."""
    client.ehlo_or_helo_if_needed()
    code, text = client.mail(sender, [f"SIZE={len(raw)}"])
    if code != 250:
        return [(code, text)]
    replies = [client.rcpt(recipient) for recipient in recipients]
    taken = sum(1 for code, _ in replies if code == 250)
    refused = [reply for reply in replies if reply[0] != 250]
    if not taken:
        client.rset()
        return refused
    first = client.data(raw)
    more = [client.getreply() for _ in range(taken - 1)] if isinstance(client, smtplib.LMTP) else []
    return [*refused, first, *more]


def certificate(directory: Path) -> tuple[Path, Path]:
    """A certificate of its own making, and its key."""
    at, key = directory / f"{secrets.token_hex(4)}.pem", directory / f"{secrets.token_hex(4)}.key"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(at)], check=True, capture_output=True)  # noqa: S603
    return at, key
