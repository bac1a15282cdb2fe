# SPDX-License-Identifier: Apache-2.0
"""``/desk``: what an adviser writes down, what awaits upload to a regulator (CNF-05), and what was held."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from chassis.web.auth import member_of, require
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from intake.api.desk import NewFiling, Uploader, awaiting, file_answer, held_submissions
from intake.api.forms import WHO_FILES
from intake.domain.upload import FileAnswerWithRegulator
from intake.doors import Doors
from intake.pages.filing import FilingPage
from intake.pages.persons import FOUND, filled_in
from intake.pages.posted import Posted, faults, posted
from intake.pages.router import page_router
from intake.uploaded.kept import KeptFiles
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.vocabulary import Channel, DocumentType, Kind

SHOWN = 50
DESK_CHANNELS = tuple(WHO_FILES)
Desk = Annotated[Actor, Depends(require("adviser", "agent", "general-secretariat", "legal"))]
Filer = Annotated[Actor, Depends(require("adviser", "agent"))]


def desk_pages(doors: Doors, kept: KeptFiles) -> APIRouter:
    router = page_router()
    page = FilingPage(doors, kept, "desk.html", public=False)

    @router.get("/desk")
    async def desk(
        request: Request,
        actor: Desk,
        uploaded: Annotated[str | None, Query(max_length=40)] = None,
        q: Annotated[str, Query(max_length=100)] = "",
        person: Annotated[str | None, Query(max_length=40)] = None,
    ) -> HTMLResponse:
        """``q``: whom the adviser looks for; ``person``: whom they chose of those found."""
        extra = await _lists(doors, request, uploaded=uploaded)
        found = await doors.people.search(actor, q, FOUND) if q else None
        values = {"service_point": member_of(request, actor).service_point or ""}
        chosen = await doors.people.show(actor, person) if person else None
        return page.blank(request, {**extra, "q": q, "found": found, "chosen": chosen}, values | filled_in(chosen))

    @router.post("/desk/cases")
    async def file(request: Request, actor: Filer) -> HTMLResponse:
        form = await posted(request)
        extra = await _lists(doors, request)
        return await page.file(request, chosen_channel(form), form, actor, extra)

    @router.post("/desk/filings/{number}")
    async def upload(request: Request, number: str, actor: Uploader) -> RedirectResponse:
        form = await posted(request)
        filing = _filing(request, doors, form)
        refs = await doors.keep(form.uploads)
        told = await file_answer(
            doors, request, number, FileAnswerWithRegulator(actor, filing.reference, filing.filed_at, refs)
        )
        return RedirectResponse(f"/desk?uploaded={told.case_number}", status_code=303)

    return router


async def _lists(doors: Doors, request: Request, *, uploaded: str | None = None) -> dict[str, Any]:
    return {
        "channels": DESK_CHANNELS,
        "kinds": get_args(Kind),
        "document_types": get_args(DocumentType),
        "pending": (await awaiting(doors, SHOWN)).items,
        "asking_due": await doors.cases.asking_due(SHOWN),
        "held": (await held_submissions(doors, request, SHOWN)).items,
        "uploaded": uploaded,
        "places": doors.people.places.all,
        "segments": doors.people.segments.all,
        "q": "",
        "found": None,
        "chosen": None,
    }


def chosen_channel(form: Posted) -> Channel:
    """What the adviser chose; a forged value is a telephone call."""
    chosen = form.values.get("channel", "")
    return next((channel for channel in DESK_CHANNELS if channel == chosen), "phone")


def _filing(request: Request, doors: Doors, form: Posted) -> NewFiling:
    try:
        return NewFiling.model_validate(
            {"reference": form.values.get("reference", ""), "filed_at": form.moment("filed_at", doors.settings.zone)}
        )
    except ValidationError as error:
        texts, locale = door_of(request).catalogue, locale_of(request)
        detail = " ".join(f"{texts.t(f'desk.{name}', locale)}: {text}" for name, text in faults(request, error).items())
        raise Problem(422, detail=detail) from None
