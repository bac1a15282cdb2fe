# SPDX-License-Identifier: Apache-2.0
"""Server-rendered pages in the reader's language, with times in the organisation's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from importlib.resources import files
from typing import Any

from babel.dates import format_date, format_time
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from chassis.i18n import DEFAULT_LOCALE, Catalogue
from chassis.settings import ServiceSettings
from chassis.web.csrf import FormTicket
from chassis.web.door import locale_of
from chassis.web.sessions import member_of_session

_CLDR_LOCALE = {"es": "es_CO", "en": "en"}


@dataclass(frozen=True)
class Link:
    """A place in the navigation: where, and the key of its text. With roles: shown to whom has one of them."""

    href: str
    text_key: str
    roles: tuple[str, ...] = ()


def templates(package: str, texts: Catalogue, zone: tzinfo) -> Environment:
    """Jinja2 over `<package>/web/templates`, then the chassis's: autoescaped, with `t()` and `local_*` filters."""
    directories = [str(files(owner) / "web" / "templates") for owner in dict.fromkeys((package, "chassis"))]
    environment = Environment(
        loader=FileSystemLoader(directories),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    @pass_context
    def t(context: Context, key: str, /, **values: object) -> str:
        return texts.t(key, _locale(context), **values)

    @pass_context
    def local_date(context: Context, moment: datetime | date, style: str = "long") -> str:
        return format_date(_at_home(moment, zone), style, locale=_CLDR_LOCALE[_locale(context)])

    @pass_context
    def local_time(context: Context, moment: datetime, style: str = "short") -> str:
        return format_time(moment, style, tzinfo=zone, locale=_CLDR_LOCALE[_locale(context)])

    @pass_context
    def local_datetime(context: Context, moment: datetime, style: str = "long") -> str:
        return f"{local_date(context, moment, style)}, {local_time(context, moment)}"

    environment.globals["t"] = t
    environment.filters.update(local_date=local_date, local_time=local_time, local_datetime=local_datetime)
    return environment


class Pages:
    """Renders the pages of one service."""

    def __init__(
        self,
        package: str,
        texts: Catalogue,
        settings: ServiceSettings,
        *,
        title: str,
        links: Sequence[Link] = (),
        shared: Mapping[str, object] | None = None,
    ) -> None:
        self._environment = templates(package, texts, settings.zone)
        self._shared = {"organisation": settings.org_name, "service_title": title, **(shared or {})}
        self._links = tuple(links)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """The page as an answer; its forms carry `csrf_token()`."""
        ticket, member = FormTicket(request), member_of_session(request)
        links = [link for link in self._links if not link.roles or (member and set(link.roles) & set(member.roles))]
        here = {"locale": locale_of(request), "path": request.url.path, "member": member, "links": links}
        text = self._environment.get_template(template).render(
            {**self._shared, **here, "csrf_token": ticket.token, **context}
        )
        response = HTMLResponse(text, status, headers=dict(headers or {}))
        ticket.remember(response)
        return response


def _locale(context: Context) -> str:
    return str(context.get("locale", DEFAULT_LOCALE))


def _at_home(moment: datetime | date, zone: tzinfo) -> date:
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
