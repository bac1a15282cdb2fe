# SPDX-License-Identifier: Apache-2.0
"""Files looked into for viruses as they are kept, by ClamAV's clamd where there is one (ICX-13)."""

import asyncio
import struct
from collections.abc import AsyncIterator, Set
from contextlib import suppress
from datetime import timedelta
from typing import Literal, Protocol

from chassis.files import Files
from chassis.log import get_logger
from ventanilla_contracts.envelope import FileRef

Scan = Literal["unscanned", "clean", "infected"]
INFECTED = "infected"
"""The reason for which a submission with such a file is held."""

_CHUNK = 1 << 17
_log = get_logger(__name__)


class Scanner(Protocol):
    """The port."""

    async def scan(self, content: AsyncIterator[bytes]) -> Scan:
        """What is in it; ``unscanned`` where nobody could say. Raises what reading the content raises."""
        ...


class Clamd:
    """clamd, by its INSTREAM command; one connection a file."""

    def __init__(self, address: str, seconds: float = 60.0) -> None:
        """``tcp://host:port`` or ``unix:/path``."""
        self._address = address
        self._seconds = seconds

    async def scan(self, content: AsyncIterator[bytes]) -> Scan:
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._said(content)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _log.error("virus-scanner-away", error=type(error).__name__)
            return "unscanned"
        if said.endswith("FOUND"):
            _log.warning("virus-found", name=said.removeprefix("stream: ").removesuffix(" FOUND"))
            return "infected"
        if said == "stream: OK":
            return "clean"
        _log.error("virus-scanner-refused", said=said[:200])  # longer than its StreamMaxLength, or broken
        return "unscanned"

    async def _said(self, content: AsyncIterator[bytes]) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            with suppress(ConnectionError):  # it says why it hangs up
                async for piece in content:
                    for start in range(0, len(piece), _CHUNK):
                        chunk = piece[start : start + _CHUNK]
                        writer.write(struct.pack("!I", len(chunk)) + chunk)
                        await writer.drain()
                writer.write(struct.pack("!I", 0))
                await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace").strip()
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        scheme, _, place = self._address.partition(":")
        if scheme == "unix":
            return await asyncio.open_unix_connection(place)
        host, _, port = place.removeprefix("//").rpartition(":")
        return await asyncio.open_connection(host, int(port))


class ScannedFiles:
    """A store of files that looks into what it is given; all else is the store's."""

    def __init__(self, files: Files, scanner: Scanner) -> None:
        self._files = files
        self._scanner = scanner

    async def put(self, content: bytes | AsyncIterator[bytes], name: str, type: str = "") -> FileRef:  # noqa: A002
        ref = await self._files.put(content, name, type)
        return ref.model_copy(update={"scan": await self._scanner.scan(self._files.open(ref))})

    async def get(self, ref: FileRef) -> bytes:
        return await self._files.get(ref)

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        return self._files.open(ref)

    async def exists(self, ref: FileRef) -> bool:
        return await self._files.exists(ref)

    async def sweep(self, referenced: Set[str], older_than: timedelta) -> int:
        return await self._files.sweep(referenced, older_than)


def scanned(files: Files, clamd_address: str) -> Files:
    """Without a scanner files are as they come, and say so (``scan`` is ``unscanned``)."""
    return ScannedFiles(files, Clamd(clamd_address)) if clamd_address else files


def any_infected(*refs: FileRef | None) -> bool:
    return any(ref is not None and ref.scan == "infected" for ref in refs)
