# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/track``: the state of a case for whoever has number and code."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from intake.tracking import CaseShown, Tracking


class TrackingQuestion(BaseModel):
    """What the acknowledgement gave to the person; case, spaces and hyphens do not matter."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=40, description="The case number")
    code: str = Field(min_length=1, max_length=40, description="The tracking code")


def track_api(tracking: Tracking) -> APIRouter:
    router = APIRouter(tags=["tracking"])

    @router.post("/track")
    async def track_case(request: Request, question: TrackingQuestion) -> CaseShown:
        """How far a case is, in plain words.

        For whoever has its number and code; nobody signs in. Guessing ends in 429, for 15 minutes.
        """
        return await tracking.show(request, question.number, question.code)

    return router
