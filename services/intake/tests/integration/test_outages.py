# SPDX-License-Identifier: Apache-2.0
"""Processes that die, a broker and a database that are away: nothing accepted is lost, no number is lost or doubled."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from intake_house import Start, environment_of
from intake_process import Process

from chassis.mongo import Database
from chassis.testing import StepClock, Wire, eventually, free_port

pytestmark = pytest.mark.infra


async def insist(http: httpx.AsyncClient, urls: list[str], n: int) -> None:
    """File until it is answered, at either process, with the same Idempotency-Key."""
    for attempt in range(10_000):
        try:
            answer = await http.post(
                f"{urls[(n + attempt) % len(urls)]}/v1/submissions/web",
                json={"text": f"Solicitud {n}"},
                headers={"idempotency-key": f"key-{n}"},
            )
        except httpx.TransportError:
            await asyncio.sleep(0.2)  # nobody listens: the process is being started
            continue
        if answer.status_code == 202:
            return
        assert answer.status_code in (503, 422), answer.text
        assert answer.status_code == 503, answer.text
    pytest.fail(f"submission {n} was never answered")


@pytest.mark.slow
async def test_numbers_stay_consecutive_while_processes_are_killed(
    wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock
) -> None:
    (tmp_path / "files").mkdir()
    environment = {**environment_of(wire, database, tmp_path), "CLOCK_FILE": str(step_clock.path)}
    processes = [Process(environment) for _ in range(3)]
    urls = [process.url for process in processes]
    total, chance = 120, random.Random(7)
    try:
        for process in processes:
            await process.start()
        async with httpx.AsyncClient(timeout=15) as http:
            at_once = asyncio.Semaphore(24)

            async def file(n: int) -> None:
                async with at_once:
                    await insist(http, urls, n)

            filing = [asyncio.create_task(file(n)) for n in range(total)]
            cases = database.collection("cases")
            for step in (1, 3, 5, 7):
                await eventually(partial(_at_least, cases, total * step // 8), timeout=120)
                victim = chance.choice(processes)
                await victim.kill()
                await victim.start()
            await asyncio.gather(*filing)
    finally:
        for process in processes:
            await process.kill()
    rows = await database.collection("cases").find({}, {"state.number": 1}).to_list(None)
    assert sorted(int(row["state"]["number"].split("-")[2]) for row in rows) == list(range(1, total + 1))
    counter = await database.collection("counters").find_one({"_id": 2026})
    assert counter == {"_id": 2026, "n": total}
    assert await database.collection("submission_cases").count_documents({}) == total


async def _at_least(collection, count: int) -> bool:  # type: ignore[no-untyped-def]
    found: int = await collection.count_documents({})
    return found >= count


async def test_http_accepts_while_kafka_is_away_and_everything_is_told_afterwards(start: Start, wire: Wire) -> None:
    async with start(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}") as intake:
        told = [await intake.web(f"Solicitud {n}") for n in range(5)]
        track = {"number": told[0]["case_number"], "code": told[0]["tracking_code"]}
        shown = await intake.http.post("/v1/track", json=track)
    assert shown.status_code == 200
    async with start():
        await wire.expect("intake-cases", 5)
        outcomes = await wire.expect("intake-outcomes", 5)
    assert {seen.key for seen in outcomes} == {one["submission_id"] for one in told}


@asynccontextmanager
async def cuttable(host: str, port: int) -> AsyncIterator["Cable"]:
    """A way to a server that can be cut."""
    cable = Cable(host, port)
    server = await asyncio.start_server(cable.carry, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    try:
        yield cable
    finally:
        cable.cut()
        server.close()


class Cable:
    def __init__(self, host: str, port: int) -> None:
        self.port = 0
        self.whole = True
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        self.whole = False
        for writer in self._writers:
            writer.close()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if not self.whole:
            writer.close()
            return
        there, back = await asyncio.open_connection(*self._target)
        self._writers.add(back)
        await asyncio.gather(_pipe(reader, back), _pipe(there, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_http_says_try_again_while_the_database_is_away(start: Start, wire: Wire) -> None:
    at = urlsplit(os.environ["MONGODB_URI"])
    async with cuttable(at.hostname or "", at.port or 0) as cable:
        uri = f"mongodb://127.0.0.1:{cable.port}/?directConnection=true"
        async with start(mongodb_uri=uri) as intake:
            before = await intake.web("antes", headers={"idempotency-key": "uno"})
            cable.cut()
            form = await intake.http.post("/v1/submissions/web", json={"text": "durante"})
            page = await intake.http.post(
                "/", data={"text": "durante", "anonymous": "yes"}, headers={"accept": "text/html"}
            )
            track = await intake.http.post("/v1/track", json={"number": before["case_number"], "code": "1"})
            ready = await intake.http.get("/readyz")
            alive = await intake.http.get("/livez")
            cable.whole = True

            async def mended() -> dict[str, object] | None:
                answer = await intake.http.post(
                    "/v1/submissions/web", json={"text": "antes"}, headers={"idempotency-key": "uno"}
                )
                told: dict[str, object] = answer.json()
                return told if answer.status_code == 202 else None

            again = await eventually(mended)
            told = await eventually(lambda: wire.events("intake-cases"))
    assert again == {**before, "repeat": True}
    assert len({one.envelope.id for one in told}) == 1  # published again, if it was cut off before it was noted
    assert (form.status_code, form.headers["retry-after"]) == (503, "5")
    assert form.headers["content-type"] == "application/problem+json"
    assert (page.status_code, "durante" in page.text) == (503, True)
    assert track.status_code == 503
    assert (ready.status_code, alive.status_code) == (503, 200)
