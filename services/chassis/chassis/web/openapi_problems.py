# SPDX-License-Identifier: Apache-2.0
"""Which problems an operation can answer with, and how each is documented: with the very words that it will have."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.i18n import DEFAULT_LOCALE, Catalogue
from chassis.web.described import Described
from chassis.web.problem_handlers import problem_document
from chassis.web.problems import CODE_OF_STATUS, MEDIA_TYPE, FieldError, Problem, ProblemDocument

MEANING: Mapping[int, str] = {
    400: "The body cannot be read: it is no JSON, or a form is broken",
    401: "Nobody is signed in, or the token is nobody's",
    403: "Whoever asks has none of the roles that may, or a form did not come from our own page",
    404: "There is no such thing",
    409: "Its state does not allow it; `allowed` says what is possible instead",
    413: "The body, or a file in it, is too large",
    415: "The body is of a media type that is not taken here",
    422: "Something in the request is wrong; `errors` names each field",
    429: "Too many attempts; try again after Retry-After seconds",
    500: "A fault of ours; `reference` names it in the logs",
    503: "The database is away; try again after Retry-After seconds",
}
COMMON: Mapping[int, Mapping[str, str | None]] = {
    400: {"malformed-request": None},
    401: {"not-signed-in": None},
    403: {"not-allowed": None, "foreign-form": None},
    413: {"too-large": None, "file-too-large": None},
    415: {"unsupported-media-type": None},
    422: {"invalid-request": None},
    429: {"too-many-attempts": None},
    500: {"unexpected-error": None},
    503: {"unavailable": None, "outcome-unknown": None},
}
"""Without a code of its own an operation's answer of such a status is one that all share."""

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "traceparent": {
        "description": "The trace of this answer (W3C); it goes on the trace of the request, if that had one",
        "required": True,
        "schema": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to sign in: `Bearer`, with a token",
        "required": True,
        "schema": {"type": "string"},
    },
}
OF_STATUS: Mapping[int, tuple[str, ...]] = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}

EXTRA: Mapping[str, Mapping[str, object]] = {"unavailable": {"missing": "database"}}
REFERENCE = "5f0c954d8e1b4b7c9d0a6a1f2e3d4c5b"
IDEMPOTENT = "idempotency-key-reused"


def headers(status: int | None = None) -> dict[str, Any]:
    """Those of every answer, and of one with this status."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("traceparent", *OF_STATUS.get(status or 0, ()))}


def shared_responses(texts: Catalogue, values: Mapping[str, str]) -> dict[str, Any]:
    """The answers that operations share, for the components of a document."""
    return {_name(status): response(texts, values, status, codes) for status, codes in COMMON.items()}


def problem_responses(
    operation: Mapping[str, Any], described: Described, texts: Catalogue, values: Mapping[str, str]
) -> dict[str, Any]:
    """By status, every problem that this operation can answer with."""
    found = {}
    shared = {*_statuses(operation)}
    for status in sorted({*shared, *described.problems}):
        own = {**_own(operation, status), **described.problems.get(status, {})}
        if not own and status in COMMON:
            found[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
        else:
            common = COMMON.get(status, {}) if status in shared else {}
            found[str(status)] = response(texts, values, status, {**common, **own} or {CODE_OF_STATUS[status]: None})
    return found


def response(
    texts: Catalogue, values: Mapping[str, str], status: int, codes: Mapping[str, str | None]
) -> dict[str, Any]:
    """One answer, with an example for each code."""
    examples = {code: {"value": _example(texts, values, status, code, field)} for code, field in codes.items()}
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    content = {MEDIA_TYPE: {"schema": schema, "examples": examples}}
    return {"description": MEANING[status], "headers": headers(status), "content": content}


def _statuses(operation: Mapping[str, Any]) -> Iterator[int]:
    """What follows from how an operation is asked."""
    yield from (500, 503)
    if operation["security"]:
        yield from (401, 403)
    if "requestBody" in operation:
        yield from (400, 413, 415)
    if "requestBody" in operation or operation.get("parameters"):
        yield 422
    if any(one["in"] == "path" for one in operation.get("parameters", ())):
        yield 404


def _own(operation: Mapping[str, Any], status: int) -> dict[str, str | None]:
    """What repeats under one Idempotency-Key must be the same request."""
    repeatable = any(one["name"].lower() == "idempotency-key" for one in operation.get("parameters", ()))
    return {IDEMPOTENT: "header.Idempotency-Key"} if repeatable and status == 422 else {}


def _example(texts: Catalogue, values: Mapping[str, str], status: int, code: str, field: str | None) -> dict[str, Any]:
    extra: dict[str, Any] = (
        {"allowed": []} if status == 409 else {"missing": "database"} if code == CODE_OF_STATUS[503] else {}
    )
    problem = Problem(status, code, errors=_errors(status, code, field), extra=extra, values=values)
    reference = REFERENCE if status == 500 else None
    document = problem_document(texts, DEFAULT_LOCALE, problem, reference)
    return document.model_dump(mode="json", exclude_none=True)


def _errors(status: int, code: str, field: str | None) -> tuple[FieldError, ...]:
    if status == 400:
        return (_error("$", "validation.message.not-json", "validation.expected.json_invalid"),)
    if code == CODE_OF_STATUS[422]:
        return (_error("$.text", "validation.message.missing", "validation.expected.missing"),)
    return (_error(field, f"problems.{code}.title", f"problems.{code}.expected"),) if field else ()


def _error(field: str, message: str, expected: str) -> FieldError:
    return FieldError(field=field, message=message, expected=expected)


def _name(status: int) -> str:
    return CODE_OF_STATUS[status].title().replace("-", "")
