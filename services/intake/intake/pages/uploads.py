# SPDX-License-Identifier: Apache-2.0
"""``POST /uploads``: one file of a form that is being written, so that its page can show how far it is."""

from fastapi import APIRouter, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel

from chassis.web.csrf import check_origin
from chassis.web.problems import Problem
from intake.doors import Doors
from intake.pages.filing import form_id_of
from intake.pages.posted import posted
from intake.pages.router import page_router
from intake.tracking import address_of
from intake.uploaded.kept import KeptFiles
from intake.uploaded.scanning import any_infected

PER_ADDRESS = RateLimitItemPerMinute(300, 15)
"""Of one address, which may be that of many people."""


class Uploaded(BaseModel):
    """``token`` names the file in the form ``form_id``, and in no other."""

    token: str
    name: str
    size: int


def upload_pages(doors: Doors, kept: KeptFiles) -> APIRouter:
    router = page_router()
    limiter = MovingWindowRateLimiter(MemoryStorage())

    @router.post("/uploads")
    async def upload(request: Request) -> Uploaded:
        """Raises Problem: 403 from another site's page, 422, 429, 503; FileTooLarge."""
        check_origin(request)
        if not limiter.hit(PER_ADDRESS, address_of(request)):
            raise Problem(429, headers={"Retry-After": "900"})
        form = await posted(request)
        if len(form.uploads) != 1 or not form.values.get("form_id"):
            raise Problem(422)
        [ref] = await doors.keep_for_now(form.uploads)
        if any_infected(ref):
            raise Problem(422, "file-infected")
        return Uploaded(token=kept.kept(form_id_of(form), ref).token, name=ref.name, size=ref.size)

    return router
