# SPDX-License-Identifier: Apache-2.0
"""``/``: whoever has something to say says it here (CNF-01, ICX-01)."""

from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from intake.doors import Doors
from intake.mail_door import CITIZEN
from intake.municipalities import municipalities
from intake.pages.filing import FilingPage
from intake.pages.posted import posted
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


CHOICES = {"kinds": get_args(Kind), "document_types": get_args(DocumentType), "places": municipalities().all}


def citizen_pages(doors: Doors) -> APIRouter:
    router = APIRouter()
    page = FilingPage(doors, "file.html", public=True)

    @router.get("/")
    async def blank(request: Request) -> HTMLResponse:
        return page.blank(request, CHOICES)

    @router.post("/")
    async def file(request: Request) -> HTMLResponse:
        """The receipt is the answer itself: sent again it is the same, and no address holds the code."""
        return await page.file(request, "web", (await posted(request)).of(PUBLIC_FIELDS), CITIZEN, CHOICES)

    return router
