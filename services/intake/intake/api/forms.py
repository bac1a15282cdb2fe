# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/submissions/{channel}`` for every channel but e-mail: a form, and files beside it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.staff import Role
from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.auth import Bearer, require
from intake.api.body import body_in_hand, documented, read_body
from intake.domain.public import public_refusal
from intake.doors import Doors, Told, problem_of
from intake.mail.door import CITIZEN
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
    router = APIRouter(prefix="/v1", tags=["submissions"], dependencies=[Depends(body_in_hand), TAKES_IDEMPOTENCY_KEY])
    for_anyone = {**documented(SubmissionForm, PART), "security": [{}]}

    @router.post("/submissions/web", status_code=202, openapi_extra=for_anyone)
    async def file_web_form(request: Request, bearer: Bearer = None) -> Told:
        """File a form of the web.

        Anybody may, also without a name; with a token it is an adviser or a channel system who writes it down. Files go
        beside it as multipart: the part `submission` is this JSON, each part `files` a file.
        """
        actor = await require(*DESK)(request, bearer) if bearer else CITIZEN
        form, uploads = await read_body(request, SubmissionForm, PART)
        if actor is CITIZEN and (refused := public_refusal(form, doors.clock.now())):
            raise problem_of(request, refused)
        return await doors.file_form(request, "web", form, actor, uploads=uploads)

    for channel, roles in WHO_FILES.items():
        _add_desk_door(router, doors, channel, roles)
    return router


def _add_desk_door(router: APIRouter, doors: Doors, channel: Channel, roles: tuple[Role, ...]) -> None:
    @router.post(
        f"/submissions/{channel}",
        status_code=202,
        name=f"file_{channel.replace('-', '_')}_form",
        openapi_extra=documented(SubmissionForm, PART),
    )
    async def file(request: Request, actor: Annotated[Actor, Depends(require(*roles))]) -> Told:
        """File what a person said through this channel.

        An adviser or a channel system writes it down. Files go beside it as multipart: the part `submission` is this
        JSON, each part `files` a file.
        """
        form, uploads = await read_body(request, SubmissionForm, PART)
        return await doors.file_form(request, channel, form, actor, uploads=uploads)
