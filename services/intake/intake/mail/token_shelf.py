# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens that the giver of tokens gave in place of those of the settings, sealed in the database.

A giver may take a refresh token once and give the next one with the answer. It is kept under the name of the one in the
settings, so that whoever reads the mailbox next, here or in another process, goes on with it.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pymongo import ASCENDING, IndexModel

from chassis.log import get_logger
from chassis.mongo import Database, Unavailable, translated

T = TypeVar("T")

SECONDS_TO_ANSWER = 10.0
KEPT_SECONDS = 400 * 86_400
"""Longer than any giver takes one; what is used is kept anew."""

TOKEN_INDEXES = [IndexModel([("at", ASCENDING)], expireAfterSeconds=KEPT_SECONDS)]
_log = get_logger(__name__)


class Shelf(Protocol):
    """By the token of the settings the one that was given last. Blocking; everything raises Unavailable."""

    def last(self, configured: str, /) -> str | None: ...
    def keep(self, configured: str, given: str, /) -> None: ...


class NoShelf:
    """Without a key nothing is kept beyond the process."""

    def __init__(self) -> None:
        self._told = False

    def last(self, _configured: str, /) -> str | None:
        return None

    def keep(self, _configured: str, _given: str, /) -> None:
        if not self._told:
            _log.warning("refresh-token-not-kept", setting="IMAP_TOKEN_KEYS", until="the end of this process")
        self._told = True


class SealedShelf:
    """``keys``: the first seals, all open. Asked from threads; ``begin`` says in which loop the database is."""

    def __init__(self, database: Database, keys: tuple[str, ...]) -> None:
        self._rows = database.collection("refresh_tokens")
        self._seal = MultiFernet([Fernet(key) for key in keys])
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        self._loop = asyncio.get_running_loop()

    def last(self, configured: str) -> str | None:
        """None too for what none of the keys opens: then the one of the settings is tried."""
        row = self._do(self._found(_name(configured)))
        try:
            return self._seal.decrypt(row["sealed"]).decode() if row else None
        except InvalidToken:
            _log.warning("refresh-token-not-opened", setting="IMAP_TOKEN_KEYS")
            return None

    def keep(self, configured: str, given: str) -> None:
        """In one write in place of the one before it."""
        self._do(self._replace(_name(configured), self._seal.encrypt(given.encode())))

    async def _found(self, name: str) -> dict[str, Any] | None:
        with translated():
            return await self._rows.find_one({"_id": name})

    async def _replace(self, name: str, sealed: bytes) -> None:
        with translated():
            await self._rows.replace_one({"_id": name}, {"sealed": sealed, "at": datetime.now(UTC)}, upsert=True)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise Unavailable("nothing runs yet")
        asked = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return asked.result(SECONDS_TO_ANSWER)
        except TimeoutError:
            asked.cancel()
            raise Unavailable("the database did not answer in time") from None


def right_key(key: str) -> bool:
    """Whether tokens can be sealed with it: 32 bytes in URL-safe base64."""
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _name(configured: str) -> str:
    """Names the token of the settings without telling it."""
    return hashlib.sha256(f"refresh-token:{configured}".encode()).hexdigest()
