# SPDX-License-Identifier: Apache-2.0
"""The role ``fetch``: every mail of a mailbox is filed before its UID is passed (design 4, hazard 15).

Mails are found by UID, not by the unread flag, so that no other mail program can hide one. Filing twice is harmless.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from chassis.batch import Processor
from chassis.clock import Clock, SystemClock
from chassis.i18n import Catalogue
from chassis.inputs import Input
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.mongo import Database, translated
from intake.consumers import CASES
from intake.domain.submission import FileSubmission
from intake.mail.counts import MailCounts
from intake.mail.door import UNPARSEABLE, MailDoor
from intake.mail.imap import ImapMailbox, Listed, MailboxAway
from intake.mail.readings import Readings

_log = get_logger(__name__)

AT_ONCE = 20
FAILED_IDLES = 3
RENEW_SECONDS = 5.0
"""The lease is renewed so often while the server is waited for."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a mailbox was filed."""

    validity: int | None = None
    last_uid: int = 0


class Positions:
    """The position of one mailbox, in the database. Everything raises Unavailable."""

    def __init__(self, database: Database, name: str) -> None:
        self._rows = database.collection("mailboxes")
        self._id = name

    async def read(self) -> Position:
        with translated():
            row = await self._rows.find_one({"_id": self._id})
        return Position() if row is None else Position(row["validity"], row["last_uid"])

    async def passed(self, validity: int, uid: int) -> None:
        position = {"validity": validity, "last_uid": uid}
        with translated():
            await self._rows.update_one({"_id": self._id}, {"$set": position}, upsert=True)


@dataclass(frozen=True)
class Fetcher:
    """Files one mailbox; one process at a time holds its lease."""

    name: str
    mailbox: ImapMailbox
    positions: Positions
    lease: Lease
    door: MailDoor
    processor: Processor
    clock: Clock
    catalogue: Catalogue
    largest: int
    counts: MailCounts
    readings: Readings
    idle_seconds: float = 0.0

    @property
    def via(self) -> str:
        return f"imap {self.name}"

    async def run(self, seconds: float) -> None:
        """Look every ``seconds``, for ever; whoever comes after need not wait for the lease."""
        try:
            await every(seconds, self.step, name=f"fetch {self.name}")
        finally:
            self.mailbox.hang_up()
            await self.lease.release()

    async def step(self) -> None:
        """File what is new, and go on as long as the server tells of more by itself. Raises Unavailable."""
        try:
            while await self.lease.hold():
                if not (await self._batch() or await self._told_of_more()):
                    return
            self.mailbox.hang_up()  # a mailbox has one connection: that of whoever has its lease
        except MailboxAway as error:
            _log.warning("mailbox-away", mailbox=self.name, error=str(error))

    async def _batch(self) -> bool:
        """Whether there was something."""
        position = await self.positions.read()
        listing = await asyncio.to_thread(self.mailbox.behind, position.validity, position.last_uid, AT_ONCE)
        if not listing.mails:
            return False
        mails = together(listing.mails, self.largest)
        raws = await asyncio.to_thread(self.mailbox.bytes_of_all, mails, self.largest)
        if len(mails) > 1 and await self.readings.killed(list(raws.values())):
            mails = mails[:1]
        await self._file([(mail, raws[mail.uid]) for mail in mails if mail.uid in raws])
        await self.positions.passed(listing.validity, mails[-1].uid)
        return True

    async def _told_of_more(self) -> bool:
        """Wait until the server tells of something (RFC 2177), or is due to be asked; False where it cannot tell.

        A connection that died is made anew at once, but not for ever. Raises MailboxAway, Unavailable.
        """
        if not (self.idle_seconds and self.mailbox.can_idle):
            return False
        position = await self.positions.read()
        socket = await asyncio.to_thread(self.mailbox.idle, position.validity, position.last_uid)
        if socket is not None:
            try:
                await self._heard(socket)
            except BaseException:
                self.mailbox.hang_up()  # it would be answered as to an IDLE for ever
                raise
            await asyncio.to_thread(self.mailbox.done)
        return self.mailbox.failed_idles < FAILED_IDLES

    async def _heard(self, socket: int) -> None:
        """Until there is something to read, ``idle_seconds`` are over, or another process has the lease."""
        until = asyncio.get_running_loop().time() + self.idle_seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            if await readable(socket, min(left, RENEW_SECONDS)) or not await self.lease.hold():
                return

    async def _file(self, fetched: Sequence[tuple[Listed, bytes]]) -> None:
        for _ in fetched:
            self.counts.came(self.via)
        async with self.readings.reading(*(raw for _, raw in fetched)) as unfit:
            reading = (self._submission(*one, unread=unread) for one, unread in zip(fetched, unfit, strict=True))
            inputs = [Input(CASES, "", message=command) for command in await asyncio.gather(*reading)]
            await self.processor.process(inputs)
        for item, (_, raw) in zip(inputs, fetched, strict=True):
            told = item.outcome
            if not isinstance(told, Mapping):
                _log.error("mail-not-filed", outcome=type(told).__name__)
                told = await self._hold(raw, "unprocessable")
            self.counts.became(self.via, str(told["outcome"]))

    async def _submission(self, mail: Listed, raw: bytes, *, unread: bool) -> FileSubmission:
        if unread or mail.size > self.largest:
            return await self.door.unread(raw, UNPARSEABLE if unread else "too-large", via=self.via)
        arrived = mail.arrived if isinstance(self.clock, SystemClock) else None  # no server has our other clocks
        received_at = min(arrived, self.clock.now()) if arrived else None
        late_reason = self.catalogue.t("late.waited-in-mailbox") if arrived else None
        return await self.door.taken(raw, via=self.via, received_at=received_at, late_reason=late_reason)

    async def _hold(self, raw: bytes, why: str) -> Mapping[str, object]:
        """Never dropped, never fetched for ever: a person sees it."""
        item = Input(CASES, "", message=await self.door.unread(raw, why, via=self.via))
        await self.processor.process([item])
        if not isinstance(item.outcome, Mapping):
            raise item.outcome if isinstance(item.outcome, Exception) else TypeError("not held")
        return item.outcome


def together(mails: Sequence[Listed], largest: int) -> Sequence[Listed]:
    """As many as have room in memory where one of the largest has; at least one."""
    sums = accumulate(mail.size for mail in mails)
    return mails[: max(1, sum(1 for total in sums if total <= largest))]


async def readable(socket: int, seconds: float) -> bool:
    """Whether there is something to read within that time, or the other side has hung up."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(socket, ready.set)
    try:
        async with asyncio.timeout(seconds):
            await ready.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(socket)
    return True
