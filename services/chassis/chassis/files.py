# SPDX-License-Identifier: Apache-2.0
"""Files beside Kafka (design 4): addressed by their content, written before the transaction, never changed."""

import asyncio
import hashlib
import os
import re
import uuid
from collections.abc import AsyncIterator, Set
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from time import time
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from chassis.file_content import CHUNK, LARGEST, FileLost, FileTooLarge, safe_name, written
from chassis.file_types import file_type
from chassis.gridfs_files import GridFSFiles
from chassis.mongo import Database
from ventanilla_contracts.envelope import FileRef

__all__ = ["LARGEST", "DirectoryFiles", "FileLost", "FileTooLarge", "Files", "files_from", "safe_name"]

_INCOMING = "incoming"


class Files(Protocol):
    """The port. Contents are never changed; names and types live in the FileRef only."""

    async def put(self, content: bytes | AsyncIterator[bytes], name: str, type: str = "") -> FileRef:  # noqa: A002
        """Keep a content and say how to find it. It is safe on disk on return. FileTooLarge above the limit."""
        ...

    async def get(self, ref: FileRef) -> bytes:
        """The whole content, its hash checked. FileLost where it is missing or damaged."""
        ...

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """The content in pieces. FileLost at the start where it is missing, at the end where it was damaged."""
        ...

    async def exists(self, ref: FileRef) -> bool:
        """Whether the content is there, as long as the reference says."""
        ...

    async def sweep(self, referenced: Set[str], older_than: timedelta) -> int:
        """Remove contents that were last put before `older_than` ago and whose sha256 is not referenced; how many."""
        ...


class DirectoryFiles:
    """A directory or volume, which several processes may share: `ab/cd/<sha256>`."""

    def __init__(self, root: Path, largest: int = LARGEST) -> None:
        self._root = root
        self._largest = largest
        self._on_disk: set[str] = set()
        """Of which directories this process has brought the entries to disk."""
        (root / _INCOMING).mkdir(parents=True, exist_ok=True)

    async def put(self, content: bytes | AsyncIterator[bytes], name: str, type: str = "") -> FileRef:  # noqa: A002
        if isinstance(content, bytes):
            sha256, found = await asyncio.to_thread(self._put, content, type)
            return FileRef(sha256=sha256, name=safe_name(name), type=found, size=len(content))
        incoming = self._incoming()
        try:
            sha256, size = await self._write(content, incoming)
            found = await asyncio.to_thread(self._keep, incoming, sha256, type)
        finally:
            await asyncio.to_thread(incoming.unlink, missing_ok=True)
        return FileRef(sha256=sha256, name=safe_name(name), type=found, size=size)

    def _put(self, content: bytes, declared: str) -> tuple[str, str]:
        """In one go: what is in memory already need not come in pieces, and what is there is not written again."""
        if len(content) > self._largest:
            raise FileTooLarge(self._largest)
        sha256 = hashlib.sha256(content).hexdigest()
        if self._wanted_again(self._path(sha256)):
            return sha256, file_type(BytesIO(content), declared)
        incoming = self._incoming()
        try:
            with incoming.open("xb") as file:
                file.write(content)
                _file_to_disk(file)
            return sha256, self._keep(incoming, sha256, declared)
        finally:
            incoming.unlink(missing_ok=True)

    async def get(self, ref: FileRef) -> bytes:
        return b"".join([chunk async for chunk in self.open(ref)])

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        digest = hashlib.sha256()
        try:
            file = await asyncio.to_thread(self._path(ref.sha256).open, "rb")
        except FileNotFoundError:
            raise FileLost(f"no content {ref.sha256}") from None
        with file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != ref.sha256:
            raise FileLost(f"content {ref.sha256} is damaged")

    async def exists(self, ref: FileRef) -> bool:
        try:
            return (await asyncio.to_thread(self._path(ref.sha256).stat)).st_size == ref.size
        except FileNotFoundError:
            return False

    async def sweep(self, referenced: Set[str], older_than: timedelta) -> int:
        return await asyncio.to_thread(self._sweep, referenced, time() - older_than.total_seconds())

    async def _write(self, content: bytes | AsyncIterator[bytes], incoming: Path) -> tuple[str, int]:
        file = await asyncio.to_thread(incoming.open, "xb")
        with file:
            kept = await written(content, file, self._largest)
            await asyncio.to_thread(_file_to_disk, file)
        return kept

    def _keep(self, incoming: Path, sha256: str, declared: str) -> str:
        with incoming.open("rb") as file:
            found = file_type(file, declared)
        path = self._path(sha256)
        if not self._wanted_again(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            incoming.chmod(0o440)
            incoming.replace(path)
            _directory_to_disk(path.parent)
            self._entry_to_disk(sha256[:4], path.parent)
            self._entry_to_disk(sha256[:2], path.parent.parent)
        return found

    def _wanted_again(self, path: Path) -> bool:
        """Whether it is there; a sweep in progress sees that it is wanted."""
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def _entry_to_disk(self, name: str, directory: Path) -> None:
        """That the directory is there, once a process: another one may have made it, and not got so far."""
        if name not in self._on_disk:
            _directory_to_disk(directory.parent)
            self._on_disk.add(name)

    def _incoming(self) -> Path:
        return self._root / _INCOMING / uuid.uuid4().hex

    def _sweep(self, referenced: Set[str], before: float) -> int:
        old = [path for path in self._root.glob("??/??/*") if path.stat().st_mtime < before]
        swept = sum(self._remove(path, before) for path in old if path.name not in referenced)
        for left_behind in (self._root / _INCOMING).iterdir():
            if left_behind.stat().st_mtime < before:
                left_behind.unlink(missing_ok=True)
        return swept

    def _remove(self, path: Path, before: float) -> bool:
        aside = self._root / _INCOMING / f"swept-{path.name}"
        path.replace(aside)
        if aside.stat().st_mtime >= before:  # put again while we were looking
            aside.replace(path)
            return False
        aside.unlink()
        return True

    def _path(self, sha256: str) -> Path:
        return self._root / sha256[:2] / sha256[2:4] / sha256


def files_from(url: str, largest: int = LARGEST) -> Files:
    """The store that FILES_URL names: `file:///directory` or `mongodb://host/database`. ValueError for any other."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return DirectoryFiles(Path(unquote(parts.path)), largest)
    name = parts.path.removeprefix("/")
    if parts.scheme in {"mongodb", "mongodb+srv"} and parts.netloc and re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name):
        return GridFSFiles(Database(url, name), largest)
    raise ValueError("expected file:///directory or mongodb://host/database")


def _file_to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _directory_to_disk(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
