# SPDX-License-Identifier: Apache-2.0
"""Nobody is kept out: what axe sees on every page of the citizen, in both languages, on a desk and on a phone."""

import pytest
from playwright.async_api import Page
from tests.browser.accessibility import too_wide, violations
from tests.browser.site import DESK, PHONE, Site, fill, follow, receipt

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

LONG_WORD = "Electroencefalografista" * 8


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
