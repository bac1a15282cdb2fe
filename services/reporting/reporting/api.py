# SPDX-License-Identifier: Apache-2.0
"""The API of reporting: indicators and the monthly report."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from chassis.clock import Clock
from chassis.web.auth import require
from chassis.web.door import door_of, locale_of
from chassis.web.problems import FieldError, Problem
from chassis.web.written import Day
from reporting.csv_export import monthly_csv
from reporting.domain.indicators import indicators
from reporting.domain.monthly import monthly
from reporting.domain.period import Period
from reporting.goals import Goals
from reporting.shown import Indicators, IndicatorShown, Month, MonthlyShown, Texts, monthly_shown
from reporting.store import Counts
from ventanilla_contracts.envelope import Actor

Reader = Annotated[Actor, Depends(require("manager", "agent"))]


@dataclass(frozen=True)
class Desk:
    """What the doors of reporting work with."""

    counts: Counts
    clock: Clock
    zone: ZoneInfo
    goals: Goals

    def today(self) -> date:
        return self.clock.now().astimezone(self.zone).date()

    async def indicators(self, request: Request, period: Period) -> Indicators:
        as_of, texts = self.clock.now(), texts_of(request)
        figures = await self.counts.figures(period, as_of.astimezone(self.zone).date())
        shown = [IndicatorShown.of(one, self.goals, texts) for one in indicators(figures)]
        return Indicators(as_of=as_of, indicators=shown)

    async def monthly(self, request: Request, period: str) -> MonthlyShown:
        as_of, month = self.clock.now(), Period.month(period)
        report = monthly(await self.counts.by_place(month), await self.counts.open_at(month.last))
        return monthly_shown(report, period, as_of, texts_of(request))


def texts_of(request: Request) -> Texts:
    """The texts in the language of whoever asks."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    return lambda key: texts.t(key, locale)


def period_of(first: Day, last: Day) -> Period:
    """Raises Problem 422 if it ends before it begins."""
    if first > last:
        error = FieldError(
            field="query.to",
            message="problems.period-backwards.title",
            expected="problems.period-backwards.expected",
        )
        raise Problem(422, "period-backwards", errors=[error])
    return Period(first, last)


def api(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1")

    @router.get("/indicators", tags=["indicators"])
    async def read_indicators(
        request: Request,
        _: Reader,
        first: Annotated[Day, Query(alias="from", description="First local day")],
        last: Annotated[Day, Query(alias="to", description="Last local day, included")],
    ) -> Indicators:
        """The indicators of a period (ICX-09, CSC-05).

        Open and overdue cases are those at its end, or now if it has not ended.
        """
        return await desk.indicators(request, period_of(first, last))

    @router.get(
        "/reports/monthly",
        tags=["reports"],
        response_model=MonthlyShown,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def read_monthly_report(
        request: Request,
        _: Reader,
        period: Annotated[Month, Query()],
        form: Annotated[Literal["json", "csv"], Query(alias="format", description="How it is answered")] = "json",
    ) -> Response:
        """Care in a month (ICX-05).

        By channel, service area and service point; as JSON, or as CSV for a spreadsheet.
        """
        report = await desk.monthly(request, period)
        if form == "json":
            return JSONResponse(report.model_dump(mode="json"))
        headers = {"Content-Disposition": f'attachment; filename="ventanilla-{period}.csv"'}
        text = monthly_csv(report, texts_of(request))
        return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)

    return router
