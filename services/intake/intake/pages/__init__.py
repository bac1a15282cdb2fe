# SPDX-License-Identifier: Apache-2.0
"""What people see of intake: the citizen's form, tracking, and the adviser's desk; all without JavaScript."""

from fastapi import APIRouter, Depends

from intake.api.body import body_in_hand
from intake.doors import Doors
from intake.pages.case import case_pages
from intake.pages.citizen import citizen_pages
from intake.pages.desk import desk_pages
from intake.pages.language import choose_language
from intake.pages.track import track_pages
from intake.tracking import Tracking


def pages(doors: Doors, tracking: Tracking) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[Depends(choose_language), Depends(body_in_hand)])
    for part in (citizen_pages(doors), track_pages(tracking), desk_pages(doors), case_pages(doors)):
        router.include_router(part)
    return router
