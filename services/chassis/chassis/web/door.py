# SPDX-License-Identifier: Apache-2.0
"""What every request of a service can reach: its settings, texts, pages, signer and staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.requests import HTTPConnection

from chassis.i18n import DEFAULT_LOCALE, Catalogue
from chassis.ids import Signer
from chassis.settings import ServiceSettings
from chassis.staff import Staff
from chassis.web.throttle import Throttle


class Renderer(Protocol):
    """Makes a page of a template: `chassis.web.pages`, which itself needs the door of the request."""

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse: ...


@dataclass(frozen=True)
class Door:
    """Made once by `create_app`. `staff` is None where a service has no login."""

    settings: ServiceSettings
    catalogue: Catalogue
    pages: Renderer
    signer: Signer
    throttle: Throttle
    staff: Staff | None = None


def door_of(request: HTTPConnection) -> Door:
    """The door that this request came in by."""
    door = request.app.state.door
    if not isinstance(door, Door):
        raise TypeError("the app was not made by create_app")
    return door


def locale_of(request: HTTPConnection) -> str:
    """The reader's locale: `es` or `en`."""
    return str(request.scope.get("state", {}).get("locale", DEFAULT_LOCALE))
