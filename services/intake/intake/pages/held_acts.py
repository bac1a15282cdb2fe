# SPDX-License-Identifier: Apache-2.0
"""What an agent makes of a held submission, by the forms of its page."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.api.held import Decider, NewRejection, NewRelease, SubmissionId, release, set_aside
from intake.domain.set_aside import JUDGED_AUTOMATIC, SetHeldAside
from intake.doors import Doors, Told
from intake.pages.held import held_page
from intake.pages.posted import Posted, faults, posted
from intake.pages.router import page_router
from ventanilla_contracts.envelope import Actor

_PERSON = ("name", "email")


def held_act_pages(doors: Doors) -> APIRouter:
    router = page_router("/desk/held")

    @router.post("/{submission_id}/release")
    async def file_it(request: Request, submission_id: SubmissionId, actor: Decider) -> Response:
        form = await posted(request)
        try:
            told = await release(doors, request, submission_id, _release(form), actor)
        except (ValidationError, Problem) as error:
            return await _again(doors, request, submission_id, actor, form, error)
        return _back(told)

    @router.post("/{submission_id}/reject")
    async def reject(request: Request, submission_id: SubmissionId, actor: Decider) -> Response:
        form = await posted(request)
        try:
            reason = NewRejection(reason=form.values.get("reason", "").strip()).reason
            told = await set_aside(doors, request, SetHeldAside(actor, submission_id, "rejected", reason))
        except (ValidationError, Problem) as error:
            return await _again(doors, request, submission_id, actor, form, error)
        return _back(told)

    @router.post("/{submission_id}/ignore")
    async def ignore(request: Request, submission_id: SubmissionId, actor: Decider) -> Response:
        return _back(await set_aside(doors, request, SetHeldAside(actor, submission_id, "ignored", JUDGED_AUTOMATIC)))

    return router


async def _again(
    doors: Doors, request: Request, submission_id: str, actor: Actor, form: Posted, error: ValidationError | Problem
) -> HTMLResponse:
    """The same page with what is wrong beside each field. Raises Problem for what cannot be mended there."""
    if isinstance(error, Problem) and error.code == "case-unknown":
        errors = {"case_number": door_of(request).catalogue.t("problems.case-unknown.title")}
    elif isinstance(error, Problem) and not error.errors:
        raise error
    else:
        errors = faults(request, error)
    return await held_page(doors, request, submission_id, actor, dict(form.values), errors)


def _release(form: Posted) -> NewRelease:
    """Raises ValidationError."""
    typed = {name: value for name, raw in form.values.items() if (value := raw.strip().replace("\r\n", "\n"))}
    person = {name: typed[name] for name in _PERSON if name in typed}
    own = {name: typed[name] for name in ("case_number", "subject", "text") if name in typed}
    return NewRelease.model_validate({**own, "person": person or None})


def _back(told: Told) -> RedirectResponse:
    query = {"done": told.outcome, **({"number": told.case_number} if told.case_number else {})}
    return RedirectResponse(f"/desk/held?{urlencode(query)}", status_code=303)
