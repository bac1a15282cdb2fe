# SPDX-License-Identifier: Apache-2.0
"""The pages of a running intake, opened as people open them: with or without JavaScript, on a phone or a desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, Response, ViewportSize, expect

from chassis.testing import Wire, eventually
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.routing import AnswerPublished, CaseAssigned, DeadlineSet, PersonalWords
from ventanilla_local.services import Login

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
ROUTING = Actor(id="routing", role="service")
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")
PATIENCE = 90_000
"""Milliseconds, far above any pause of a busy machine; Playwright's own expectations wait for five seconds."""

expect.set_options(timeout=PATIENCE)

FAQ = "https://caja.example/faq"
HOLIDAY = date(2026, 3, 23)
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2_000_000)


@dataclass(frozen=True)
class Receipt:
    """What a person takes home."""

    number: str
    code: str


@dataclass
class Site:
    """Where intake is, and the broker behind it."""

    browser: Browser
    url: str
    wire: Wire
    directory: Path
    agent: Login

    @asynccontextmanager
    async def page(
        self, *, window: ViewportSize = DESK, locale: str = "es-CO", scripts: bool = True
    ) -> AsyncIterator[Page]:
        async with opened(self.browser, self.url, window=window, locale=locale, scripts=scripts) as page:
            yield page

    async def log_in(self, page: Page) -> None:
        """As an agent, who sees every page of the desk."""
        await page.goto("/login?next=/desk")
        await page.fill("#email", self.agent.email)
        await page.fill("#password", self.agent.password)
        await page.locator("main form button[type=submit]").click()
        await page.wait_for_url("**/desk")

    def files(self) -> list[Path]:
        """Two files of a person."""
        named = {"comprobante.pdf": PDF, "foto de la fila.png": PNG}
        for name, content in named.items():
            (self.directory / name).write_bytes(content)
        return [self.directory / name for name in named]

    async def case_of(self, number: str) -> tuple[str, CaseFiled]:
        """Case id and its event, as soon as it is published."""

        async def told() -> tuple[str, CaseFiled] | None:
            for seen in await self.wire.events("intake-cases"):
                if isinstance(seen.event, CaseFiled) and seen.event.case_number == number:
                    return seen.key, seen.event
            return None

        return await eventually(told, what=f"case-filed of {number}")

    async def routing_takes(self, number: str) -> str:
        """Routing's part: an area, and Tuesday 24 March, 15 business days on. The case id."""
        case_id, _ = await self.case_of(number)
        assigned = CaseAssigned(
            actor=ROUTING, area="s", area_name="Subsidios", responder=MARCELA, matrix_version="1", rule="r"
        )
        await self.wire.publish(case_id, assigned, _deadline(), seen={"intake-cases": 1})
        return case_id

    async def routing_publishes(self, number: str, text: str) -> None:
        """The answer to an anonymous case, for everybody to read."""
        case_id = await self.routing_takes(number)
        said = AnswerPublished(actor=ROUTING, answer_id="a", personal=PersonalWords(text=text))
        await self.wire.publish(case_id, said, seen={"intake-cases": 1})

        async def shown() -> bool:
            async with httpx.AsyncClient(base_url=self.url, timeout=120) as http:
                return number in (await http.get("/answers", params={"number": number})).text.partition("<article")[2]

        await eventually(shown, what=f"the published answer of {number}")


def _deadline() -> DeadlineSet:
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(23)]
    trace = [
        {"date": day, "counted": day > days[0] and day.weekday() < 5 and day != HOLIDAY, "reason": "r"} for day in days
    ]
    rest = {"rule": "r", "source": "s", "calendar_version": "1", "because": "filed", "term": "general"}
    fields = {"due": days[-1], "due_at": "2026-03-24T23:59:59-05:00", "anchor": days[0], "trace": trace}
    return DeadlineSet.model_validate({"actor": ROUTING.model_dump(), **fields, **rest})


@asynccontextmanager
async def opened(
    browser: Browser, url: str, *, window: ViewportSize = DESK, locale: str = "es-CO", scripts: bool = True
) -> AsyncIterator[Page]:
    """A fresh browser profile; what its console or its scripts complain of fails the test."""
    context = await browser.new_context(base_url=url, viewport=window, locale=locale, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text) else None)
    page.on("response", lambda answer: complaints.append(answer.url) if _is_lacking(answer) else None)
    try:
        yield page
        assert complaints == []
    finally:
        await context.close()


def _is_complaint(text: str) -> bool:
    """The console also notes every request that fails, which the tests bring about on purpose."""
    return not text.startswith("Failed to load resource")


def _is_lacking(answer: Response) -> bool:
    return "/static/" in answer.url and not answer.ok


async def fill(page: Page, *, text: str = "No me llegó la cuota de febrero.", consent: bool = True) -> None:
    """The form of somebody who gives their name."""
    await page.goto("/")
    await page.select_option("#kind", "claim")
    await page.fill("#text", text)
    await page.fill("#name", "Ana Prueba")
    await page.fill("#email", "ana.prueba@correo.example")
    if consent:
        await page.check("#data_consent")


async def receipt(page: Page) -> Receipt:
    """The receipt, as soon as it is shown."""
    await page.locator("dl.receipt").wait_for()
    number, code = await page.locator("dl.receipt dd.mono").all_inner_texts()
    return Receipt(number, code)


async def follow(page: Page, given: Receipt) -> None:
    await page.goto(f"/track?number={given.number}")
    await page.fill("#code", given.code)
    await page.locator("main form button").click()
