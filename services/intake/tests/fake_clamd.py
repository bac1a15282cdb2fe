# SPDX-License-Identifier: Apache-2.0
"""A clamd in the test's own process, and the file that every virus scanner knows as a test."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class FakeClamd:
    """As clamd 1.0 answers: OK, FOUND, or that the stream is longer than it takes, and then it hangs up."""

    largest: int = 25_000_000
    silent: bool = False
    streams: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
            if len(content) > self.largest:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                writer.close()
                return
        self.streams.append(content)
        if not self.silent:
            writer.write(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
        writer.close()


@asynccontextmanager
async def clamd(fake: FakeClamd, path: Path | None = None) -> AsyncIterator[str]:
    """The address at which it listens."""
    if path is not None:
        server = await asyncio.start_unix_server(fake.serve, path)
        address = f"unix:{path}"
    else:
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield address
