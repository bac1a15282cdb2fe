# SPDX-License-Identifier: Apache-2.0
"""Hazard 15: a mail at which every process dies that reads it, by whatever way it comes."""

import asyncio
import signal
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from intake_house import ByHand, Start, environment_of, mail
from intake_process import Process as RealProcess
from mail_house import by_smtp, handed_over
from prometheus_client import CollectorRegistry

from chassis.heartbeats import Heartbeats
from chassis.i18n import catalogue
from chassis.leases import Lease
from chassis.mongo import Database
from chassis.testing import TIMEOUT, Wire, eventually, free_port
from chassis.testing.process import Killed, Process
from intake.mail.counts import MailCounts
from intake.mail.door import MailDoor
from intake.mail.fetching import Fetcher, Positions
from intake.mail.imap import Listed, Listing
from intake.mail.readings import DEATHS_BEFORE_HOLDING_UNREAD, Readings

pytestmark = pytest.mark.infra

PROCESSES = 6
FAILPOINT = str(Path(__file__).parent.parent / "failpoint.py")


class Mailbox:
    """As a server keeps it: UIDs from 1."""

    def __init__(self, *raws: bytes) -> None:
        self.raws = raws

    def behind(self, validity: int | None, last_uid: int, most: int) -> Listing:
        arrived = datetime(2026, 3, 2, 12, tzinfo=UTC)
        mails = [Listed(uid, len(raw), arrived) for uid, raw in enumerate(self.raws, 1) if uid > last_uid]
        return Listing(1, mails[:most])

    def bytes_of_all(self, mails: Sequence[Listed], _: int) -> dict[int, bytes]:
        return {mail.uid: self.raws[mail.uid - 1] for mail in mails}


def fetcher(intake: Process, mailbox: Mailbox, readings: Readings) -> Fetcher:
    runtime = intake.runtime
    return Fetcher(
        "inbox",
        mailbox,  # type: ignore[arg-type]
        Positions(runtime.database, "inbox"),
        Lease(runtime.database, "fetch inbox", "test"),
        runtime.processor._hooks.resolve.mail_door,  # type: ignore[union-attr]
        runtime.processor,
        runtime.clock,
        catalogue("intake"),
        1_000_000,
        MailCounts("intake", CollectorRegistry()),
        readings,
    )


def three_mails() -> Mailbox:
    return Mailbox(*(mail(word, message=f"<{word}@correo.example>") for word in ("una", "bomba", "otra")))


def dies_at_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    read = MailDoor.read

    async def reads(door: MailDoor, raw: bytes, trace: bytes = b"") -> Any:
        if b"bomba" in raw:
            raise Killed
        return await read(door, raw, trace)

    monkeypatch.setattr(MailDoor, "read", reads)


async def not_heard_of_lately(database: Database) -> None:
    """All processes, as ten seconds after they died."""
    long_ago = datetime.now(UTC) - timedelta(minutes=1)
    await database.collection("processes").update_many({}, {"$set": {"at": long_ago}})


class Reader:
    """A process that reads mails, as far as the notes know it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.living: list[Readings] = []

    async def begin(self) -> Readings:
        heartbeats, name = Heartbeats(self.database), f"p{len(self.living)}"
        await heartbeats.beat(name)
        self.living.append(Readings(self.database, heartbeats, name))
        return self.living[-1]

    async def dies_at(self, *mails: bytes) -> None:
        with suppress(Killed):
            async with (await self.begin()).reading(*mails):
                raise Killed
        await not_heard_of_lately(self.database)

    async def must_not_read(self, mail: bytes) -> bool:
        async with (await self.begin()).reading(mail) as (unfit,):
            return unfit


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database)


async def outcomes_after_deaths(intake: Process, reader: Reader) -> Sequence[str]:
    """Processes begin one after another until one lives: what became of the mails."""
    for _ in range(PROCESSES):
        try:
            await fetcher(intake, three_mails(), await reader.begin()).step()
        except Killed:
            await not_heard_of_lately(reader.database)
            continue
        break
    rows = await reader.database.collection("submission_cases").find({}).to_list(None)
    return sorted(row["outcome"] for row in rows)


@pytest.mark.hazard(15)
async def test_a_mail_of_a_mailbox_at_which_processes_die_is_held_unread_and_the_others_are_filed(
    by_hand: ByHand, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at_the_second(monkeypatch)
    assert await outcomes_after_deaths(await by_hand(), reader) == ["created", "created", "held"]


@pytest.mark.hazard(15, without="what is being read is noted")
async def test_else_the_mailbox_stays_before_it_for_ever(
    by_hand: ByHand, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def notes_nothing(*_: object) -> None:
        return

    dies_at_the_second(monkeypatch)
    monkeypatch.setattr(Readings, "_write", notes_nothing)
    assert await outcomes_after_deaths(await by_hand(), reader) == []


async def test_a_process_that_is_told_to_end_did_not_die_of_a_mail(
    by_hand: ByHand, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = asyncio.Event()

    async def reads(*_: Any) -> Any:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(MailDoor, "read", reads)
    step = asyncio.create_task(fetcher(await by_hand(), three_mails(), await reader.begin()).step())
    await reading.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    await eventually(lambda: reader.database.collection("readings").find_one({"mails": []}))


async def test_what_was_read_at_the_same_time_is_read_alone_and_blamed_no_more(reader: Reader) -> None:
    await reader.dies_at(b"bomba", b"buena")
    assert await (await reader.begin()).killed([b"otra", b"buena"])
    assert not await reader.must_not_read(b"buena")
    assert not await (await reader.begin()).killed([b"buena"])
    assert await (await reader.begin()).killed([b"bomba"])


async def test_after_so_many_deaths_nobody_reads_it_for_ever(reader: Reader) -> None:
    for _ in range(DEATHS_BEFORE_HOLDING_UNREAD):
        assert not await reader.must_not_read(b"otra")
        await reader.dies_at(b"bomba")
    assert await reader.must_not_read(b"bomba")
    await reader.database.collection("processes").delete_many({})  # the notes of the dead end after a day
    assert await reader.must_not_read(b"bomba")


async def test_two_that_live_and_read_the_same_mail_blame_it_for_nothing(reader: Reader) -> None:
    one, other = await reader.begin(), await reader.begin()
    async with one.reading(b"mail") as unfit, other.reading(b"mail") as also:
        assert [*unfit, *also] == [False, False]
        assert not await one.killed([b"mail"])


async def test_a_mail_at_which_a_process_died_waits_until_it_is_alone(reader: Reader) -> None:
    await reader.dies_at(b"bomba")
    readings = await reader.begin()
    seen: list[str] = []

    async def reads(mail: bytes) -> None:
        async with readings.reading(mail):
            seen.append(mail.decode())

    async with readings.reading(b"una"):
        alone = asyncio.create_task(reads(b"bomba"))
        await eventually(lambda: readings._turns.waiting_alone == 1)
        after = asyncio.create_task(reads(b"otra"))
        noted = reader.database.collection("readings")
        await eventually(lambda: noted.find_one({"_id": "p1", "mails": {"$size": 2}}))  # una and otra, which waits
        assert seen == []
    await asyncio.gather(alone, after)
    assert seen == ["bomba", "otra"]


async def test_many_mails_share_the_writing_of_the_note(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    readings = await reader.begin()
    writes = 0
    update_one = type(readings._rows).update_one

    async def counted(*args: Any, **more: Any) -> Any:
        nonlocal writes
        writes += 1
        return await update_one(*args, **more)

    monkeypatch.setattr(type(readings._rows), "update_one", counted)
    inside = asyncio.Barrier(50)

    async def reads(n: int) -> None:
        async with readings.reading(b"%d" % n):
            await inside.wait()

    await asyncio.gather(*(reads(n) for n in range(50)))
    assert writes <= 5


@pytest.mark.hazard(15)
async def test_a_process_that_dies_at_a_mail_by_smtp_is_followed_by_one_that_holds_it(
    wire: Wire, reader: Reader, tmp_path: Path
) -> None:
    smtp, bomb = free_port(), mail("bomba", message="<bomba@correo.example>")
    environment = {**environment_of(wire, reader.database, tmp_path), "SMTP_LISTEN": f"127.0.0.1:{smtp}"}
    process = RealProcess(environment, FAILPOINT, "bomba", "intake", "receive")

    def handed(raw: bytes) -> Awaitable[list[tuple[int, bytes]]]:
        return by_smtp(smtp, lambda client: handed_over(client, raw), patience=2 * TIMEOUT)

    try:
        await process.start()
        with pytest.raises(SMTPServerDisconnected):
            await handed(bomb)
        assert await process.ended() == -signal.SIGKILL
        await not_heard_of_lately(reader.database)
        for _ in range(DEATHS_BEFORE_HOLDING_UNREAD - 1):  # and through a mailbox, with other line ends
            await reader.dies_at(bomb)
        await process.start()
        [(code, _)] = await handed(bomb)
        [(other, _)] = await handed(mail("sana", message="<sana@correo.example>"))
    finally:
        await process.kill()
    assert (code, other) == (250, 250)
    rows = await reader.database.collection("submission_cases").find({}).sort("outcome", 1).to_list(None)
    assert [(row["outcome"], row["reason"]) for row in rows] == [("created", None), ("held", "unparseable")]
    assert rows[1]["original"]["size"] > len(bomb)


async def test_by_http_what_killed_is_held_and_a_dry_run_says_so(start: Start, reader: Reader) -> None:
    bomb = mail("bomba", message="<bomba@correo.example>")
    async with start(("api",)) as intake:
        for _ in range(DEATHS_BEFORE_HOLDING_UNREAD):
            await reader.dies_at(bomb)
        await intake.service.runtime.heartbeats.beat(intake.service.runtime.process)
        seen = await intake.mail(bomb, dry_run="true")
        told = await intake.mail(bomb)
    assert (seen["outcome"], seen["reason"], seen["text"]) == ("held", "unparseable", "")
    assert (told["outcome"], told["reason"], told["repeat"]) == ("held", "unparseable", False)
