# SPDX-License-Identifier: Apache-2.0
"""Mails in = outcomes out: many mails, whole and broken, each twice at once, while two processes are killed with -9.

`MAIL_STORM=1000 MAIL_STORM_KILLS=10` sends a thousand.
"""

import asyncio
import contextlib
import os
import random
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from intake_house import environment_of
from storm import Instance, Mailboxes, Senders
from storm_mails import StormMail, number_in, storm_mails

from chassis.mongo import Database
from chassis.testing import Wire, eventually

pytestmark = [pytest.mark.infra, pytest.mark.slow]

MAILS = int(os.environ.get("MAIL_STORM", "66"))
KILLS = int(os.environ.get("MAIL_STORM_KILLS", "2"))
AT_ONCE = 24
SETTLED = 120.0

Rows = list[dict[str, Any]]


@pytest.fixture
def mailboxes() -> Mailboxes:
    for name in ("SMTP_URL", "IMAP_URL"):
        if not os.environ.get(name):
            pytest.skip(f"{name} is not set: run by `make test`, or python -m ventanilla_local with-infra -- pytest …")
    users = [f"buzon-{secrets.token_hex(4)}@caja.example" for _ in range(2)]
    return Mailboxes(users, os.environ["SMTP_URL"], os.environ["IMAP_URL"])


@pytest.fixture
def environment(wire: Wire, database: Database, mailboxes: Mailboxes, tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "files").mkdir()
    return {
        **environment_of(wire, database, tmp_path),
        "IMAP_URL": mailboxes.urls,
        "MAIL_MOST_AN_HOUR": "0",
        "IMAP_POLL_SECONDS": "1",
    }


@contextlib.asynccontextmanager
async def two_instances(environment: Mapping[str, str], log: Path) -> AsyncIterator[list[Instance]]:
    instances = [Instance(environment, log) for _ in range(2)]
    try:
        for instance in instances:
            await instance.start()
        yield instances
    finally:
        for instance in instances:
            await instance.kill()


async def sent_twice(mails: list[StormMail], senders: Senders, chance: random.Random) -> None:
    """Each mail by two ways at the same time, which may be one way twice."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(mail: StormMail) -> None:
        async with gate:
            await asyncio.gather(*(way(mail.raw) for way in chance.choices(senders.ways, k=2)))

    await asyncio.gather(*(one(mail) for mail in mails))


async def killed(instances: list[Instance], database: Database, chance: random.Random) -> None:
    """Whenever another part of the mails is filed, one of the two dies in the middle of its work."""
    rows = database.collection("submission_cases")
    for step in range(1, KILLS + 1):
        at_least = MAILS * step // (KILLS + 1)
        await eventually(partial(_filed, rows, at_least), timeout=240, what=f"{at_least} mails filed")
        victim = chance.choice(instances)
        await victim.kill()
        await victim.start()


async def _filed(rows: Any, at_least: int) -> bool:
    count: int = await rows.count_documents({})
    return count >= at_least


async def rows_of(database: Database, collection: str) -> Rows:
    return await database.collection(collection).find({}).to_list(None)


async def test_a_thousand_mails_by_every_way_and_each_has_its_one_outcome(
    wire: Wire, database: Database, environment: Mapping[str, str], mailboxes: Mailboxes, tmp_path: Path
) -> None:
    mails = list(storm_mails(MAILS))
    chance = random.Random(15)
    async with two_instances(environment, tmp_path / "log") as instances, httpx.AsyncClient(timeout=30) as http:
        senders = Senders(instances, mailboxes, chance, http)
        killing = asyncio.create_task(killed(instances, database, chance))
        await sent_twice(mails, senders, chance)
        await killing
        assert senders.refused == []
        await eventually(partial(_settled, database, len(mails)), timeout=SETTLED, what="every mail filed and told")
        agreed, told = await asked(environment)
        outcomes = await wire.events("intake-outcomes")
    assert agreed == 0, told
    assert_each_has_its_outcome(mails, await rows_of(database, "submission_cases"), tmp_path / "files")
    assert_numbers_are_consecutive(await rows_of(database, "cases"))
    told_first = {(seen.key, seen.envelope.id) for seen in outcomes if not seen.event.repeat}  # published twice is one
    firsts = Counter(key for key, _ in told_first)
    assert set(firsts.values()) == {1}
    assert len(firsts) == len(mails)


async def _settled(database: Database, mails: int) -> bool:
    filed = await database.collection("submission_cases").count_documents({})
    unpublished = await database.collection("outbox").count_documents({})
    return filed >= mails and not unpublished


async def asked(environment: Mapping[str, str]) -> tuple[int, str]:
    """`python -m intake mails`, until no mail waits in a mailbox: its exit code and what it says."""

    async def waits_for_none() -> tuple[int, str] | None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "intake", "mails"),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await process.communicate())[0].decode()
        waiting = [line.split()[-2] for line in said.splitlines() if line.startswith("mailbox ")]
        return (process.returncode or 0, said) if len(waiting) == 2 and set(waiting) == {"0"} else None

    return await eventually(waits_for_none, timeout=SETTLED, what="no mail waits in a mailbox")


def assert_each_has_its_outcome(mails: list[StormMail], rows: Rows, files: Path) -> None:
    """By the number that stands in the kept bytes: one row each, and the outcome that its kind must have."""
    found: dict[int, Rows] = {}
    for row in rows:
        sha256 = row["original"]["sha256"]
        found.setdefault(number_in((files / sha256[:2] / sha256[2:4] / sha256).read_bytes()), []).append(row)
    wrong = [
        (mail.n, mail.kind, [(row["outcome"], row["reason"], row["via"]) for row in found.get(mail.n, [])])
        for mail in mails
        if [(row["outcome"], row["reason"]) for row in found.get(mail.n, [])] != [(mail.outcome, mail.reason)]
    ]
    assert wrong == []
    assert len(rows) == len(mails)
    with_one_id = [found[mail.n][0] for mail in mails if mail.marked]
    assert sum(1 for row in with_one_id if row["same_external_id_as"] is None) == min(1, len(with_one_id))


def assert_numbers_are_consecutive(cases: Rows) -> None:
    numbers = sorted(int(row["state"]["number"].split("-")[2]) for row in cases)
    assert numbers == list(range(1, len(numbers) + 1))
