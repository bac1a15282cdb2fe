# SPDX-License-Identifier: Apache-2.0
"""What every store of files needs: a content on its way in, a name fit to be shown, and what may be wrong."""

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator
from typing import BinaryIO

LARGEST = 25_000_000
"""Bytes of one file, unless told otherwise."""

CHUNK = 1 << 20
"""Bytes that are handled at once."""

_LONGEST_NAME = 150


class FileTooLarge(ValueError):
    """More than the store takes for one file; nothing was kept."""

    def __init__(self, largest: int) -> None:
        super().__init__(f"a file may have up to {largest} bytes")
        self.largest = largest


class FileLost(LookupError):
    """The store has no such content, or other content than its address says."""


async def written(content: bytes | AsyncIterator[bytes], file: BinaryIO, largest: int) -> tuple[str, int]:
    """Write a content to an open file; its sha256 and its bytes. FileTooLarge above `largest`."""
    digest, size = hashlib.sha256(), 0
    async for chunk in _chunks(content):
        size += len(chunk)
        if size > largest:
            raise FileTooLarge(largest)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    return digest.hexdigest(), size


def safe_name(name: str) -> str:
    """The last part of a file name, without signs that hide what it is; `file` where nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*')
    stem, dot, suffix = " ".join(shown.split()).lstrip(". ").rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = f"{stem}{dot}{suffix}", "", ""
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" or "file"


async def _chunks(content: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        yield content
    else:
        async for chunk in content:
            yield chunk
