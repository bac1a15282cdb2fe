# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench.sink PORT FILE`: a mail server that keeps of each mail when it came and its Message-ID."""

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """Writes a line for each mail: seconds since the epoch when all of it was there, and its Message-ID."""

    def __init__(self, kept: TextIO) -> None:
        self._kept = kept

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        found = MESSAGE_ID.search(content)
        self._kept.write(f"{time.time():.6f} {found[1].decode() if found else '-'}\n")
        return "250 kept"


async def serve(port: int, file: Path) -> None:
    loop = asyncio.get_running_loop()
    with file.open("w", buffering=1, encoding="ascii") as kept:
        sink = Sink(kept)
        server = await loop.create_server(lambda: SMTP(sink, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
