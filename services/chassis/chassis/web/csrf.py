# SPDX-License-Identifier: Apache-2.0
"""A form counts only when it was sent from one of our own pages, by the browser that we gave it to."""

import secrets
from urllib.parse import urlsplit

from fastapi import Request, Response

from chassis.web.door import door_of
from chassis.web.problems import Problem
from chassis.web.sessions import member_of_session

BROWSER_COOKIE = "ventanilla_browser"
FIELD = "csrf_token"
HEADER = "x-csrf-token"
_PURPOSE = "form"


class FormTicket:
    """The token for the forms of one page; it asks for a cookie where the browser has none yet."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._known = request.cookies.get(BROWSER_COOKIE)
        self._browser = self._known or secrets.token_urlsafe(16)
        self._used = False

    def token(self) -> str:
        self._used = True
        return _sign(self._request, self._browser)

    def remember(self, response: Response) -> None:
        """Call it when the page is rendered."""
        if self._used and self._known is None:
            secure = self._request.url.scheme == "https"
            response.set_cookie(BROWSER_COOKIE, self._browser, httponly=True, samesite="lax", secure=secure)


async def check_form(request: Request) -> None:
    """Problem 403 unless the request comes from our own page with its token (field `csrf_token` or X-CSRF-Token)."""
    check_origin(request)
    token = request.headers.get(HEADER) or (await request.form()).get(FIELD)
    browser = request.cookies.get(BROWSER_COOKIE)
    if not browser or not isinstance(token, str) or not _verify(request, browser, token):
        raise Problem(403, "foreign-form")


def check_origin(request: Request) -> None:
    """Problem 403 unless Origin (or Referer) names this host or PUBLIC_URL."""
    origin = request.headers.get("origin") or request.headers.get("referer", "")
    own = {request.headers.get("host", ""), urlsplit(door_of(request).settings.public_url).netloc}
    if not origin or urlsplit(origin).netloc not in own:
        raise Problem(403, "foreign-form")


def _sign(request: Request, browser: str) -> str:
    return door_of(request).signer.sign(_PURPOSE, _signed_text(request, browser))


def _verify(request: Request, browser: str, token: str) -> bool:
    return door_of(request).signer.verify(_PURPOSE, _signed_text(request, browser), token)


def _signed_text(request: Request, browser: str) -> str:
    member = member_of_session(request)
    return f"{browser} {member.id if member else ''}"
