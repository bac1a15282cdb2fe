# SPDX-License-Identifier: Apache-2.0
"""The receipt: number, code, what was filed and when, and the due date as soon as routing has set it."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from chassis.mongo import Unavailable
from chassis.web.door import door_of
from intake.domain.case import Case
from intake.domain.certificate import VERBAL
from intake.doors import Doors, Told
from intake.tracking import Tracking
from ventanilla_contracts.envelope import FileRef


async def receipt_page(request: Request, doors: Doors, told: Told, *, public: bool) -> HTMLResponse:
    """What was just filed. It is filed whatever comes now: while the database is away only number and code are told."""
    found = None
    try:
        found = await doors.cases.by_number(told.case_number or "")
        row = await doors.cases.submission(told.submission_id)
    except Unavailable:
        row = None
    shown = _shown(found[1] if found else None, row)
    return _render(request, told.case_number or "", told.tracking_code, shown, public=public)


async def receipt_again(request: Request, doors: Doors, tracking: Tracking, number: str, code: str) -> HTMLResponse:
    """The receipt of whoever has number and code, to see whether there is a due date now. Raises Problem."""
    _, case = await tracking.opened(request, number, code)
    first = next((name for name, filed in case.submissions.items() if filed.outcome == "created"), "")
    shown = _shown(case, await doors.cases.submission(first))
    return _render(request, case.number, case.tracking_code, shown, public=True)


def _render(request: Request, number: str, code: str | None, shown: Mapping[str, Any], *, public: bool) -> HTMLResponse:
    page = door_of(request).pages
    return page.render(request, "receipt.html", number=number, code=code, public=public, **shown)


def _shown(case: Case | None, row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of a case that cannot be read now, nothing."""
    form = row["personal"]["form"] if row else {}
    return {
        "received_at": case.received_at if case else None,
        "due": case.progress.due if case else None,
        "anonymous": bool(case and case.anonymous),
        "email": form.get("person", {}).get("email"),
        "kind": form.get("kind"),
        "subject": form.get("subject", ""),
        "answer": form.get("answer_on_spot"),
        "membership": case.membership if case else None,
        "archive_place": form.get("archive_place"),
        "verbal": bool(row and row["channel"] in VERBAL),
        "files": [FileRef.model_validate(file) for file in row["files"]] if row else [],
    }
