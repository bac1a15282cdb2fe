# SPDX-License-Identifier: Apache-2.0
"""`/login` and `/logout`: a plain form, throttled, that works without JavaScript."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.log import get_logger
from chassis.passwords import password_matches
from chassis.staff import Member
from chassis.web.csrf import check_form
from chassis.web.door import door_of
from chassis.web.sessions import begin_session, end_session

_hashing = asyncio.Semaphore(2)  # each takes 32 MB and a core
_logger = get_logger(__name__)


def login_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/login", _show, methods=["GET"])
    router.add_api_route("/login", _sign_in, methods=["POST"])
    router.add_api_route("/logout", _sign_out, methods=["POST"])
    return router


async def _show(request: Request) -> Response:
    return _form(request, back=own_path(request.query_params.get("next", "/")))


async def _sign_in(request: Request) -> Response:
    await check_form(request)
    form = await request.form()
    email, password, back = (str(form.get(name, "")) for name in ("email", "password", "next"))
    throttle, address = door_of(request).throttle, request.client.host if request.client else ""
    if throttle.blocked(email.lower(), address):
        return _form(request, 429, "login.too-many", email=email, back=own_path(back))
    member = await _verified(request, email, password)
    if member is None:
        throttle.failed(email.lower(), address)
        _logger.warning("login failed")
        return _form(request, 401, "login.wrong", email=email, back=own_path(back))
    response = RedirectResponse(own_path(back), status_code=303)
    begin_session(request, response, member)
    _logger.info("login", actor=member.id)
    return response


async def _sign_out(request: Request) -> Response:
    await check_form(request)
    response = RedirectResponse("/login", status_code=303)
    end_session(response)
    return response


def own_path(target: str) -> str:
    """A path on this host; anything else, which would lead people away, becomes `/`."""
    is_own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_own else "/"


async def _verified(request: Request, email: str, password: str) -> Member | None:
    staff = door_of(request).staff
    member = staff.by_email(email) if staff else None
    async with _hashing:
        good = await asyncio.to_thread(password_matches, password[:200], member.password_hash if member else None)
    return member if good else None


def _form(request: Request, status: int = 200, error: str = "", *, email: str = "", back: str = "/") -> Response:
    headers = {"Retry-After": "900"} if status == 429 else {}
    return door_of(request).pages.render(
        request, "login.html", status=status, headers=headers, error=error, email=email, back=back
    )
