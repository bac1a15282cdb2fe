# SPDX-License-Identifier: Apache-2.0
"""`POST /v1/deadlines/compute`: the legal clock for anyone (design 6)."""

from fastapi import APIRouter, Request
from pydantic import Field

from chassis.web.door import locale_of
from chassis.web.problems import FieldError, Problem
from routing.api.bodies import ComputeBody
from routing.domain.clock.deadlines import Deadline, Suspended, compute
from routing.domain.clock.invalid_input import InvalidInput
from routing.domain.policy import Policy
from routing.shown.summary import View
from routing.wording import Wording
from ventanilla_contracts.envelope import LocalDate
from ventanilla_contracts.routing import TraceDay


class Standstill(View):
    """The clock stands still since that day, with so many days to go."""

    since: LocalDate
    left: int


class ComputedDeadline(View):
    """Local dates; ``due`` is null while a stop is open."""

    due: LocalDate | None
    anchor: LocalDate
    calendar_version: str
    rule: str
    source: str
    trace: tuple[TraceDay, ...]
    suspended: Standstill | None = Field(None, description="while a stop has no `to`")


def deadline_router(policy: Policy, wording: Wording) -> APIRouter:
    """Open to anyone: it knows no case."""
    router = APIRouter(prefix="/v1", tags=["deadlines"])

    @router.post("/deadlines/compute", response_model_exclude_unset=True)
    async def compute_deadline(request: Request, body: ComputeBody) -> ComputedDeadline:
        """When a legal term ends, and why.

        Each day, counted or not, with the reason; open to anyone, since it knows no case.
        """
        asked = {name: getattr(body, name) for name in ComputeBody.model_fields}
        found = compute(**asked, terms=policy.terms, calendar=policy.calendar)
        if isinstance(found, InvalidInput):
            raise _problem(found, wording, locale_of(request))
        return _view(found)

    return router


def _view(found: Deadline | Suspended) -> ComputedDeadline:
    explained = {name: getattr(found, name) for name in ("anchor", "calendar_version", "rule", "source", "trace")}
    if isinstance(found, Deadline):
        return ComputedDeadline(due=found.due, **explained)
    return ComputedDeadline(due=None, suspended=Standstill(since=found.since, left=found.left), **explained)


def _problem(found: InvalidInput, wording: Wording, locale: str) -> Problem:
    words = wording.deadline(locale).problem(found)
    return Problem(
        422, errors=[FieldError(field=f"$.{found.field}", message="validation.message.wrong", expected=words)]
    )
