# SPDX-License-Identifier: Apache-2.0
"""`/operations`: a page of every service for its operators, a section for each thing that waits for a person."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from chassis.operating.operations import LONGEST_REASON, Operations, Operator, as_problems
from chassis.operating.operations_gaps import GapsSection, add_gap_forms
from chassis.operating.operations_shown import ActsRead, Content, ParkedSection, Typed, Words, told
from chassis.operating.parked import Outcome
from chassis.web.door import door_of
from chassis.web.pages import Link

HOME = "/operations"
OPERATIONS_LINK = Link(HOME, "operations.nav", ("operator",))
LATEST_ACTS = 10
ACTS = 100

Word = Annotated[str, Query(max_length=500)]
Told = Annotated[tuple[str, ...], Query(max_length=100)]


def operations_pages(operations: Operations) -> APIRouter:
    """`/operations`, `/operations/parked/{id}`, `/operations/acts` and the forms on them."""
    router = APIRouter(prefix=HOME, include_in_schema=False)
    add_gap_forms(router, operations.gaps)

    @router.get("")
    async def overview(
        request: Request,
        _: Operator,
        subject: Word = "",
        topic: Word = "",
        kind: Word = "",
        reason: Word = "",
        since: Annotated[date | Literal[""], Query()] = "",
        cursor: Annotated[str, Query(max_length=4000)] = "",
        outcome: Told = (),
        gap: Told = (),
    ) -> Response:
        typed = Typed(subject.strip(), topic.strip(), kind.strip(), reason.strip(), since or None)
        with as_problems():
            parked = await ParkedSection.read(operations.dead_letters, typed, door_of(request).settings.zone, cursor)
        return door_of(request).pages.render(
            request,
            "operations.html",
            stopped=operations.stopped(),
            told=told(request, outcome),
            parked=parked,
            gaps=await GapsSection.read(operations.gaps, request, gap),
            words=Words(request),
            acts=ActsRead(request, await operations.acts.history(limit=LATEST_ACTS)),
        )

    @router.get("/parked/{parked_id:path}")
    async def one(request: Request, _: Operator, parked_id: str, outcome: Told = ()) -> Response:
        return await _one(request, operations, parked_id, outcome)

    @router.post("/replay")
    async def replay(request: Request, actor: Operator) -> Response:
        form = await request.form()
        if subject := _text(form, "subject"):
            return _back(HOME, *await operations.replay_subject(subject, actor))
        replayed = await operations.replay(_text(form, "id"), actor)
        return _back(f"{HOME}/parked/{quote(replayed.id)}" if replayed.failed else HOME, replayed)

    @router.post("/discard")
    async def discard(request: Request, actor: Operator) -> Response:
        form = await request.form()
        parked_id, reason = _text(form, "id"), _text(form, "reason")[:LONGEST_REASON]
        if not reason:
            return await _one(request, operations, parked_id, without_reason=True)
        return _back(HOME, await operations.discard(parked_id, actor, reason))

    @router.get("/acts")
    async def acts(request: Request, _: Operator, subject: Word = "") -> Response:
        found = await operations.acts.history(subject.strip() or None, limit=ACTS)
        return door_of(request).pages.render(
            request, "operations_acts.html", acts=ActsRead(request, found), subject=subject, most=ACTS
        )

    return router


async def _one(
    request: Request,
    operations: Operations,
    parked_id: str,
    outcomes: tuple[str, ...] = (),
    *,
    without_reason: bool = False,
) -> Response:
    with as_problems():
        detail = await operations.dead_letters.detail(parked_id)
    return door_of(request).pages.render(
        request,
        "operations_parked_one.html",
        status=422 if without_reason else 200,
        told=told(request, outcomes),
        detail=detail,
        words=Words(request),
        content=Content.of(detail),
        acts=ActsRead(request, detail.acts),
        without_reason=without_reason,
        longest_reason=LONGEST_REASON,
    )


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _back(path: str, *outcomes: Outcome) -> Response:
    """Also when there was nothing to do, so that a page that was sent twice says so."""
    kinds = [("outcome", one.kind) for one in outcomes] or [("outcome", "done elsewhere")]
    return RedirectResponse(f"{path}?{urlencode(kinds)}", status_code=303)
