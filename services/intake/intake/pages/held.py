# SPDX-License-Identifier: Apache-2.0
"""``/desk/held``: mail that waits for a person, one by one, and what an agent makes of it.

What strangers sent is never rendered as it came: texts are escaped, files are downloads, and HTML is cleaned and stands
on a page of its own that may load, run and send nothing.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import nh3
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from chassis.web.auth import member_of
from chassis.web.door import door_of
from chassis.web.downloads import download
from chassis.web.problems import Problem
from intake.api.desk import Desk, held_submissions
from intake.api.held import (
    SubmissionId,
    held_mails,
    held_row,
    in_full,
)
from intake.desk.held import original_of
from intake.domain.mail import displayable_html
from intake.domain.numbers import parse_case_number
from intake.doors import Doors
from intake.pages.router import page_router
from ventanilla_contracts.envelope import Actor

SHOWN = 50
NOTHING_LOADS = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
"""For the HTML of a stranger: an origin of its own, no script, no picture from anywhere, no form."""

_WITHOUT_PICTURES = nh3.ALLOWED_TAGS - {"img"}


def held_pages(doors: Doors) -> APIRouter:
    router = page_router("/desk/held")

    @router.get("")
    async def listed(
        request: Request,
        _: Desk,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        done: Annotated[str | None, Query(max_length=20)] = None,
        number: Annotated[str | None, Query(max_length=40)] = None,
    ) -> HTMLResponse:
        page = await held_submissions(doors, request, SHOWN, cursor)
        shown: dict[str, Any] = {
            "held": page.items,
            "next": page.next,
            "first": cursor is None,
            **_done(request, done, number),
        }
        return door_of(request).pages.render(request, "held.html", **shown)

    @router.get("/{submission_id}")
    async def one(request: Request, submission_id: SubmissionId, actor: Desk) -> HTMLResponse:
        return await held_page(doors, request, submission_id, actor, {}, {})

    _add_files(router, doors)
    return router


def _add_files(router: APIRouter, doors: Doors) -> None:
    @router.get("/{submission_id}/html")
    async def cleaned(request: Request, submission_id: SubmissionId, _: Desk) -> Response:
        read = await held_mails(doors).mail_of(await held_row(doors, submission_id))
        html = displayable_html(read.parsed.html) if read and read.parsed.html else None
        if html is None:
            raise Problem(404)
        shown: dict[str, Any] = {
            "cleaned": nh3.clean(html, tags=_WITHOUT_PICTURES),
            "back": f"/desk/held/{submission_id}",
        }
        headers = {"Content-Security-Policy": NOTHING_LOADS}
        return door_of(request).pages.render(request, "held_html.html", headers=headers, **shown)

    @router.get("/{submission_id}/original")
    async def original(submission_id: SubmissionId, _: Desk) -> Response:
        row = await held_row(doors, submission_id)
        if row["original"] is None or not await doors.files.exists(original_of(row)):
            raise Problem(404)
        return download(doors.files.open(original_of(row)), "mail.eml")

    @router.get("/{submission_id}/files/{n}")
    async def file(submission_id: SubmissionId, n: Annotated[int, Path(ge=1, le=1000)], _: Desk) -> Response:
        found = await held_mails(doors).attachment(await held_row(doors, submission_id), n)
        if found is None:
            raise Problem(404)
        return download(_whole(found.content), found.safe_name or f"{n}.bin")


async def held_page(
    doors: Doors,
    request: Request,
    submission_id: str,
    actor: Actor,
    values: dict[str, str],
    errors: dict[str, str],
) -> HTMLResponse:
    row = await held_row(doors, submission_id)
    one = in_full(request, doors, row, await held_mails(doors).mail_of(row))
    proposed = {"name": one.person.name or "", "email": one.person.email or ""}
    shown: dict[str, Any] = {
        "one": one,
        "decided_by": _name_of(request, one.decided.by) if one.decided else "",
        "original": row["original"],
        "may_decide": "agent" in member_of(request, actor).roles,
        "values": {**proposed, **values},
        "errors": errors,
    }
    status = 422 if errors else 200
    return door_of(request).pages.render(request, "held_one.html", status=status, **shown)


def _name_of(request: Request, member_id: str) -> str:
    """Who is not there any more is named by their id."""
    staff = door_of(request).staff
    member = staff.by_id(member_id) if staff else None
    return member.name if member else member_id


def _done(request: Request, done: str | None, number: str | None) -> dict[str, str | None]:
    """What was just done, in words; never words from the address."""
    parsed = parse_case_number(number or "")
    known = door_of(request).catalogue.find(f"held.done.{done}") if done else None
    return {"done": done if known else None, "number": str(parsed) if parsed else ""}


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content
