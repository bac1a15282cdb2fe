# SPDX-License-Identifier: Apache-2.0
import re
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request

from chassis.passwords import hash_password, hash_token
from chassis.staff import Member, Staff
from chassis.web import sessions
from chassis.web.auth import member_of, require
from chassis.web.login import own_path
from chassis.web.pages import Link
from ventanilla_contracts.envelope import Actor

PASSWORD, TOKEN = "correcta", "vnt_ana"
HASH = hash_password(PASSWORD)
ANA = Member(
    id="ana",
    name="Ana <b>Ruiz</b>",
    email="ana@example.org",
    roles=("agent", "head"),
    password_hash=HASH,
    token_hashes=(hash_token(TOKEN),),
)
LUZ = Member(id="luz", name="Luz", email="luz@example.org", roles=("caller",), password_hash=HASH)
ORIGIN = {"Origin": "http://desk.test"}


def desk() -> APIRouter:
    router = APIRouter()

    @router.get("/desk", include_in_schema=False)
    @router.get("/v1/desk")
    async def who(actor: Annotated[Actor, Depends(require())]) -> dict[str, str]:
        return {"id": actor.id, "role": actor.role}

    @router.post("/v1/approve")
    async def approve(request: Request, actor: Annotated[Actor, Depends(require("head", "legal"))]) -> dict[str, str]:
        return {"role": actor.role, "name": member_of(request, actor).name}

    return router


@pytest.fixture
def desk_app(make_app: Any) -> FastAPI:
    links = (Link("/desk", "login.title"), Link("/calls", "login.email", roles=("caller",)))
    app: FastAPI = make_app(desk(), staff=Staff((ANA, LUZ)), links=links)
    return app


@pytest.fixture
async def client(desk_app: FastAPI, make_client: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(desk_app) as client:
        yield client


async def form_token(client: httpx.AsyncClient) -> str:
    page = (await client.get("/login")).text
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1])


async def sign_in(
    client: httpx.AsyncClient, email: str = "ana@example.org", password: str = PASSWORD, **fields: str
) -> httpx.Response:
    data = {"email": email, "password": password, "csrf_token": await form_token(client), "next": "/desk", **fields}
    return await client.post("/login", data=data, headers=ORIGIN)


async def test_a_member_signs_in_and_comes_back_to_where_they_wanted(client: httpx.AsyncClient) -> None:
    sent_away = await client.get("/desk?day=1", headers={"Accept": "text/html"})
    assert (sent_away.status_code, sent_away.headers["location"]) == (303, "/login?next=%2Fdesk%3Fday%3D1")
    assert 'value="/desk?day=1"' in (await client.get(sent_away.headers["location"])).text
    answer = await sign_in(client, next="/desk?day=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?day=1")
    assert (await client.get("/desk")).json() == {"id": "ana", "role": "agent"}


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.AsyncClient) -> None:
    cookie = (await sign_in(client)).headers["set-cookie"]
    assert cookie.startswith(f"{sessions.COOKIE}=ana.")
    for attribute in ("HttpOnly", "SameSite=lax", f"Max-Age={12 * 3600}"):
        assert attribute in cookie


@pytest.mark.parametrize(
    ("email", "password"), [("ana@example.org", "incorrecta"), ("eva@example.org", PASSWORD), ("", "")]
)
async def test_a_wrong_password_and_an_unknown_member_look_the_same(
    client: httpx.AsyncClient, email: str, password: str
) -> None:
    answer = await sign_in(client, email, password)
    assert answer.status_code == 401
    assert "El correo o la contraseña no son correctos" in answer.text
    assert sessions.COOKIE not in answer.cookies


async def test_who_fails_too_often_must_wait_even_with_the_right_password(client: httpx.AsyncClient) -> None:
    for _ in range(10):
        assert (await sign_in(client, password="incorrecta")).status_code == 401
    blocked = await sign_in(client)
    assert (blocked.status_code, blocked.headers["retry-after"]) == (429, "900")
    assert (await sign_in(client, "luz@example.org")).status_code == 303


async def test_a_member_signs_out(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    token = await form_token(client)
    assert (await client.post("/logout", data={"csrf_token": token}, headers=ORIGIN)).status_code == 303
    assert (await client.get("/v1/desk")).status_code == 401


@pytest.mark.parametrize(
    "forged", ["", "ana", "ana.9999999999.aaaaaaaaaaaaaaaaaaaaaaaaaa", "ana.x.y", "eva.9999999999.a"]
)
async def test_a_forged_cookie_opens_nothing(client: httpx.AsyncClient, forged: str) -> None:
    client.cookies.set(sessions.COOKIE, forged)
    assert (await client.get("/v1/desk")).status_code == 401


async def test_a_session_ends_after_twelve_hours(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    await sign_in(client)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 + 1)
    assert (await client.get("/v1/desk")).status_code == 401


async def test_a_new_password_and_leaving_end_the_session(
    make_app: Any, make_client: Any, client: httpx.AsyncClient
) -> None:
    await sign_in(client)
    for staff in (Staff((ANA.model_copy(update={"password_hash": hash_password("nueva")}),)), Staff((LUZ,))):
        async with make_client(make_app(desk(), staff=staff), cookies=client.cookies) as later:
            assert (await later.get("/v1/desk")).status_code == 401


async def test_a_program_comes_in_with_its_token(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/approve", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.json() == {"role": "head", "name": "Ana <b>Ruiz</b>"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic YTpi"}])
async def test_without_a_valid_token_a_program_is_told_so(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/v1/approve", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_wrong_token_does_not_fall_back_to_the_session(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    assert (await client.get("/v1/desk", headers={"Authorization": "Bearer wrong"})).status_code == 401


async def test_who_lacks_the_role_is_told_who_may(client: httpx.AsyncClient) -> None:
    await sign_in(client, "luz@example.org")
    token = await form_token(client)
    answer = await client.post("/v1/approve", headers=ORIGIN | {"X-CSRF-Token": token})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "jefe de área, jurídica" in answer.json()["detail"]


async def test_a_signed_in_form_needs_its_token(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    token = await form_token(client)
    good = await client.post("/v1/approve", data={"csrf_token": token}, headers=ORIGIN)
    assert good.status_code == 200
    for data in ({}, {"csrf_token": "a" * 26}, {"csrf_token": token[:-1]}):
        answer = await client.post("/v1/approve", data=data, headers=ORIGIN)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign-form")


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://evil.test"}, {"Origin": "null"}, {"Referer": "http://evil.test/desk.test"}]
)
async def test_a_signed_in_request_from_elsewhere_is_refused(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await sign_in(client)
    token = await form_token(client)
    assert (await client.post("/v1/approve", data={"csrf_token": token}, headers=headers)).status_code == 403
    assert (await client.post("/v1/approve", json={}, headers=headers)).status_code == 403


@pytest.mark.parametrize(
    "headers", [ORIGIN, {"Referer": "http://desk.test/desk"}, {"Origin": "http://ventanilla.example.org"}]
)
async def test_signed_in_json_from_our_own_pages_is_taken(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await sign_in(client)
    assert (await client.post("/v1/approve", json={}, headers=headers)).status_code == 200


async def test_the_token_of_another_browser_is_refused(
    desk_app: FastAPI, make_client: Any, client: httpx.AsyncClient
) -> None:
    async with make_client(desk_app) as other:
        stolen = await form_token(other)
    await client.get("/login")
    data = {"email": "ana@example.org", "password": PASSWORD, "csrf_token": stolen}
    assert (await client.post("/login", data=data, headers=ORIGIN)).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.test", "//evil.test", "/\\evil.test", "evil", "", "/a\r\nb"])
def test_nobody_is_led_elsewhere_after_the_login(target: str) -> None:
    assert own_path(target) == "/"


async def test_a_page_greets_by_name_escaped_and_shows_what_the_role_may_open(client: httpx.AsyncClient) -> None:
    await sign_in(client)
    page = (await client.get("/login")).text
    assert "Ana &lt;b&gt;Ruiz" in page
    assert 'href="/desk"' in page
    assert 'href="/calls"' not in page


async def test_the_docs_know_the_bearer_token(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["paths"]["/v1/approve"]["post"]["security"] == [{"token": []}, {"session": [], "form": []}]
    assert "/login" not in document["paths"]


async def test_a_service_without_staff_has_no_login(make_app: Any, make_client: Any) -> None:
    async with make_client(make_app(desk())) as client:
        assert (await client.get("/login")).status_code == 404
        assert (await client.get("/v1/desk")).status_code == 401
        assert (await client.get("/v1/desk", headers={"Authorization": f"Bearer {TOKEN}"})).status_code == 401
