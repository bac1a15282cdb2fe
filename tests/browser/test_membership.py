# SPDX-License-Identifier: Apache-2.0
"""A membership request without JavaScript on a phone: filed incomplete, checked at the desk, completed by tracking.

What axe sees of its pages is looked at with scripts, of which axe is one.
"""

import pytest
from playwright.async_api import Page, expect
from tests.browser.site import PHONE, Site, follow, receipt
from tests.browser.test_accessibility import Look

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

SUBMIT = "main form button[type=submit]"


async def begin(page: Page) -> None:
    await page.goto("/")
    await page.get_by_role("link", name="Solicitar afiliación").click()
    await page.get_by_role("link", name="Trabajador dependiente").click()
    await page.fill("#name", "Óscar Prueba")
    await page.select_option("#document_type", "CC")
    await page.fill("#document_number", "1000000169")
    await page.fill("#email", "oscar.prueba@correo.example")


def decision(code: str, state: str) -> str:
    return f"form:has(input[name=requirement][value={code}]) button[value={state}]"


async def accept(page: Page, *codes: str) -> None:
    for code in codes:
        await page.locator(decision(code, "accepted")).click()
        await expect(page.locator(decision(code, "accepted"))).to_have_count(0)


async def test_an_incomplete_request_is_mended_field_by_field_and_accepted(site: Site) -> None:
    pdf, png = site.files()
    async with site.page(scripts=False, window=PHONE) as page:
        await begin(page)
        await page.set_input_files("#documents_cedula", [pdf])
        await page.set_input_files("#documents_formulario", [pdf])
        await page.locator(SUBMIT).click()
        await expect(page.locator("#holds_con-hijos-error")).to_be_visible()
        await expect(page.locator("#data_consent-error")).to_be_visible()
        await expect(page.locator("input[name=kept_cedula]:checked")).to_have_count(1)
        await page.check("#holds_con-hijos-no")
        await page.check("#holds_con-pareja-no")
        await page.check("#data_consent")
        await page.locator(SUBMIT).click()
        given = await receipt(page)
        await expect(page.locator("dl.receipt")).to_contain_text("Certificado laboral")
        async with site.page() as desk:
            await site.log_in(desk)
            await desk.goto(f"/desk/cases/{given.number}")
            await desk.locator("summary", has_text="Documento de identidad").click()
            await desk.fill("#why-cedula", "Falta el reverso.")
            await desk.locator(decision("cedula", "refused")).click()
            await desk.get_by_role("button", name="Decir qué falta").click()
            await expect(desk.get_by_text("Ya sabe todo lo que falta")).to_be_visible()
            look = Look(desk)
            await look.at("the case at the desk", given.number)
            await follow(desk, given)
            await look.at("the tracking page", "Requisitos de afiliación")
            await follow(page, given)
            await expect(page.locator("main")).to_contain_text("Falta el reverso.")
            await page.set_input_files("#documents_cedula", [pdf, png])
            await page.set_input_files("#documents_certificado-laboral", [pdf])
            await page.get_by_role("button", name="Enviar los documentos").click()
            await expect(page.locator(".notice.good")).to_be_visible()
            await expect(page.locator("main")).to_contain_text("Tenemos todo lo que pedimos")
            await desk.goto(f"/desk/cases/{given.number}")
            await accept(desk, "formulario", "cedula", "certificado-laboral", "aportes-al-dia")
            await expect(desk.get_by_text("Todos los requisitos están aceptados")).to_be_visible()
            await page.get_by_role("button", name="Ver si hay novedades").click()
            await expect(page.locator(".timeline li").first).to_contain_text("cumple todos los requisitos")
            await desk.goto("/membership")
            await look.at("the kinds", "¿Cómo se quiere afiliar?")
            await desk.goto("/desk/membership?kind=independiente")
            await desk.locator(SUBMIT).click()
            await desk.locator("#errors").wait_for()
            await look.at("the form with errors", "Afiliación")
        assert look.wrong == {}
