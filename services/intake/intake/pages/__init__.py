# SPDX-License-Identifier: Apache-2.0
"""What people see of intake: the citizen's form, tracking, and the adviser's desk; all without JavaScript."""

from fastapi import APIRouter, Depends

from chassis.web.throttle import Throttle
from intake.api.body import body_in_hand
from intake.doors import Doors
from intake.pages.certificate import certificate_pages
from intake.pages.citizen import citizen_pages
from intake.pages.desk import desk_pages
from intake.pages.language import choose_language
from intake.pages.persons import person_pages
from intake.pages.track import track_pages
from intake.tracking import Tracking


def pages(doors: Doors, tracking: Tracking) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[Depends(choose_language), Depends(body_in_hand)])
    ours = (desk_pages(doors), person_pages(doors), certificate_pages(doors, Throttle()))
    for part in (citizen_pages(doors), track_pages(tracking), *ours):
        router.include_router(part)
    return router
