# SPDX-License-Identifier: Apache-2.0
"""`/openapi.json`, complete: what all services share stands here once; and `/docs`: Swagger UI from our own files."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse

from chassis.i18n import Catalogue
from chassis.web.csrf import HEADER
from chassis.web.described import ApiFile, Described, described_by
from chassis.web.door import door_of
from chassis.web.openapi_problems import HEADERS, headers, problem_responses, shared_responses
from chassis.web.problems import ProblemDocument
from chassis.web.sessions import COOKIE

ABOUT = """
**Errors** are problem details (RFC 9457): `code` is stable, `title` and `detail` say what to do in the language of
`Accept-Language` (`es` unless `en` is liked better), `errors` names each wrong field. An unknown address answers 404,
a method that an address does not have 405 with `Allow`.
**Who may**: programs send a token, people's browsers the session cookie that `/login` gives.
**Again**: a command repeated with the same `Idempotency-Key` within seven days hears the first answer.
**Lists** end with `next`; send it as `cursor` for the page that follows, null is the end.
**Times** are RFC 3339 with an offset, days ISO 8601 in the organisation's zone.
""".strip()
TOKEN, SESSION, FORM = "token", "session", "form"
SECURITY_SCHEMES = {
    SESSION: {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Of a person who signed in at /login; what changes something needs an Origin of ours too",
    },
    FORM: {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
        "description": "The token of our own page's form (or its field csrf_token), with the cookie of that browser",
    },
}
LICENCE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
_COMPONENT = "#/components/schemas/{model}"
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")

Json = dict[str, Any]


def document_api(app: FastAPI, package: str, texts: Catalogue) -> None:
    """Complete the app's OpenAPI document from the files `web/api.yaml` of its package and of the chassis."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = completed(_from_code(app), described_by(package), texts)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def docs_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        return door_of(request).pages.render(request, "docs.html")

    return router


def operations_in(document: Json) -> Iterator[tuple[str, Json]]:
    """Each method and what is said of it."""
    for methods in document.get("paths", {}).values():
        yield from methods.items()


def completed(document: Json, api: ApiFile, texts: Catalogue) -> Json:
    """The document with all that FastAPI cannot know."""
    document["info"]["description"] = f"{api.about}\n\n{ABOUT}".strip()
    for method, operation in operations_in(document):
        _complete(method, operation, api, texts)
    _complete_components(document, api, texts)
    used = {tag for _, operation in operations_in(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": name, "description": about} for name, about in api.tags.items() if name in used]
    return document


def _from_code(app: FastAPI) -> Json:
    return get_openapi(title=app.title, version=app.version, routes=app.routes, license_info=LICENCE)


def _complete(method: str, operation: Json, api: ApiFile, texts: Catalogue) -> None:
    described = api.operations.get(operation["operationId"], Described())
    _say_what(operation)
    _say_who(method, operation)
    for parameter in operation.get("parameters", ()):
        example = described.parameters.get(parameter["name"], api.parameters.get(parameter["name"]))
        if example is not None:
            parameter["example"] = example
    _add_examples(operation.get("requestBody", {}), described.request)
    good = {status: one for status, one in operation["responses"].items() if status.startswith("2")}
    for status, answer in good.items():
        _add_examples(answer, described.answers.get(int(status), {}))
        own = {name: {"description": about, "schema": {"type": "string"}} for name, about in described.headers.items()}
        answer["headers"] = {**headers(), **own}
        answer |= {"links": dict(described.links)} if described.links else {}
    operation["responses"] = {**good, **problem_responses(operation, described, texts, api.values)}


def _say_what(operation: Json) -> None:
    """A handler's docstring: its first paragraph is the summary."""
    summary, _, more = operation.pop("description", "").partition("\n\n")
    operation["summary"] = " ".join(summary.split()).removesuffix(".")
    operation["description"] = more.strip()


def _say_who(method: str, operation: Json) -> None:
    """FastAPI gives the roles as scopes; ours mean any of them."""
    asked = operation.get("security", [])
    roles = [role for one in asked for role in one.get(TOKEN, ())]
    if roles:
        who = f"Who may: {', '.join(roles)}."
        operation["description"] = "\n\n".join(part for part in (operation["description"], who) if part)
    operation["security"] = [{name: [] for name in one} for one in asked]
    if asked and {} not in asked:
        media = list(operation.get("requestBody", {}).get("content", ()))
        form: Json = {} if method == "get" or media == ["application/json"] else {FORM: []}
        operation["security"].append({SESSION: [], **form})


def _add_examples(part: Json, examples: Any) -> None:
    for media, example in examples.items():
        part.setdefault("content", {}).setdefault(media, {})["example"] = example


def _complete_components(document: Json, api: ApiFile, texts: Catalogue) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _OF_FASTAPI:
        schemas.pop(name, None)
    for body in _bodies(document):
        schemas.update(body.pop("$defs", {}))
    problem = ProblemDocument.model_json_schema(ref_template=_COMPONENT)
    schemas.update(problem.pop("$defs", {}))
    schemas[ProblemDocument.__name__] = problem
    components["responses"] = shared_responses(texts, api.values)
    components["headers"] = {name: dict(header) for name, header in HEADERS.items()}
    if "securitySchemes" in components:
        components["securitySchemes"].update(SECURITY_SCHEMES)


def _bodies(document: Json) -> Iterator[Json]:
    """Schemas of bodies that code reads by itself, which bring what they refer to."""
    for _, operation in operations_in(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield content.get("schema", {})
