# SPDX-License-Identifier: Apache-2.0
"""Mails at which processes die (hazard 15): noted before they are read, so that whoever comes after knows.

By whatever way a mail comes, its hash stands in the note of the process that reads it, until it is filed. A process
that dies leaves its note: the mails in it are read alone from then on, so that only the one that kills is noted again,
and the one at which so many died is never read again by anybody, but held with its bytes.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, IndexModel

from chassis.heartbeats import Heartbeats
from chassis.log import get_logger
from chassis.mongo import Database, Unavailable, translated
from intake.domain.mail import unread_hash

_log = get_logger(__name__)

DEATHS_BEFORE_HOLDING_UNREAD = 3
"""The first may have been another's fault, that was read at the same time; before the others it was read alone."""
SETTLE_SECONDS = 0.05
"""Whoever reads the next mail within it writes also that the last one is done."""
DAY_SECONDS = 86_400
LARGE = 1_000_000
READINGS_INDEXES = [
    IndexModel([("mails", ASCENDING)]),
    IndexModel([("at", ASCENDING)], expireAfterSeconds=DAY_SECONDS),
]
"""A note ends with the heartbeat of its process, which is kept as long."""


@dataclass
class _Turns:
    """Many at a time, or one alone, before which nobody else begins."""

    inside: int = 0
    waiting_alone: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def turn(self, *, alone: bool) -> AsyncIterator[None]:
        async with self.changed:
            self.waiting_alone += alone
            try:
                await self.changed.wait_for(lambda: self.inside == 0 if alone else self._is_open())
            finally:
                self.waiting_alone -= alone
            self.inside = -1 if alone else self.inside + 1
        try:
            yield
        finally:
            async with self.changed:
                self.inside = 0 if alone else self.inside - 1
                self.changed.notify_all()

    def _is_open(self) -> bool:
        return self.inside >= 0 and not self.waiting_alone


class Readings:
    """What this process reads now, and at what others died. Many mails share a write. Everything raises Unavailable."""

    def __init__(self, database: Database, heartbeats: Heartbeats, process: str) -> None:
        self._rows = database.collection("readings")
        self._heartbeats = heartbeats
        self._process = process
        self._read: Counter[str] = Counter()
        self._changes = self._written = 0
        self._writing = asyncio.Lock()
        self._turns = _Turns()
        self._clearing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def reading(self, *mails: bytes) -> AsyncIterator[Sequence[bool]]:
        """Around reading and filing; for each mail, whether it must not be read. Mails that killed wait for a turn."""
        hashes = await _hashes(mails)
        deaths, _ = await asyncio.gather(self._deaths(hashes), self._note(hashes))
        if deaths:
            self._forget(hashes)
            await self._write(self._changes)
        async with self._turns.turn(alone=bool(deaths)):
            if deaths:
                deaths = await self._deaths(hashes)
                await self._note(hashes)
            try:
                yield [deaths[one] >= DEATHS_BEFORE_HOLDING_UNREAD for one in hashes]
            except (Exception, asyncio.CancelledError):  # it ends by an error or is told to end: it does not die
                self._forget(hashes)
                raise
            self._forget(hashes)
            await self._clear(hash_ for hash_, died in deaths.items() if died < DEATHS_BEFORE_HOLDING_UNREAD)

    async def killed(self, mails: Sequence[bytes]) -> bool:
        """Whether processes died while they read one of these."""
        return bool(await self._deaths(await _hashes(mails)))

    async def _deaths(self, hashes: Sequence[str]) -> Counter[str]:
        """How many processes died at each; only of those at which some did."""
        with translated():
            noted = self._rows.find({"mails": {"$in": list(hashes)}, "_id": {"$ne": self._process}})
            rows: list[dict[str, Any]] = await noted.to_list(None)
        dead = await self._heartbeats.dead([row["_id"] for row in rows]) if rows else set()
        died = [hash_ for row in rows if row["_id"] in dead for hash_ in row["mails"] if hash_ in hashes]
        kills = {hash_: DEATHS_BEFORE_HOLDING_UNREAD for row in rows if row.get("kills") for hash_ in row["mails"]}
        deaths = Counter(died) | Counter(kills)
        for hash_ in (one for one, many in deaths.items() if many >= DEATHS_BEFORE_HOLDING_UNREAD and one not in kills):
            await self._never_again(hash_)
        return deaths

    async def _never_again(self, hash_: str) -> None:
        """The notes of the dead end one day; this one stays."""
        _log.error("mail-kills", sha256=hash_, deaths=DEATHS_BEFORE_HOLDING_UNREAD)
        with translated():
            await self._rows.update_one({"_id": f"kills {hash_}"}, {"$set": {"mails": [hash_], "kills": True}}, True)

    async def _note(self, hashes: Iterable[str]) -> None:
        self._read.update(hashes)
        self._changes += 1
        await self._write(self._changes)

    def _forget(self, hashes: Iterable[str]) -> None:
        """Written soon, or with the next mail; nobody waits for it."""
        self._read.subtract(hashes)
        self._read = +self._read
        self._changes += 1
        task = asyncio.create_task(self._write_soon(self._changes))
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _write_soon(self, change: int) -> None:
        with suppress(Exception):  # then it is written with the next mail
            await asyncio.sleep(SETTLE_SECONDS)
            await self._write(change)

    async def _write(self, change: int) -> None:
        """The note as it is now, once for all who wait for it."""
        async with self._writing:
            if self._written >= change:
                return
            upto = self._changes
            note = {"$set": {"mails": sorted(self._read)}, "$currentDate": {"at": True}}
            with translated():
                await self._rows.update_one({"_id": self._process}, note, upsert=True)
            self._written = upto

    async def _clear(self, hashes: Iterable[str]) -> None:
        """They were read after all: it was another's fault that a process died."""
        if cleared := list(hashes):
            with suppress(Unavailable), translated():
                others = {"mails": {"$in": cleared}, "_id": {"$ne": self._process}}
                await self._rows.update_many(others, {"$pull": {"mails": {"$in": cleared}}})


async def _hashes(mails: Sequence[bytes]) -> list[str]:
    def hashed() -> list[str]:
        return [unread_hash(mail) for mail in mails]

    return hashed() if sum(map(len, mails)) < LARGE else await asyncio.to_thread(hashed)
