# SPDX-License-Identifier: Apache-2.0
"""A form that could not be taken now: the page that says why holds all that was typed, to be sent once more.

Where the database is away there is no page of a case to bring back (pages/refusals.py); a session that ended while
somebody wrote is the other way in which words were lost (ADR 0030).
"""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from chassis.files import FileTooLarge, safe_name
from chassis.mongo import Unavailable
from chassis.web.csrf import FIELD as TICKET
from chassis.web.csrf import check_origin
from chassis.web.door import door_of, locale_of
from chassis.web.problem_handlers import problem_document, wants_page
from chassis.web.problems import Problem
from chassis.web.sessions import member_of_session
from routing.api.bodies import MOST_FILES
from routing.desk import Desk
from routing.pages.bulk import own_address
from routing.pages.case_forms import ref_of
from routing.pages.typed import KEPT, Typed
from ventanilla_contracts.envelope import FileRef

FORMS = ("/cases/", "/bulk", "/frequent-questions", "/matrix")
"""Addresses whose forms hold words of their own."""
FOREIGN = "foreign-form"
"""From a page of ours: whoever sent it has signed in anew since it was shown."""


async def unsent(desk: Desk, request: Request, problem: Problem, files: Sequence[FileRef] = ()) -> Response | None:
    """The page; None where this was no form of ours, or nothing of it can be read. ``files`` are kept already."""
    if request.method != "POST" or not wants_page(request) or not request.url.path.startswith(FORMS):
        return None
    try:
        check_origin(request)  # nobody else puts words on our page
        async with request.form() as form:
            return await _page(desk, request, form, problem, files)
    except (Problem, HTTPException):
        return None


async def _page(desk: Desk, request: Request, form: FormData, problem: Problem, files: Sequence[FileRef]) -> Response:
    again = (problem.status == 503 or problem.code == FOREIGN) and member_of_session(request) is not None
    has_files = request.url.path.startswith("/cases/")
    kept, lost = await _files(desk, form, files, may_keep=again and has_files)
    named = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != TICKET]
    fields: dict[str, list[str]] = {}
    for name, value in named:
        fields.setdefault(name, []).append(value)
    return door_of(request).pages.render(
        request,
        "unsent.html",
        status=problem.status,
        headers=problem.headers,
        problem=problem_document(door_of(request).catalogue, locale_of(request), problem),
        again=again,
        fields=[(name, value) for name, value in named if name != KEPT],
        kept=kept,
        lost=lost,
        file_field="files" if has_files else "file",
        copies=Typed("", fields).copies,
        back=_back(request, form),
    )


async def _files(
    desk: Desk, form: FormData, files: Sequence[FileRef], *, may_keep: bool
) -> tuple[list[FileRef], list[str]]:
    """Those that need not be attached once more, and the names of those that must."""
    before = [ref for one in form.getlist(KEPT)[:MOST_FILES] if isinstance(one, str) and (ref := ref_of(one))]
    kept, lost = [*files] or before, []
    names = {one.name for one in kept}
    uploads = [one for _, one in form.multi_items() if isinstance(one, UploadFile) and one.filename]
    for upload in (one for one in uploads if safe_name(one.filename or "") not in names):
        try:
            kept += [await desk.keep(upload)] if may_keep else []
            lost += [] if may_keep else [upload.filename or ""]
        except (FileTooLarge, Unavailable, OSError, ValueError):  # ValueError: whoever read it has closed it
            lost.append(upload.filename or "")
    return kept, lost


def _back(request: Request, form: FormData) -> str:
    """Where somebody looks what there is by now."""
    _, place, number, *_ = [*request.url.path.split("/"), ""]
    return own_address(str(form.get("back") or "/")) if place == "bulk" else quote(f"/{place}/{number}".rstrip("/"))
