# SPDX-License-Identifier: Apache-2.0
"""`POST /v1/cases/bulk`: the same for many cases, each decided by itself."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem, ProblemDocument
from routing.api.bodies import AssignBody, ClassifyBody
from routing.bulk import MOST, Bulk, Chosen, Outcome
from routing.desk import Desk, field_error
from routing.domain.commands import Assign, Classify
from routing.roles import HANDLERS, Assigner
from routing.shown.history import HistoryLine
from routing.shown.summary import View
from ventanilla_contracts.envelope import Actor, Frozen


class ChosenCase(Frozen):
    number: str = Field(max_length=40, description="case number")
    version: int | None = Field(
        None, strict=True, ge=0, le=999_999_999, description="as you saw it; left out: whatever happened since"
    )


class BulkBody(Frozen):
    """Exactly one of `assign` and `classify`."""

    cases: Annotated[tuple[ChosenCase, ...], Field(min_length=1, max_length=MOST)]
    assign: AssignBody | None = Field(None, description="give them all to a responder (CNF-07)")
    classify: ClassifyBody | None = Field(None, description="what is left out stays as it is in each (CNF-06)")


class BulkItem(View):
    number: str
    outcome: Outcome
    problem: ProblemDocument | None = Field(description="why not, in words")
    changes: tuple[HistoryLine, ...] = Field(description="of a case that was changed meanwhile: what happened since")
    version: int | None = Field(description="of a case that was changed meanwhile: its version now")


class BulkResult(View):
    """In the order of the request, each case once."""

    items: tuple[BulkItem, ...]


def bulk_router(desk: Desk) -> APIRouter:
    """For those who assign; who classifies classifies."""
    router = APIRouter(prefix="/v1")

    @router.post("/cases/bulk", tags=["commands"], dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def bulk(request: Request, body: BulkBody, actor: Assigner) -> BulkResult:
        """Assign or classify many cases.

        Each is decided by itself: the answer says of each whether it was done, was refused and why, or was changed
        meanwhile. Repeated with the same Idempotency-Key, what was done is not done again. Classifying is for agents
        and advisers.
        """
        key = request.headers.get("idempotency-key")
        chosen = [Chosen(one.number, one.version) for one in body.cases]
        came = await Bulk(desk, request, _command(request, body, actor), key).each(chosen)
        items = (BulkItem(**{**vars(one), "problem": one.why, "changes": tuple(one.changes)}) for one in came)
        return BulkResult(items=tuple(items))

    return router


def _command(request: Request, body: BulkBody, actor: Actor) -> Assign | Classify:
    if (body.assign is None) == (body.classify is None):
        raise Problem(422, "one-command", errors=[field_error("$", "one-command")])
    if body.assign is not None:
        return Assign(actor, body.assign.responder, body.assign.observation)
    said = body.classify.model_dump(exclude_none=True) if body.classify else {}
    if not said:
        raise Problem(422, "nothing-to-correct", errors=[field_error("$.classify", "nothing-to-correct")])
    refuse_who_may_not_classify(request, actor)
    return Classify(actor, **said)


def refuse_who_may_not_classify(request: Request, actor: Actor) -> None:
    """Raises Problem 403."""
    if actor.role not in HANDLERS:
        texts, locale = door_of(request).catalogue, locale_of(request)
        raise Problem(403, values={"roles": ", ".join(texts.t(f"roles.{role}", locale) for role in HANDLERS)})
