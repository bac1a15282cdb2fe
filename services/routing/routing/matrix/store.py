# SPDX-License-Identifier: Apache-2.0
"""The versions of the matrix in routing's own store: added one after the other, never changed."""

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from chassis.mongo import Database, Taken, translated
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.versions import VersionHead

VERSIONS = "matrix_versions"
VERSION_INDEXES = {VERSIONS: [IndexModel([("version", ASCENDING)], unique=True)]}
CASES_BY_VERSION = IndexModel([("state.matrix_number", ASCENDING)], partialFilterExpression={"state.open": True})
"""Open cases that go by an earlier version are found without reading those that are over."""

_HEAD = {"content": 0, "text": 0}


class MatrixVersion(VersionHead):
    """A version with its rules, and the text by which it was put in: comments and all."""

    content: MatrixFile
    text: str

    @property
    def head(self) -> VersionHead:
        return VersionHead(**{name: getattr(self, name) for name in VersionHead.model_fields})


class VersionExists(Exception):
    """There is one by this name; what it says cannot be changed."""


class MatrixStore:
    """Every method raises chassis.mongo.Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._versions = database.collection(VERSIONS)

    async def after(self, number: int) -> list[MatrixVersion]:
        """Those that came later, in order."""
        with translated():
            rows = await self._versions.find({"_id": {"$gt": number}}).sort("_id", ASCENDING).to_list(None)
        return [_version(row) for row in rows]

    async def heads(self) -> list[VersionHead]:
        """All of them, the last one first, without their rules."""
        with translated():
            rows = await self._versions.find({}, _HEAD).sort("_id", DESCENDING).to_list(None)
        return [VersionHead.model_validate(_numbered(row)) for row in rows]

    async def by_version(self, version: str) -> MatrixVersion | None:
        with translated():
            row = await self._versions.find_one({"version": version})
        return _version(row) if row else None

    async def add(self, version: MatrixVersion) -> bool:
        """False where somebody else took the number just now. Raises VersionExists."""
        try:
            with translated():
                await self._versions.insert_one(_row(version))
        except Taken:
            if await self.by_version(version.version) is not None:
                raise VersionExists(version.version) from None
            return False
        return True


def content_of(matrix: MatrixFile) -> dict[str, Any]:
    """The matrix as JSON says it, without what was left out."""
    return matrix.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def _row(version: MatrixVersion) -> dict[str, Any]:
    head = version.head.model_dump()
    return {"_id": head.pop("number"), **head, "content": content_of(version.content), "text": version.text}


def _version(row: Mapping[str, Any]) -> MatrixVersion:
    return MatrixVersion.model_validate(_numbered(row))


def _numbered(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(row)
    return {"number": fields.pop("_id"), **fields}
