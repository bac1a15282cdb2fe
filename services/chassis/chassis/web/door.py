# SPDX-License-Identifier: Apache-2.0
"""What every request of a service can reach: its settings, texts, pages, signer and staff."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from chassis.i18n import DEFAULT_LOCALE, Catalogue
from chassis.ids import Signer
from chassis.settings import ServiceSettings

if TYPE_CHECKING:
    from chassis.staff import Staff
    from chassis.web.pages import Pages
    from chassis.web.throttle import Throttle


@dataclass(frozen=True)
class Door:
    """Made once by `create_app`. `staff` is None where a service has no login."""

    settings: ServiceSettings
    catalogue: Catalogue
    pages: "Pages"
    signer: Signer
    throttle: "Throttle"
    staff: "Staff | None" = None


def door_of(request: HTTPConnection) -> Door:
    """The door that this request came in by."""
    door = request.app.state.door
    if not isinstance(door, Door):
        raise TypeError("the app was not made by create_app")
    return door


def locale_of(request: HTTPConnection) -> str:
    """The reader's locale: `es` or `en`."""
    return str(request.scope.get("state", {}).get("locale", DEFAULT_LOCALE))
