# SPDX-License-Identifier: Apache-2.0
"""`/openapi.json` with our problem details, and `/docs`: Swagger UI from our own files, under our CSP."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from chassis.web.door import door_of
from chassis.web.problems import ProblemDocument

_COMPONENT = "#/components/schemas/{model}"


def document_problems(app: FastAPI) -> None:
    """Put the schema of problem details into the OpenAPI document, where every route's `responses` refer to it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schema = ProblemDocument.model_json_schema(ref_template=_COMPONENT)
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(schema.pop("$defs", {}))
            schemas["ProblemDocument"] = schema
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        return door_of(request).pages.render(request, "docs.html")

    return router
