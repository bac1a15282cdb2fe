# SPDX-License-Identifier: Apache-2.0
"""Every error answer of a service: problem details for programs, a page for people."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from chassis.files import FileTooLarge
from chassis.i18n import Catalogue
from chassis.mongo import Unavailable as DatabaseUnavailable
from chassis.web.door import door_of, locale_of
from chassis.web.problems import (
    CODE_OF_STATUS,
    MEDIA_TYPE,
    TYPE_PREFIX,
    FieldError,
    Problem,
    ProblemDocument,
    Unavailable,
)
from chassis.web.validation import field_errors

_BODY_AS_A_WHOLE = ("body",)


def install_problem_handlers(app: FastAPI) -> None:
    """Turn Problem, HTTP errors and invalid requests into problem details; unexpected errors are http_guard's."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(FileTooLarge, _on_file_too_large)
    app.add_exception_handler(DatabaseUnavailable, _on_database_unavailable)


def problem_answer(request: Request, problem: Problem, reference: str | None = None) -> Response:
    """The answer to the caller: a page where a person's browser asked for one, else JSON."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    document = problem_document(texts, locale, problem, reference)
    if wants_page(request):
        pages = door_of(request).pages
        return pages.render(request, "problem.html", status=problem.status, headers=problem.headers, problem=document)
    content = document.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


async def _on_database_unavailable(request: Request, _error: Exception) -> Response:
    return problem_answer(request, Unavailable("database"))


def problem_document(texts: Catalogue, locale: str, problem: Problem, reference: str | None = None) -> ProblemDocument:
    """What a problem says in this language."""
    return ProblemDocument(
        type=TYPE_PREFIX + problem.code,
        status=problem.status,
        code=problem.code,
        title=problem.title or _text(texts, locale, problem, "title"),
        detail=problem.detail or _text(texts, locale, problem, "detail"),
        errors=[_translated(texts, locale, error, problem.values) for error in problem.errors],
        reference=reference,
        **problem.extra,
    )


def _text(texts: Catalogue, locale: str, problem: Problem, part: str) -> str:
    general = CODE_OF_STATUS.get(problem.status, "unexpected-error")
    code = problem.code if texts.find(f"problems.{problem.code}.{part}") else general
    return texts.t(f"problems.{code}.{part}", locale, **problem.values)


def _translated(texts: Catalogue, locale: str, error: FieldError, values: Mapping[str, object]) -> FieldError:
    """Message and expectation may be keys of the catalogue; other texts stay as they are."""
    told = {part: texts.t(getattr(error, part), locale, **values) for part in ("message", "expected")}
    return error.model_copy(update=told)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, not a program."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101  # narrows for mypy
    return problem_answer(request, error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    headers: Mapping[str, str] = error.headers or {}
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=headers)
    return problem_answer(request, Problem(error.status_code, headers=headers, values=_limits(request)))


def _limits(request: Request) -> dict[str, object]:
    return {"megabytes": door_of(request).settings.http_body_limit // 1_000_000}


async def _on_file_too_large(request: Request, error: Exception) -> Response:
    assert isinstance(error, FileTooLarge)  # noqa: S101
    return problem_answer(request, Problem(413, "file-too-large", values={"megabytes": error.largest // 1_000_000}))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors: list[Mapping[str, Any]] = list(error.errors())
    return problem_answer(request, _problem_of(request, errors))


def _problem_of(request: Request, errors: list[Mapping[str, Any]]) -> Problem:
    door = door_of(request)
    if any(error["type"] == "json_invalid" for error in errors):
        errors = [{**error, "loc": _BODY_AS_A_WHOLE} for error in errors]
        return Problem(400, errors=field_errors(errors, door.catalogue, locale_of(request)))
    unread = any(tuple(error["loc"]) == _BODY_AS_A_WHOLE and isinstance(error.get("input"), bytes) for error in errors)
    if unread:
        return Problem(415)
    return Problem(422, errors=field_errors(errors, door.catalogue, locale_of(request)))
