# SPDX-License-Identifier: Apache-2.0
"""A service that answers otherwise than its document says is found out, by us and by schemathesis."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from tests.api.asking import contradiction
from tests.api.generated import schemathesis
from tests.api.hostile import post
from tests.api.house import serving
from tests.contract.openapi_reading import Operation, operations_of

JSON = {"content-type": "application/json", "traceparent": "00-1"}
SCHEMA = {"type": "object", "required": ["next"], "properties": {"next": {"type": "null"}}}
ANSWER = {"headers": {"traceparent": {}}, "content": {"application/json": {"schema": SCHEMA}}}
CASES = Operation({}, "get", "/v1/cases", {"responses": {"200": ANSWER}})


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(200, json={"next": None}, headers=JSON), None),
        (httpx.Response(500, json={}, headers=JSON), "GET /v1/cases: 500 is not documented"),
        (httpx.Response(200, text="<p>", headers={**JSON, "content-type": "text/html"}), "200 is text/html"),
        (httpx.Response(200, json={"next": None}), "200 has no header traceparent"),
        (httpx.Response(200, json={"next": 7}, headers=JSON), "$.next: 7 is not of type 'null'"),
    ],
)
def test_an_answer_that_is_not_documented_is_named(answer: httpx.Response, fault: str | None) -> None:
    found = contradiction(CASES, answer)
    assert found == fault if fault is None else fault in (found or "")


def test_a_request_is_held_against_the_operation_that_it_asks_for() -> None:
    paths = ("/v1/parked/replay", "/v1/parked/{parked_id}/replay", "/v1/parked/{parked_id}/discard")
    operations = operations_of({"paths": {path: {"post": {}} for path in paths}})
    asked = ("/v1/parked/replay", "/v1/parked/a/0/1/2/replay", "/v1/parked/a/discard")
    assert tuple(post(set(), path, {}).operation(operations).path for path in asked) == paths


def lying() -> FastAPI:
    app = FastAPI()

    @app.get("/v1/cases")
    async def list_cases(limit: int = 50) -> dict[str, int]:
        return JSONResponse({"cases": "many"} if limit else {"cases": 0})  # type: ignore[return-value]

    @app.get("/v1/parked")
    async def list_parked(topic: str = "") -> dict[str, int]:
        return {"parked": 100 // len(topic)}

    return app


async def test_schemathesis_finds_what_is_otherwise_and_what_fails(tmp_path: Path) -> None:
    async with serving(lying()) as url:
        code, said = await schemathesis(url, tmp_path, "--warnings=off")
    assert code == 1
    assert "Response violates schema" in said
    assert "Server error" in said
