# SPDX-License-Identifier: Apache-2.0
"""`python -m ventanilla_local.mail_sink PORT DIRECTORY`: takes every mail and keeps it as a file that can be opened."""

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 40 * 1024 * 1024


class Sink:
    """Numbers the mails in the order in which they come."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._count = len(list(directory.glob("*.eml")))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd)
        self._count += 1
        received = "".join(f"X-Envelope-To: {recipient}\r\n" for recipient in envelope.rcpt_tos).encode()
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        path = self._directory / f"{self._count:05d}.eml"
        await asyncio.to_thread(path.write_bytes, received + content)
        return "250 kept"


async def serve(port: int, directory: Path) -> None:
    sink = Sink(directory)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
