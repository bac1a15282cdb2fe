# SPDX-License-Identifier: Apache-2.0
"""What the OpenAPI document of every service says beside what FastAPI knows."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, UploadFile
from pydantic import BaseModel, ValidationError

from chassis.i18n import catalogue
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import require
from chassis.web.described import ApiFile, Described, described_by
from chassis.web.openapi import completed
from ventanilla_contracts.envelope import Actor

Head = Annotated[Actor, Depends(require("head", "legal"))]
API = ApiFile(
    about="Una casa de prueba.",
    tags={"cases": "Casos", "others": "Otros"},
    parameters={"number": "CAJA-2026-000001-7"},
    values={"roles": "jurídica"},
    operations={
        "close_case": Described(
            request={"application/json": {"why": "Se resolvió."}},
            answers={200: {"application/json": {"why": "Se resolvió."}}},
            problems={404: {"not-parked": None}, 422: {"parked-cursor-unknown": "$.why"}},
        )
    },
)


class Why(BaseModel):
    why: str


def doors() -> APIRouter:
    router = APIRouter(tags=["cases"])

    @router.post("/v1/cases/{number}/close", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def close_case(number: str, body: Why, actor: Head) -> Why:
        """Close a case.

        For good.
        """
        return body

    @router.post("/v1/files")
    async def keep_file(file: UploadFile, actor: Head) -> Why:
        """Keep a file."""
        return Why(why=file.filename or "")

    @router.get("/v1/open")
    async def list_open() -> Why:
        """What is open."""
        return Why(why="")

    return router


@pytest.fixture
def document(make_app: Any) -> dict[str, Any]:
    app: FastAPI = make_app(doors())
    # As create_app does, with a description of the test's own.
    from chassis.web.openapi import _from_code

    return completed(_from_code(app), API, catalogue())


def test_an_operation_says_what_it_does_and_who_may(document: dict[str, Any]) -> None:
    close = document["paths"]["/v1/cases/{number}/close"]["post"]
    assert (close["operationId"], close["summary"]) == ("close_case", "Close a case")
    assert close["description"] == "For good.\n\nWho may: head, legal."
    assert close["security"] == [{"token": []}, {"session": []}]
    assert document["paths"]["/v1/files"]["post"]["security"] == [{"token": []}, {"session": [], "form": []}]
    assert document["paths"]["/v1/open"]["get"]["security"] == []
    assert document["tags"] == [{"name": "cases", "description": "Casos"}]


def test_it_has_the_problems_that_follow_from_how_it_is_asked(document: dict[str, Any]) -> None:
    close = document["paths"]["/v1/cases/{number}/close"]["post"]["responses"]
    assert set(close) == {"200", "400", "401", "403", "404", "413", "415", "422", "500", "503"}
    assert set(document["paths"]["/v1/open"]["get"]["responses"]) == {"200", "500", "503"}


def test_a_problem_is_shown_in_the_words_that_it_will_have(document: dict[str, Any]) -> None:
    answers = document["paths"]["/v1/cases/{number}/close"]["post"]["responses"]
    examples = answers["422"]["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"invalid-request", "idempotency-key-reused", "parked-cursor-unknown"}
    told = examples["parked-cursor-unknown"]["value"]
    assert told["title"] == "Esa página de la lista no existe"
    assert told["errors"][0] == {
        "field": "$.why",
        "message": "Esa página de la lista no existe",
        "expected": "el valor next de una página anterior",
    }
    assert answers["401"] == {"$ref": "#/components/responses/NotSignedIn"}
    away = document["components"]["responses"]["Unavailable"]
    assert set(away["headers"]) == {"traceparent", "Retry-After"}
    forbidden = document["components"]["responses"]["NotAllowed"]["content"]["application/problem+json"]["examples"]
    assert "jurídica" in forbidden["not-allowed"]["value"]["detail"]


def test_examples_stand_where_they_belong(document: dict[str, Any]) -> None:
    close = document["paths"]["/v1/cases/{number}/close"]["post"]
    parameters = {one["name"]: one for one in close["parameters"]}
    assert parameters["number"]["example"] == "CAJA-2026-000001-7"
    assert parameters["Idempotency-Key"]["schema"]["anyOf"][0]["maxLength"] == 200
    assert close["requestBody"]["content"]["application/json"]["example"] == {"why": "Se resolvió."}
    assert close["responses"]["200"]["content"]["application/json"]["example"] == {"why": "Se resolvió."}


def test_a_service_adds_its_own_description_to_that_of_the_chassis() -> None:
    both = ApiFile(tags={"cases": "Casos"}).and_also(ApiFile(about="nada", tags={"cases": "x", "operations": "y"}))
    assert both == ApiFile(tags={"cases": "Casos", "operations": "y"})
    one = ApiFile(operations={"list": Described(parameters={"limit": 1}), "read": Described()})
    other = ApiFile(operations={"list": Described(parameters={"limit": 2}, headers={"ETag": "x"})})
    assert one.and_also(other).operations["list"] == Described(parameters={"limit": 1}, headers={"ETag": "x"})
    assert "list_parked" in described_by("chassis").operations


def test_a_description_with_an_unknown_part_is_refused() -> None:
    with pytest.raises(ValidationError, match="sumary"):
        ApiFile.model_validate({"operations": {"close_case": {"sumary": "x"}}})
