# SPDX-License-Identifier: Apache-2.0
"""What was refused brings the case's page back, as it is now, with why and with all that was typed."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from chassis.web.door import door_of, locale_of
from chassis.web.problem_handlers import problem_answer, problem_document, wants_page
from routing.desk import Desk
from routing.pages.case_forms import FormRefused
from routing.pages.cases import Refusal, show_case
from routing.versions import CommandRefused


def show_refusals(app: FastAPI, desk: Desk) -> None:
    """Programs get problem details as of any other problem."""

    async def on_refusal(request: Request, error: Exception) -> Response:
        if not isinstance(error, CommandRefused):
            raise error
        if not wants_page(request) or not request.url.path.startswith("/cases/"):
            return problem_answer(request, error)
        why = problem_document(door_of(request).catalogue, locale_of(request), error)
        files = getattr(error.command, "files", None) or ()
        refused = Refusal(why, error.changes)
        return await show_case(desk, request, error.case, error.command.actor, refused=refused, files=files)

    async def on_faulty_form(request: Request, error: Exception) -> Response:
        if not isinstance(error, FormRefused):
            raise error
        if not wants_page(request):
            return problem_answer(request, error)
        why = problem_document(door_of(request).catalogue, locale_of(request), error)
        return await show_case(desk, request, error.case, error.actor, refused=Refusal(why, ()), files=error.kept)

    app.add_exception_handler(CommandRefused, on_refusal)
    app.add_exception_handler(FormRefused, on_faulty_form)
