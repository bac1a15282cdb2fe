# SPDX-License-Identifier: Apache-2.0
"""`/matrix`: the version in force and all before it; a change is checked and tried on past cases, then put in force."""

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.pages import Link
from chassis.web.problem_handlers import problem_document
from chassis.web.problems import Problem, ProblemDocument
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.versions import OpenCases
from routing.matrix.desk import MatrixDesk
from routing.matrix.putting import LONGEST_TEXT, Order
from routing.matrix.simulating import Simulation
from routing.roles import KEEPERS, READERS, Keeper, Reader
from ventanilla_contracts.envelope import Actor

MATRIX_LINK = Link("/matrix", "matrix.page.nav", READERS)
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Draft:
    """What the form says, and what was found about it; ``replaces`` is the version that the writer saw in force."""

    text: str
    replaces: str
    note: str = ""
    open_cases: OpenCases = "keep"
    refused: ProblemDocument | None = None
    tried: Simulation | None = None
    note_missing: bool = False


def matrix_page_router(desk: MatrixDesk) -> APIRouter:
    """Everybody who sees cases sees it; managers and the head of customer care change it."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(desk.ready)])

    @router.get("/matrix")
    async def show(request: Request, actor: Reader) -> Response:
        return await _shown(desk, request, actor, await _in_force(desk))

    @router.post("/matrix")
    async def send(request: Request, actor: Keeper) -> Response:
        desk.refuse_others(member_of(request, actor))
        async with request.form() as form:
            draft, puts = await _draft(form), form.get("act") == "put"
        try:
            matrix = desk.checked(draft.text, door_of(request).catalogue, locale_of(request))
            if puts and draft.note:
                await desk.put(matrix, draft.text, Order(actor, draft.note, draft.open_cases, None, draft.replaces))
                return RedirectResponse("/matrix", status_code=303)
            return await _tried(desk, request, actor, replace(draft, note_missing=puts), matrix)
        except Problem as problem:
            told = problem_document(door_of(request).catalogue, locale_of(request), problem)
            return await _shown(desk, request, actor, replace(draft, refused=told), status=problem.status)

    return router


async def _tried(desk: MatrixDesk, request: Request, actor: Actor, draft: Draft, matrix: MatrixFile) -> Response:
    tried = await desk.simulated(matrix, None, None)
    return await _shown(desk, request, actor, replace(draft, tried=tried), status=422 if draft.note_missing else 200)


async def _in_force(desk: MatrixDesk) -> Draft:
    version = desk.file().version
    found = await desk.store.by_version(version)
    return Draft(found.text if found else "", version)


async def _draft(form: FormData) -> Draft:
    """A file, if one was chosen, else what was written."""
    upload, said = form.get("file"), {name: form.get(name) for name in ("text", "replaces", "note", "open_cases")}
    text = str(said["text"] or "")
    if isinstance(upload, UploadFile) and upload.filename:
        text = (await upload.read(LONGEST_TEXT + 1)).decode("utf-8", "replace")
    return Draft(
        text=text.replace("\r\n", "\n"),
        replaces=str(said["replaces"] or ""),
        note=" ".join(str(said["note"] or "").split())[:LONGEST_NOTE],
        open_cases="take" if said["open_cases"] == "take" else "keep",
    )


async def _shown(desk: MatrixDesk, request: Request, actor: Actor, draft: Draft, status: int = 200) -> Response:
    member, in_force = member_of(request, actor), desk.file()
    keeps = bool(set(member.roles) & set(KEEPERS)) and desk.may_keep(member)
    shown: dict[str, Any] = {
        "draft": draft,
        "matrix": in_force,
        "versions": await desk.versions(),
        "names": {one: ref.name for one, ref in desk.rules().matrix.people.items()},
        "areas": {one.id: one.name for one in desk.rules().classifier.areas.values()},
        "keeps": keeps,
        "longest_note": LONGEST_NOTE,
        "longest_text": LONGEST_TEXT,
    }
    return door_of(request).pages.render(request, "matrix.html", status=status, **shown)
