# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/webhooks/{sender}/{channel}``: what a platform sends by itself, signed (Standard Webhooks, ADR 0011)."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from chassis.log import get_logger
from chassis.web.problems import Problem
from intake.api.body import documented_json, read_json
from intake.domain.correspondence import LONGEST_ID
from intake.doors import Doors, Told, external_id_in
from intake.webhooks import ID, Fault, Signatures
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

_log = get_logger(__name__)

SentThrough = Annotated[Channel, Path(description="The channel through which the person spoke")]
Sender = Annotated[str, Path(max_length=200, description="The channel system: its id in the staff file")]

_MEANING: Mapping[str, tuple[str, dict[str, Any]]] = {
    "webhook-id": (
        "The platform's id of this message, the same at each attempt: the submission's external id",
        {"minLength": 1, "maxLength": LONGEST_ID},
    ),
    "webhook-timestamp": (
        "Seconds since 1970 of this attempt, at most five minutes from now",
        {"pattern": "^[0-9]{1,20}$"},
    ),
    "webhook-signature": (
        "v1,<base64 of HMAC-SHA256 over id.timestamp.body>; several with a space between them",
        {"maxLength": 4000},
    ),
}


def webhooks_api(doors: Doors, signatures: Signatures) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["submissions"])

    @router.post("/webhooks/{sender}/{channel}", status_code=202, openapi_extra=_documented())
    async def receive_webhook(request: Request, sender: Sender, channel: SentThrough) -> Told:
        """File what a platform sends by itself.

        The same JSON as at `/v1/submissions/{channel}`, signed by the platform (Standard Webhooks) instead of sent
        with a token. Sent again under the same `webhook-id` it hears the first answer.
        """
        body = await request.body()
        if fault := signatures.fault(sender, request.headers, body):
            raise _not_verified(signatures, sender, fault)
        form = await read_json(request, SubmissionForm)
        actor = Actor(id=sender, role="channel-system")
        return await doors.file_form(request, channel, form, actor, external_id=external_id_in(request, ID))

    return router


def _not_verified(signatures: Signatures, sender: str, fault: Fault) -> Problem:
    """The log names only those whom we know: other names are a stranger's text."""
    _log.warning("webhook-refused", channel_system=sender if sender in signatures.known else None, reason=fault)
    return Problem(401, fault, headers={"WWW-Authenticate": "StandardWebhooks"})


def _documented() -> dict[str, Any]:
    signed = [
        {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string", **bounds}}
        for name, (about, bounds) in _MEANING.items()
    ]
    return {**documented_json(SubmissionForm), "parameters": signed}
