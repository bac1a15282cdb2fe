# SPDX-License-Identifier: Apache-2.0
"""What was refused brings the case's page back, as it is now, with why and with all that was typed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from chassis.mongo import Unavailable as DatabaseUnavailable
from chassis.web.auth import NotSignedIn, sent_to_login
from chassis.web.door import door_of, locale_of
from chassis.web.problem_handlers import problem_answer, problem_document, wants_page
from chassis.web.problems import Problem, Unavailable
from routing.desk import Desk
from routing.pages.case_forms import FormRefused
from routing.pages.cases import Refusal, show_case
from routing.pages.unsent import unsent
from routing.versions import CommandNotTaken, CommandRefused
from ventanilla_contracts.envelope import FileRef

Handler = Callable[[Desk, Request, Any], Awaitable[Response]]


def show_refusals(app: FastAPI, desk: Desk) -> None:
    """Programs get problem details as of any other problem."""
    handlers: Mapping[type[Exception], Handler] = {
        CommandRefused: _on_refusal,
        FormRefused: _on_faulty_form,
        CommandNotTaken: _on_not_taken,
        NotSignedIn: _on_not_signed_in,
        DatabaseUnavailable: _on_database_unavailable,
        Problem: _on_problem,
    }
    for error, handler in handlers.items():
        app.add_exception_handler(error, partial(handler, desk))


async def _on_refusal(desk: Desk, request: Request, error: CommandRefused) -> Response:
    if not wants_page(request) or not request.url.path.startswith("/cases/"):
        return problem_answer(request, error)
    why = problem_document(door_of(request).catalogue, locale_of(request), error)
    refused = Refusal(why, error.changes)
    files = _files_of(error.command)
    return await show_case(desk, request, error.case, error.command.actor, refused=refused, files=files)


async def _on_faulty_form(desk: Desk, request: Request, error: FormRefused) -> Response:
    if not wants_page(request):
        return problem_answer(request, error)
    why = problem_document(door_of(request).catalogue, locale_of(request), error)
    return await show_case(desk, request, error.case, error.actor, refused=Refusal(why, ()), files=error.kept)


async def _on_not_taken(desk: Desk, request: Request, error: CommandNotTaken) -> Response:
    return await unsent(desk, request, error, _files_of(error.command)) or problem_answer(request, error)


async def _on_not_signed_in(desk: Desk, request: Request, error: NotSignedIn) -> Response:
    return await unsent(desk, request, error) or await sent_to_login(request, error)


async def _on_database_unavailable(desk: Desk, request: Request, _: DatabaseUnavailable) -> Response:
    return await _on_problem(desk, request, Unavailable("database"))


async def _on_problem(desk: Desk, request: Request, problem: Problem) -> Response:
    return await unsent(desk, request, problem) or problem_answer(request, problem)


def _files_of(command: object) -> Sequence[FileRef]:
    """Those that a command would have brought: they are kept already."""
    return getattr(command, "files", None) or ()
