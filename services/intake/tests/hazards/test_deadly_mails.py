# SPDX-License-Identifier: Apache-2.0
"""Hazard 15: a mail at which every process dies that reads it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from intake_house import ByHand, mail
from prometheus_client import CollectorRegistry

from chassis.i18n import catalogue
from chassis.leases import Lease
from chassis.mongo import Database
from chassis.testing.process import Killed, Process
from intake.fetching import Fetcher, Positions
from intake.imap import Listed, Listing
from intake.mail_counts import MailCounts
from intake.mail_door import MailDoor

pytestmark = pytest.mark.infra

PROCESSES = 12


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


def fetcher(intake: Process, mailbox: Mailbox) -> Fetcher:
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
    )


def three_mails() -> Mailbox:
    return Mailbox(*(mail(word, message=f"<{word}@correo.example>") for word in ("una", "bomba", "otra")))


def dies_at_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    read = MailDoor.read

    async def reads(door: MailDoor, raw: bytes, trace: bytes) -> Any:
        if b"bomba" in raw:
            raise Killed
        return await read(door, raw, trace)

    monkeypatch.setattr(MailDoor, "read", reads)


async def outcomes_after_deaths(intake: Process, database: Database) -> Sequence[str]:
    """Processes begin one after another until one lives: what became of the mails."""
    for _ in range(PROCESSES):
        try:
            await fetcher(intake, three_mails()).step()
        except Killed:
            continue
        break
    rows = await database.collection("submission_cases").find({}).to_list(None)
    return sorted(row["outcome"] for row in rows)


@pytest.mark.hazard(15)
async def test_a_mail_at_which_processes_die_is_held_unread_and_the_others_are_filed(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at_the_second(monkeypatch)
    assert await outcomes_after_deaths(await by_hand(), database) == ["created", "created", "held"]


@pytest.mark.hazard(15, without="the deaths at a mail are counted")
async def test_else_the_mailbox_stays_before_it_for_ever(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def counts_nothing(_: Positions) -> None:
        return

    dies_at_the_second(monkeypatch)
    monkeypatch.setattr(Positions, "begin", counts_nothing)
    assert await outcomes_after_deaths(await by_hand(), database) == []


async def test_a_process_that_is_told_to_end_did_not_die_of_a_mail(
    by_hand: ByHand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = asyncio.Event()

    async def reads(*_: Any) -> Any:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(MailDoor, "read", reads)
    step = asyncio.create_task(fetcher(await by_hand(), three_mails()).step())
    await reading.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    assert (await Positions(database, "inbox").read()).deaths == 0
