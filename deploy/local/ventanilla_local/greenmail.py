# SPDX-License-Identifier: Apache-2.0
"""GreenMail: SMTP, IMAP and an HTTP interface in one process. It takes any user and password; mail lives in memory."""

from pathlib import Path

import httpx

from .process import Server

OPTIONS = (
    "-Dgreenmail.users.login=email",  # else a login by address drops the connection
    "-Dgreenmail.auth.disabled",
    "-Dgreenmail.startup.timeout=30000",
)


def greenmail_server(directory: Path, jar: Path, smtp: int, imap: int, api: int) -> Server:
    command = ["java", "-Xmx256m", *OPTIONS, *listeners("127.0.0.1", smtp, imap, api), "-jar", str(jar)]
    return Server("greenmail", command, directory / "greenmail.log", lambda _: is_ready(api))


def listeners(host: str, smtp: int, imap: int, api: int) -> list[str]:
    """The options that make it listen."""
    return [
        f"-Dgreenmail.{protocol}.{setting}"
        for protocol, port in (("smtp", smtp), ("imap", imap), ("api", api))
        for setting in (f"hostname={host}", f"port={port}")
    ]


def is_ready(api: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{api}/api/service/readiness", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
