# SPDX-License-Identifier: Apache-2.0
"""Checks on the real broker and database, from the answer of a case to the end of its check."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from satisfaction_story import ANSWERED, answered, classified, closed, filed

from chassis.mongo import Database
from chassis.passwords import hash_token
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from satisfaction.app import build
from satisfaction.settings import SatisfactionSettings
from ventanilla_contracts.satisfaction import CheckCompleted, CheckScheduled, CheckWaived

pytestmark = pytest.mark.infra

TOKEN = "a-token-of-the-caller"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
House = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


def write_staff(path: Path) -> None:
    people = [
        {"id": "paula", "name": "Paula Gil", "email": "paula@caja.example", "roles": ["caller"]},
        {"id": "rosa", "name": "Rosa Cano", "email": "rosa@caja.example", "roles": ["responder"]},
    ]
    people[0]["token_hashes"] = [hash_token(TOKEN)]
    people[1]["token_hashes"] = [hash_token("a-token-of-a-responder")]
    path.write_text(yaml.safe_dump({"version": 1, "members": people}))


@pytest.fixture
def house(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> House:
    @asynccontextmanager
    async def opened(**own: Any) -> AsyncIterator[httpx.AsyncClient]:
        write_staff(tmp_path / "staff.yaml")
        own = {"subsidy_areas": "subsidios", "clock_file": step_clock.path, **own}
        settings = settings_for(SatisfactionSettings, wire=wire, database=database, tmp_path=tmp_path, **own)
        async with running(build(settings)) as service:
            transport = httpx.ASGITransport(service.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=HEADERS) as client:
                yield client

    return opened


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/checks", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_an_answered_claim_is_called_until_three_days_have_passed(
    wire: Wire, house: House, step_clock: StepClock
) -> None:
    step_clock.set("2026-03-10T10:00:00-05:00")
    await wire.publish("case-1", filed())
    await wire.publish("case-1", classified("claim"), answered(), seen={"intake-cases": 1})
    async with house() as client:
        [scheduled] = await wire.expect("satisfaction-checks", 1)
        assert isinstance(scheduled.event, CheckScheduled)
        assert scheduled.envelope.seen == {"intake-cases": 1, "routing-cases": 2}
        [check] = await listed(client, due="today", case_number="CAJA-2026-000001-1")
        assert (check["id"], check["status"], check["attempts_made"], check["attempts_left"]) == (
            "case-1",
            "pending",
            0,
            3,
        )
        assert check["person"] == {"name": "Duván Quintero", "phone": "+573000000655"}
        assert check["next_attempt_on"] == "2026-03-09"
        for day in (10, 11, 12):
            step_clock.set(f"2026-03-{day}T10:00:00-05:00")
            made = await client.post("/v1/checks/case-1/attempts", json={"result": "not-contacted"})
            assert made.status_code == 201, made.text
            again = await client.post("/v1/checks/case-1/attempts", json={"result": "not-contacted"})
            assert again.status_code == 409
            if day < 12:
                assert again.json()["code"] == "already-called-that-day"
                assert f"2026-03-{day + 1}" in again.json()["detail"]
                assert again.json()["allowed"] == ["contacted"]
                assert await listed(client, due="today") == []
        assert again.json()["code"] == "check-ended"
        assert (made.json()["status"], made.json()["outcome"]) == ("completed", "not-contacted")
        said = await wire.expect("satisfaction-checks", 5, key="case-1")
    assert [one.event.TYPE for one in said] == [
        "check-scheduled.v1",
        *["contact-attempted.v1"] * 3,
        "check-completed.v1",
    ]
    completed = said[-1].event
    assert isinstance(completed, CheckCompleted)
    assert [at.isoformat() for at in completed.attempts] == [f"2026-03-{day}T15:00:00+00:00" for day in (10, 11, 12)]
    assert completed.actor.id == "paula"


async def test_the_rest_is_waived_with_its_reason(wire: Wire, house: House) -> None:
    await wire.publish("a", filed(anonymous=True, phone=None))
    await wire.publish("a", classified(), answered(), seen={"intake-cases": 1})
    await wire.publish("b", filed())
    await wire.publish("b", classified("compliment"), closed("compliment"), seen={"intake-cases": 1})
    await wire.publish("c", filed())
    await wire.publish("c", classified("compliment"), closed("compliment"), seen={"intake-cases": 1})
    async with house() as client:
        said = await wire.expect("satisfaction-checks", 3)
        reasons = {one.key: one.event.reason for one in said if isinstance(one.event, CheckWaived)}
        assert reasons == {"a": "anonymous", "b": "compliment", "c": "compliment"}
        waived: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            query: dict[str, str | int] = {"status": "waived", "limit": 1}
            if cursor:
                query["cursor"] = cursor
            page = (await client.get("/v1/checks", params=query)).json()
            waived, cursor = [*waived, *page["items"]], page["next"]
        assert {one["id"]: one["waiver_reason"] for one in waived} == reasons


async def test_a_month_of_subsidy_claims_is_drawn_once_and_late_ones_wait(
    wire: Wire, house: House, database: Database, step_clock: StepClock
) -> None:
    async def claim(case: str, at: Any = ANSWERED) -> None:
        await wire.publish(case, filed())
        await wire.publish(case, classified("claim", "subsidios"), answered(at), seen={"intake-cases": 1})

    for n in range(7):
        await claim(f"case-{n}")
    step_clock.set("2026-03-31T23:59:00-05:00")
    async with house(sample_size=3) as client:

        async def all_waiting() -> bool:
            return len(await listed(client, status="waiting-for-sample")) == 7

        await eventually(all_waiting)
        refused = await client.post("/v1/checks/case-1/attempts", json={"result": "not-contacted"})
        assert refused.json()["code"] == "check-waits-for-sample"
        step_clock.set("2026-04-01T05:59:00-05:00")
        assert (await client.get("/v1/samples")).json()["items"] == []
        step_clock.set("2026-04-01T06:00:00-05:00")
        said = await wire.expect("satisfaction-checks", 7)
        called = {one.key for one in said if isinstance(one.event, CheckScheduled)}
        assert {one.event.sample for one in said if isinstance(one.event, CheckScheduled)} == {"subsidy-claims-2026-03"}
        assert {one.event.reason for one in said if isinstance(one.event, CheckWaived)} == {"not-sampled"}
        sample = (await client.get("/v1/samples/2026-03")).json()
        assert set(sample["chosen"]) == called
        assert (sample["population"], sample["size"], len(sample["frame"])) == (7, 3, 7)
        assert sample["margin"] == pytest.approx(0.462, abs=1e-3)
        await claim("late")

        async def put_off() -> bool:
            row = await database.collection("cases").find_one({"_id": "late"})
            return row is not None and row["state"]["month"] == "2026-04"

        await eventually(put_off)
        assert (await client.get("/v1/samples/2026-03")).json() == sample
        assert (await client.get("/v1/samples/2026-02")).status_code == 404
        await wire.expect("satisfaction-checks", 7)


async def test_the_draw_is_taken_up_by_a_service_that_was_killed_in_the_middle(
    wire: Wire, house: House, database: Database, step_clock: StepClock
) -> None:
    for n in range(5):
        await wire.publish(f"case-{n}", filed())
        await wire.publish(f"case-{n}", classified("claim", "subsidios"), answered(), seen={"intake-cases": 1})
    step_clock.set("2026-03-31T12:00:00-05:00")
    waiting = {"state.status": "waiting-for-sample"}
    async with house(sample_size=2):
        await eventually(lambda: _counts(database, waiting, 5))
    sample = {
        "month": "2026-03",
        "name": "subsidy-claims-2026-03",
        "frame": [f"case-{n}" for n in range(5)],
        "chosen": ["case-1", "case-4"],
        "seed": 1,
        "margin": 0.6,
        "drawn_at": ANSWERED,
    }
    drawn = {"_id": "2026-03", "version": 1, "applied": {}, "emitted": {}, "waiting": 0, "state": sample}
    await database.collection("samples").insert_one(drawn)
    step_clock.set("2026-04-01T08:00:00-05:00")
    async with house(sample_size=2):
        said = await wire.expect("satisfaction-checks", 5)
    assert {one.key for one in said if isinstance(one.event, CheckScheduled)} == {"case-1", "case-4"}


async def _counts(database: Database, query: dict[str, Any], count: int) -> bool:
    return await database.collection("cases").count_documents(query) == count


async def test_lists_page_by_cursor_and_doors_name_what_is_wrong(
    wire: Wire, house: House, step_clock: StepClock
) -> None:
    step_clock.set("2026-03-15T10:00:00-05:00")  # a Sunday
    for n in range(5):
        await wire.publish(f"case-{n}", filed(f"N-{n}"))
        event = answered(ANSWERED + timedelta(hours=n // 2))
        await wire.publish(f"case-{n}", classified(), event, seen={"intake-cases": 1})
    async with house() as client:
        await wire.expect("satisfaction-checks", 5)
        pages, cursor = [], None
        while True:
            answer = await client.get("/v1/checks", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
            pages.append([one["id"] for one in answer.json()["items"]])
            cursor = answer.json()["next"]
            if cursor is None:
                break
        assert pages == [["case-0", "case-1"], ["case-2", "case-3"], ["case-4"]]
        calling = answer.json()["calling"]
        assert (calling["allowed_now"], calling["warning"]) == (False, "day-without-calls")
        assert await listed(client, status="completed", due="today") == []
        for query in ({"status": "x"}, {"cursor": "x"}, {"limit": 0}):
            wrong = await client.get("/v1/checks", params=query)
            assert wrong.status_code == 422
            assert wrong.json()["errors"][0]["field"] == f"query.{next(iter(query))}"
            assert "." not in wrong.json()["errors"][0]["message"]
        body = {"result": "contacted"}
        early = {"result": "not-contacted", "at": "2026-03-01T10:00:00-05:00"}
        wrong = await client.post("/v1/checks/case-1/attempts", json=early)
        expected = "una fecha y hora posterior a la respuesta"
        assert (wrong.status_code, wrong.json()["errors"][0]["expected"]) == (422, expected)
        wrong = await client.post("/v1/checks/case-1/attempts", json=body)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "$.outcome")
        assert (await client.post("/v1/checks/nobody/attempts", json={"result": "not-contacted"})).status_code == 404
        assert (await client.get("/v1/checks/nobody")).json()["code"] == "check-unknown"
        assert (await client.get("/v1/checks", headers={"Authorization": ""})).status_code == 401
        other = {"Authorization": "Bearer a-token-of-a-responder"}
        assert (await client.get("/v1/checks", headers=other)).status_code == 403


async def test_a_repeated_request_under_its_key_counts_once(wire: Wire, house: House, step_clock: StepClock) -> None:
    step_clock.set("2026-03-10T10:00:00-05:00")
    await wire.publish("case-1", filed())
    await wire.publish("case-1", classified(), answered(), seen={"intake-cases": 1})
    async with house() as client:
        await wire.expect("satisfaction-checks", 1)
        body, key = {"result": "contacted", "outcome": "satisfied"}, {"Idempotency-Key": "k-1"}
        answers = [await client.post("/v1/checks/case-1/attempts", json=body, headers=key) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        await wire.expect("satisfaction-checks", 3)


async def test_the_call_list_is_a_page_whose_form_works(wire: Wire, house: House, step_clock: StepClock) -> None:
    step_clock.set("2026-03-10T10:00:00-05:00")
    await wire.publish("case-1", filed())
    await wire.publish("case-1", classified(), answered(), seen={"intake-cases": 1})
    async with house() as client:
        await wire.expect("satisfaction-checks", 1)
        for view in ("today", "pending"):
            page = await client.get("/", params={"view": view})
            assert page.status_code == 200
            for text in ("Duván Quintero", "+573000000655", "Cobro doble", "9 de marzo de 2026", "quedó satisfecho"):
                assert text in page.text, text
        sent = await client.post("/checks/case-1/attempts", data={"call": "satisfied", "summary": "Agradece."})
        assert (sent.status_code, sent.headers["location"]) == (303, "/?recorded=CAJA-2026-000001-1")
        done = await client.get(sent.headers["location"])
        assert "Se registró la llamada del caso CAJA-2026-000001-1" in done.text
        assert "Agradece." in (await client.get("/", params={"view": "completed"})).text
        assert (await client.get("/", params={"view": "waiting-for-sample"})).status_code == 200
        unknown = await client.post("/checks/case-1/attempts", data={"call": "perhaps"})
        assert unknown.status_code == 422
        anyone = await client.get("/", headers={"Authorization": "", "Accept": "text/html"})
        assert (anyone.status_code, anyone.headers["location"]) == (303, "/login?next=%2F")
