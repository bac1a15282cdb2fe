# SPDX-License-Identifier: Apache-2.0
"""`/frequent-questions`: what staff read and editors keep; `/faq`: what is published, for everybody. Plain forms."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from chassis.i18n import LOCALES
from chassis.idempotency import Key, fingerprint_of
from chassis.ids import new_id
from chassis.mongo import Unavailable
from chassis.safe_text import without_controls
from chassis.web.auth import member_of
from chassis.web.door import door_of
from chassis.web.problems import Problem
from routing.api.bodies import LONGEST_TEXT
from routing.api.questions import refuse_unknown_area
from routing.desk import REFUSED, Desk
from routing.domain.earlier.questions import FrequentQuestion
from routing.questions.curating import Candidate
from routing.roles import EDITORS, Editor, Reader
from routing.searching.building import StillBuilding
from ventanilla_contracts.envelope import Actor

LONGEST_QUESTION = 500
STATUSES = ("draft", "published", "retired")


def question_page_router(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    _add_reading(router, desk)
    _add_adding(router, desk)
    _add_editing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/frequent-questions")
    async def questions(request: Request, actor: Reader) -> Response:
        return await _list(desk, request, actor)

    @router.get("/frequent-questions/{question_id}")
    async def question(request: Request, question_id: str, actor: Reader) -> Response:
        return _one(desk, request, actor, await desk.curating.question(question_id[:64]))

    @router.get("/faq")
    async def published(request: Request, lang: Annotated[str, Query(max_length=5)] = "") -> Response:
        """What citizens read; nobody needs to sign in. ``lang``: of the page that leads here."""
        if lang in LOCALES:
            request.state.locale = lang
        found = await desk.curating.store.all("published")
        citizens = door_of(request).settings.public_url
        return door_of(request).pages.render(request, "faq.html", groups=_by_area(desk, found), citizens=citizens)


def _add_adding(router: APIRouter, desk: Desk) -> None:
    @router.post("/frequent-questions")
    async def add(request: Request, actor: Editor) -> Response:
        async with request.form() as form:
            written = _written(form)
            written["cases"] = tuple(str(one)[:40] for one in form.getlist("cases"))[:50]
            key = str(form.get("key") or "")[:100]
        if not written["question"] or not written["answer"]:
            return await _list(desk, request, actor, typed=written, wrong="missing")
        try:
            refuse_unknown_area(desk, written["area"])
            made = await desk.curating.add(written, actor, desk.clock.now(), _once(actor, key, written))
        except Problem as problem:
            if problem.status not in REFUSED:
                raise
            return await _list(desk, request, actor, typed=written, wrong=problem.code)
        return RedirectResponse(f"/frequent-questions/{made.id}", status_code=303)


def _add_editing(router: APIRouter, desk: Desk) -> None:
    @router.post("/frequent-questions/{question_id}")
    async def edit(request: Request, question_id: str, actor: Editor) -> Response:
        async with request.form() as form:
            written, seen = _written(form), str(form.get("revision") or "")
        before = await desk.curating.question(question_id[:64])
        if not written["question"] or not written["answer"]:
            return _one(desk, request, actor, before, typed=written, wrong="missing")
        try:
            refuse_unknown_area(desk, written["area"])
            await desk.curating.edit(before.id, _number(seen), written, actor, desk.clock.now())
        except Problem as problem:
            if problem.status not in REFUSED:
                raise
            now = await desk.curating.question(before.id)
            return _one(desk, request, actor, now, typed=written, wrong=problem.code, status=problem.status)
        return RedirectResponse(f"/frequent-questions/{before.id}?saved=1", status_code=303)


async def _list(
    desk: Desk, request: Request, actor: Actor, typed: Mapping[str, Any] | None = None, wrong: str = ""
) -> Response:
    edits = _edits(request, actor)
    return door_of(request).pages.render(
        request,
        "questions.html",
        status=422 if wrong else 200,
        groups=_by_area(desk, await desk.curating.store.all()),
        candidates=await _candidates(desk) if edits else (),
        edits=edits,
        typed=typed or {},
        wrong=wrong,
        key=new_id(),
        **_choices(desk),
    )


def _one(
    desk: Desk,
    request: Request,
    actor: Actor,
    found: FrequentQuestion,
    typed: Mapping[str, Any] | None = None,
    wrong: str = "",
    status: int | None = None,
) -> Response:
    """``typed``: what the editor wrote, which is kept in the form whatever became of it."""
    return door_of(request).pages.render(
        request,
        "question.html",
        status=status or (422 if wrong else 200),
        one=found,
        by=[desk.wording.actor(revision.by, "es") for revision in found.past],
        edits=_edits(request, actor),
        typed=typed or {},
        wrong=wrong,
        saved="saved" in request.query_params,
        **_choices(desk),
    )


async def _candidates(desk: Desk) -> tuple[Candidate, ...] | None:
    """None while there is nothing to find them in."""
    try:
        return tuple(await desk.curating.candidates())
    except (StillBuilding, Unavailable):
        return None


def _edits(request: Request, actor: Actor) -> bool:
    return bool(set(member_of(request, actor).roles) & set(EDITORS))


def _choices(desk: Desk) -> Mapping[str, Any]:
    areas = {one.id: one.name for one in desk.policy.classifier.areas.values()}
    return {
        "areas": areas,
        "statuses": STATUSES,
        "longest_text": LONGEST_TEXT,
        "longest_question": LONGEST_QUESTION,
    }


def _by_area(desk: Desk, found: Any) -> list[tuple[str, list[FrequentQuestion]]]:
    """Area's name (empty: the whole organisation) and its questions."""
    names = {one.id: one.name for one in desk.policy.classifier.areas.values()}
    groups: dict[str, list[FrequentQuestion]] = {}
    for one in found:
        groups.setdefault(names.get(one.area, one.area) or "", []).append(one)
    return sorted(groups.items())


def _written(form: FormData) -> dict[str, Any]:
    status = str(form.get("status") or "draft")
    return {
        "question": _text(form, "question", LONGEST_QUESTION),
        "answer": _text(form, "answer", LONGEST_TEXT),
        "area": str(form.get("area") or "")[:100] or None,
        "status": status if status in STATUSES else "draft",
    }


def _text(form: FormData, name: str, most: int) -> str:
    value = form.get(name)
    return without_controls(value.replace("\r\n", "\n")).strip()[:most] if isinstance(value, str) else ""


def _once(actor: Actor, key: str, written: Mapping[str, Any]) -> Key | None:
    """A form that is sent again as it is (a reload, after 503) adds nothing twice; other words are another question."""
    mark = fingerprint_of(repr(sorted(written.items())).encode())
    return Key(f"{actor.id} /frequent-questions {key} {mark}", mark) if key else None


def _number(text: str) -> int:
    """A revision as a form says it; 0, which none is, where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
