# SPDX-License-Identifier: Apache-2.0
"""The golden story of the contracts, published on the real broker, and the numbers that come of it."""

import csv
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from reporting_story import MARCH_2, answered, classified, closed, cube, deadline, filed

from chassis.decision import Add
from chassis.messages import Message
from chassis.mongo import Database
from chassis.passwords import hash_token
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from reporting.app import CASE_TOPICS, build
from reporting.domain.facts import CaseFact, added
from reporting.settings import ReportingSettings
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS

pytestmark = pytest.mark.infra

EXAMPLES = Path(__file__).parents[4] / "contracts" / "examples"
READ = {*CASE_TOPICS, "intake-outcomes"}
TOKEN = "a-token-of-the-manager"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
House = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def story() -> list[Message]:
    """Every golden event that reporting reads, in the order in which they happened."""
    examples = [Example.model_validate_json(path.read_bytes()) for path in EXAMPLES.rglob("*.json")]
    examples.sort(key=lambda one: (one.envelope().time, one.envelope().seq or 0))
    told = [
        Message(EVENTS[one.envelope().type].TOPIC, one.key.encode(), one.raw_value(), tuple(one.raw_headers()))
        for one in examples
    ]
    return [message for message in told if message.topic in READ]


@pytest.fixture
def house(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> House:
    @asynccontextmanager
    async def opened(now: str = "2026-04-30T18:00:00-05:00") -> AsyncIterator[httpx.AsyncClient]:
        member = {"id": "ines", "name": "Inés", "email": "ines@caja.example", "roles": ["manager"]}
        staff = {"version": 1, "members": [{**member, "token_hashes": [hash_token(TOKEN)]}]}
        (tmp_path / "staff.yaml").write_text(yaml.safe_dump(staff))
        step_clock.set(now)
        own = {"clock_file": step_clock.path}
        settings = settings_for(ReportingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)
        async with running(build(settings)) as service:
            transport = httpx.ASGITransport(service.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=HEADERS) as client:
                yield client

    return opened


async def indicators(client: httpx.AsyncClient, first: str, last: str) -> dict[str, Any]:
    answer = await client.get("/v1/indicators", params={"from": first, "to": last})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"as_of", "indicators"}
    return {one["id"]: one for one in answer.json()["indicators"]}


async def applied(database: Database) -> int:
    """How many events were applied, of cases and of submissions."""
    total = 0
    for name in ("cases", "submissions"):
        async for row in database.collection(name).find({}, {"applied": 1}):
            total += sum(seq for seq, _ in row["applied"].values())
    return total


async def test_the_golden_story_gives_its_numbers_even_when_it_is_told_twice(
    wire: Wire, house: House, database: Database
) -> None:
    messages = story()
    await wire.send(messages)
    async with house() as client:
        await eventually(lambda: _is(applied(database), len(messages)), what="the story was counted")
        march = await indicators(client, "2026-03-01", "2026-03-31")
        report = (await client.get("/v1/reports/monthly", params={"period": "2026-03"})).json()
        await wire.send(messages)
        await wire.publish("last", filed(MARCH_2 + timedelta(days=400)))
        await eventually(lambda: _is(applied(database), len(messages) + 1))
        assert await indicators(client, "2026-03-01", "2026-03-31") == march
        april = await indicators(client, "2026-04-01", "2026-04-30")
    values = {name: one["value"] for name, one in march.items()}
    assert values == {
        "complaints-and-claims-in-time": 100,
        "answered-in-time": 100,
        "terms-kept": 80,
        "claims-reduction": None,
        "received": 8,
        "answered": 4,
        "closed": 5,
        "withdrawn": 0,
        "transferred": 0,
        "rejected": 0,
        "answered-in-part": 0,
        "documents-overdue": 0,
        "ombudsman-asked": 0,
        "ombudsman-answered": 0,
        "ombudsman-in-time": None,
        "ombudsman-for-person": 0,
        "ombudsman-partly": 0,
        "ombudsman-for-organisation": 0,
        "open": 3,
        "overdue": 1,
        "reminders": 1,
        "deadlines-missed": 1,
        "escalations": 1,
        "first-response-within-sla": 0,
        "resolved-within-sla": 100,
        "deliveries-failed": 1,
        "deliveries-unknown": 0,
        "satisfied-of-contacted": 100,
        "contacted-of-checked": 100,
        "submissions-held": 1,
        "submissions-held-now": 0,
        "submissions-ignored": 1,
        "submissions-rejected": 1,
    }
    assert march["complaints-and-claims-in-time"] == {
        "id": "complaints-and-claims-in-time",
        "name": "Quejas y reclamos respondidos a tiempo",
        "value": 100.0,
        "unit": "percent",
        "numerator": 2,
        "denominator": 2,
        "goal": 100,
    }
    assert april["complaints-and-claims-in-time"]["value"] is None  # its answer came back: it is owed again
    assert (april["claims-reduction"]["value"], april["claims-reduction"]["numerator"]) == (50, 1)
    assert (april["transferred"]["value"], april["withdrawn"]["value"]) == (1, 0)
    assert (april["contacted-of-checked"]["value"], april["satisfied-of-contacted"]["value"]) == (None, None)
    assert (april["closed"]["value"], april["open"]["value"], april["deliveries-unknown"]["value"]) == (0, 3, 1)
    assert april["rejected"]["value"] == 1
    totals = report["totals"]
    assert (totals["received"], totals["answered"], totals["answered_in_time"]) == (8, 4, 4)
    assert (totals["closed"], totals["open_at_end"]) == (5, 3)
    assert totals["received_by_kind"] == {
        "petition": 1,
        "request": 1,
        "complaint": 1,
        "claim": 2,
        "suggestion": 0,
        "compliment": 1,
        "unclassified": 2,
    }
    places = {(row["channel"], row["area"], row["service_point"]): row["received"] for row in report["rows"]}
    assert places["suggestion-box", "service-points", "villamaria"] == 1
    assert places["phone", "recreation", None] == 1
    assert sum(places.values()) == 8


async def test_the_sums_of_all_partitions_equal_the_facts(wire: Wire, house: House, database: Database) -> None:
    for n in range(40):
        case, at = f"case-{n}", MARCH_2 + timedelta(days=n % 9)
        await wire.publish(case, filed(at, service_point=f"p{n % 2}"))
        said = [classified(), deadline(), classified("complaint" if n % 3 else "petition", f"area-{n % 4}")]
        said += [answered(at + timedelta(days=2), in_time=n % 5 > 0)] if n % 4 else []
        said += [closed()] if n % 4 > 1 else []
        await wire.publish(case, *said, seen={"intake-cases": 1}, at=at + timedelta(days=3))
    async with house():
        total = sum(wire.counts.values())
        await eventually(lambda: _is(applied(database), total))
    facts = [CaseFact.model_validate(row["state"]) async for row in database.collection("cases").find()]
    expected = cube(row for fact in facts for row in added(fact.place, fact.tallies))
    found: Counter[Any] = Counter()
    partitions = set()
    async for row in database.collection("case_sums").find():
        partitions.add(row["partition"])
        labels = {name: row[name] for name in ("day", "channel", "service_point", "area", "area_name", "kind")}
        measures = {name: n for name, n in row.items() if isinstance(n, int) and name != "partition"}
        found.update(cube([Add("case_sums", row["sum"], labels, measures)]))
    assert Counter({key: n for key, n in found.items() if n}) == expected
    assert len(partitions) == 3


async def test_the_backlog_is_that_of_the_end_of_the_period(wire: Wire, house: House, database: Database) -> None:
    await wire.publish("a", filed())  # due on 24 March, never answered
    await wire.publish("a", classified(), deadline(), seen={"intake-cases": 1}, at=MARCH_2)
    await wire.publish("b", filed())  # answered on the 9th, closed on the 12th
    said = (classified(), deadline(), answered(), closed())
    await wire.publish("b", *said, seen={"intake-cases": 1}, at=MARCH_2 + timedelta(days=10))
    backlog = {
        "2026-03-01": (0, 0),
        "2026-03-11": (2, 0),
        "2026-03-12": (1, 0),
        "2026-03-23": (1, 0),
        "2026-03-24": (1, 0),  # today: its last day is not over yet
        "2026-12-31": (1, 0),
    }
    async with house("2026-03-24T23:59:00-05:00") as client:
        await eventually(lambda: _is(applied(database), 8))
        for last, expected in backlog.items():
            found = await indicators(client, "2026-03-01", last)
            assert (found["open"]["value"], found["overdue"]["value"]) == expected, last
    async with house("2026-03-25T00:00:00-05:00") as client:
        for last, overdue in (("2026-03-23", 0), ("2026-03-24", 1), ("2026-03-25", 1)):
            assert (await indicators(client, "2026-03-01", last))["overdue"]["value"] == overdue, last


async def test_the_doors_name_what_is_wrong(house: House) -> None:
    async with house() as client:
        for query, field in (
            ({"from": "2026-03-01"}, "query.to"),
            ({"from": "yesterday", "to": "2026-03-31"}, "query.from"),
            ({"from": "2026-02-30", "to": "2026-03-31"}, "query.from"),
            ({"from": "2026-03-01", "to": "1772323200"}, "query.to"),
            ({"from": "0001-01-01", "to": "2026-03-31"}, "query.from"),
            ({"from": "2026-04-01", "to": "2026-03-31"}, "query.to"),
        ):
            wrong = await client.get("/v1/indicators", params=query)
            assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
            assert wrong.json()["errors"][0]["field"] == field
            assert "." not in wrong.json()["errors"][0]["message"]
        for query, field in (
            ({}, "query.period"),
            ({"period": "2026-13"}, "query.period"),
            ({"period": "2026-03", "format": "doc"}, "query.format"),
        ):
            wrong = await client.get("/v1/reports/monthly", params=query)
            assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, field)
        assert (await client.get("/v1/indicators", headers={"Authorization": ""})).status_code == 401


async def test_an_empty_house_reports_nothing_and_breaks_nowhere(house: House) -> None:
    async with house() as client:
        found = await indicators(client, "2026-03-01", "2026-03-31")
        assert {one["value"] for one in found.values() if one["unit"] == "percent"} == {None}
        assert {one["value"] for one in found.values() if one["unit"] == "count"} == {0}
        report = (await client.get("/v1/reports/monthly", params={"period": "2026-03"})).json()
        assert (report["rows"], report["totals"]["received"]) == ([], 0)
        assert "No hubo atención en este mes." in (await client.get("/")).text


async def test_the_dashboard_and_the_spreadsheet_show_the_same(wire: Wire, house: House, database: Database) -> None:
    messages = story()
    await wire.send(messages)
    async with house() as client:
        await eventually(lambda: _is(applied(database), len(messages)))
        page = await client.get("/", params={"period": "2026-03"})
        assert page.status_code == 200
        for text in (
            "Tablero de 2026-03",
            "Quejas y reclamos respondidos a tiempo",
            "2 de 2",
            "sin datos",
            "Villamar".lower(),
        ):
            assert text in page.text, text
        assert (await client.get("/", params={"period": "2026-3"})).status_code == 422
        query = {"period": "2026-03", "format": "csv"}
        sheet = await client.get("/v1/reports/monthly", params=query, headers={"Accept-Language": "es-CO"})
        assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
        assert 'filename="ventanilla-2026-03.csv"' in sheet.headers["content-disposition"]
        rows = list(csv.DictReader(sheet.content.decode("utf-8-sig").splitlines()))
        assert rows[-1]["Canal"] == "Total"
        assert int(rows[-1]["Recibidos"]) == sum(int(row["Recibidos"]) for row in rows[:-1]) == 8


async def _is(asked: Any, expected: object) -> bool:
    return bool(await asked == expected)
