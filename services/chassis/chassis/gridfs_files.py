# SPDX-License-Identifier: Apache-2.0
"""Files in GridFS, in a database of their own, which services on several machines share (design 4).

The documents are GridFS's, so any of its tools reads them: `_id` is the sha256. Writing is not the driver's: where two
upload under one `_id`, its upload that fails deletes the chunks of the one that succeeds. Here a chunk is written over
what lies in its place, be it a twin's or what a killed process left: under one sha256 both are the same. The file
document comes last, and only what has one is present.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Set
from contextlib import suppress
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from pymongo import IndexModel

from chassis.file_content import CHUNK, LARGEST, FileLost, safe_name, written
from chassis.file_types import file_type
from chassis.mongo import Collection, Conflict, Database, Session, Taken, translated
from ventanilla_contracts.envelope import FileRef

_INDEXES = {"fs.files": [], "fs.chunks": [IndexModel([("files_id", 1), ("n", 1)], unique=True)]}


class GridFSFiles:
    """The port Files on GridFS. Every operation also raises chassis.mongo.Unavailable."""

    def __init__(self, database: Database, largest: int = LARGEST) -> None:
        self._database = database
        self._largest = largest
        self._files = database.collection("fs.files")
        self._chunks = database.collection("fs.chunks")
        self._has_indexes = False

    async def put(self, content: bytes | AsyncIterator[bytes], name: str, type: str = "") -> FileRef:  # noqa: A002
        file = await asyncio.to_thread(TemporaryFile)  # the address is known only when all of it has come
        with file:
            sha256, size = await written(content, file, self._largest)
            await asyncio.to_thread(file.seek, 0)
            found = await asyncio.to_thread(file_type, file, type)
            if not await self._is_wanted_again(sha256):
                await asyncio.to_thread(file.seek, 0)
                await self._keep(file, sha256, size)
        return FileRef(sha256=sha256, name=safe_name(name), type=found, size=size)

    async def get(self, ref: FileRef) -> bytes:
        return b"".join([chunk async for chunk in self.open(ref)])

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        if await self._size(ref) is None:
            raise FileLost(f"no content {ref.sha256}")
        digest = hashlib.sha256()
        cursor = self._chunks.find({"files_id": ref.sha256}, {"data": 1}).sort("n", 1).batch_size(2)
        try:
            while chunk := await _next(cursor):
                digest.update(chunk)
                yield chunk
        finally:
            with suppress(Exception):  # the server forgets it by itself
                await cursor.close()
        if digest.hexdigest() != ref.sha256:
            raise FileLost(f"content {ref.sha256} is damaged")

    async def exists(self, ref: FileRef) -> bool:
        return await self._size(ref) == ref.size

    async def _size(self, ref: FileRef) -> int | None:
        with translated():
            found = await self._files.find_one({"_id": ref.sha256}, {"length": 1})
        return found["length"] if found else None

    async def sweep(self, referenced: Set[str], older_than: timedelta) -> int:
        with translated():
            rows = await self._files.find(_before("uploadDate", older_than), {"_id": 1}).to_list(None)
        unreferenced = [row["_id"] for row in rows if row["_id"] not in referenced]
        swept = sum([await self._remove(sha256, older_than) for sha256 in unreferenced])
        await self._clear_half_written(older_than)
        return swept

    async def _is_wanted_again(self, sha256: str) -> bool:
        """Whether it is there; a sweep in progress sees that it is wanted, or has removed all of it."""
        with translated():
            touched = await self._files.update_one({"_id": sha256}, {"$currentDate": {"uploadDate": True}})
        return touched.matched_count == 1

    async def _keep(self, file: BinaryIO, sha256: str, size: int) -> None:
        await self._make_indexes()
        n = 0
        while data := await asyncio.to_thread(file.read, CHUNK):
            place = {"files_id": sha256, "n": n}
            await _put(self._chunks, place, {"$set": {"data": data}, "$currentDate": {"at": True}})
            n += 1
        with translated():  # another version may have cut the half it left into more pieces
            await self._chunks.delete_many({"files_id": sha256, "n": {"$gte": n}})
        described = {"length": size, "chunkSize": CHUNK, "filename": sha256}
        await _put(self._files, {"_id": sha256}, {"$set": described, "$currentDate": {"uploadDate": True}})

    async def _make_indexes(self) -> None:
        """Without the unique one, two who put the same at once could both insert a chunk."""
        if not self._has_indexes:
            await self._database.create_indexes(_INDEXES)
            self._has_indexes = True

    async def _remove(self, sha256: str, older_than: timedelta) -> bool:
        """Document and chunks together or nothing, so nobody finds one without the other."""

        async def remove(session: Session) -> bool:
            old = {"_id": sha256, **_before("uploadDate", older_than)}
            if not (await self._files.delete_one(old, session=session)).deleted_count:
                return False
            await self._chunks.delete_many({"files_id": sha256}, session=session)
            return True

        try:
            return await self._database.transaction(remove)
        except Conflict:  # put again while we were looking
            return False

    async def _clear_half_written(self, older_than: timedelta) -> None:
        """Chunks of uploads that a killed process began. One that begins again writes them anew: they are not old."""
        without_file: list[dict[str, Any]] = [
            {"$sort": {"files_id": 1, "n": 1}},
            {"$group": {"_id": "$files_id"}},
            {"$lookup": {"from": "fs.files", "localField": "_id", "foreignField": "_id", "as": "file"}},
            {"$match": {"file": []}},
        ]
        with translated():
            for row in await self._chunks.aggregate(without_file).to_list(None):
                await self._chunks.delete_many({"files_id": row["_id"], **_before("at", older_than)})


async def _put(collection: Collection, place: Mapping[str, Any], change: Mapping[str, Any]) -> None:
    """Write over what is there, or insert; where another inserted the same at this moment, it is there."""
    with suppress(Taken), translated():
        await collection.update_one(place, change, upsert=True)


async def _next(cursor: Any) -> bytes | None:
    with translated():
        row = await anext(cursor, None)
    return bytes(row["data"]) if row else None


def _before(field: str, age: timedelta) -> dict[str, Any]:
    """By the database's clock, which also wrote the field."""
    return {"$expr": {"$lt": [f"${field}", {"$subtract": ["$$NOW", age // timedelta(milliseconds=1)]}]}}
