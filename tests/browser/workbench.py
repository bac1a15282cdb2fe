# SPDX-License-Identifier: Apache-2.0
"""The agents' pages of a running routing: its cases come by the broker, its people sign in as they do."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import httpx
from playwright.async_api import Browser, Page, ViewportSize
from tests.browser.site import DESK, opened

from chassis.testing import Wire, eventually
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import CaseFiled, MessageAppended, Person, PersonalFiling, PersonalMessage
from ventanilla_local.services import Login

CITIZEN = Actor(id="citizen", role="citizen")
ANA = Person(name="Ana Prueba", email="ana.prueba@correo.example", phone="+573000000142")
SUBSIDY = "Reclamo: no me pagaron la cuota monetaria de febrero"
PDF = FileRef(sha256="a" * 64, name="certificado.pdf", type="application/pdf", size=1234)


@dataclass
class Workbench:
    """Where routing is, the broker behind it, and who works here."""

    browser: Browser
    url: str
    wire: Wire
    login: Callable[..., Login]
    _numbers: Any = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def page(
        self, role: str, area: str | None = None, *, window: ViewportSize = DESK, scripts: bool = True
    ) -> AsyncIterator[Page]:
        """Somebody with that role, signed in, in a browser of their own."""
        async with opened(self.browser, self.url, window=window, scripts=scripts) as page:
            login = self.login(role, area)
            await page.goto("/login?next=/")
            await page.fill("#email", login.email)
            await page.fill("#password", login.password)
            await page.locator("main form button[type=submit]").click()
            await page.get_by_role("heading", name="Mis casos").wait_for()
            yield page

    async def file(self, received: str = "2026-03-02T10:00:00-05:00", text: str = SUBSIDY, **own: Any) -> str:
        """A case, once routing has it: its number."""
        n = next(self._numbers)
        number = f"CAJA-2026-{n:06}-1"
        at = datetime.fromisoformat(received)
        words = PersonalFiling(person=ANA, subject="Cuota monetaria", text=text, tracking_code="AAAA-BBBB-CCCC-D")
        case = CaseFiled(
            actor=CITIZEN,
            case_number=number,
            submission_id=f"s-{n}",
            channel=own.pop("channel", "email"),
            received_at=at,
            registered_at=at,
            personal=words,
            **own,
        )
        await self.wire.publish(f"case-{n}", case)
        await self.seen(number, version=1)
        return number

    async def write(self, number: str, text: str = "¿Qué pasó con mi caso?") -> None:
        """The person writes once more, and routing has it."""
        before = await self.version(number)
        said = MessageAppended(
            actor=CITIZEN,
            submission_id=f"m-{next(self._numbers)}",
            channel="email",
            received_at=datetime.fromisoformat("2026-03-02T10:10:00-05:00"),
            personal=PersonalMessage(text=text),
        )
        await self.wire.publish(f"case-{int(number.split('-')[2])}", said)
        await self.seen(number, version=before + 1)

    async def version(self, number: str) -> int:
        """0 where routing does not know it yet."""
        async with self.program("agent") as http:
            answer = await http.get(f"/v1/cases/{number}")
        return int(answer.json()["version"]) if answer.status_code == 200 else 0

    async def seen(self, number: str, *, version: int) -> None:
        async def there() -> bool:
            return await self.version(number) >= version

        await eventually(there, what=f"version {version} of {number}")

    @asynccontextmanager
    async def program(self, role: str, area: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """As a program of somebody with that role."""
        headers = {"authorization": f"Bearer {self.login(role, area).token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=120) as http:
            yield http
