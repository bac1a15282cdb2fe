# SPDX-License-Identifier: Apache-2.0
"""Where the broker, the database and the mail server answer, and the processes behind them when they are ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .process import Server


class NotOursError(RuntimeError):
    """Somebody else's server: it cannot be killed or started from here."""


@dataclass(frozen=True)
class Addresses:
    """One infrastructure. An empty address means that this part was not asked for or cannot be had."""

    kind: str
    description: str
    kafka: str
    mongodb_uri: str
    smtp_url: str = ""
    imap_url: str = ""
    mail_api_url: str = ""
    servers: Mapping[str, Server] = field(default_factory=dict, repr=False)

    def environment(self) -> dict[str, str]:
        """The variables that the services and the tests read; parts that are not there are left out."""
        named = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "MONGODB_URI": self.mongodb_uri,
            "SMTP_URL": self.smtp_url,
            "IMAP_URL": self.imap_url,
            "MAIL_API_URL": self.mail_api_url,
        }
        return {name: address for name, address in named.items() if address}

    def pids(self) -> set[int]:
        """The processes behind it that are ours."""
        return {server.pid for server in self.servers.values() if server.pid}

    @property
    def broker(self) -> Server:
        """To kill -9 and to start again on the same port and data."""
        return self._server("broker")

    @property
    def database(self) -> Server:
        """To kill -9 and to start again on the same port and data."""
        return self._server("database")

    @property
    def mail(self) -> Server:
        """To kill -9 and to start again on the same port; its mail is gone then."""
        return self._server("mail")

    def _server(self, part: str) -> Server:
        if part not in self.servers:
            raise NotOursError(f"INFRA={self.kind} has no {part} that could be killed: use INFRA=local or docker")
        return self.servers[part]
