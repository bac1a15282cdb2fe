# SPDX-License-Identifier: Apache-2.0
"""``/v1/boxes/openings``: the daily opening of a suggestion box and its forms (CNF-01, SQR-04)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from chassis.ids import new_id
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import require
from intake.api.body import body_in_hand, documented, documented_json, read_body, read_json
from intake.api.desk import bad_cursor
from intake.cursor import BadCursor
from intake.desk.box_store import Opening
from intake.desk.boxes import Boxes, Numbers
from intake.domain.boxes import CloseOpening, KeepScans, OpenBox, RecountForms, VoidForm
from intake.doors import Told, external_id_in
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, ShortText
from ventanilla_contracts.intake import SubmissionForm

PART, FORM = "opening", "submission"
Clerk = Annotated[Actor, Depends(require("adviser", "agent"))]
OpeningId = Annotated[str, Path(max_length=40, description="The opening's id")]
FormNumber = Annotated[int, Path(ge=1, le=10_000, description="The number of the form, from 1")]


class NewOpening(Frozen):
    """A box was opened: which, where, when, and how many forms lay in it."""

    box: Annotated[ShortText, Field(description="Which box")]
    place: Annotated[ShortText, Field(description="Where it hangs; the service point of its cases")]
    opened_at: Annotated[Instant, Field(description="When it was opened: the term of each form begins then")]
    counted: Annotated[int, Field(description="How many forms lay in it, 0 too")]


class NoForm(Frozen):
    reason: Annotated[ShortText, Field(description="Why the form becomes no case: empty, unreadable")]


class NoWords(Frozen):
    """Nothing is said beside the scans."""


class NewCount(Frozen):
    counted: int
    reason: Annotated[ShortText, Field(description="Why the first count was wrong")]


class FormSeen(BaseModel):
    n: int
    outcome: Literal["case", "void", "missing"]
    case_number: str | None
    reason: str | None


class OpeningSeen(BaseModel):
    """An opening; ``difference`` is what was counted less what became a case or void: zero, or something is wrong."""

    opening_id: str
    box: str
    place: str
    officer: str
    opened_at: datetime
    counted: int
    transcribed: int
    void: int
    difference: int
    missing: list[int]
    closed_at: datetime | None
    scans: list[FileRef]


class OpeningInFull(OpeningSeen):
    forms: list[FormSeen]


class OpeningsSeen(BaseModel):
    items: list[OpeningSeen]
    next: str | None


ONCE = (TAKES_IDEMPOTENCY_KEY,)


def boxes_api(boxes: Boxes) -> APIRouter:
    router = APIRouter(prefix="/v1/boxes/openings", tags=["boxes"], dependencies=[Depends(body_in_hand)])

    @router.post("", status_code=201, dependencies=ONCE, openapi_extra=documented(NewOpening, PART))
    async def open_box(request: Request, actor: Clerk) -> OpeningInFull:
        """Record that a suggestion box was opened, and how many forms lay in it.

        The scans may go beside it as multipart: the part `opening` is this JSON, each part `files` a scan.
        """
        new, uploads = await read_body(request, NewOpening, PART)
        scans = await boxes.doors.keep(uploads)
        command = OpenBox(actor, new.box, new.place, new.opened_at, new.counted, scans)
        return await _in_full(boxes, await boxes.open(request, command, external_id_in(request) or new_id()))

    @router.get("")
    async def list_openings(
        _: Clerk,
        state: Annotated[Literal["open", "closed"], Query(description="Where something is missing, or not")] = "open",
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most")] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    ) -> OpeningsSeen:
        """Openings where counted and transcribed differ, or those that are closed; the oldest first."""
        try:
            found, following = await boxes.openings.page(closed=state == "closed", limit=limit, cursor=cursor)
        except BadCursor:
            raise bad_cursor() from None
        return OpeningsSeen(items=[OpeningSeen(**_facts(one)) for one in found], next=following)

    @router.get("/{opening_id}")
    async def show_opening(_: Clerk, opening_id: OpeningId) -> OpeningInFull:
        """One opening, and what became of each form."""
        return await _in_full(boxes, await boxes.find(opening_id))

    _add_forms(router, boxes)
    _add_counts(router, boxes)
    return router


def _add_forms(router: APIRouter, boxes: Boxes) -> None:
    @router.post(
        "/{opening_id}/forms/{n}",
        dependencies=ONCE,
        status_code=202,
        openapi_extra=documented(SubmissionForm, FORM),
    )
    async def transcribe_form(request: Request, actor: Clerk, opening_id: OpeningId, n: FormNumber) -> Told:
        """Transcribe form `n`: it becomes a case, received when the box was opened.

        A form becomes a case once: sent again, whatever it says, it hears the first one's number. Its scan goes beside
        it as multipart: the part `submission` is this JSON, each part `files` a file.
        """
        opening = await boxes.find(opening_id)
        form, uploads = await read_body(request, SubmissionForm, FORM)
        return await boxes.transcribe(request, opening, n, form, actor, await boxes.doors.keep(uploads))

    @router.post("/{opening_id}/forms/{n}/void", dependencies=ONCE, openapi_extra=documented_json(NoForm))
    async def void_form(request: Request, actor: Clerk, opening_id: OpeningId, n: FormNumber) -> OpeningInFull:
        """Say why form `n` becomes no case: its scan is kept with the opening."""
        opening = await boxes.find(opening_id)
        said = await read_json(request, NoForm)
        command = VoidForm(actor, n, said.reason, frozenset(opening.cases))
        return await _in_full(boxes, await boxes.change(request, opening, command))


def _add_counts(router: APIRouter, boxes: Boxes) -> None:
    @router.post("/{opening_id}/scans", dependencies=ONCE, openapi_extra=documented(NoWords, "scans"))
    async def add_scans(request: Request, actor: Clerk, opening_id: OpeningId) -> OpeningInFull:
        """Keep scans of the forms with their opening: multipart, each part `files` a scan, the part `scans` is `{}`."""
        opening = await boxes.find(opening_id)
        _, uploads = await read_body(request, NoWords, "scans")
        command = KeepScans(actor, await boxes.doors.keep(uploads))
        return await _in_full(boxes, await boxes.change(request, opening, command))

    @router.post("/{opening_id}/recount", dependencies=ONCE, openapi_extra=documented_json(NewCount))
    async def recount_forms(request: Request, actor: Clerk, opening_id: OpeningId) -> OpeningInFull:
        """Correct how many forms were counted; the first count and the reason are kept."""
        opening = await boxes.find(opening_id)
        new = await read_json(request, NewCount)
        command = RecountForms(actor, new.counted, new.reason, frozenset(opening.cases))
        return await _in_full(boxes, await boxes.change(request, opening, command))

    @router.post("/{opening_id}/close", dependencies=ONCE)
    async def close_opening(request: Request, actor: Clerk, opening_id: OpeningId) -> OpeningInFull:
        """Close an opening of which nothing is missing; this happens by itself with the last form."""
        opening = await boxes.find(opening_id)
        command = CloseOpening(actor, frozenset(opening.cases))
        return await _in_full(boxes, await boxes.change(request, opening, command))


async def _in_full(boxes: Boxes, opening: Opening) -> OpeningInFull:
    return OpeningInFull(**_facts(opening), forms=forms_of(opening, await boxes.numbers(opening)))


def forms_of(opening: Opening, numbers: Numbers) -> list[FormSeen]:
    """Each form that was counted, and each case beyond the count."""
    return [_form(opening, n, numbers.get(n)) for n in (*range(1, opening.state.counted + 1), *opening.uncounted)]


def _form(opening: Opening, n: int, number: str | None) -> FormSeen:
    void = opening.state.void.get(str(n))
    if n in opening.cases:
        return FormSeen(n=n, outcome="case", case_number=number, reason=None)
    return FormSeen(n=n, outcome="void" if void else "missing", case_number=None, reason=void.reason if void else None)


def _facts(opening: Opening) -> dict[str, Any]:
    state = opening.state
    return {
        "opening_id": opening.id,
        "box": state.box,
        "place": state.place,
        "officer": state.officer.id,
        "opened_at": state.opened_at,
        "counted": state.counted,
        "transcribed": len(opening.cases),
        "void": len(state.void.keys() - set(map(str, opening.cases))),
        "difference": len(opening.missing) - len(opening.uncounted),
        "missing": list(opening.missing),
        "closed_at": state.closed_at,
        "scans": list(state.scans),
    }
