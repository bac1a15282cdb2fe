# SPDX-License-Identifier: Apache-2.0
"""The API of satisfaction: checks, the calls about them, and the monthly samples."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Request

from chassis.clock import Clock
from chassis.commands import Commands
from chassis.subjects import Aggregate
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, ask
from chassis.web.auth import require
from chassis.web.door import door_of, locale_of
from chassis.web.problems import FieldError, Problem
from satisfaction.domain.calling_hours import CallingHours
from satisfaction.domain.check import Status
from satisfaction.domain.draw import Sample
from satisfaction.shown import CallingShown, CheckPage, CheckShown, NewAttempt, Samples, SampleShown
from satisfaction.store import BadCursor, Checks, Wanted
from ventanilla_contracts.envelope import Actor

MANY_AT_MOST = 200

Caller = Annotated[Actor, Depends(require("caller", "agent", "manager"))]
CheckId = Annotated[str, Path(max_length=100, description="The id of the case")]
Month = Annotated[str, Path(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="A month such as 2026-03")]


@dataclass(frozen=True)
class Desk:
    """What the doors of satisfaction work with."""

    checks: Checks
    commands: Commands
    cases: Aggregate
    clock: Clock
    zone: ZoneInfo
    hours: CallingHours

    def today(self) -> date:
        return self.clock.now().astimezone(self.zone).date()

    async def page(self, request: Request, wanted: Wanted) -> CheckPage:
        """Raises Problem: 422 for a cursor that is none of ours, 503."""
        try:
            checks, following = await self.checks.page(wanted)
        except BadCursor:
            error = FieldError(
                field="query.cursor", message="validation.message.wrong", expected="checks.cursor-expected"
            )
            raise Problem(422, errors=[error]) from None
        return CheckPage(items=[CheckShown.of(one) for one in checks], next=following, calling=self.calling(request))

    def calling(self, request: Request) -> CallingShown:
        warning = self.hours.warning(self.clock.now())
        text = door_of(request).catalogue.t(f"calling.{warning}", locale_of(request)) if warning else None
        return CallingShown(allowed_now=warning is None, warning=warning, text=text)

    async def check(self, check_id: str) -> CheckShown:
        """Raises Problem: 404, 503."""
        check = await self.checks.one(check_id)
        if check is None:
            raise Problem(404, "check-unknown")
        return CheckShown.of(check)

    async def record(self, request: Request, check_id: str, call: NewAttempt, actor: Actor) -> CheckShown:
        """Raises Problem: 404, 409, 422, 503."""
        await ask(self.commands, request, self.cases, check_id, call.command(actor))
        return await self.check(check_id)


def api(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/checks", tags=["checks"])
    async def list_checks(
        request: Request,
        _: Caller,
        status: Annotated[Status | None, Query(description="Only those in this state")] = None,
        due: Annotated[Literal["today"] | None, Query(description="Only those to call today")] = None,
        case_number: Annotated[str | None, Query(max_length=40, description="Only that of this case")] = None,
        limit: Annotated[int, Query(ge=1, le=MANY_AT_MOST, description="How many at most")] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    ) -> CheckPage:
        """The checks of answered cases (CNF-11).

        The oldest answer first; `calling` says whether this is a time for calls.
        """
        wanted = Wanted(status, desk.today() if due else None, case_number, limit, cursor)
        return await desk.page(request, wanted)

    @router.get("/checks/{check_id}", tags=["checks"])
    async def read_check(check_id: CheckId, _: Caller) -> CheckShown:
        """One check.

        With the person to call and the attempts that were made.
        """
        return await desk.check(check_id)

    @router.post("/checks/{check_id}/attempts", status_code=201, tags=["checks"], dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def record_attempt(request: Request, check_id: CheckId, body: NewAttempt, actor: Caller) -> CheckShown:
        """Note that a call was made (CNF-12).

        With contact the check ends; without, after three on three different days.
        """
        return await desk.record(request, check_id, body, actor)

    @router.get("/samples", tags=["samples"])
    async def list_samples(_: Caller) -> Samples:
        """The monthly draws of subsidy claims (CNF-11).

        The newest first.
        """
        return Samples(items=[SampleShown.of(one) for one in await desk.checks.samples()])

    @router.get("/samples/{month}", tags=["samples"])
    async def read_sample(month: Month, _: Caller) -> SampleShown:
        """One month's draw.

        With all that is needed to repeat it.
        """
        found: Sample | None = await desk.checks.sample(month)
        if found is None:
            raise Problem(404, "sample-unknown")
        return SampleShown.of(found)

    return router
