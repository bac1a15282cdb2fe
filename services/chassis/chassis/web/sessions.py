# SPDX-License-Identifier: Apache-2.0
"""A signed cookie that says who is at the desk, for 12 hours of real time."""

import hashlib
import time

from fastapi import Request, Response

from chassis.staff import Member
from chassis.web.door import Door, door_of

COOKIE = "ventanilla_session"
SECONDS = 12 * 60 * 60
_PURPOSE = "session"


def begin_session(request: Request, response: Response, member: Member) -> None:
    expires = int(time.time()) + SECONDS
    signature = door_of(request).signer.sign(_PURPOSE, _signed_text(member, expires))
    response.set_cookie(
        COOKIE,
        f"{member.id}.{expires}.{signature}",
        max_age=SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def end_session(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


def member_of_session(request: Request) -> Member | None:
    """Who is signed in by cookie; None where the cookie is missing, expired, forged or of someone no longer here."""
    door, parts = door_of(request), request.cookies.get(COOKIE, "").split(".")
    if door.staff is None or len(parts) != 3 or not parts[1].isdecimal():
        return None
    member, expires = door.staff.by_id(parts[0]), int(parts[1])
    return member if member and expires > time.time() and _verified(door, member, expires, parts[2]) else None


def _verified(door: Door, member: Member, expires: int, signature: str) -> bool:
    return door.signer.verify(_PURPOSE, _signed_text(member, expires), signature)


def _signed_text(member: Member, expires: int) -> str:
    password = hashlib.sha256((member.password_hash or "").encode()).hexdigest()  # a new password ends old sessions
    return f"{member.id}.{expires}.{password}"
