# SPDX-License-Identifier: Apache-2.0
"""Nobody who works at the desk is kept out either: what axe sees on its main pages, on a desk and on a phone."""

from typing import Any

import httpx
import pytest
from playwright.async_api import Page
from tests.browser.site import Site
from tests.browser.test_accessibility import LONG_WORD, Look

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

PERSON = {"name": "Ana Prueba", "document_type": "CC", "document_number": "1000000142", "phone": "+573000000142"}
CASE = {"text": f"No me llegó la cuota. {LONG_WORD}", "subject": LONG_WORD, "person": PERSON}
WITHOUT_SENDER = f"Subject: {LONG_WORD}\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Hola {LONG_WORD}</p>\n"


async def filed(site: Site) -> dict[str, Any]:
    """A case of a person, and a mail without a sender that waits on the desk: what was told of each."""
    async with httpx.AsyncClient(base_url=site.url, timeout=120) as http:
        case = await http.post("/v1/submissions/web", json=CASE)
        held = await http.post(
            "/v1/submissions/email", content=WITHOUT_SENDER.encode(), headers={"content-type": "message/rfc822"}
        )
    assert (case.status_code, held.status_code, held.json()["outcome"]) == (202, 202, "held")
    return {"case": case.json()["case_number"], "held": held.json()["submission_id"]}


async def open_a_box(page: Page) -> None:
    fields = {"box": LONG_WORD, "place": "Sede Centro", "opened_at": "2026-03-02T08:00", "counted": "2"}
    for name, value in fields.items():
        await page.fill(f"#{name}", value)
    await page.locator("form[action^='/desk/boxes?'] button[type=submit]").click()
    await page.wait_for_url("**/desk/boxes/*")


async def test_the_main_pages_of_the_desk_are_for_everybody(site: Site) -> None:
    told = await filed(site)
    async with site.page() as page:
        look = Look(page)
        await site.log_in(page)
        await look.at("the desk")
        await page.goto("/desk?q=1000000142")
        await look.at("the persons that were found")
        await page.locator("a[href^='/desk/persons/']").first.click()
        await look.at("a person", "Ana Prueba")
        await page.goto(f"/desk/cases/{told['case']}")
        await look.at("a case", told["case"])
        await page.goto("/desk/held")
        await look.at("what is held")
        await page.goto(f"/desk/held/{told['held']}")
        await look.at("a mail that is held")
        await page.goto("/desk/letters")
        await look.at("letters of many")
        await page.goto("/desk/boxes")
        await look.at("the boxes")
        await open_a_box(page)
        await look.at("a box that was opened")
        assert look.wrong == {}
