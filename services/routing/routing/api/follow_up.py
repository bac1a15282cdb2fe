# SPDX-License-Identifier: Apache-2.0
"""`/v1/ombudsman-follow-up`: what the ombudsman asked in a period, and what came of it (ICX-08, F153)."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from chassis.web.door import door_of, locale_of
from chassis.web.problems import FieldError, Problem
from chassis.web.written import Day
from routing.following.desk import FollowUpDesk, FollowUpView, Texts, as_csv
from routing.roles import Manager


def follow_up_router(desk: FollowUpDesk) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["ombudsman"])

    @router.get(
        "/ombudsman-follow-up",
        response_model=FollowUpView,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def read_ombudsman_follow_up(
        request: Request,
        _: Manager,
        first: Annotated[Day, Query(alias="from", description="First local day of receipt")],
        last: Annotated[Day, Query(alias="to", description="Last local day of receipt, included")],
        form: Annotated[Literal["json", "csv"], Query(alias="format", description="How it is answered")] = "json",
    ) -> Response:
        """The follow-up of the answers to the ombudsman of the financial consumer (ICX-08).

        Each request that was received in the period; as JSON, or as CSV for a spreadsheet (F153).
        """
        if first > last:
            raise backwards()
        shown = await desk.rows(first, last)
        if form == "json":
            return JSONResponse(shown.model_dump(mode="json"))
        return csv_of(shown, texts_of(request))

    return router


def csv_of(shown: FollowUpView, texts: Texts) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file_name(shown.first, shown.last)}"'}
    return Response(as_csv(shown, texts).encode(), media_type="text/csv; charset=utf-8", headers=headers)


def file_name(first: date, last: date) -> str:
    return f"defensor-{first.isoformat()}-{last.isoformat()}.csv"


def texts_of(request: Request) -> Texts:
    """The texts in the language of whoever asks."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    return lambda key: texts.t(key, locale)


def backwards() -> Problem:
    error = FieldError(
        field="query.to", message="problems.period-backwards.title", expected="problems.period-backwards.expected"
    )
    return Problem(422, "period-backwards", errors=[error])
