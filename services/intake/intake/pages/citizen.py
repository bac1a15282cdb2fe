# SPDX-License-Identifier: Apache-2.0
"""``/``: whoever has something to say says it here (CNF-01, ICX-01)."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from chassis.web.door import door_of, locale_of
from intake.domain.numbers import parse_case_number
from intake.doors import Doors
from intake.mail.door import CITIZEN
from intake.pages.filing import FilingPage
from intake.pages.posted import posted
from intake.pages.receipt import receipt_again
from intake.pages.router import page_router
from intake.pages.track import LONGEST
from intake.persons.municipalities import municipalities
from intake.tracking import Tracking
from intake.uploaded.kept import KeptFiles
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import DocumentType, Kind

PUBLIC_FIELDS = frozenset(
    {
        "form_id",
        "kind",
        "subject",
        "text",
        "anonymous",
        "data_consent",
        "service_point",
        "municipality",
        *Person.model_fields,
    }
)
"""What the page has; more is not listened to."""


CHOICES: dict[str, Any] = {
    "kinds": get_args(Kind),
    "document_types": get_args(DocumentType),
    "places": municipalities().all,
}


def citizen_pages(doors: Doors, tracking: Tracking, kept: KeptFiles) -> APIRouter:
    router = page_router()
    page = FilingPage(doors, kept, "file.html", public=True)

    @router.get("/")
    async def blank(request: Request, about: Annotated[str, Query(max_length=LONGEST)] = "") -> HTMLResponse:
        """``about``: the number of a case that has ended; it says nothing about who asks."""
        return page.blank(request, CHOICES, _beginning(request, about))

    @router.post("/")
    async def file(request: Request) -> HTMLResponse:
        """The receipt is the answer itself: sent again it is the same, and no address holds the code."""
        return await page.file(request, "web", (await posted(request)).of(PUBLIC_FIELDS), CITIZEN, CHOICES)

    @router.get("/receipt")
    async def no_receipt() -> RedirectResponse:
        """Whoever comes back to the address of a receipt."""
        return RedirectResponse("/track", status_code=303)

    @router.post("/receipt")
    async def receipt(request: Request) -> HTMLResponse:
        values = (await posted(request)).values
        number, code = values.get("number", "")[:LONGEST], values.get("code", "")[:LONGEST]
        return await receipt_again(request, doors, tracking, number, code)

    return router


def _beginning(request: Request, about: str) -> dict[str, str]:
    number = parse_case_number(about)
    if number is None:
        return {}
    return {"subject": door_of(request).catalogue.t("citizen.about", locale_of(request), number=number)}
