# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/track``: the state of a case for whoever has number and code."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.problems import problem_response
from intake.tracking import CaseShown, Tracking


class TrackingQuestion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=40)


def track_api(tracking: Tracking) -> APIRouter:
    router = APIRouter(tags=["tracking"])

    @router.post("/track", responses={404: problem_response(404), 429: problem_response(429)})
    async def track(request: Request, question: TrackingQuestion) -> CaseShown:
        """How far the case is, in plain words."""
        return await tracking.show(request, question.number, question.code)

    return router
