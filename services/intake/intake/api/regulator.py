# SPDX-License-Identifier: Apache-2.0
"""What the regulator's platform has of a case, and what a person does where it did not take something."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import require
from intake.api.desk import Cursor, Desk, Limit, Number, bad_cursor
from intake.cursor import BadCursor
from intake.desk.cases import CaseDesk
from intake.desk.regulator import ActTold, AttentionsSeen, NewFavour, RegulatorDesk
from intake.doors import Doors
from ventanilla_contracts.envelope import Actor

Reporter = Annotated[Actor, Depends(require("agent", "general-secretariat", "legal"))]


def regulator_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["regulator"])
    desk = RegulatorDesk(CaseDesk(doors))

    @router.get("/regulator/attention")
    async def list_regulator_attention(
        request: Request, _: Desk, limit: Limit = 50, cursor: Cursor = None
    ) -> AttentionsSeen:
        """Cases that a person must look at for the regulator.

        What its platform did not take, with its words, and closings that wait for who says in whose favour they are;
        the oldest first.
        """
        try:
            return await desk.attention(request, limit, cursor)
        except BadCursor:
            raise bad_cursor() from None

    @router.post("/cases/{number}/regulator/favour", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def decide_favour(request: Request, number: Number, new: NewFavour, actor: Reporter) -> ActTold:
        """Say in whose favour a complaint was resolved.

        Without it the platform takes no closing; it can be corrected until the platform has taken it. If it was a
        fraud, of which kind, for how much, and which file of the case is the inquiry.
        """
        return await desk.decide(request, number, new, actor)

    @router.post("/cases/{number}/regulator/retry", dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def retry_dispatch(request: Request, number: Number, actor: Reporter) -> ActTold:
        """Send again what the platform did not take.

        Once what it complained of is mended; nothing is sent twice that it has.
        """
        return await desk.retry(request, number, actor)

    return router
