# SPDX-License-Identifier: Apache-2.0
"""``/desk/boxes``: open a box, count, scan, transcribe form after form until nothing is missing (CNF-01, SQR-04)."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from pydantic import ValidationError

from chassis.files import FileTooLarge
from chassis.ids import new_id
from chassis.web.auth import require
from chassis.web.door import door_of, locale_of
from chassis.web.downloads import download
from chassis.web.problems import Problem
from intake.api.boxes import NewOpening, forms_of
from intake.box_store import Opening
from intake.boxes import Boxes
from intake.domain.boxes import CloseOpening, KeepScans, OpenBox, RecountForms, VoidForm
from intake.pages.filing import told_faults
from intake.pages.posted import Posted, posted
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.vocabulary import DocumentType, Kind

SHOWN = 50
SHOWN_IN_PAGE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""Types that stand in the page beside the form; all else is downloaded."""

Clerk = Annotated[Actor, Depends(require("adviser", "agent"))]
Errors = Mapping[str, str]


def box_pages(boxes: Boxes) -> APIRouter:
    router = APIRouter(prefix="/desk/boxes")

    @router.get("")
    async def listed(request: Request, _: Clerk) -> HTMLResponse:
        return await _list(boxes, request)

    @router.post("")
    async def open_box(request: Request, actor: Clerk) -> Response:
        form = await posted(request)
        try:
            new = NewOpening.model_validate(_opening_fields(boxes, form))
            scans = await boxes.doors.keep(form.uploads)
            command = OpenBox(actor, new.box, new.place, new.opened_at, new.counted, scans)
            opening = await boxes.open(request, command, form.values.get("form_id", "") or new_id())
        except (ValidationError, Problem, FileTooLarge) as error:
            return await _list(boxes, request, form.values, _told(request, error), lost=bool(form.uploads))
        return _to(opening)

    @router.get("/{opening_id}")
    async def one(request: Request, _: Clerk, opening_id: str) -> HTMLResponse:
        return await _page(boxes, request, await boxes.find(opening_id))

    @router.get("/{opening_id}/scans/{sha256}")
    async def scan(_: Clerk, opening_id: str, sha256: str) -> StreamingResponse:
        return await _scan(boxes, await boxes.find(opening_id), sha256)

    for part in (_forms(boxes), _acts(boxes)):
        router.include_router(part)
    return router


def _forms(boxes: Boxes) -> APIRouter:
    router = APIRouter()

    @router.post("/{opening_id}/forms")
    async def transcribe(request: Request, actor: Clerk, opening_id: str) -> Response:
        opening = await boxes.find(opening_id)
        form = await posted(request)
        try:
            said = form.form(boxes.doors.settings.zone)
            files = (*_chosen(opening, form), *await boxes.doors.keep(form.uploads))
            told = await boxes.transcribe(request, opening, _number(form), said, actor, files)
        except (ValidationError, Problem, FileTooLarge) as error:
            errors = _told(request, error)
            return await _page(boxes, request, opening, form.values, errors, lost=bool(form.uploads))
        return await _page(boxes, request, await boxes.find(opening_id), told=told)

    @router.post("/{opening_id}/void")
    async def void(request: Request, actor: Clerk, opening_id: str) -> Response:
        opening = await boxes.find(opening_id)
        form = await posted(request)
        command = VoidForm(actor, _number(form), form.values.get("reason", ""), frozenset(opening.cases))
        return await _done(boxes, request, opening, command, form)

    return router


def _acts(boxes: Boxes) -> APIRouter:
    router = APIRouter()

    @router.post("/{opening_id}/scans")
    async def scans(request: Request, actor: Clerk, opening_id: str) -> Response:
        opening = await boxes.find(opening_id)
        form = await posted(request)
        try:
            kept = await boxes.doors.keep(form.uploads)
        except FileTooLarge as error:
            return await _page(boxes, request, opening, {}, _told(request, error), lost=True)
        return await _done(boxes, request, opening, KeepScans(actor, kept), form)

    @router.post("/{opening_id}/recount")
    async def recount(request: Request, actor: Clerk, opening_id: str) -> Response:
        opening = await boxes.find(opening_id)
        form = await posted(request)
        command = RecountForms(actor, _number(form, "counted"), form.values.get("reason", ""), frozenset(opening.cases))
        return await _done(boxes, request, opening, command, form)

    @router.post("/{opening_id}/close")
    async def close(request: Request, actor: Clerk, opening_id: str) -> Response:
        opening = await boxes.find(opening_id)
        return await _done(
            boxes, request, opening, CloseOpening(actor, frozenset(opening.cases)), await posted(request)
        )

    return router


async def _done(boxes: Boxes, request: Request, opening: Opening, command: Any, form: Posted) -> Response:
    try:
        return _to(await boxes.change(request, opening, command))
    except Problem as error:
        return await _page(boxes, request, opening, form.values, _told(request, error))


def _told(request: Request, error: ValidationError | Problem | FileTooLarge) -> dict[str, str]:
    if not isinstance(error, FileTooLarge):
        return told_faults(request, error)
    texts, locale = door_of(request).catalogue, locale_of(request)
    return {"files": texts.t("problems.file-too-large.detail", locale, megabytes=error.largest // 1_000_000)}


def _to(opening: Opening) -> RedirectResponse:
    return RedirectResponse(f"/desk/boxes/{opening.id}", status_code=303)


def _opening_fields(boxes: Boxes, form: Posted) -> dict[str, Any]:
    values = {name: form.values.get(name, "").strip() for name in ("box", "place")}
    counted = form.values.get("counted", "").strip()
    return {**values, "counted": counted or None, "opened_at": form.moment("opened_at", boxes.doors.settings.zone)}


def _number(form: Posted, name: str = "n") -> int:
    """What is no number is one that no form has: the rules say so."""
    typed = form.values.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else -1


def _chosen(opening: Opening, form: Posted) -> tuple[FileRef, ...]:
    """The scan of the opening that shows this form."""
    return tuple(scan for scan in opening.state.scans if scan.sha256 == form.values.get("scan"))


async def _scan(boxes: Boxes, opening: Opening, sha256: str) -> StreamingResponse:
    ref = next((one for one in opening.state.scans if one.sha256 == sha256), None)
    if ref is None or not await boxes.doors.files.exists(ref):
        raise Problem(404)
    if ref.type in SHOWN_IN_PAGE:
        headers = {"Content-Disposition": "inline", "Content-Length": str(ref.size)}
        return StreamingResponse(boxes.doors.files.open(ref), media_type=ref.type, headers=headers)
    return download(boxes.doors.files.open(ref), ref.name, ref.size)


async def _list(
    boxes: Boxes,
    request: Request,
    values: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    *,
    lost: bool = False,
) -> HTMLResponse:
    open_ones, _ = await boxes.openings.page(closed=False, limit=SHOWN)
    shown: dict[str, Any] = {
        "values": values or {},
        "errors": errors or {},
        "files_lost": lost,
        "form_id": (values or {}).get("form_id") or new_id(),
        "openings": open_ones,
        "closed": await boxes.openings.latest_closed(SHOWN),
    }
    return door_of(request).pages.render(request, "boxes.html", status=422 if errors else 200, **shown)


async def _page(
    boxes: Boxes,
    request: Request,
    opening: Opening,
    values: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    *,
    lost: bool = False,
    told: object = None,
) -> HTMLResponse:
    shown: dict[str, Any] = {
        "opening": opening,
        "state": opening.state,
        "forms": forms_of(opening, await boxes.numbers(opening)),
        "images": SHOWN_IN_PAGE,
        "kinds": get_args(Kind),
        "document_types": get_args(DocumentType),
        "values": values or {},
        "errors": errors or {},
        "files_lost": lost,
        "told": told,
    }
    return door_of(request).pages.render(request, "box.html", status=422 if errors else 200, **shown)
