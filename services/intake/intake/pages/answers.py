# SPDX-License-Identifier: Apache-2.0
"""``/answers``: the answers to anonymous cases, for whoever has no address to which one could go (design 4)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.web.door import door_of
from chassis.web.problems import Problem
from intake.cursor import BadCursor
from intake.domain.case import Case
from intake.domain.numbers import parse_case_number
from intake.pages.router import page_router
from intake.store import Cases

PAGE = 20
LONGEST_CURSOR = 200
LONGEST = 60


def answer_pages(cases: Cases) -> APIRouter:
    """Number, day, area and the words that were published; nothing of what the person wrote."""
    router = page_router()

    @router.get("/answers")
    async def show(
        request: Request,
        number: Annotated[str, Query(max_length=LONGEST)] = "",
        cursor: Annotated[str | None, Query(max_length=LONGEST_CURSOR)] = None,
    ) -> HTMLResponse:
        shown, following = await _found(cases, number, cursor)
        context: dict[str, Any] = {"answers": shown, "next": following, "cursor": cursor, "number": number.strip()}
        return door_of(request).pages.render(request, "answers.html", **context)

    return router


async def _found(cases: Cases, number: str, cursor: str | None) -> tuple[list[Case], str | None]:
    if not number.strip():
        try:
            page, following = await cases.published(PAGE, cursor)
        except BadCursor:
            raise Problem(404) from None
        return [case for _, case in page], following
    written = parse_case_number(number)
    filed = await cases.by_number(str(written)) if written else None
    return [filed[1]] if filed and filed[1].progress.published_at else [], None
