# SPDX-License-Identifier: Apache-2.0
"""`GET /v1/cases/{number}/earlier-answers` (CSC-04)."""

from fastapi import APIRouter, Request

from chassis.web.door import locale_of
from routing.api.cases import Number
from routing.desk import Desk
from routing.roles import Reader
from routing.shown.earlier import EarlierAnswersView


def earlier_router(desk: Desk) -> APIRouter:
    """For whoever may read cases."""
    router = APIRouter(prefix="/v1")

    @router.get("/cases/{number}/earlier-answers", tags=["cases"])
    async def read_earlier_answers(request: Request, number: Number, _: Reader) -> EarlierAnswersView:
        """What was answered before where the like was asked.

        The nearest first, without what tells whose cases they were, and with what is not as it was then.
        """
        found = await desk.earlier.nearest(await desk.case(number), desk.clock.now())
        return EarlierAnswersView.of(found, desk.policy.classifier, locale_of(request))

    return router
