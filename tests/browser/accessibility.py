# SPDX-License-Identifier: Apache-2.0
"""What axe finds wrong with a page as it is shown (WCAG 2.1, levels A and AA)."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


async def violations(page: Page) -> list[str]:
    """A line for each: the rule, and the first element that breaks it."""
    found = await Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


async def too_wide(page: Page) -> list[str]:
    """Elements that stick out of the window, which nobody should have to scroll sideways for (WCAG 1.4.10).

    Data tables may be scrolled, within a region of their own that the keyboard reaches.
    """
    script = """() => [...document.querySelectorAll("body *")]
        .filter((one) => one.getClientRects().length && !one.closest(".skip-link, .visually-hidden, option"))
        .filter((one) => !one.parentElement.closest(".table-scroll[tabindex]"))
        .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((one) => one.outerHTML.slice(0, 120))"""
    found: list[str] = await page.evaluate(script)
    return found
