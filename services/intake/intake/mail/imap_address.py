# SPDX-License-Identifier: Apache-2.0
"""Where a mailbox is: ``imap(s)://user:password@host:port/FOLDER``.

With ``user;AUTH=XOAUTH2`` (RFC 5092) its server takes an access token; in the place of the password stands the refresh
token, or nothing where the program itself may read the mailbox (client credentials).
"""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_MECHANISM = "AUTH=XOAUTH2"
_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True, slots=True)
class ImapAddress:
    host: str
    port: int
    secure: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    by_token: bool = False

    @property
    def name(self) -> str:
        """Names the mailbox in the database and in logs; no secret."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def parse_imap_address(url: str, default_user: str) -> ImapAddress:
    """ValueError where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("expected imap(s)://user:password@host:port/FOLDER")
    user, _, mechanism = (parts.username or "").partition(";")
    if mechanism and mechanism.upper() != _MECHANISM:
        raise ValueError("expected ;AUTH=XOAUTH2 or nothing behind the user")
    return ImapAddress(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        secure=parts.scheme == "imaps",
        user=unquote(user) or default_user,
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        by_token=bool(mechanism),
    )
