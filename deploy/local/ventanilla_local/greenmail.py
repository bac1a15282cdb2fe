# SPDX-License-Identifier: Apache-2.0
"""GreenMail: SMTP, IMAP and an HTTP interface in one process. Any user and password is accepted; mail lives in memory."""

from pathlib import Path

import httpx

from .process import Server

OPTIONS = [
    "-Dgreenmail.users.login=email",  # else a login by address drops the connection
    "-Dgreenmail.auth.disabled",
    "-Dgreenmail.startup.timeout=30000",
]


def greenmail_server(directory: Path, jar: Path, smtp: int, imap: int, api: int) -> Server:
    listeners = [
        f"-Dgreenmail.{protocol}.{setting}"
        for protocol, port in (("smtp", smtp), ("imap", imap), ("api", api))
        for setting in ("hostname=127.0.0.1", f"port={port}")
    ]
    command = ["java", "-Xmx256m", *OPTIONS, *listeners, "-jar", str(jar)]
    return Server("greenmail", command, directory / "greenmail.log", lambda _: is_ready(api))


def is_ready(api: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{api}/api/service/readiness", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
