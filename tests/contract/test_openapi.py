# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document of every service is complete, and the checker that says so finds whatever is taken out."""

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi import APIRouter
from tests.contract.built import SERVICES, built
from tests.contract.openapi_documents import documents, stale
from tests.contract.openapi_reading import operations_of
from tests.contract.openapi_rules import faults
from tests.contract.undocumented import BESIDE, forgotten, left_out

from chassis.web.described import api_file

Document = dict[str, Any]
ANSWER = "POST /v1/cases/{number}/answer"


@cache
def document(name: str) -> Document:
    with TemporaryDirectory() as directory, built(name, Path(directory)) as service:
        return service.app.openapi()


@pytest.mark.parametrize("name", SERVICES)
def test_the_document_of_a_service_is_complete(name: str) -> None:
    assert faults(document(name)) == []


@pytest.mark.parametrize("name", [*SERVICES, "chassis"])
def test_nothing_is_described_that_is_not_there(name: str) -> None:
    there = {one.said["operationId"] for one in operations_of(document(name if name in SERVICES else "intake"))}
    assert set(api_file(name).operations) <= there


@pytest.mark.parametrize("name", SERVICES)
def test_no_door_is_left_out_but_pages_and_those_that_are_named(name: str, tmp_path: Path) -> None:
    with built(name, tmp_path) as service:
        assert forgotten(service.app, name) == []


def test_a_door_that_somebody_forgot_is_found(tmp_path: Path) -> None:
    router = APIRouter(include_in_schema=False)

    @router.get("/stream")
    @router.get("/v1/hidden")
    async def hidden() -> None:
        """What a module of no page answers."""

    with built("routing", tmp_path) as service:
        service.app.include_router(router)
        assert forgotten(service.app, "routing") == [
            f"/stream, of {__name__}, is in no document",
            f"/v1/hidden, of {__name__}, is in no document",
        ]


def test_each_door_that_is_named_is_there(tmp_path: Path) -> None:
    with built("routing", tmp_path) as service:
        assert set(BESIDE) <= set(left_out(service.app))


def answer(said: Document) -> Document:
    found: Document = said["paths"]["/v1/cases/{number}/answer"]["post"]
    return found


def listing(said: Document) -> Document:
    found: Document = said["paths"]["/v1/cases"]["get"]
    return found


def conflict(said: Document) -> Document:
    found: Document = answer(said)["responses"]["409"]
    return found


def problem(said: Document) -> Document:
    found: Document = conflict(said)["content"]["application/problem+json"]["examples"]["already-closed"]["value"]
    return found


def good(said: Document) -> Document:
    found: Document = answer(said)["responses"]["200"]
    return found


Damage = Callable[[Document], object]
DAMAGES: list[tuple[Damage, str]] = [
    (lambda said: answer(said).pop("operationId"), f"{ANSWER}: no operationId"),
    (lambda said: answer(said).pop("summary"), f"{ANSWER}: no summary"),
    (lambda said: answer(said).update(description=""), f"{ANSWER}: no description"),
    (lambda said: answer(said).pop("tags"), f"{ANSWER}: no tags"),
    (lambda said: said["tags"].clear(), f"{ANSWER}: tag commands is not described"),
    (lambda said: answer(said).update(operationId="read_case"), "operationId read_case is used 2 times"),
    (lambda said: answer(said).pop("security"), f"{ANSWER}: no security, not even that anyone may"),
    (
        lambda said: said["components"]["securitySchemes"].pop("session"),
        f"{ANSWER}: security scheme session is not described",
    ),
    (lambda said: answer(said)["parameters"][0].pop("description"), f"{ANSWER}: path.number has no description"),
    (lambda said: answer(said)["parameters"][0]["schema"].pop("maxLength"), f"{ANSWER}: path.number has no bound"),
    (lambda said: answer(said)["parameters"][0].pop("example"), f"{ANSWER}: path.number has no example"),
    (
        lambda said: listing(said)["parameters"][5].update(example=7_000),
        "GET /v1/cases: query.limit: its example is wrong: $: 7000 is greater than the maximum of 200",
    ),
    (
        lambda said: answer(said)["requestBody"]["content"]["application/json"].pop("example"),
        f"{ANSWER}: request application/json has no example",
    ),
    (
        lambda said: answer(said)["requestBody"]["content"]["application/json"]["example"].pop("text"),
        f"{ANSWER}: request application/json: its example is wrong: $: 'text' is a required property",
    ),
    (lambda said: answer(said)["responses"].pop("200"), f"{ANSWER}: no good answer"),
    (lambda said: good(said).pop("content"), f"{ANSWER}: 200 has no content"),
    (
        lambda said: good(said)["content"]["application/json"].pop("schema"),
        f"{ANSWER}: 200 application/json has no schema",
    ),
    (
        lambda said: good(said)["content"]["application/json"].pop("example"),
        f"{ANSWER}: 200 application/json has no example",
    ),
    (
        lambda said: good(said)["content"]["application/json"]["example"].update(status="mislaid"),
        f"{ANSWER}: 200 application/json: its example is wrong: $.status: 'mislaid' is not one of",
    ),
    *[
        (
            lambda said, status=status: answer(said)["responses"].pop(status),
            f"{ANSWER}: {status} is not documented",
        )
        for status in ("400", "401", "403", "404", "413", "415", "422", "500", "503")
    ],
    (
        lambda said: conflict(said)["content"].update({"application/json": {}}),
        f"{ANSWER}: 409 is no application/problem+json",
    ),
    (
        lambda said: conflict(said)["content"]["application/problem+json"]["examples"].clear(),
        f"{ANSWER}: 409 has no example",
    ),
    (
        lambda said: problem(said).pop("title"),
        f"{ANSWER}: 409: its example is wrong: $: 'title' is",
    ),
    (lambda said: problem(said).update(status=404), f"{ANSWER}: 409: its example is of 404"),
    (
        lambda said: problem(said).update(detail="El caso {number} está cerrado"),
        f"{ANSWER}: 409 already-closed: its example says {{number}}",
    ),
    (
        lambda said: problem(said).update(errors=[{"field": "$", "message": "problems.x.title", "expected": "y"}]),
        f"{ANSWER}: 409 already-closed: no text for problems.x.title",
    ),
    (lambda said: conflict(said)["headers"].pop("traceparent"), f"{ANSWER}: 409 does not tell header traceparent"),
    (
        lambda said: said["components"]["responses"]["Unavailable"]["headers"].pop("Retry-After"),
        f"{ANSWER}: 503 does not tell header Retry-After",
    ),
    (
        lambda said: said["components"]["responses"]["NotSignedIn"]["headers"].pop("WWW-Authenticate"),
        f"{ANSWER}: 401 does not tell header WWW-Authenticate",
    ),
    (
        lambda said: said["components"]["responses"].pop("Unavailable"),
        "#/components/responses/Unavailable leads nowhere",
    ),
    (lambda said: said["components"]["schemas"].pop("Person"), "#/components/schemas/Person leads nowhere"),
    (lambda said: said["components"]["schemas"].update(Left={"type": "object"}), "schema Left is used nowhere"),
]


@pytest.mark.parametrize(("damage", "line"), DAMAGES, ids=[line for _, line in DAMAGES])
def test_what_is_taken_out_is_missed(damage: Damage, line: str) -> None:
    said = copy.deepcopy(document("routing"))
    said["paths"] = {
        path: said["paths"][path] for path in ("/v1/cases", "/v1/cases/{number}", ANSWER.removeprefix("POST "))
    }
    damage(said)
    assert [one for one in faults(said) if one.startswith(line)], faults(said)


def test_the_committed_documents_are_those_of_the_services() -> None:
    assert stale({name: document(name) for name in SERVICES}) == []


def test_a_document_that_is_missing_old_or_nobodys_is_named(tmp_path: Path) -> None:
    said = {name: document(name) for name in SERVICES}
    for name, text in documents(said).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert stale(said, tmp_path) == []
    (tmp_path / "intake.json").unlink()
    (tmp_path / "routing.json").write_text("{}", encoding="utf-8")
    (tmp_path / "billing.json").write_text("{}", encoding="utf-8")
    assert stale(said, tmp_path) == ["billing.json: no such service", "intake.json: missing", "routing.json: stale"]
