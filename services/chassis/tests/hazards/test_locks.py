# SPDX-License-Identifier: Apache-2.0
"""Hazard 1: a process that is killed or stopped between a transaction's first write and its commit.

On a database server of our own: what is set and ended here is the whole server's.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import pytest
from pymongo import MongoClient
from tests_toy import Note

from chassis import mongo
from chassis.mongo import LONGEST_TRANSACTION_SECONDS, Conflict, Session
from chassis.testing.process import Process
from ventanilla_local import downloads
from ventanilla_local.mongod import mongod_server, mongodb_uri
from ventanilla_local.ports import claimed_ports
from ventanilla_local.process import running

pytestmark = pytest.mark.infra

ByHand = Callable[..., Awaitable[Process]]

HOLDS = """
import sys, time
from pymongo import MongoClient

with MongoClient(sys.argv[1]) as client, client.start_session() as session:
    session.start_transaction()
    changed = {"$set": {"held": True}}
    client[sys.argv[2]].cases.update_one({"_id": sys.argv[3]}, changed, session=session)
    print("held", flush=True)
    time.sleep(3600)
"""


@pytest.fixture(scope="module", autouse=True)
def _on_a_server_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with claimed_ports() as ports, pytest.MonkeyPatch.context() as environment:
        port = ports.take()
        server = mongod_server(tmp_path_factory.mktemp("mongod"), downloads.mongod(), port)
        with running({"database": server}):
            server.start()
            environment.setenv("MONGODB_URI", mongodb_uri(port))
            yield


@contextmanager
def held_by_the_dead(toy: Process, case: str, how: signal.Signals) -> Iterator[None]:
    """A process wrote to the case in a transaction and was then killed or stopped."""
    arguments = (toy.runtime.settings.mongodb_uri, toy.runtime.database.name, case)
    child = subprocess.Popen([sys.executable, "-c", HOLDS, *arguments], stdout=subprocess.PIPE)  # noqa: S603
    assert child.stdout is not None
    try:
        assert child.stdout.readline() == b"held\n"
        child.send_signal(how)
        yield
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@asynccontextmanager
async def longest_transaction(toy: Process, seconds: int) -> AsyncIterator[Any]:
    """The server's limit while the block runs; whatever transaction is left open then is ended."""
    admin = MongoClient[dict[str, Any]](toy.runtime.settings.mongodb_uri).admin
    before = admin.command("getParameter", transactionLifetimeLimitSeconds=1)["transactionLifetimeLimitSeconds"]
    admin.command("setParameter", transactionLifetimeLimitSeconds=seconds)
    try:
        yield admin
    finally:
        admin.command("setParameter", transactionLifetimeLimitSeconds=before)
        admin.command("killAllSessionsByPattern", [{"lsid": one["lsid"]} for one in idle_transactions(admin)])
        admin.client.close()


def idle_transactions(admin: Any) -> list[dict[str, Any]]:
    """Open, and nobody at work in them."""
    found = admin.aggregate([{"$currentOp": {"idleSessions": True}}])
    return [one for one in found if one["type"] == "idleSession" and "transaction" in one]


@pytest.mark.hazard(1)
async def test_what_a_killed_or_stopped_process_held_is_free_within_seconds(by_hand: ByHand) -> None:
    toy = await by_hand()
    cases = {"killed": signal.SIGKILL, "stopped": signal.SIGSTOP}
    for case in cases:
        await toy.ask(case, Note("first"))
    with ExitStack() as dead:
        for case, how in cases.items():
            dead.enter_context(held_by_the_dead(toy, case, how))
        async with asyncio.timeout(8 * LONGEST_TRANSACTION_SECONDS):  # by its default a server frees nothing before 60
            answered = await asyncio.gather(*(toy.ask(case, Note("second")) for case in cases))
    assert [item.outcome for item in answered] == [{"note": "second"}] * 2


@pytest.mark.hazard(1, without="transactionLifetimeLimitSeconds=5")
async def test_by_the_servers_default_it_is_held_for_more_than_a_minute(by_hand: ByHand) -> None:
    toy = await by_hand()
    await toy.ask("case-1", Note("first"))
    async with longest_transaction(toy, 60) as admin:
        with held_by_the_dead(toy, "case-1", signal.SIGKILL):
            pass
        [left] = idle_transactions(admin)
        assert seconds_to_live(left["transaction"]) == 60

        async def writes(session: Session) -> None:
            cases = toy.runtime.database.collection("cases")
            await cases.update_one({"_id": "case-1"}, {"$set": {"held": False}}, session=session)

        with pytest.raises(Conflict):
            await toy.runtime.database.transaction(writes)


def seconds_to_live(transaction: dict[str, str]) -> float:
    """From its first to its last moment, unless somebody ends it."""
    began, ends = (datetime.fromisoformat(transaction[name]) for name in ("startWallClockTime", "expiryTime"))
    return round((ends - began).total_seconds())


@pytest.mark.hazard(1)
async def test_a_server_that_keeps_locks_of_the_dead_is_told_at_the_start(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Told:
        def error(self, what: str, **_: object) -> None:
            told.append(what)

    toy = await by_hand()
    monkeypatch.setattr(mongo, "_log", Told())
    await toy.runtime.migrate()
    assert told == []
    async with longest_transaction(toy, 60):
        await toy.runtime.migrate()
    assert told == ["database-keeps-locks-of-the-dead"]
