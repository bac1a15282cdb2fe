# SPDX-License-Identifier: Apache-2.0
"""`/asyncapi`: the events that this service sends and receives, or those of the house, to read and as JSON (ADR 0010).

The document is made when it is first asked for, from the topics, event classes and examples of the installed contracts.
"""

from functools import cache
from importlib.metadata import version

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from chassis.topics import load_topics
from chassis.web.asyncapi_shown import Shown, shown
from chassis.web.door import door_of
from chassis.web.pages import Link
from ventanilla_contracts.asyncapi import HOUSE, Document, Sources, documents
from ventanilla_contracts.published import examples as golden
from ventanilla_contracts.registry import EVENTS

ASYNCAPI_LINK = Link("/asyncapi", "asyncapi.nav")


@cache
def described() -> dict[str, Document]:
    """The document of the house and of each service; takes half a second the first time."""
    examples = {event_type: golden(event_type) for event_type in EVENTS}
    return documents(Sources(version("ventanilla-contracts"), load_topics(), EVENTS, examples))


@cache
def _shown(name: str) -> Shown:
    return shown(described()[name])


def asyncapi_router(service: str) -> APIRouter:
    """Of this service and of the house; of the house alone where the contracts know no such service."""
    router = APIRouter(include_in_schema=False)

    def own() -> str:
        return service if service in described() else HOUSE

    def page(request: Request, name: str) -> HTMLResponse:
        return door_of(request).pages.render(request, "asyncapi.html", shown=_shown(name), house=name == HOUSE)

    # no `async`: the first request may take its time beside the others

    @router.get("/asyncapi")
    def own_page(request: Request) -> HTMLResponse:
        return page(request, own())

    @router.get("/asyncapi.json")
    def own_document() -> JSONResponse:
        return JSONResponse(described()[own()])

    @router.get("/asyncapi/house")
    def house_page(request: Request) -> HTMLResponse:
        return page(request, HOUSE)

    @router.get("/asyncapi/house.json")
    def house_document() -> JSONResponse:
        return JSONResponse(described()[HOUSE])

    return router
