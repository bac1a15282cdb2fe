# SPDX-License-Identifier: Apache-2.0
"""What every store of files promises, on a directory and on GridFS in a real database."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from gridfs import GridFSBucket
from pymongo import MongoClient

from chassis.files import DirectoryFiles, FileLost, Files, FileTooLarge, files_from
from chassis.gridfs_files import GridFSFiles
from chassis.mongo import Database, Unavailable
from ventanilla_contracts.envelope import FileRef

PDF = b"%PDF-1.7\ncarta"
LARGE = os.urandom(2_500_000)
LARGEST = 3_000_000
DAY = timedelta(days=1)


class Store(Protocol):
    """A store, and what a test does to it behind its back."""

    files: Files

    async def kept(self) -> int:
        """Contents, and what is left of others."""
        ...

    async def age(self) -> None:
        """Everything was put two days ago."""
        ...

    async def damage(self, ref: FileRef) -> None: ...

    async def leave_half(self, content: bytes) -> None:
        """As a process does that is killed while it writes."""
        ...


class InDirectory:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = DirectoryFiles(root, LARGEST)

    def _paths(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    async def kept(self) -> int:
        return len(self._paths())

    async def age(self) -> None:
        for path in self._paths():
            old = path.stat().st_mtime - 2 * DAY.total_seconds()
            os.utime(path, (old, old))

    async def damage(self, ref: FileRef) -> None:
        (path,) = self.root.glob(f"*/*/{ref.sha256}")
        path.chmod(0o600)
        path.write_bytes(b"x" * ref.size)

    async def leave_half(self, content: bytes) -> None:
        (self.root / "incoming" / "half").write_bytes(content[: len(content) // 2])


class InGridFS:
    def __init__(self, database: Database) -> None:
        self.files = GridFSFiles(database, LARGEST)
        self.documents, self.chunks = database.collection("fs.files"), database.collection("fs.chunks")

    async def kept(self) -> int:
        with_chunks = {row["files_id"] for row in await self.chunks.find({}, {"files_id": 1}).to_list(None)}
        return len(with_chunks | {row["_id"] for row in await self.documents.find({}, {"_id": 1}).to_list(None)})

    async def age(self) -> None:
        for collection, field in ((self.documents, "uploadDate"), (self.chunks, "at")):
            earlier: list[dict[str, Any]] = [{"$set": {field: {"$subtract": [f"${field}", 2 * 86_400_000]}}}]
            await collection.update_many({}, earlier)

    async def damage(self, ref: FileRef) -> None:
        await self.chunks.update_one({"files_id": ref.sha256, "n": 0}, {"$set": {"data": b"x" * ref.size}})

    async def leave_half(self, content: bytes) -> None:
        """Pieces of another length, one of them wrong, and no file document."""
        sha256, size = hashlib.sha256(content).hexdigest(), len(content) // 10 or 1
        pieces = [{"files_id": sha256, "n": n, "data": content[n * size :][:size]} for n in range(9)]
        await self.chunks.insert_many([*pieces, {"files_id": sha256, "n": 9, "data": b"torn"}])
        await self.chunks.update_many({}, [{"$set": {"at": "$$NOW"}}])


@pytest.fixture
def directory(tmp_path: Path) -> InDirectory:
    return InDirectory(tmp_path)


@pytest.fixture
async def gridfs(database: Database) -> InGridFS:
    return InGridFS(database)


@pytest.fixture(params=["directory", pytest.param("gridfs", marks=pytest.mark.infra)])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


async def test_what_is_put_is_found_by_its_content(store: Store) -> None:
    ref = await store.files.put(PDF, "carta.pdf", "application/pdf")
    assert ref == FileRef(
        sha256=hashlib.sha256(PDF).hexdigest(), name="carta.pdf", type="application/pdf", size=len(PDF)
    )
    assert await store.files.exists(ref)
    assert await store.files.get(ref) == PDF


@pytest.mark.parametrize("size", [0, len(PDF) + 1, 2**63])
async def test_a_reference_that_tells_another_size_is_to_nothing_that_is_there(store: Store, size: int) -> None:
    ref = await store.files.put(PDF, "carta.pdf", "application/pdf")
    assert not await store.files.exists(ref.model_copy(update={"size": size}))


async def test_a_large_content_comes_and_goes_in_pieces(store: Store) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 70_000):
            yield LARGE[start : start + 70_000]

    ref = await store.files.put(pieces(), "grabación.bin")
    read = [chunk async for chunk in store.files.open(ref)]
    assert b"".join(read) == LARGE
    assert len(read) == 3


async def test_the_same_content_put_at_once_is_kept_once_under_any_name(store: Store) -> None:
    refs = await asyncio.gather(*(store.files.put(LARGE, f"{n}.bin") for n in range(5)))
    assert {ref.sha256 for ref in refs} == {hashlib.sha256(LARGE).hexdigest()}
    assert await store.kept() == 1
    assert await store.files.get(refs[0]) == LARGE


async def test_an_empty_file_is_a_file(store: Store) -> None:
    ref = await store.files.put(b"", "vacío.txt")
    assert (await store.files.get(ref), ref.size, ref.type) == (b"", 0, "application/octet-stream")


async def test_too_large_a_file_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(FileTooLarge):
        await store.files.put(b"x" * (LARGEST + 1), "grande.txt")
    assert await store.kept() == 0


async def test_a_content_that_breaks_off_leaves_nothing_behind(store: Store) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await store.files.put(broken(), "mitad.txt")
    assert await store.kept() == 0


async def test_a_damaged_content_is_told(store: Store) -> None:
    ref = await store.files.put(PDF, "carta.pdf")
    await store.damage(ref)
    with pytest.raises(FileLost, match="damaged"):
        await store.files.get(ref)


async def test_a_missing_content_is_told(store: Store) -> None:
    ref = FileRef(sha256=hashlib.sha256(PDF).hexdigest(), name="carta.pdf", type="application/pdf", size=len(PDF))
    assert not await store.files.exists(ref)
    with pytest.raises(FileLost, match="no content"):
        await store.files.get(ref)


async def test_what_a_killed_process_left_half_written_is_not_there_and_is_put_anew(store: Store) -> None:
    await store.leave_half(LARGE)
    ref = FileRef(sha256=hashlib.sha256(LARGE).hexdigest(), name="a", type="application/octet-stream", size=len(LARGE))
    assert not await store.files.exists(ref)
    assert (await store.files.put(LARGE, "a")).sha256 == ref.sha256
    assert await store.files.get(ref) == LARGE


async def test_a_sweep_clears_what_a_killed_process_left_half_written(store: Store) -> None:
    await store.leave_half(LARGE)
    assert await store.files.sweep(set(), older_than=DAY) == 0
    assert await store.kept() == 1
    await store.age()
    await store.files.sweep(set(), older_than=DAY)
    assert await store.kept() == 0


async def test_a_sweep_removes_only_what_is_old_and_unreferenced(store: Store) -> None:
    kept, dropped = await store.files.put(b"kept", "a"), await store.files.put(b"dropped", "b")
    await store.age()
    fresh = await store.files.put(b"fresh", "c")
    assert await store.files.sweep({kept.sha256}, older_than=DAY) == 1
    assert [await store.files.exists(ref) for ref in (kept, dropped, fresh)] == [True, False, True]
    assert await store.kept() == 2
    assert await store.files.get(kept) == b"kept"


async def test_what_is_put_again_is_no_longer_old(store: Store) -> None:
    await store.files.put(PDF, "a")
    await store.age()
    again = await store.files.put(PDF, "b")
    assert await store.files.sweep(set(), older_than=DAY) == 0
    assert await store.files.get(again) == PDF


class PutMeanwhile:
    """The chunks, for a sweep in whose midst another process puts the same content: document gone, chunks not yet."""

    def __init__(self, database: Database) -> None:
        self._real = database.collection("fs.chunks")
        self._other = GridFSFiles(database)
        self.put: asyncio.Task[FileRef] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def delete_many(self, *asked: Any, **options: Any) -> Any:
        if self.put is None:
            self.put = asyncio.create_task(self._other.put(LARGE, "a"))
            await asyncio.wait({self.put}, timeout=0.5)  # all of it, unless the database makes it wait for the sweep
        return await self._real.delete_many(*asked, **options)


@pytest.mark.infra
async def test_what_is_put_again_in_the_midst_of_its_removal_is_whole(
    gridfs: InGridFS, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gridfs.files.put(LARGE, "a")
    await gridfs.age()
    chunks = PutMeanwhile(database)
    monkeypatch.setattr(gridfs.files, "_chunks", chunks)
    await gridfs.files.sweep(set(), older_than=DAY)
    assert chunks.put
    assert await GridFSFiles(database).get(await chunks.put) == LARGE


@pytest.fixture
def plain(database: Database) -> Iterator[MongoClient[dict[str, Any]]]:
    """The driver without the chassis."""
    with MongoClient[dict[str, Any]](os.environ["MONGODB_URI"]) as client:
        yield client


@pytest.mark.infra
async def test_any_tool_for_gridfs_reads_what_the_url_names(
    database: Database, plain: MongoClient[dict[str, Any]]
) -> None:
    address = urlsplit(os.environ["MONGODB_URI"])
    files = files_from(address._replace(path=f"/{database.name}").geturl())
    ref = await files.put(LARGE, "a.bin")
    read = await asyncio.to_thread(GridFSBucket(plain[database.name]).open_download_stream(ref.sha256).read)
    assert read == LARGE


async def test_a_database_that_is_away_is_told() -> None:
    away = Database("mongodb://127.0.0.1:9/", "files")
    away_files = GridFSFiles(away)
    ref = FileRef(sha256=hashlib.sha256(PDF).hexdigest(), name="a", type="application/pdf", size=len(PDF))
    try:
        told = await asyncio.gather(
            away_files.put(PDF, "a"),
            away_files.get(ref),
            away_files.exists(ref),
            away_files.sweep(set(), DAY),
            return_exceptions=True,
        )
    finally:
        away.close()
    assert [type(one) for one in told] == [Unavailable] * 4
