# SPDX-License-Identifier: Apache-2.0
"""``/desk/boxes``: record that a box was opened, and see which openings are not complete (CNF-01, SQR-04)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from chassis.ids import new_id
from chassis.web.auth import require
from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.api.boxes import NewOpening
from intake.desk.box_store import Opening
from intake.desk.boxes import Boxes
from intake.domain.boxes import MOST_SCANS, OpenBox
from intake.pages.filing import FormShown, form_id_of, told_faults
from intake.pages.gathering import Gathered, gathered
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from intake.uploaded.kept import KeptFiles
from ventanilla_contracts.envelope import Actor

SHOWN = 50
Clerk = Annotated[Actor, Depends(require("adviser", "agent"))]


def box_pages(boxes: Boxes, kept: KeptFiles) -> APIRouter:
    router = page_router("/desk/boxes")

    @router.get("")
    async def listed(request: Request, _: Clerk) -> HTMLResponse:
        return await _list(boxes, request)

    @router.post("")
    async def open_box(request: Request, actor: Clerk) -> Response:
        form = await posted(request)
        form_id = form_id_of(form)
        files = await gathered(request, boxes.doors, kept, form, form_id, MOST_SCANS)
        found = await _opened(boxes, request, form, actor, form_id, files)
        if isinstance(found, Opening):
            return to_opening(found)
        return await _list(boxes, request, FormShown(form_id, form.values, found, files.files, lost=files.lost))

    return router


async def _opened(
    boxes: Boxes, request: Request, form: Posted, actor: Actor, form_id: str, files: Gathered
) -> Opening | dict[str, str]:
    """The opening, or what is wrong with it."""
    try:
        new = NewOpening.model_validate(_opening_fields(boxes, form))
        if files.errors:
            return dict(files.errors)
        scans = await boxes.doors.keep_for_good(files.refs)
        return await boxes.open(request, OpenBox(actor, new.box, new.place, new.opened_at, new.counted, scans), form_id)
    except (ValidationError, Problem) as error:
        return {**told_faults(request, error), **files.errors}


def _opening_fields(boxes: Boxes, form: Posted) -> dict[str, Any]:
    values = {name: form.values.get(name, "").strip() for name in ("box", "place")}
    counted = form.values.get("counted", "").strip()
    return {**values, "counted": counted or None, "opened_at": form.moment("opened_at", boxes.doors.settings.zone)}


async def _list(boxes: Boxes, request: Request, form: FormShown | None = None) -> HTMLResponse:
    """The form says now until somebody says when."""
    settings = boxes.doors.settings
    now = boxes.doors.clock.now().astimezone(settings.zone)
    form = form or FormShown(new_id(), {"opened_at": f"{now:%Y-%m-%dT%H:%M}"})
    open_ones, _ = await boxes.openings.page(closed=False, limit=SHOWN)
    shown: dict[str, Any] = {
        **form.context(settings),
        "most_files": MOST_SCANS,
        "openings": open_ones,
        "closed": await boxes.openings.latest_closed(SHOWN),
    }
    return door_of(request).pages.render(request, "boxes.html", status=form.status, **shown)


def to_opening(opening: Opening) -> RedirectResponse:
    return RedirectResponse(f"/desk/boxes/{opening.id}", status_code=303)
