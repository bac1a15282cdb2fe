# SPDX-License-Identifier: Apache-2.0
"""``/desk/boxes/{opening}``: transcribe form after form until nothing is missing (CNF-01, SQR-04)."""

from collections.abc import Mapping
from typing import Any, get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import ValidationError

from chassis.files import FileTooLarge
from chassis.web.door import door_of, locale_of
from chassis.web.downloads import download
from chassis.web.problems import Problem
from intake.api.boxes import forms_of
from intake.desk.box_store import Opening
from intake.desk.boxes import Boxes
from intake.domain.boxes import CloseOpening, KeepScans, RecountForms, VoidForm
from intake.pages.boxes import Clerk, to_opening
from intake.pages.filing import told_faults
from intake.pages.posted import Posted, posted
from intake.pages.router import page_router
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import DocumentType, Kind

SHOWN_IN_PAGE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
"""Types that stand in the page beside the form; all else is downloaded."""

Errors = Mapping[str, str]


def opening_pages(boxes: Boxes) -> APIRouter:
    router = page_router("/desk/boxes")

    @router.get("/{opening_id}")
    async def one(request: Request, _: Clerk, opening_id: str) -> HTMLResponse:
        return await _page(boxes, request, await boxes.find(opening_id))

    @router.get("/{opening_id}/scans/{sha256}")
    async def scan(_: Clerk, opening_id: str, sha256: str) -> StreamingResponse:
        return await _scan(boxes, await boxes.find(opening_id), sha256)

    _add_forms(router, boxes)
    _add_acts(router, boxes)
    return router


def _add_forms(router: APIRouter, boxes: Boxes) -> None:
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


def _add_acts(router: APIRouter, boxes: Boxes) -> None:
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


async def _done(boxes: Boxes, request: Request, opening: Opening, command: Any, form: Posted) -> Response:
    try:
        return to_opening(await boxes.change(request, opening, command))
    except Problem as error:
        return await _page(boxes, request, opening, form.values, _told(request, error))


def _told(request: Request, error: ValidationError | Problem | FileTooLarge) -> dict[str, str]:
    if not isinstance(error, FileTooLarge):
        return told_faults(request, error)
    texts, locale = door_of(request).catalogue, locale_of(request)
    return {"files": texts.t("problems.file-too-large.detail", locale, megabytes=error.largest // 1_000_000)}


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
