# SPDX-License-Identifier: Apache-2.0
"""What the desk does beside filing: uploads to the regulator's platform (CNF-05), and held submissions."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, ask
from chassis.web.auth import require
from chassis.web.door import door_of, locale_of
from chassis.web.problems import FieldError, Problem
from intake.api.body import body_in_hand, documented, read_body
from intake.consumers import CASES
from intake.cursor import BadCursor
from intake.domain.case import Case
from intake.domain.numbers import parse_case_number
from intake.domain.tutelas import speaks_of_tutela
from intake.domain.upload import FileAnswerWithRegulator
from intake.doors import Doors
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, LocalDate, ShortText
from ventanilla_contracts.intake import RegulatorRequest, SubmissionForm
from ventanilla_contracts.vocabulary import EmergencyMatter

PART = "filing"
Uploader = Annotated[Actor, Depends(require("agent", "general-secretariat", "legal"))]
Desk = Annotated[Actor, Depends(require("agent", "adviser", "general-secretariat", "legal"))]
Number = Annotated[str, Path(max_length=40, description="The case number")]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


class NewFiling(Frozen):
    """An upload: the number that the platform gave to it, and when."""

    reference: Annotated[
        str, Field(min_length=1, max_length=100, description="The number that the platform gave to it")
    ]
    filed_at: Annotated[Instant, Field(description="When it was uploaded")]


class FilingTold(BaseModel):
    case_number: str
    reference: str
    filed_at: datetime


class AwaitingUpload(BaseModel):
    case_number: str
    regulator: RegulatorRequest
    received_at: datetime
    due: LocalDate | None
    approved_at: datetime
    answer: str
    files: list[FileRef]


class AwaitingUploads(BaseModel):
    items: list[AwaitingUpload]
    next: str | None


class HeldSubmission(BaseModel):
    submission_id: str
    channel: str
    reason: str
    reason_text: str
    received_at: datetime
    from_name: str | None
    from_address: str | None
    subject: ShortText
    excerpt: str
    emergency: EmergencyMatter | None = Field(description="What it says is in danger: look at it first")
    tutela: bool = Field(description="It seems to be a tutela, or of one: look at it then")


class HeldSubmissions(BaseModel):
    items: list[HeldSubmission]
    next: str | None


def desk_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["desk"])

    @router.post(
        "/cases/{number}/regulator-filing",
        dependencies=[Depends(body_in_hand), TAKES_IDEMPOTENCY_KEY],
        openapi_extra=documented(NewFiling, PART),
    )
    async def file_answer_with_regulator(request: Request, number: Number, actor: Uploader) -> FilingTold:
        """Note that the approved answer was uploaded to the regulator's platform.

        This ends the request (CNF-05). The platform's receipt may go beside it as multipart: the part `filing` is this
        JSON, each part `files` a file.
        """
        filing, uploads = await read_body(request, NewFiling, PART)
        command = FileAnswerWithRegulator(actor, filing.reference, filing.filed_at, await doors.keep(uploads))
        return await file_answer(doors, request, number, command)

    @router.get("/regulator/pending")
    async def list_awaiting_upload(_: Desk, limit: Limit = 50, cursor: Cursor = None) -> AwaitingUploads:
        """Approved answers that wait for their upload.

        Requests of authorities whose answer somebody must upload to the authority's platform, the oldest first.
        """
        return await awaiting(doors, limit, cursor)

    @router.get("/held")
    async def list_held(request: Request, _: Desk, limit: Limit = 50, cursor: Cursor = None) -> HeldSubmissions:
        """Submissions that a person must look at.

        They are no case yet, for the reason that each tells: emergencies, tutelas, the rest, the oldest first of each.
        """
        return await held_submissions(doors, request, limit, cursor)

    return router


async def file_answer(doors: Doors, request: Request, number: str, command: FileAnswerWithRegulator) -> FilingTold:
    """Raises Problem: 404, 409, 422, 503."""
    parsed = parse_case_number(number)
    filed = await doors.cases.by_number(str(parsed)) if parsed else None
    if filed is None:
        raise Problem(404, "case-unknown")
    return FilingTold.model_validate(dict(await ask(doors.commands, request, CASES, filed[0], command)))


async def awaiting(doors: Doors, limit: int, cursor: str | None = None) -> AwaitingUploads:
    """Raises Problem: 422 for a cursor that is none of ours."""
    try:
        found, following = await doors.cases.awaiting_upload(limit, cursor)
    except BadCursor:
        raise bad_cursor() from None
    return AwaitingUploads(items=[one for _, case in found if (one := _awaiting(case))], next=following)


async def held_submissions(doors: Doors, request: Request, limit: int, cursor: str | None = None) -> HeldSubmissions:
    """Raises Problem: 422 for a cursor that is none of ours."""
    try:
        rows, following = await doors.cases.held(limit, cursor)
    except BadCursor:
        raise bad_cursor() from None
    return HeldSubmissions(items=[held_item(request, row) for row in rows], next=following)


def bad_cursor() -> Problem:
    error = FieldError(field="query.cursor", message="validation.message.wrong", expected="lists.cursor")
    return Problem(422, errors=[error])


def _awaiting(case: Case) -> AwaitingUpload | None:
    if case.regulator is None or case.to_upload is None:
        return None
    return AwaitingUpload(
        case_number=case.number,
        regulator=case.regulator,
        received_at=case.received_at,
        due=case.progress.due,
        approved_at=case.to_upload.approved_at,
        answer=case.to_upload.text,
        files=list(case.to_upload.files),
    )


def held_item(request: Request, row: dict[str, Any]) -> HeldSubmission:
    form = row["personal"]["form"]
    person = form.get("person", {})
    return HeldSubmission(
        submission_id=row["_id"],
        channel=row["channel"],
        reason=row["reason"],
        reason_text=door_of(request).catalogue.t(f"reasons.{row['reason']}", locale_of(request)),
        received_at=row["received_at"],
        from_name=person.get("name"),
        from_address=person.get("email"),
        subject=form.get("subject", ""),
        excerpt=form.get("text", "")[:300],
        emergency=row["emergency"]["matter"] if row.get("emergency") else None,
        tutela=speaks_of_tutela(SubmissionForm.model_validate(form)),
    )
