# SPDX-License-Identifier: Apache-2.0
"""The role ``receive``: listens by SMTP and LMTP, and ends without dropping who was promised an answer."""

import asyncio
import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from chassis.batch import Processor
from chassis.clock import Clock
from chassis.commands import Commands
from chassis.i18n import Catalogue
from chassis.log import get_logger
from intake.mail.counts import MailCounts
from intake.mail.data import Room
from intake.mail.door import MailDoor
from intake.mail.readings import Readings
from intake.mail.receive_settings import Listen, ReceiveSettings, parse_listen
from intake.mail.reception import Reception
from intake.mail.smtp import Connection, LocalConnection
from intake.mail.smtp_house import House, Via

_log = get_logger(__name__)

GRACE_SECONDS = 6.0
"""For mails that are being filed, which takes five at most, and for those whose last bytes are on the way."""
RENEWAL_SECONDS = 60.0
MAILS_HELD = 4
"""So many of the largest mails may be in memory at a time."""


@dataclass
class Certificate:
    """A certificate that is read again when its file has changed: they are renewed while we run."""

    certificate: Path
    key: Path
    context: ssl.SSLContext = field(default_factory=lambda: ssl.create_default_context(ssl.Purpose.CLIENT_AUTH))
    read_at: float = 0.0

    def renew(self) -> None:
        """Raises OSError, ssl.SSLError."""
        changed = max(self.certificate.stat().st_mtime, self.key.stat().st_mtime)
        if changed != self.read_at:
            self.context.load_cert_chain(self.certificate, self.key)
            self.read_at = changed


@dataclass
class Receiver:
    """Both listeners of one process."""

    settings: ReceiveSettings
    own: frozenset[str]
    largest: int
    processor: Processor
    door: MailDoor
    clock: Clock
    counts: MailCounts
    catalogue: Catalogue
    readings: Readings
    ports: dict[Via, int] = field(default_factory=dict)
    """Where it listens now."""
    _houses: list[House] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd writes whole commands, addresses too

    @property
    def listens(self) -> dict[Via, Listen]:
        wanted: dict[Via, Listen | None] = {
            "smtp": parse_listen(self.settings.smtp_listen),
            "lmtp": parse_listen(self.settings.lmtp_listen),
        }
        return {via: listen for via, listen in wanted.items() if listen is not None}

    def listens_everywhere(self) -> bool:
        """At every address that the settings name."""
        return len(self.ports) == len(self.listens)

    async def run(self) -> None:
        """Listen until it is cancelled. Raises OSError where a port is taken, ssl.SSLError for a wrong certificate."""
        if not self.listens:
            _log.info("no-listener", setting="SMTP_LISTEN")
            return
        commands = Commands(self.processor)
        committing = asyncio.create_task(commands.run())
        servers: list[asyncio.Server] = []
        try:
            certificate = self._certificate()
            for via, listen in self.listens.items():
                servers.append(await self._listen(via, listen, commands, certificate))
            await self._renew_for_ever(certificate)
        finally:
            self.ports.clear()
            await self._end(servers)
            committing.cancel()
            await asyncio.gather(committing, return_exceptions=True)

    def _certificate(self) -> Certificate | None:
        at, key = self.settings.receive_certificate, self.settings.receive_key
        if at is None or key is None:
            return None
        certificate = Certificate(at, key)
        certificate.renew()
        return certificate

    async def _renew_for_ever(self, certificate: Certificate | None) -> None:
        while True:
            await asyncio.sleep(RENEWAL_SECONDS)
            if certificate is not None:
                try:
                    certificate.renew()
                except (OSError, ssl.SSLError) as error:  # half written: the old one holds until it is whole
                    _log.warning("certificate-unreadable", error=type(error).__name__)

    async def _listen(
        self, via: Via, listen: Listen, commands: Commands, certificate: Certificate | None
    ) -> asyncio.Server:
        house = self._house(via, commands)
        self._houses.append(house)
        immediate = certificate is not None and self.settings.receive_tls == "immediate"
        context = certificate.context if certificate else None
        connection = partial(
            LocalConnection if via == "lmtp" else Connection,
            house,
            hostname=self.settings.org_mail_domain,
            ident="Ventanilla",
            timeout=self.settings.receive_timeout_seconds,
            tls_context=None if immediate else context,
            require_starttls=self.settings.receive_tls == "required",
            loop=asyncio.get_running_loop(),
        )
        server = await asyncio.get_running_loop().create_server(
            connection, listen.host, listen.port, ssl=context if immediate else None
        )
        self.ports[via] = server.sockets[0].getsockname()[1]
        _log.info("listening", via=via, host=listen.host, port=self.ports[via])
        return server

    def _house(self, via: Via, commands: Commands) -> House:
        reception = Reception(
            self.door,
            commands,
            self.clock,
            self.counts,
            self.catalogue,
            self.readings,
            self.settings.org_mail_domain,
            believes_peers=bool(self.settings.receive_peers),
        )
        return House(
            via=via,
            own=self.own,
            peers=self.settings.receive_peers,
            most_connections=self.settings.receive_connections,
            most_recipients=self.settings.receive_recipients,
            room=Room(self.largest, MAILS_HELD * self.largest),
            take=reception.take,
            reply=reception.reply,
            refused=partial(self.counts.refused, via),
        )

    async def _end(self, servers: Sequence[asyncio.Server]) -> None:
        """Whoever has a mail under way has some seconds to be answered."""
        for server in servers:
            server.close()
        houses, self._houses = self._houses, []
        for house in houses:
            house.close()
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                for house in houses:
                    await house.empty.wait()
        except TimeoutError:
            for connection in [one for house in houses for one in house.connections]:
                connection.hang_up()
