# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/webhooks/{sender}/{channel}``: what a platform sends by itself, signed (Standard Webhooks, ADR 0011)."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from chassis.log import get_logger
from chassis.web.problems import MEDIA_TYPE, Problem, problem_response
from intake.api.body import read_json
from intake.doors import Doors, Told, external_id_in
from intake.webhooks import HEADERS, ID, Fault, Signatures
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.vocabulary import Channel

_log = get_logger(__name__)

Sender = Annotated[str, Path(max_length=200, description="The channel system: its id in the staff file")]

_MEANING = {
    "webhook-id": "The platform's id of this message, the same at each attempt: the submission's external id",
    "webhook-timestamp": "Seconds since 1970 of this attempt, at most five minutes from now",
    "webhook-signature": "v1,<base64 of HMAC-SHA256 over id.timestamp.body>; several with a space between them",
}
_SAID = {"text": "No me llegó el subsidio de febrero.", "person": {"name": "Ana Prueba", "phone": "3001234567"}}
_TOLD = {
    "submission_id": "5d7c1d1e-33a5-5d3c-9f0e-1f8a5f1f6f7a",
    "outcome": "created",
    "reason": None,
    "repeat": False,
    "case_number": "CAJA-2026-000012-3",
    "tracking_code": "7K2M-9QXA-4RTB-C",
}


def webhooks_api(doors: Doors, signatures: Signatures) -> APIRouter:
    told = {"content": {"application/json": {"example": _TOLD}}}
    router = APIRouter(tags=["submissions"], responses={202: told, 401: _refused()})

    @router.post("/webhooks/{sender}/{channel}", status_code=202, openapi_extra=_documented())
    async def webhook(request: Request, sender: Sender, channel: Channel) -> Told:
        """The same JSON as ``/v1/submissions/{channel}``, signed by a platform instead of sent with a token."""
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


def _refused() -> dict[str, Any]:
    """How the three reasons are shown in OpenAPI."""
    told = problem_response(401)
    told["description"] = "Not signed by this channel system, or not now"
    summaries: dict[Fault, str] = {
        "webhook-headers-missing": "One of the three headers is missing",
        "webhook-time-wrong": "Signed more than five minutes ago, or ahead of our clock",
        "webhook-signature-wrong": "No secret of this sender made the signature; also where the sender is unknown",
    }
    told["content"][MEDIA_TYPE]["examples"] = {
        code: {"summary": summary, "value": {"type": f"urn:ventanilla:problem:{code}", "status": 401, "code": code}}
        for code, summary in summaries.items()
    }
    return told


def _documented() -> dict[str, Any]:
    schema = SubmissionForm.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    signed = [
        {"name": name, "in": "header", "required": True, "description": _MEANING[name], "schema": {"type": "string"}}
        for name in HEADERS
    ]
    content = {"application/json": {"schema": schema, "example": _SAID}}
    return {"parameters": signed, "requestBody": {"required": True, "content": content}}
