# SPDX-License-Identifier: Apache-2.0
"""``POST /v1/submissions/email``: the bytes of a mail (RFC 5322)."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY
from chassis.web.door import door_of
from chassis.web.problems import FieldError, Problem
from intake.api.body import media_type
from intake.domain.submission import Outcome
from intake.doors import Doors, Told
from intake.mail.counts import PUT_OFF
from intake.mail.door import MAIL_TYPE, UNPARSEABLE
from intake.mail.reading import ReadMail

_TYPES = {MAIL_TYPE, "application/octet-stream", "text/plain"}
VIA = "http"
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {MAIL_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}


class AttachmentSeen(BaseModel):
    name: str | None
    type: str
    size: int
    sha256: str


class MailSeen(BaseModel):
    """What would be made of a mail; nothing was filed."""

    outcome: Outcome
    reason: str | None
    message_id: str | None
    from_address: str | None
    from_name: str | None
    subject: str
    text: str = Field(description="What the mail itself says, without quoted mails")
    filed_text: str = Field(
        description="What the case says: the text, and what was read of parts that are attached as well: one that is "
        "cut off or garbled, a calendar; a forwarded mail where there is no other text"
    )
    attachments: list[AttachmentSeen]


_UNREAD = MailSeen(
    outcome="held",
    reason=UNPARSEABLE,
    message_id=None,
    from_address=None,
    from_name=None,
    subject="",
    text="",
    filed_text="",
    attachments=[],
)


def email_api(doors: Doors) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["submissions"])

    @router.post(
        "/submissions/email",
        status_code=202,
        response_model=Told,
        responses={200: {"model": MailSeen, "description": "Of a dry run: what would be made of it"}},
        dependencies=[TAKES_IDEMPOTENCY_KEY],
        openapi_extra=_BODY,
    )
    async def file_mail(
        request: Request,
        dry_run: Annotated[bool, Query(description="Only say what would be made of it")] = False,
    ) -> Told | JSONResponse:
        """File a mail.

        Its bytes (RFC 5322) are the body, as a mail server has them. Anyone may hand one over; the same mail again
        hears its first outcome. What it says of its sender (Authentication-Results of our mail server) counts with the
        token of a channel system only.
        """
        raw = await _mail_bytes(request)
        async with doors.readings.reading(raw) as (unread,):
            mail = None if unread else await doors.mail.read(raw, through_our_server=_is_our_server(request))
            if not dry_run:
                return await _filed(doors, request, raw, mail)
            seen = await _seen(doors, mail) if mail else _UNREAD
            return JSONResponse(seen.model_dump(mode="json"))

    return router


async def _filed(doors: Doors, request: Request, raw: bytes, mail: ReadMail | None) -> Told:
    """None of what must not be read: processes died at it."""
    doors.counts.came(VIA)
    outcome = PUT_OFF
    try:
        command = await (doors.mail.submission(mail) if mail else doors.mail.unread(raw, UNPARSEABLE, via=VIA))
        told = await doors.file(request, replace(command, via=VIA))
        outcome = told.outcome
    finally:
        doors.counts.became(VIA, outcome)
    return told


def _is_our_server(request: Request) -> bool:
    """Whether a channel system of ours hands it over: what anyone else sends may say what it likes of its sender."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    staff = door_of(request).staff
    member = staff.by_token(token.strip()) if staff and scheme.lower() == "bearer" else None
    return member is not None and "channel-system" in member.roles


async def _mail_bytes(request: Request) -> bytes:
    if media_type(request) not in _TYPES:
        raise Problem(415)
    raw = await request.body()
    if not raw.strip():
        raise Problem(422, errors=[FieldError(field="$", message="validation.message.missing", expected="mail.bytes")])
    return raw


async def _seen(doors: Doors, mail: ReadMail) -> MailSeen:
    parsed = mail.parsed
    outcome, reason = await doors.would_become(mail)
    return MailSeen(
        outcome=outcome,
        reason=reason,
        message_id=parsed.message_id,
        from_address=parsed.from_address,
        from_name=parsed.from_name,
        subject=parsed.subject,
        text=parsed.own_text,
        filed_text=parsed.text,
        attachments=[
            AttachmentSeen(name=one.name, type=one.type, size=one.size, sha256=one.sha256) for one in parsed.attachments
        ],
    )
