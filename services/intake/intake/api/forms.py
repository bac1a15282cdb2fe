# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/submissions/{channel}`` for every channel but e-mail: a form, and files beside it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.staff import Role
from chassis.web.auth import Bearer, require
from chassis.web.problems import SIGNED_IN_RESPONSES
from intake.api.body import body_in_hand, documented, read_body
from intake.domain.public import public_refusal
from intake.doors import Doors, Told, problem_of
from intake.mail_door import CITIZEN
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

PART = "submission"
DESK: tuple[Role, ...] = ("adviser", "agent", "channel-system")
WHO_FILES: dict[Channel, tuple[Role, ...]] = {
    "phone": DESK,
    "in-person": DESK,
    "written": DESK,
    "chat": DESK,
    "social": DESK,
    "suggestion-box": DESK,
    "regulator": (*DESK, "general-secretariat", "legal"),
}
"""Who may file what through a channel where the person themself does not write."""


def forms_api(doors: Doors) -> APIRouter:
    router = APIRouter(tags=["submissions"], dependencies=[Depends(body_in_hand)])
    body = documented(SubmissionForm, PART)

    @router.post("/submissions/web", status_code=202, openapi_extra=body)
    async def web(request: Request, bearer: Bearer = None) -> Told:
        """Anybody, also without a name; with files as multipart (part ``submission``: this JSON, parts ``files``)."""
        actor = await require(*DESK)(request, bearer) if bearer else CITIZEN
        form, uploads = await read_body(request, SubmissionForm, PART)
        if actor is CITIZEN and (refused := public_refusal(form, doors.clock.now())):
            raise problem_of(request, refused)
        return await doors.file_form(request, "web", form, actor, uploads=uploads)

    for channel, roles in WHO_FILES.items():
        router.include_router(_desk_door(doors, channel, roles))
    return router


def _desk_door(doors: Doors, channel: Channel, roles: tuple[Role, ...]) -> APIRouter:
    router = APIRouter(responses=SIGNED_IN_RESPONSES)

    @router.post(
        f"/submissions/{channel}",
        status_code=202,
        name=f"file_{channel.replace('-', '_')}",
        openapi_extra=documented(SubmissionForm, PART),
    )
    async def file(request: Request, actor: Annotated[Actor, Depends(require(*roles))]) -> Told:
        """An adviser or a channel system writes down what a person said."""
        form, uploads = await read_body(request, SubmissionForm, PART)
        return await doors.file_form(request, channel, form, actor, uploads=uploads)

    return router
