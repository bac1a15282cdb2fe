# SPDX-License-Identifier: Apache-2.0
"""The API of intake: one way in per channel, tracking, and what the desk needs (design 6)."""

from fastapi import APIRouter

from intake.api.desk import desk_api
from intake.api.email import email_api
from intake.api.forms import forms_api
from intake.api.track import track_api
from intake.doors import Doors
from intake.tracking import Tracking


def api(doors: Doors, tracking: Tracking) -> APIRouter:
    router = APIRouter(prefix="/v1")
    for part in (email_api(doors), forms_api(doors), track_api(tracking), desk_api(doors)):
        router.include_router(part)
    return router
