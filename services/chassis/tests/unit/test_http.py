# SPDX-License-Identifier: Apache-2.0
import json
import re
from collections.abc import AsyncIterator
from io import StringIO
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from prometheus_client import CollectorRegistry
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from pydantic_core._pydantic_core import list_all_errors

from chassis import log
from chassis.files import FileTooLarge
from chassis.i18n import catalogue
from chassis.ids import new_traceparent, trace_id
from chassis.web.problems import FieldError, Problem, Unavailable
from chassis.web.validation import field_errors, json_path


class Item(BaseModel):
    day: Literal["monday", "friday"]
    count: int = Field(gt=0)


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=5)
    at: AwareDatetime
    items: list[Item] = []

    @field_validator("title")
    @classmethod
    def _calm(cls, title: str) -> str:
        if title.isupper():
            raise ValueError("minúsculas")
        return title


def shop() -> APIRouter:
    router = APIRouter()

    @router.post("/v1/orders/{number}")
    async def order(number: int, body: Order, limit: Annotated[int, Query(le=10)] = 5) -> dict[str, str]:
        return {"title": body.title}

    @router.post("/v1/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    @router.get("/v1/broken")
    async def broken() -> None:
        raise RuntimeError("hunter2 at /srv/secret.py")

    @router.get("/v1/away")
    async def away() -> None:
        raise Unavailable("database", retry_after=7)

    @router.get("/v1/conflict")
    async def conflict() -> None:
        raise Problem(409, "already-there", "Ya existe", "Use otro.", extra={"allowed": ["close"]})

    @router.get("/v1/keys")
    async def keys() -> None:
        told = FieldError(field="$.day", message="validation.message.missing", expected="el día {n}")
        key = FieldError(field="$.n", message="Mal", expected="validation.expected.less_than")
        raise Problem(422, errors=[told, key], values={"lt": 9})

    @router.get("/v1/heavy")
    async def heavy() -> None:
        raise FileTooLarge(25_000_000)

    return router


@pytest.fixture
async def client(make_app: Any, make_client: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with make_client(make_app(shop())) as client:
        yield client


GOOD = {"title": "uno", "at": "2026-03-02T10:15:00-05:00"}


async def refused(client: httpx.AsyncClient, body: object, **options: Any) -> dict[str, Any]:
    answer = await client.post("/v1/orders/7", json=body, **options)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == "urn:ventanilla:problem:invalid-request"
    return problem


WRONG = "El valor no es válido"


@pytest.mark.parametrize(
    ("change", "field", "message", "expected"),
    [
        ({"title": None}, "$.title", WRONG, "un texto"),
        ({"title": "demasiado"}, "$.title", WRONG, "un texto de a lo sumo 5 caracteres"),
        ({"title": "UNO"}, "$.title", WRONG, "minúsculas"),
        (
            {"at": "2026-03-02T10:15:00"},
            "$.at",
            WRONG,
            "una fecha y hora con zona, como 2026-03-02T10:15:00-05:00",
        ),
        (
            {"items": [{"day": "monday", "count": 0}]},
            "$.items[0].count",
            WRONG,
            "un valor mayor que 0",
        ),
        (
            {"items": [{"day": "sunday", "count": 1}]},
            "$.items[0].day",
            WRONG,
            "uno de: monday, friday",
        ),
        ({"items": [{"day": "monday"}]}, "$.items[0].count", "Falta este dato", "un valor"),
        ({"tittle": "x"}, "$.tittle", "Este campo no existe", "solo los campos documentados"),
    ],
)
async def test_a_wrong_field_is_named_with_what_was_expected(
    client: httpx.AsyncClient, change: dict[str, Any], field: str, message: str, expected: str
) -> None:
    problem = await refused(client, GOOD | change)
    assert problem["errors"] == [{"field": field, "message": message, "expected": expected}]


async def test_all_wrong_fields_are_named_at_once_wherever_they_are(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/orders/x?limit=11", json={})
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"path.number", "query.limit", "$.title", "$.at"}


async def test_errors_are_told_in_english_to_who_reads_english(client: httpx.AsyncClient) -> None:
    problem = await refused(client, {"title": "uno"}, headers={"Accept-Language": "en"})
    assert problem["title"] == "Some data must be corrected"
    assert problem["errors"] == [{"field": "$.at", "message": "This is missing", "expected": "a value"}]


async def test_a_wrong_value_is_not_repeated(client: httpx.AsyncClient) -> None:
    problem = await refused(client, GOOD | {"at": "hunter2"})
    assert "hunter2" not in json.dumps(problem)


NOT_FROM_JSON = re.compile(
    "frozen_instance|frozen_field|no_such|needs_python|recursion|argument|callable|is_instance|is_subclass|get_attribute|"
    "default_factory|sentinel|ellipsis|counter|ordered|named_tuple|invalid_key|json_type|iteration_error"
)
FROM_JSON = [error for error in list_all_errors() if not NOT_FROM_JSON.search(error["type"])]


@pytest.mark.parametrize("error", FROM_JSON, ids=[error["type"] for error in FROM_JSON])
def test_every_error_of_pydantic_that_a_caller_can_cause_has_a_text(error: dict[str, Any]) -> None:
    found = {"type": error["type"], "loc": ("body",), "msg": "ENGLISH", "ctx": error.get("example_context")}
    (told,) = field_errors([found], catalogue(), "es")
    assert told.expected not in {"ENGLISH", ""}


def test_a_text_where_a_file_is_expected_is_told_in_our_words() -> None:
    found = {
        "type": "value_error",
        "loc": ("body", "file"),
        "msg": "Value error, Expected UploadFile, received: <class",
    }
    (told,) = field_errors([{**found, "ctx": {"error": "Expected UploadFile"}}], catalogue(), "es")
    assert told.expected == "un archivo: una parte del formulario con nombre de archivo"


def test_a_place_is_written_as_a_json_path() -> None:
    assert json_path(("body", "items", 0, "day")) == "$.items[0].day"
    assert json_path(("body",)) == "$"
    assert json_path(("header", "x-limit")) == "header.x-limit"


async def test_what_is_no_json_is_malformed(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/orders/7", content=b'{"title": ', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")
    assert answer.json()["errors"][0] == {
        "field": "$",
        "message": "El contenido no es JSON válido",
        "expected": "un documento JSON bien formado",
    }


async def test_another_kind_of_content_is_not_admitted(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/orders/7", content=b"title=uno", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_an_unknown_address_and_a_wrong_method_are_problems(client: httpx.AsyncClient) -> None:
    unknown = await client.get("/v1/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    wrong = await client.delete("/v1/raw")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert wrong.headers["allow"] == "POST"


async def test_a_body_above_the_limit_is_refused_by_its_announced_size(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/raw", content=b"x" * 2_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert "2 MB" in answer.json()["detail"]


async def test_a_body_above_the_limit_is_refused_while_it_comes_in(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 500_000

    answer = await client.post("/v1/raw", content=chunks())
    assert answer.status_code == 413
    assert (await client.post("/v1/raw", content=b"x" * 2_000_000)).json() == {"size": 2_000_000}


async def test_an_unexpected_error_tells_a_reference_that_stands_in_the_log_and_nothing_else(
    client: httpx.AsyncClient,
) -> None:
    out = StringIO()
    log.configure("window", out=out)
    answer = await client.get("/v1/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected-error")
    assert "hunter2" not in answer.text
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    failed = next(line for line in lines if line["event"] == "request failed")
    assert failed["reference"] == answer.json()["reference"] == trace_id(answer.headers["traceparent"])
    assert failed["error"] == "RuntimeError"
    assert "hunter2" not in out.getvalue()


async def test_what_is_away_answers_503_with_when_to_try_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert answer.json()["missing"] == "database"


async def test_a_problem_says_what_its_author_said(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/conflict")).json() == {
        "type": "urn:ventanilla:problem:already-there",
        "status": 409,
        "code": "already-there",
        "title": "Ya existe",
        "detail": "Use otro.",
        "errors": [],
        "allowed": ["close"],
    }


async def test_the_texts_of_a_field_may_be_keys(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/keys")).json()["errors"] == [
        {"field": "$.day", "message": "Falta este dato", "expected": "el día {n}"},
        {"field": "$.n", "message": "Mal", "expected": "un valor menor que 9"},
    ]


async def test_too_large_a_file_says_how_large_it_may_be(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/heavy")
    assert (answer.status_code, answer.json()["code"]) == (413, "file-too-large")
    assert "25 MB" in answer.json()["detail"]


async def test_a_person_gets_a_page_instead_of_json(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing", headers={"Accept": "text/html,*/*"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "No encontramos lo que busca" in answer.text
    assert '<html lang="es-CO">' in answer.text


async def test_every_answer_carries_safe_headers_and_the_trace(client: httpx.AsyncClient) -> None:
    parent = new_traceparent()
    for path in ("/v1/nothing", "/v1/broken", "/livez", "/docs"):
        answer = await client.get(path, headers={"traceparent": parent})
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert trace_id(answer.headers["traceparent"]) == trace_id(parent)
        assert answer.headers["traceparent"] != parent


async def test_a_request_is_logged_by_its_route_and_counted(make_app: Any, make_client: Any) -> None:
    out, registry = StringIO(), CollectorRegistry()
    log.configure("window", out=out)
    async with make_client(make_app(shop(), registry=registry)) as client:
        await client.post("/v1/orders/7?limit=3", json=GOOD)
        await client.get("/livez")
        metrics = (await client.get("/metrics")).text
    (line,) = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/orders/{number}", 200)
    assert line["trace_id"]
    labels = {"method": "POST", "route": "/v1/orders/{number}", "status": "200"}
    assert registry.get_sample_value("ventanilla_http_request_seconds_count", labels) == 1
    assert "ventanilla_http_request_seconds_count" in metrics


async def test_the_docs_need_nothing_from_elsewhere_and_no_inline_script(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text
    assert "http:" not in page
    assert "https:" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert (await client.get(asset)).status_code == 200, asset


async def test_every_route_documents_its_problems(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    responses = document["paths"]["/v1/orders/{number}"]["post"]["responses"]
    assert {"400", "413", "415", "422", "500", "503"} <= set(responses)
    assert responses["422"] == {"$ref": "#/components/responses/InvalidRequest"}
    shared = document["components"]["responses"]["InvalidRequest"]["content"]["application/problem+json"]
    assert shared["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
    assert shared["examples"]["invalid-request"]["value"]["title"] == "Hay datos por corregir"
    assert "errors" in document["components"]["schemas"]["ProblemDocument"]["properties"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_an_answer_that_breaks_half_way_is_cut_not_completed(make_app: Any, make_client: Any) -> None:
    from fastapi.responses import StreamingResponse

    router = APIRouter()

    @router.get("/half")
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("lost")

        return StreamingResponse(parts())

    app: FastAPI = make_app(router)
    async with make_client(app) as client:
        with pytest.raises(RuntimeError):
            await client.get("/half")
