# SPDX-License-Identifier: Apache-2.0
"""The page and the API for operators: who may come in, what they see, and what they can do there."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from parked_house import House
from tests_toy import ToySettings, count, filed, heard, said

from chassis.messages import Message
from chassis.mongo import Database
from chassis.passwords import hash_password, hash_token
from chassis.staff import Member, Role, Staff
from chassis.testing import settings_for
from chassis.testing.process import Log, wire_without_broker
from chassis.web.http import create_app

pytestmark = pytest.mark.infra

PASSWORD = "correcta"
HASH = hash_password(PASSWORD)
SITE = "http://desk.test"
PAGE = {"Accept": "text/html", "Origin": SITE}
OPERATOR = {"Authorization": "Bearer token-of-ivan"}


def member(name: str, role: Role) -> Member:
    token = hash_token(f"token-of-{name}")
    return Member(id=name, name=name, email=f"{name}@x.org", roles=(role,), password_hash=HASH, token_hashes=(token,))


@pytest.fixture
def app(house: House, database: Database, tmp_path: Path) -> FastAPI:
    settings = settings_for(ToySettings, wire=wire_without_broker(), database=database, tmp_path=tmp_path)
    return create_app(
        "Prueba",
        "1.0",
        [],
        settings=settings,
        package="chassis",
        staff=Staff((member("ivan", "operator"), member("ana", "agent"))),
        operations=house.mended.runtime.operations,
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=SITE, headers=PAGE) as client:
        yield client


async def signed_in(client: httpx.AsyncClient, name: str = "ivan") -> None:
    data = {"email": f"{name}@x.org", "password": PASSWORD, "csrf_token": token_on((await client.get("/login")).text)}
    assert (await client.post("/login", data=data)).status_code == 303


def token_on(page: str) -> str:
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1])


async def submitted(client: httpx.AsyncClient, action: str, **fields: str) -> httpx.Response:
    """A form of the page, sent as a browser does."""
    token = token_on((await client.get("/operations")).text)
    return await client.post(f"/operations/{action}", data={**fields, "csrf_token": token})


async def test_only_an_operator_comes_in(house: House, client: httpx.AsyncClient) -> None:
    sent_away = await client.get("/operations")
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, "/login?next=%2Foperations")
    assert (await client.get("/v1/parked")).status_code == 401
    as_agent = {"Authorization": "Bearer token-of-ana"}
    for path in ("/v1/parked", "/v1/parked/x", "/v1/acts", "/operations", "/operations/acts", "/operations/parked/x"):
        assert (await client.get(path, headers=as_agent)).status_code == 403
    await signed_in(client, "ana")
    refused = await client.get("/operations")
    assert refused.status_code == 403
    assert "operador del sistema" in refused.text
    assert 'href="/operations"' not in refused.text


async def test_a_form_from_elsewhere_or_without_its_token_does_nothing(
    house: House, client: httpx.AsyncClient, database: Database
) -> None:
    await house.hear("case-1", "raise")
    [one] = await house.parked()
    await signed_in(client)
    token = token_on((await client.get("/operations")).text)
    for action in ("replay", "discard"):
        data = {"id": one.id, "reason": "x"}
        assert (await client.post(f"/operations/{action}", data=data)).status_code == 403
        foreign = {"Origin": "http://evil.test"}
        sent = await client.post(f"/operations/{action}", data={**data, "csrf_token": token}, headers=foreign)
        assert sent.status_code == 403
    assert (await count(database, "parked"), await count(database, "audit")) == (1, 0)


async def test_the_list_shows_what_is_parked_and_nothing_of_what_people_wrote(
    house: House, client: httpx.AsyncClient
) -> None:
    await signed_in(client)
    assert "No hay nada apartado." in (await client.get("/operations")).text
    await house.hear("case-1", "raise", "a secret")
    await house.ring("case-2", "bad")
    page = (await client.get("/operations")).text
    for shown in (
        "message-appended.v1",
        "temporizador bad",
        "case-1",
        "Una regla falló (ZeroDivisionError",
        "Hay 2 apartados",
    ):
        assert shown in page
    for hidden in ("secret", "Buenos d"):
        assert hidden not in page
    filtered = (await client.get("/operations", params={"topic": "intake-cases", "since": "2026-01-01"})).text
    assert "temporizador bad" not in filtered
    assert "1 de 2 cumplen el filtro" in filtered
    english = (await client.get("/operations?subject=nobody", headers={"Accept-Language": "en"})).text
    assert "Nothing that is parked passes the filter." in english
    assert (await client.get("/operations?cursor=wrong")).status_code == 422


async def test_a_long_list_is_turned_page_by_page(
    house: House, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.operating.operations_shown.PAGE", 2)
    for n in range(3):
        await house.hear(f"case-{n}", "raise")
    await signed_in(client)
    first = (await client.get("/operations?reason=zero")).text
    [following] = re.findall(r'href="(/operations\?[^"]*cursor=[^"]*)"', first)
    second = (await client.get(following.replace("&amp;", "&"))).text
    assert [f"<code>case-{n}</code>" in first for n in range(3)] == [True, True, False]
    assert [f"<code>case-{n}</code>" in second for n in range(3)] == [False, False, True]


async def test_one_is_shown_with_its_bytes_made_harmless(house: House, client: httpx.AsyncClient) -> None:
    message = house.message("case-1", "filed")
    await house.take(Message(message.topic, message.key, b"<script>alert('\x1b\xff')</script>", message.headers))
    [one] = await house.parked()
    await signed_in(client)
    page = (await client.get(f"/operations/parked/{quote(one.id)}")).text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(&#39;\\x1b\\xff&#39;)" in page
    assert "no puede leerlo: value: json_invalid" in page
    assert (await client.get("/operations/parked/nothing/0/0/0")).status_code == 404


async def test_one_and_a_whole_case_are_replayed_and_the_page_says_what_became_of_them(
    house: House, client: httpx.AsyncClient, database: Database
) -> None:
    await house.hear("case-1", "raise", "two", "raise")
    await house.hear("case/2", "raise")
    await house.ring("case/2", "bad/timer")
    await signed_in(client)
    one = (await house.parked())[0]
    done = await submitted(client, "replay", id=one.id)
    assert (done.status_code, done.headers["location"]) == (303, "/operations?outcome=applied")
    told = (await client.get(done.headers["location"])).text
    assert "<strong>Resultado</strong>: aplicado" in told
    assert await heard(database, "case-1") == ["filed", "raise", "two", "raise"]
    timer = (await house.parked())[-1]
    assert (await client.get(f"/operations/parked/{quote(timer.id)}")).status_code == 200
    both = await submitted(client, "replay", subject="case/2")
    assert "aplicado: 2" in (await client.get(both.headers["location"])).text
    assert await heard(database, "case/2") == ["filed", "raise", "timer bad/timer"]
    assert (
        "ya lo había hecho otra persona"
        in (await client.get((await submitted(client, "replay", subject="case/2")).headers["location"])).text
    )
    assert (await submitted(client, "replay", id=one.id)).status_code == 404
    acts = (await client.get("/operations/acts?subject=case-1")).text
    assert re.search(r"volver a aplicar</td><td>ivan</td>", acts)


async def test_a_replay_that_fails_leads_back_to_it(house: House, app: FastAPI, client: httpx.AsyncClient) -> None:
    await house.take(Message("intake-cases", b"case-1", b"hello", [("ce_id", b"\xff")]))
    [one] = await house.parked()
    await signed_in(client)
    failed = await submitted(client, "replay", id=one.id)
    page = (await client.get(failed.headers["location"])).text
    assert "falló otra vez" in page
    assert "falló otra vez: header ce_id: is not UTF-8" in page  # among the acts about it


async def test_a_discard_needs_a_reason_which_the_audit_keeps(
    house: House, client: httpx.AsyncClient, database: Database
) -> None:
    await house.hear("case-1", "raise", "two")
    [one] = await house.parked()
    await signed_in(client)
    refused = await submitted(client, "discard", id=one.id, reason="  ")
    assert refused.status_code == 422
    assert "Escriba por qué se descarta." in refused.text
    assert await count(database, "parked") == 1
    assert (await submitted(client, "discard", id=one.id, reason="llegó dos veces")).status_code == 303
    assert await heard(database, "case-1") == ["filed", "two"]
    assert "llegó dos veces" in (await client.get("/operations")).text
    [act] = await house.letters.acts.history()
    assert (act["actor"], act["reason"], act["outcome"]) == ("ivan", "llegó dos veces", "discarded")


async def test_programs_list_look_replay_and_discard(
    house: House, client: httpx.AsyncClient, database: Database
) -> None:
    await house.hear("case-1", "raise", "two")
    await house.hear("case/2", "raise")
    await house.ring("case/2", "bad")
    client.headers.update({"Accept": "application/json", **OPERATOR})
    page = (await client.get("/v1/parked?limit=1")).json()
    [first] = page["items"]
    assert (page["total"], first["subject"], first["seq"], first["behind"]) == (3, "case-1", 2, 1)
    assert len((await client.get("/v1/parked", params={"cursor": page["next"]})).json()["items"]) == 2
    whole = (await client.get(f"/v1/parked/{first['id']}")).json()
    assert (whole["fault"], whole["acts"]) == (None, [])
    assert ["ce_seq", "2"] in whole["headers"]
    gone = await client.post(f"/v1/parked/{first['id']}/discard", json={"reason": "dos veces"})
    assert gone.json() == {"id": first["id"], "outcome": "discarded", "why": None}
    timer = "timer:cases/case%2F2/bad"
    assert (await client.get(f"/v1/parked/{quote(timer, safe='')}")).json()["type"] == "timer bad"
    assert (await client.post(f"/v1/parked/{quote(timer, safe='')}/replay")).json()["outcome"] == "applied"
    both = (await client.post("/v1/parked/replay", json={"subject": "case/2"})).json()["items"]
    assert [one["outcome"] for one in both] == ["applied"]
    assert {act["what"] for act in (await client.get("/v1/acts")).json()["items"]} == {"replay", "discard"}
    assert await count(database, "parked") == 0


async def test_programs_are_told_what_cannot_be_done(house: House, client: httpx.AsyncClient) -> None:
    _, last = house.message("case-1", "filed"), house.message("case-1", "last")
    await house.take(Message(last.topic, last.key, b"{broken", last.headers))
    [one] = await house.parked()
    client.headers.update({"Accept": "application/json", **OPERATOR})
    refused = {
        "not-parked": await client.post("/v1/parked/nothing/0/0/0/replay"),
        "parked-behind-another": await client.post(f"/v1/parked/{one.id}/discard", json={"reason": "x"}),
        "invalid-request": await client.post(f"/v1/parked/{one.id}/discard", json={"reason": "  "}),
        "parked-cursor-unknown": await client.get("/v1/parked?cursor=wrong"),
    }
    assert {code: answer.json()["code"] for code, answer in refused.items()} == {code: code for code in refused}
    assert [answer.status_code for answer in refused.values()] == [404, 409, 422, 422]


async def test_a_command_is_not_read(client: httpx.AsyncClient) -> None:
    for path in ("/v1/parked/replay", "/v1/parked/a/0/1/2/replay", f"/v1/parked/{'a' * 2001}/discard"):
        answer = await client.get(path, headers={**OPERATOR, "Accept": "application/json"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), path


async def test_a_search_may_hold_any_sign(client: httpx.AsyncClient) -> None:
    client.headers.update({"Accept": "application/json", **OPERATOR})
    for asked in ({"reason_contains": "a\0("}, {"subject": "\0"}, {"type": "timer \0"}, {"topic": "$ne"}):
        assert (await client.get("/v1/parked", params=asked)).json()["items"] == [], asked
    for since in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0.5"):
        answer = await client.get("/v1/parked", params={"since": since})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.since")


async def test_a_stopped_consumer_is_said_first(house: House, client: httpx.AsyncClient) -> None:
    await signed_in(client)
    assert "La lectura está detenida" not in (await client.get("/operations")).text
    house.mended.runtime._consumption.stopped = True
    assert "La lectura está detenida" in (await client.get("/operations")).text


async def test_the_api_is_documented(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert {"/v1/parked", "/v1/parked/{parked_id}", "/v1/parked/{parked_id}/discard", "/v1/acts"} <= set(paths)


async def test_what_is_missing_is_shown_read_again_and_accepted_with_a_reason(
    house: House, client: httpx.AsyncClient, database: Database
) -> None:
    wire, log = wire_without_broker(), Log()
    house.mended.finds_on_topics(log)
    events = (filed("N-1"), said("two"), said("three"), said("four"))
    messages = [wire.message("case-1", event) for event in events]
    records = log.append_all(message for seq, message in enumerate(messages, 1) if seq != 3)
    await house.mended.take([records[0], records[2]])
    await signed_in(client)
    page = (await client.get("/operations")).text
    assert "intake-cases · 2-3" in page
    assert "<strong>Ninguna</strong>" in page
    case = {"subject": "case-1", "topic": "intake-cases"}
    reread = await submitted(client, "gaps/reread", **case)
    assert reread.headers["location"] == "/operations?gap=applied&gap=not+in+the+log#gaps"
    assert "aplicado · no está en el tema" in (await client.get(reread.headers["location"])).text
    assert await heard(database, "case-1") == ["filed", "two"]
    assert (await submitted(client, "gaps/accept", **case, reason=" ")).status_code == 422
    assert (await submitted(client, "gaps/accept", **case, reason="se perdió")).status_code == 303
    assert await heard(database, "case-1") == ["filed", "two", "four"]
    too_late = await submitted(client, "gaps/accept", **case, reason="se perdió")
    assert (too_late.status_code, "Ya no falta nada" in too_late.text) == (409, True)
    assert "No falta ningún evento." in (await client.get("/operations")).text


async def test_without_kafka_the_page_says_that_the_cause_is_not_known(house: House, client: httpx.AsyncClient) -> None:
    wire = wire_without_broker()
    wire.message("case-1", filed("N-1"))
    await house.mended.take(Log().append_all([wire.message("case-1", said("two"))]))
    await signed_in(client)
    assert "No se sabe: Kafka no responde." in (await client.get("/operations")).text
    away = await submitted(client, "gaps/reread", subject="case-1", topic="intake-cases")
    assert (away.status_code, "Kafka no responde" in away.text) == (503, True)
