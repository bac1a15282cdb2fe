# SPDX-License-Identifier: Apache-2.0
"""`/`: the indicators of a month and its report, in plain HTML."""

from functools import partial
from typing import Annotated

from babel.numbers import format_decimal
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.web.door import door_of, locale_of
from reporting.api import Desk, Reader
from reporting.domain.period import Period
from reporting.shown import Month

NUMBERS = {"es": "es_CO", "en": "en"}


def pages(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def dashboard(request: Request, _: Reader, period: Annotated[Month | None, Query()] = None) -> HTMLResponse:
        month = period or f"{desk.today():%Y-%m}"
        return door_of(request).pages.render(
            request,
            "dashboard.html",
            number=partial(format_decimal, locale=NUMBERS[locale_of(request)]),
            month=month,
            shown=await desk.indicators(request, Period.month(month)),
            report=await desk.monthly(request, month),
        )

    return router
