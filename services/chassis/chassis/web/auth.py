# SPDX-License-Identifier: Apache-2.0
"""Who may do what: a session (people) or a bearer token (programs) becomes the Actor of a command."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Security
from fastapi.responses import RedirectResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from chassis.staff import Member, Role
from chassis.web.csrf import check_form, check_origin
from chassis.web.door import door_of, locale_of
from chassis.web.problem_handlers import problem_answer, wants_page
from chassis.web.problems import Problem
from chassis.web.sessions import member_of_session
from ventanilla_contracts.envelope import Actor

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A program's token; its hash stands in the staff file"
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


class NotSignedIn(Problem):
    """401; a person's browser is sent to the login instead."""

    def __init__(self) -> None:
        super().__init__(401, headers={"WWW-Authenticate": "Bearer"})


def require(*roles: Role) -> Callable[[Request, HTTPAuthorizationCredentials | None], Awaitable[Actor]]:
    """A dependency: the actor in the first of these roles that they have (no roles given: in their own first one).

    401 where nobody is signed in, 403 where they have none of the roles or a form did not come from our own page.
    """

    asked = Security(_bearer, scopes=list(roles))  # so that the OpenAPI document can say who may

    async def actor(request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, asked] = None) -> Actor:
        member = await _member(request, bearer)
        role = next((role for role in roles or member.roles if role in member.roles), None)
        if role is None:
            raise Problem(403, values={"roles": _role_names(request, roles)})
        return Actor(id=member.id, role=role)

    return actor


def member_of(request: Request, actor: Actor) -> Member:
    """The member of staff that an actor of this request is."""
    staff = door_of(request).staff
    member = staff.by_id(actor.id) if staff else None
    if member is None:
        raise NotSignedIn
    return member


def send_people_to_login(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedIn, sent_to_login)


async def _member(request: Request, bearer: HTTPAuthorizationCredentials | None) -> Member:
    if bearer is not None:
        staff = door_of(request).staff
        member = staff.by_token(bearer.credentials) if staff else None
    else:
        member = member_of_session(request)
        if member is not None and request.method not in _SAFE_METHODS:
            await _check_sender(request)
    if member is None:
        raise NotSignedIn
    return member


async def _check_sender(request: Request) -> None:
    """JSON from a foreign page is stopped by the browser itself (CORS), a form is not."""
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    if is_json:
        check_origin(request)
    else:
        await check_form(request)


def _role_names(request: Request, roles: tuple[Role, ...]) -> str:
    texts, locale = door_of(request).catalogue, locale_of(request)
    return ", ".join(texts.t(f"roles.{role}", locale) for role in roles)


async def sent_to_login(request: Request, error: Exception) -> Response:
    """A person who only looks goes to the login; whoever sent something hears 401."""
    if not isinstance(error, NotSignedIn):
        raise error
    if request.method in _SAFE_METHODS and wants_page(request):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?{urlencode({'next': back})}", status_code=303)
    return problem_answer(request, error)
