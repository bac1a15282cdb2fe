# SPDX-License-Identifier: Apache-2.0
"""The database driver, and the only module that imports it.

motor was asked for and is past its end of life; PyMongo's own asyncio API takes over by a change in this module
(ADR 0002).
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import IndexModel, ReadPreference, WriteConcern
from pymongo.errors import (
    BulkWriteError,
    CollectionInvalid,
    ConfigurationError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from chassis.documents import CODEC
from chassis.log import get_logger

T = TypeVar("T")
_log = get_logger(__name__)
Session = AsyncIOMotorClientSession
Collection = AsyncIOMotorCollection[dict[str, Any]]

MAJORITY = WriteConcern("majority", j=True)
COMMIT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
INDEX_SECONDS = 600.0
"""Then it is asked again, and the database goes on with what it has begun."""

TRIES = 10
LONGEST_TRANSACTION_SECONDS = 5
WRITE_CONFLICT, NO_SUCH_TRANSACTION, LOCK_TIMEOUT, SNAPSHOT_UNAVAILABLE, SNAPSHOT_TOO_OLD = 112, 251, 24, 246, 239
INTERRUPTED = 11601  # somebody ended the operation by killOp or killSessions: the item is not to blame
CONFLICT_CODES = {
    WRITE_CONFLICT,
    NO_SUCH_TRANSACTION,
    LOCK_TIMEOUT,
    SNAPSHOT_UNAVAILABLE,
    SNAPSHOT_TOO_OLD,
    INTERRUPTED,
}
DUPLICATE_KEY = 11000
NOT_PRIMARY_CODES = {91, 94, 189, 10107, 11600, 11602, 13435, 13436}
UNREACHABLE_CODES = {6, 7, 64, 89, 133, 134, 9001}  # hosts and majorities that cannot be had now
OUT_OF_DISK = 14031
AWAY_CODES = {OUT_OF_DISK, *NOT_PRIMARY_CODES, *UNREACHABLE_CODES}


class Conflict(Exception):
    """Somebody else wrote what this transaction read or wrote: read again and decide again."""


class Taken(Conflict):
    """A key that must be new exists: deciding again helps only if the key was somebody's who came first."""


class Unavailable(Exception):
    """The database cannot be reached, or cannot write now: wait and try again."""


class CommitUnknown(Unavailable):
    """The commit was sent and no answer came: read again to see."""


@contextmanager
def translated() -> Iterator[None]:
    """The driver's errors as what must be done about them; anything else passes as it is."""
    try:
        yield
    except PyMongoError as error:
        kind = _meaning(error)
        if kind is None:
            raise
        raise kind(type(error).__name__) from error


def _meaning(error: PyMongoError) -> type[Exception] | None:
    if isinstance(error, (ConnectionFailure, ExecutionTimeout, WTimeoutError)):
        return Unavailable
    if isinstance(
        error, ConfigurationError
    ):  # a server that starts seems to know no sessions until it has found its set
        return Unavailable
    codes = _codes(error)
    if DUPLICATE_KEY in codes or isinstance(error, DuplicateKeyError):
        return Taken
    if codes & CONFLICT_CODES:
        return Conflict
    if codes & AWAY_CODES:
        return Unavailable
    return Conflict if error.has_error_label("TransientTransactionError") else None


def _codes(error: PyMongoError) -> set[int]:
    if isinstance(error, BulkWriteError) and error.details:
        return {fault["code"] for fault in error.details.get("writeErrors", ())}
    return {error.code} if isinstance(error, OperationFailure) and error.code is not None else set()


class Database:
    """A service's own database: collections, and transactions of one try each."""

    def __init__(self, uri: str, name: str) -> None:
        self.name = name
        self._uri = uri
        self._client = self._connected(ANSWER_SECONDS)
        self._database = self._of(self._client)

    def _connected(self, answer_seconds: float) -> AsyncIOMotorClient[dict[str, Any]]:
        return AsyncIOMotorClient(
            self._uri,
            tz_aware=True,
            appname=f"ventanilla-{self.name}",
            serverSelectionTimeoutMS=3_000,
            connectTimeoutMS=3_000,
            socketTimeoutMS=int(answer_seconds * 1000),
            retryWrites=True,
        )

    def _of(self, client: AsyncIOMotorClient[dict[str, Any]]) -> AsyncIOMotorDatabase[dict[str, Any]]:
        return client.get_database(
            self.name, codec_options=CODEC, write_concern=MAJORITY, read_concern=ReadConcern("majority")
        )

    def collection(self, name: str) -> Collection:
        return self._database[name]

    async def ping(self) -> None:
        """Raises Unavailable."""
        with translated():
            await self._client.admin.command("ping", read_preference=ReadPreference.PRIMARY)

    async def check(self) -> None:
        """Warn if a killed process's transaction could keep its locks long (default 90 s). Raises Unavailable."""
        with translated():
            try:
                found = await self._client.admin.command("getParameter", 1, transactionLifetimeLimitSeconds=1)
            except OperationFailure:
                _log.warning("database-parameter-unreadable", parameter="transactionLifetimeLimitSeconds")
                return
        seconds = found["transactionLifetimeLimitSeconds"]
        if seconds > LONGEST_TRANSACTION_SECONDS:
            _log.error(
                "database-keeps-locks-of-the-dead",
                parameter="transactionLifetimeLimitSeconds",
                found=seconds,
                expected=LONGEST_TRANSACTION_SECONDS,
            )

    async def create_indexes(self, indexes: Mapping[str, Sequence[IndexModel]]) -> None:
        """Create what is missing; collections too, since a transaction must not wait for one.

        A new index over years of cases takes minutes, in which nobody gives the database up. Raises Unavailable.
        """
        with translated():
            existing = set(await self._database.list_collection_names())
            made = (
                self._create_collection(name, models, is_new=name not in existing) for name, models in indexes.items()
            )
            await asyncio.gather(*made)  # each waits for the disk, and they can do so together

    async def _create_collection(self, name: str, models: Sequence[IndexModel], is_new: bool) -> None:
        if is_new:
            with suppress(OperationFailure, CollectionInvalid):  # another process was first
                await self._database.create_collection(name)
        if models and is_new:
            await self._database[name].create_indexes(list(models))
        elif models:
            await self._create_indexes(name, list(models))

    async def _create_indexes(self, name: str, models: list[IndexModel]) -> None:
        missing = {model.document["name"] for model in models} - set(await self._database[name].index_information())
        if not missing:
            await self._database[name].create_indexes(models)  # raises if one of them is another by the same name
            return
        _log.info("indexes-are-built", collection=name, indexes=sorted(missing))
        patient = self._connected(INDEX_SECONDS)
        try:
            await self._of(patient)[name].create_indexes(models)
        finally:
            await asyncio.to_thread(patient.close)  # it says goodbye to the server, and would hold up everybody else

    async def transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Run ``work`` and commit, once. Raises Conflict, Unavailable or CommitUnknown, or what ``work`` raises."""
        with translated():
            async with await self._client.start_session() as session:
                session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=MAJORITY)
                try:
                    result = await work(session)
                except BaseException:
                    with suppress(PyMongoError):
                        await session.abort_transaction()
                    raise
                await self._commit(session)
                return result

    async def transaction_again(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """The same, begun again after a Conflict, ten times at most: for what reads all it needs within ``work``."""
        for _ in range(TRIES - 1):
            with suppress(Conflict):
                return await self.transaction(work)
            await asyncio.sleep(random.uniform(0.005, 0.2))
        return await self.transaction(work)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """A session in which all reads see the instant of the first. Raises Unavailable or Conflict.

        The server keeps an instant for minSnapshotHistoryWindowInSeconds, five minutes unless set otherwise.
        """
        with translated():
            async with await self._client.start_session(snapshot=True) as session:
                yield session

    async def _commit(self, session: Session) -> None:
        """Commit; while the answer is unknown, ask again: the server commits a transaction at most once."""
        deadline = time.monotonic() + COMMIT_SECONDS
        while True:
            try:
                await session.commit_transaction()
            except PyMongoError as error:
                if not error.has_error_label("UnknownTransactionCommitResult"):
                    raise
                if time.monotonic() > deadline:
                    raise CommitUnknown(type(error).__name__) from error
                await asyncio.sleep(0.1)
            else:
                return

    async def drop(self) -> None:
        """Delete the whole database (tests)."""
        await self._client.drop_database(self.name)

    def close(self) -> None:
        self._client.close()
