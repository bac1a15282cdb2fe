# SPDX-License-Identifier: Apache-2.0
"""Nobody is kept out: what axe sees on every page of the citizen, in both languages, on a desk and on a phone."""

from itertools import count

import httpx
import pytest
from playwright.async_api import Page, expect
from tests.browser.accessibility import too_wide, violations
from tests.browser.site import DESK, FAQ, PHONE, Site, fill, follow, opened, receipt
from tests.browser.workbench import Workbench

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

LONG_WORD = "Electroencefalografista" * 8
ANSWER = f"Gracias por avisar. Desde hoy hay otra persona en la fila.\n\n{LONG_WORD}"
READ = {"es-CO": "Preguntas frecuentes", "en": "Frequent questions"}
AT = {"es-CO": f"{FAQ}?lang=es", "en": f"{FAQ}?lang=en"}
_runs = count(1)


class Look:
    """Collects what is wrong with each page that is looked at, wide and narrow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: dict[str, list[str]] = {}

    async def at(self, what: str, heading: str | None = None) -> None:
        """``heading``: words that show that this is the page that was meant."""
        if heading:
            await self.page.get_by_role("heading", name=heading).first.wait_for()
        for window in (DESK, PHONE):
            await self.page.set_viewport_size(window)
            if found := [*await violations(self.page), *await too_wide(self.page)]:
                self.wrong[f"{what} at {window['width']}"] = found


@pytest.mark.parametrize("locale", ["es-CO", "en"])
async def test_every_page_of_a_citizen_is_for_everybody(site: Site, locale: str) -> None:
    async with site.page(locale=locale) as page:
        look = Look(page)
        await fill(page, text="", consent=False)
        await page.fill("#email", "ana.correo.example")
        await look.at("the form")
        await expect(page.locator("main").get_by_role("link", name=READ[locale])).to_have_attribute("href", AT[locale])
        await page.set_input_files("#files", site.files())
        await page.locator(".uploads input[name=kept]").nth(1).wait_for(state="attached")
        await look.at("the form with files")
        await page.locator("main form button[type=submit]").click()
        await page.locator("#errors").wait_for()
        assert await page.locator(".field-error").count() == 3
        await look.at("the form with errors")
        await page.fill("#text", f"No me llegó la cuota. {LONG_WORD}")
        await page.fill("#email", "ana.prueba@correo.example")
        await page.fill("#subject", LONG_WORD)
        await page.check("#data_consent")
        await page.locator("main form button[type=submit]").click()
        given = await receipt(page)
        await look.at("the receipt")
        await expect(page.locator("main").get_by_role("link", name=READ[locale])).to_have_attribute("href", AT[locale])
        await page.goto("/track")
        await look.at("the question")
        await page.fill("#number", given.number)
        await page.fill("#code", "7KQ2-M4TX-9RWZ-5")
        await page.locator("main form button").click()
        await page.locator("#track-error").wait_for()
        await look.at("the question with an error")
        await site.routing_takes(given.number)
        await follow(page, given)
        await look.at("the case", given.number)
        await page.locator("form[action^='/track/messages'] button[type=submit]").click()
        await page.locator("#text-error").wait_for()
        await look.at("the case with an error", given.number)
        await page.goto("/no-such-page")
        await look.at("an address that is none")
        assert look.wrong == {}


@pytest.mark.parametrize("locale", ["es-CO", "en"])
async def test_answers_that_are_published_are_for_everybody(site: Site, locale: str) -> None:
    """Of an anonymous case, whose person has no address to which one could go (ICX-13)."""
    async with httpx.AsyncClient(base_url=site.url, timeout=120) as http:
        filed = await http.post("/v1/submissions/web", json={"text": "Nadie atendía la fila."})
    number = filed.json()["case_number"]
    await site.routing_publishes(number, ANSWER)
    async with site.page(locale=locale) as page:
        look = Look(page)
        await page.goto("/answers")
        await page.get_by_text(number).wait_for()
        await look.at("the published answers")
        await page.fill("#number", number)
        await page.locator("main form button").click()
        await page.get_by_text("Desde hoy hay otra persona en la fila.").wait_for()
        await look.at("the answer to one case", number)
        await page.goto("/answers?number=CAJA-2026-999999-1")
        await page.locator("main .notice").wait_for()
        await look.at("no such answer")
        assert look.wrong == {}


@pytest.mark.parametrize("locale", ["es-CO", "en"])
async def test_frequent_questions_are_for_everybody(workbench: Workbench, locale: str) -> None:
    """Without signing in (CSC-04); each answer opens by the keyboard."""
    asked = f"¿Cuándo pagan la cuota {next(_runs)}? {LONG_WORD}"
    async with workbench.program("agent") as http:
        for area in ("subsidios", None):
            body = {"question": asked, "answer": ANSWER, "area": area, "status": "published"}
            assert (await http.post("/v1/frequent-questions", json=body)).status_code == 201
    async with opened(workbench.browser, workbench.url, locale=locale) as page:
        look = Look(page)
        await page.goto("/faq")
        await page.get_by_text(asked).first.wait_for()
        await look.at("the questions")
        one = page.locator("details", has_text=asked).first
        await one.locator("summary").focus()
        await page.keyboard.press("Enter")
        await one.get_by_text("Desde hoy hay otra persona en la fila.").wait_for()
        await look.at("a question with its answer")
        await expect(page.get_by_role("navigation")).to_have_count(0)
        assert look.wrong == {}


async def test_the_checker_finds_what_is_wrong_with_a_page(site: Site) -> None:
    async with site.page(window=PHONE) as page:
        await page.goto("/track")
        assert [*await violations(page), *await too_wide(page)] == []
        await page.evaluate("document.querySelector('label[for=number]').remove()")
        await page.evaluate("document.querySelector('h1').style.color = '#ddd'")
        await page.evaluate("document.querySelector('h1').style.width = '500px'")
        found = [line.partition(":")[0] for line in await violations(page)]
        assert found == ["color-contrast", "label"]
        assert len(await too_wide(page)) == 1
