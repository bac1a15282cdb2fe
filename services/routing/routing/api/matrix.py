# SPDX-License-Identifier: Apache-2.0
"""`/v1/matrix…`: the versions of the escalation matrix, as JSON or YAML (ICX-02)."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from chassis.web.auth import member_of
from chassis.web.door import door_of, locale_of
from chassis.web.problems import FieldError, Problem
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.versions import OpenCases
from routing.matrix.desk import MatrixDesk, VersionView
from routing.matrix.putting import Order, as_yaml
from routing.matrix.simulating import Simulation
from routing.roles import Keeper, Reader
from routing.shown.summary import View
from ventanilla_contracts.envelope import Instant

YAML = "application/yaml"
JSON = "application/json"
TEXT: dict[str, Any] = {"schema": {"type": "string"}}
TAKES_A_MATRIX: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/MatrixFile"}}, YAML: TEXT},
    }
}
_NO_NOTE = {"field": "query.note", "message": "problems.no-note.title", "expected": "problems.no-note.expected"}
VersionName = Annotated[str | None, Query(max_length=60, description="A former version; left out: the one in force")]


class MatrixOutcome(View):
    """What became of a matrix that was put in: ``version`` is missing if it was only checked."""

    outcome: Literal["checked", "put-in"]
    areas: int
    rules: int
    levels: int
    version: VersionView | None = None


class MatrixVersions(View):
    """Each change of the matrix, the last one first."""

    items: list[VersionView] = Field(default_factory=list)


def matrix_router(desk: MatrixDesk) -> APIRouter:
    """Readers see it; managers and the head of customer care put versions in force."""
    router = APIRouter(prefix="/v1", tags=["matrix"], dependencies=[Depends(desk.ready)])

    @router.get("/matrix", response_model=MatrixFile, response_model_exclude_none=True, responses=_or_yaml())
    async def read_matrix(request: Request, _: Reader, version: VersionName = None) -> MatrixFile | Response:
        """The escalation matrix in force.

        Who gets which case, and to whom it escalates; with `Accept: application/yaml` as it was written, to be edited
        and put in again.
        """
        found = await desk.store.by_version(version or desk.file().version)
        if found is None:
            raise Problem(404, "unknown-matrix-version")
        return Response(found.text, media_type=YAML) if _wants_yaml(request) else found.content

    @router.get("/matrix/versions")
    async def list_matrix_versions(_: Reader) -> MatrixVersions:
        """Every version of the matrix.

        Who put it in force, when and why, the last one first.
        """
        return MatrixVersions(items=await desk.versions())

    _add_putting(router, desk)
    return router


def _add_putting(router: APIRouter, desk: MatrixDesk) -> None:
    @router.put("/matrix", openapi_extra=TAKES_A_MATRIX, response_model_exclude_none=True)
    async def put_matrix(
        request: Request,
        actor: Keeper,
        note: Annotated[str, Query(max_length=500, description="Why; needed unless it is only checked")] = "",
        open_cases: Annotated[
            OpenCases, Query(description="Whether open cases keep the version that assigned them, or take this one")
        ] = "keep",
        from_: Annotated[Instant | None, Query(alias="from", description="When it comes into force; else now")] = None,
        replaces: Annotated[
            str | None, Query(max_length=60, description="Only if this version is the one in force")
        ] = None,
        dry_run: Annotated[bool, Query(description="Only check it")] = False,
    ) -> MatrixOutcome:
        """Put a version of the matrix in force, without a restart.

        It is checked as a whole; each fault is told with its line and what to write instead. Versions never change:
        what is changed gets a name of its own.
        """
        desk.refuse_others(member_of(request, actor))
        matrix, text = await sent_matrix(request, desk)
        checked = MatrixOutcome(
            outcome="checked", areas=len(matrix.areas), rules=len(matrix.rules), levels=len(matrix.levels)
        )
        if dry_run:
            return checked
        if not note.strip():
            raise Problem(422, "no-note", errors=[FieldError(**_NO_NOTE)])
        order = Order(actor, note.strip(), open_cases, from_, replaces)
        return checked.model_copy(update={"outcome": "put-in", "version": await desk.put(matrix, text, order)})

    @router.post("/matrix/simulate", openapi_extra=TAKES_A_MATRIX)
    async def simulate_matrix(
        request: Request,
        actor: Keeper,
        from_: Annotated[
            Instant | None, Query(alias="from", description="Cases received since then; left out: a year before `to`")
        ] = None,
        to: Annotated[Instant | None, Query(description="Cases received before then; left out: now")] = None,
    ) -> Simulation:
        """Try a matrix on past cases.

        Who would have had them, and which escalations would have come earlier, later, to others, besides or not at
        all, compared with the version in force. Nothing changes.
        """
        desk.refuse_others(member_of(request, actor))
        matrix, _ = await sent_matrix(request, desk)
        return await desk.simulated(matrix, from_, to)


async def sent_matrix(request: Request, desk: MatrixDesk) -> tuple[MatrixFile, str]:
    """The matrix in a request, and the YAML to keep of it. Raises Problem."""
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    if media not in (JSON, YAML):
        raise Problem(415)
    try:
        text = (await request.body()).decode("utf-8")
        if media == JSON:
            json.loads(text)
    except (ValueError, RecursionError):
        raise Problem(400) from None
    matrix = desk.checked(text, door_of(request).catalogue, locale_of(request))
    return matrix, text if media == YAML else as_yaml(matrix)


def _wants_yaml(request: Request) -> bool:
    return YAML in request.headers.get("accept", "")


def _or_yaml() -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {YAML: TEXT}}}
