# SPDX-License-Identifier: Apache-2.0
"""Hundreds of cases while each service is killed with -9; then twenty seconds without broker, then without database.

`STORM_CASES=2000 make e2e` files more.
"""

import asyncio
import email
import email.policy
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from pymongo.collection import Collection
from tests.e2e.storm import AT_ONCE, TOPICS, Storm, stores, storm
from tests.e2e.town import eventually

from ventanilla_local.way import NoWayError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

CASES = int(os.environ.get("STORM_CASES", "240"))
"""A multiple of four."""
OUTAGE_SECONDS = 20.0
AT_ONCE_IN_AN_OUTAGE = 5
"""So many are filed together, a second between them."""
KINDS = ("compliment", "claim", "petition", "petition")
"""In turn: closed at once; answered, then on the call list; open; answered, then closed without a call."""
ANSWERED = {1, 3}
LETTERS = {"acknowledgement": 4, "compliment-notice": 1, "assignment": 3, "answer": 2}
"""Of four cases."""
SETTLED = 240.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storm]:
    try:
        with storm(tmp_path_factory.mktemp("storm")) as up:
            yield up
    except NoWayError as why:
        pytest.skip(f"servers that may be killed: {why}")


async def work_through(house: Storm, first: int, count: int, others: "asyncio.Task[None]") -> list[str]:
    """File `count` cases and answer half of them, many at a time, while `others` do their worst."""
    gate = asyncio.Semaphore(AT_ONCE)
    numbers: list[str] = []

    async def one(n: int) -> None:
        async with gate:
            filed = await house.file(http, f"case-{n}", KINDS[n % 4])
            numbers.append(filed["case_number"])
            if n % 4 in ANSWERED:
                await house.answer(http, filed["case_number"])

    async with httpx.AsyncClient(timeout=15, limits=httpx.Limits(max_connections=AT_ONCE)) as http:
        await asyncio.gather(*(one(n) for n in range(first, first + count)))
    await others
    return numbers


async def kill_each_in_turn(house: Storm) -> None:
    for server in house.house.servers.values():
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)


def confirm_unknown(house: Storm) -> int:
    """A person looks at the answers of which nobody knows whether they left: all of them are in the sink.

    Whom the desk does not answer tries again later.
    """
    letters = house.store("notifications")["letters"]
    unknown = [row["_id"] for row in letters.find({"state": "unknown"})]
    for letter in unknown:
        url = house.house.url("notifications") + f"/v1/deliveries/{letter}/confirm"
        with suppress(httpx.HTTPError):
            httpx.post(url, headers=house.token("agent"), timeout=15).raise_for_status()
    return len(unknown)


def counted(rows: Collection[dict[str, Any]], field: str) -> Counter[str]:
    """How many rows have which value of a field; those without one are left out."""
    return Counter({row["_id"]: row["count"] for row in rows.aggregate([{"$sortByCount": f"${field}"}]) if row["_id"]})


def state_of(house: Storm) -> dict[str, Any]:
    """How far every store is, in numbers; a person confirms what is unknown."""
    confirm_unknown(house)
    return {
        "cases": {name: store["cases"].count_documents({}) for name, store in stores(house).items()},
        "routed": counted(house.store("routing")["cases"], "state.status"),
        "checks": counted(house.store("satisfaction")["cases"], "state.status"),
        "letters": counted(house.store("notifications")["letters"], "state"),
        "left": {
            f"{name} {rows}": left
            for name, store in stores(house).items()
            for rows in ("outbox", "waiting", "parked")
            if (left := store[rows].count_documents({}))
        },
    }


def settled(house: Storm, cases: int) -> bool:
    """Whether every store has come to the end of its work."""
    quarter, found = cases // 4, state_of(house)
    return (
        set(found["cases"].values()) == {cases}
        and found["routed"] == {"closed": 2 * quarter, "answered": quarter, "assigned": quarter}
        and found["checks"]["pending"] == quarter
        and found["checks"]["waived"] == 2 * quarter
        and set(found["letters"]) <= {"sent", "pointless"}
        and not found["left"]
    )


def assert_nothing_lost(house: Storm, numbers: list[str], cases: int) -> None:
    try:
        eventually(lambda: settled(house, cases), "every store at the end of its work", timeout=SETTLED)
    except AssertionError:
        pytest.fail(f"not at the end of their work: {state_of(house)}")
    counted = sorted(int(re.split("-", number)[2]) for number in numbers)
    assert counted == list(range(1, cases + 1))
    assert_indicators_agree(house, cases)
    assert_letters_agree(house, cases)
    for topic in TOPICS:
        for case, seqs in asyncio.run(house.log_of(topic)).items():
            assert sorted(seqs) == list(range(1, len(seqs) + 1)), f"{topic} {case}: a seq is missing"
            assert all(len(ids) == 1 for ids in seqs.values()), f"{topic} {case}: two events with one seq"


def assert_indicators_agree(house: Storm, cases: int) -> None:
    """An event applied twice would count twice."""
    today = time.strftime("%Y-%m-%d")
    year = today[:4]

    def found() -> dict[str, float]:
        url = house.house.url("reporting") + f"/v1/indicators?from={year}-01-01&to={year}-12-31"
        with suppress(httpx.HTTPError):
            told = httpx.get(url, headers=house.token("manager"), timeout=15).raise_for_status().json()
            return {one["id"]: one["value"] for one in told["indicators"]}
        return {}

    expected = {"received": cases, "answered": cases // 2, "closed": cases // 2, "open": cases // 2}
    try:
        eventually(lambda: expected.items() <= found().items(), "indicators")
    except AssertionError:
        pytest.fail(f"expected {expected}, reported {found()}")


def assert_letters_agree(house: Storm, cases: int) -> None:
    """Every letter left at least once, under one Message-ID; only an assignment may have become pointless."""
    letters = list(house.store("notifications")["letters"].find({}, {"kind": 1, "state": 1, "message_id": 1}))
    assert Counter(letter["kind"] for letter in letters) == {kind: n * cases // 4 for kind, n in LETTERS.items()}
    assert {letter["state"] for letter in letters if letter["kind"] != "assignment"} == {"sent"}
    assert {letter["state"] for letter in letters} <= {"sent", "pointless"}
    arrived = {
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["Message-ID"]
        for path in house.mail.glob("*.eml")
    }
    assert {letter["message_id"] for letter in letters if letter["state"] == "sent"} <= arrived
    assert arrived <= {letter["message_id"] for letter in letters}


def test_many_cases_survive_the_death_of_every_service(house: Storm) -> None:
    async def run() -> list[str]:
        return await work_through(house, 0, CASES, asyncio.create_task(kill_each_in_turn(house)))

    assert_nothing_lost(house, asyncio.run(run()), CASES)


def test_without_the_broker_the_doors_go_on_accepting(house: Storm) -> None:
    before = filed_in(house)
    house.refusals.clear()

    async def without_broker() -> int:
        async with httpx.AsyncClient(timeout=10) as http:
            await asyncio.to_thread(house.servers.broker.kill)
            filed, until = 0, time.monotonic() + OUTAGE_SECONDS
            while time.monotonic() < until:
                some = range(filed, filed + AT_ONCE_IN_AN_OUTAGE)
                answers = await asyncio.gather(*(house.file(http, f"no-broker-{n}", "petition") for n in some))
                filed += len(answers)
                await asyncio.sleep(1)
            await asyncio.to_thread(house.servers.broker.start)
            return filed

    filed = asyncio.run(without_broker())
    assert [one.json() for one in house.refusals if one.json().get("missing") != "database"] == []  # which may be late
    assert_all_have(house, before + filed)


def test_without_the_database_the_doors_say_try_again_and_keep_what_they_accepted(house: Storm) -> None:
    before = filed_in(house)
    house.refusals.clear()

    async def without_database() -> list[dict[str, Any]]:
        async with httpx.AsyncClient(timeout=20) as http:
            await asyncio.to_thread(house.servers.database.kill)
            outage = asyncio.create_task(asyncio.sleep(OUTAGE_SECONDS))
            stubborn = [asyncio.create_task(house.file(http, f"no-database-{n}", "petition")) for n in range(20)]
            await outage
            while not house.refusals:  # noqa: ASYNC110 (a busy door says it late)
                await asyncio.sleep(0.2)
            assert not any(task.done() for task in stubborn)
            await asyncio.to_thread(house.servers.database.start)
            return await asyncio.gather(*stubborn)

    filed = asyncio.run(without_database())
    assert house.refusals
    for refusal in house.refusals:
        assert refusal.headers["Retry-After"]
        assert refusal.headers["content-type"].startswith("application/problem+json")
    assert len({one["case_number"] for one in filed}) == len(filed)
    assert_all_have(house, before + len(filed))


def filed_in(house: Storm) -> int:
    return house.store("intake")["cases"].count_documents({})


def assert_all_have(house: Storm, cases: int) -> None:
    """Every store has every case, and nothing is left on the way."""

    def all_have() -> bool:
        found = state_of(house)
        return set(found["cases"].values()) == {cases} and not found["left"]

    try:
        eventually(all_have, "every case in every store", timeout=SETTLED)
    except AssertionError:
        pytest.fail(f"expected {cases} cases everywhere: {state_of(house)}")
    numbers = house.store("intake")["cases"].find({}, {"state.number": 1})
    assert sorted(int(row["state"]["number"].split("-")[2]) for row in numbers) == list(range(1, cases + 1))
