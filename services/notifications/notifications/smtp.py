# SPDX-License-Identifier: Apache-2.0
"""One kept connection to the mail server, and what it says to each mail.

Whether the message itself was handed over decides what a lost connection means, so each step is taken by itself.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from notifications.mail import Mail

_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
_TOO_LARGE = 552
_PERMANENT = 500


class MailServerAway(Exception):
    """It cannot be reached, or does not let us in."""


@dataclass(frozen=True)
class Taken:
    """The server is responsible for it now, for all but the ``refused`` (address -> why)."""

    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejected:
    """No attempt will ever do; nobody got it."""

    reason: str


@dataclass(frozen=True)
class Postponed:
    """Nobody got it this time."""

    reason: str


@dataclass(frozen=True)
class InDoubt:
    """The message was handed over and no answer came."""

    reason: str


@dataclass(frozen=True)
class Away:
    """The mail server could not be reached: it is not about this letter."""

    reason: str


HandedOver = Taken | Rejected | Postponed | InDoubt | Away


class Mailer:
    """Sends one mail after another. ``seconds`` is the most that one takes."""

    def __init__(self, url: str, seconds: float, hello: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._implicit_tls = parts.scheme == "smtps"
        self._port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._start_tls = None if self._implicit_tls else start_tls_for(parts.scheme, self._host, self._user)
        self._seconds = seconds
        self._hello = hello
        self._smtp: SMTP | None = None
        self._handed_over = False

    async def connect(self) -> None:
        """Be connected. Raises MailServerAway."""
        if self._smtp is not None and self._smtp.is_connected:
            return
        smtp = SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            local_hostname=self._hello,
            use_tls=self._implicit_tls,
            start_tls=False if self._implicit_tls else self._start_tls,
            timeout=self._seconds,
        )
        try:
            async with asyncio.timeout(self._seconds):
                await smtp.connect()
        except (SMTPException, OSError, TimeoutError) as error:
            smtp.close()
            raise MailServerAway(_said(error)) from None
        self._smtp = smtp

    async def hand_over(self, mail: Mail) -> HandedOver:
        """Try once. Every outcome is a value."""
        self._handed_over = False
        try:
            async with asyncio.timeout(self._seconds):
                return await self._transaction(mail)
        except MailServerAway as error:
            return Away(str(error))
        except (SMTPException, OSError, TimeoutError) as error:
            self.drop()
            return InDoubt(_said(error)) if self._handed_over else Postponed(_said(error))
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Forget the connection."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    async def quit(self) -> None:
        """Say goodbye, if somebody is there."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None and smtp.is_connected:
            with suppress(SMTPException, OSError, TimeoutError):
                await smtp.quit(timeout=2)

    async def _transaction(self, mail: Mail) -> HandedOver:
        smtp = await self._begun(mail)
        if isinstance(smtp, (Rejected, Postponed)):
            return smtp
        refused: dict[str, str] = {}
        encoding = "utf-8" if mail.needs_utf8 else "ascii"
        for address in mail.to:
            try:
                await smtp.rcpt(address, encoding=encoding)
            except SMTPRecipientRefused as error:
                if error.code < _PERMANENT:
                    return await self._undone(smtp, Postponed(_said(error)))
                refused[address] = _said(error)
        if len(refused) == len(mail.to):
            return await self._undone(smtp, Rejected("; ".join(dict.fromkeys(refused.values()))))
        self._handed_over = True
        try:
            await smtp.data(mail.content)
        except SMTPResponseException as error:
            return Rejected(_said(error)) if error.code >= _PERMANENT else Postponed(_said(error))
        return Taken(refused)

    async def _begun(self, mail: Mail) -> SMTP | Rejected | Postponed:
        """After MAIL FROM. A connection that the server closed while it was idle is opened anew, once."""
        if self._smtp is not None:
            with suppress(SMTPException, OSError):
                return await self._mail_from(self._smtp, mail)
            self.drop()
        await self.connect()
        assert self._smtp is not None  # noqa: S101  # connect leaves one or raises
        try:
            return await self._mail_from(self._smtp, mail)
        except SMTPResponseException as error:  # mostly about us, not about the letter: it waits
            self.drop()
            return Rejected(_said(error)) if error.code == _TOO_LARGE else Postponed(_said(error))

    async def _mail_from(self, smtp: SMTP, mail: Mail) -> SMTP | Rejected:
        if mail.needs_utf8 and not smtp.supports_extension("smtputf8"):
            return Rejected("the mail server cannot write to an address with accents")
        options = ["SMTPUTF8"] if mail.needs_utf8 else None
        await smtp.mail(mail.sender, options=options, encoding="utf-8" if mail.needs_utf8 else "ascii")
        return smtp

    async def _undone(self, smtp: SMTP, outcome: Rejected | Postponed) -> Rejected | Postponed:
        try:
            await smtp.rset()
        except (SMTPException, OSError):
            self.drop()
        return outcome


def start_tls_for(scheme: str, host: str, user: str | None) -> bool | None:
    """None: where it is offered. A password goes in the clear to this machine at most."""
    if scheme == "smtp+starttls" or (user and not _is_loopback(host)):
        return True
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _said(error: BaseException) -> str:
    """What went wrong, without the addresses that servers like to repeat."""
    if isinstance(error, SMTPResponseException):
        text = " ".join(_ADDRESS.sub("…", f"{error.code} {error.message}").split())
        return text[:200]
    return {"TimeoutError": "no answer in time"}.get(type(error).__name__, "the connection failed")
