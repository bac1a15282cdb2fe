# SPDX-License-Identifier: Apache-2.0
"""A citizen's way through the pages, as browsers go it: file, receipt, follow, add, and the end of a case."""

import asyncio
import re

import pytest
from playwright.async_api import Page, Route, expect
from tests.browser.site import PHONE, ROUTING, Site, fill, follow, receipt

from chassis.testing import Seen, eventually
from ventanilla_contracts.intake import CaseFiled, MessageAppended
from ventanilla_contracts.routing import AnswerPublished, CaseAnswered, CaseClosed, PersonalWords

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

SUBMIT = "main form button[type=submit]"
UTC = re.compile(r"\bUTC\b|\+00:00|\d\dT\d\d:|\d\d:\d\dZ")


@pytest.mark.parametrize("scripts", [False, True], ids=["without JavaScript", "with JavaScript"])
async def test_a_person_files_with_two_files_follows_and_adds(site: Site, scripts: bool) -> None:
    async with site.page(scripts=scripts, window=PHONE) as page:
        await fill(page, consent=False)
        await _choose(page, site, scripts)
        await page.locator(SUBMIT).click()
        await expect(page.locator("#data_consent-error")).to_be_visible()
        await expect(page.locator(".kept input:checked")).to_have_count(2)
        await expect(page.locator("#text")).to_have_value("No me llegó la cuota de febrero.")
        await expect(page.get_by_text("Todos los archivos juntos pueden pesar hasta 30 MB.")).to_be_visible(
            visible=not scripts
        )
        await page.check("#data_consent")
        await page.locator(SUBMIT).click()
        given = await receipt(page)
        assert given.code not in page.url
        await expect(page.locator("dl.receipt")).to_contain_text("foto de la fila.png (2,0 MB)")
        await expect(page.locator("dl.receipt")).to_contain_text("10:15 a. m.")
        case_id = await site.routing_takes(given.number)
        if not scripts:
            await _look_again_until_due(page)
        await expect(page.locator("#due")).to_contain_text("24 de marzo de 2026")
        await follow(page, given)
        await expect(page.locator("main")).to_contain_text("Quedan 15 días hábiles.")
        await expect(page.locator("main")).to_contain_text("Subsidios estudia su caso")
        await page.fill("#text", "Adjunto lo que pidieron.")
        await _choose(page, site, scripts)
        await page.locator(f"form[action^='/track/messages'] {SUBMIT.rpartition(' ')[2]}").click()
        await expect(page.locator(".notice.good")).to_be_visible()
        await page.reload()  # the browser sends it once more
        await expect(page.locator(".timeline li")).to_have_count(4)
        await expect(page.locator(".timeline li").first).to_contain_text("sumamos al caso")
        assert not UTC.search(await page.locator("body").inner_text())
        [filed, added] = await site.wire.expect("intake-cases", 2, key=case_id)
    _is_whole(filed, added)


def _is_whole(filed: Seen, added: Seen) -> None:
    assert isinstance(filed.event, CaseFiled)
    assert {file.name for file in filed.event.files} == {"comprobante.pdf", "foto de la fila.png"}
    consent = filed.event.personal.consent
    assert consent is not None
    assert (consent.policy_version, consent.policy_url) == ("2026-1", "https://caja.example/datos")
    assert consent.given_at == filed.event.received_at
    assert "Ley 1581 de 2012" in (consent.text or "")
    assert isinstance(added.event, MessageAppended)
    assert added.event.personal.text == "Adjunto lo que pidieron."
    assert len(added.event.files) == 2


async def _choose(page: Page, site: Site, scripts: bool) -> None:
    """With JavaScript each goes up at once, and the field is free again."""
    await page.set_input_files("#files", site.files())
    if scripts:
        await expect(page.locator(".uploads input[name=kept]")).to_have_count(2)
        await expect(page.locator(".uploads-told")).to_have_text("2 archivos, 2,0 MB en total.")


async def _look_again_until_due(page: Page) -> None:
    async def due() -> bool:
        await page.locator("form[data-due-check] button").click()
        await page.locator("dl.receipt").wait_for()
        return await page.locator("#due[data-due]").count() > 0

    await eventually(due)


async def test_a_file_on_its_way_shows_how_far_it_is_and_can_be_cancelled(site: Site) -> None:
    held: list[Route] = []
    arrived = asyncio.Event()

    async def hold(route: Route) -> None:
        held.append(route)
        arrived.set()

    async with site.page() as page:
        await fill(page)
        await page.route("**/uploads*", hold)
        await page.set_input_files("#files", site.files())
        await expect(page.locator(".uploads progress")).to_have_count(2)
        await arrived.wait()
        await page.locator(SUBMIT).click()
        await expect(page.locator(".uploads-told")).to_contain_text("todavía se están subiendo")
        arrived.clear()
        await page.get_by_role("button", name="Cancelar: comprobante.pdf").click()
        await arrived.wait()
        await held[-1].continue_()
        given = await receipt(page)  # it is sent when the other file is there
        _, case = await site.case_of(given.number)
    assert [file.name for file in case.files] == ["foto de la fila.png"]


async def test_a_file_that_is_not_taken_says_why_and_keeps_the_form_from_going_without_it(site: Site) -> None:
    async with site.page() as page:
        await fill(page)
        await page.locator("[data-uploads]").evaluate("(field) => { field.dataset.largest = 1000; }")
        await page.route("**/uploads*", lambda route: route.abort())
        await page.set_input_files("#files", site.files())
        await expect(page.locator(".failed")).to_have_count(2)
        await expect(page.locator(".uploads")).to_contain_text("Pesa más de 25 MB")
        await expect(page.locator(".uploads")).to_contain_text("No se pudo subir")
        await page.locator(SUBMIT).click()
        await expect(page.locator(".uploads-told")).to_contain_text("inténtelo de nuevo o quítelo")
        await page.unroute("**/uploads*")
        await page.get_by_role("button", name="Quitar: foto de la fila.png").click()
        await page.get_by_role("button", name="Intentar de nuevo: comprobante.pdf").click()
        await expect(page.locator(".uploads input[name=kept]")).to_have_count(1)
        await page.locator(SUBMIT).click()
        given = await receipt(page)
        _, case = await site.case_of(given.number)
    assert [file.name for file in case.files] == ["comprobante.pdf"]


async def test_who_gives_no_name_is_asked_for_none_and_reads_the_answer_with_number_and_code(site: Site) -> None:
    async with site.page(window=PHONE) as page:
        await page.goto("/")
        await page.fill("#text", "En el punto de atención solo abren una ventanilla.")
        await page.check("#anonymous")
        await expect(page.locator("#name")).to_be_hidden()
        await expect(page.locator("#data_consent")).to_be_hidden()
        await page.locator(SUBMIT).click()
        given = await receipt(page)
        await expect(page.locator("main")).to_contain_text("La respuesta se publica en la consulta del caso")
        case_id = await site.routing_takes(given.number)
        words = PersonalWords(text="Desde mañana abren dos ventanillas.")
        await site.wire.publish(
            case_id,
            AnswerPublished(actor=ROUTING, answer_id="a", personal=words),
            _answered(),
            seen={"intake-cases": 1},
        )
        await _follow_until(page, given.number, given.code, "Desde mañana abren dos ventanillas.")
        await expect(page.locator("main")).to_contain_text("La respuesta está publicada en esta página")
        closed = CaseClosed(actor=ROUTING, reason="check-waived")
        await site.wire.publish(case_id, closed, seen={"intake-cases": 1})
        await _follow_until(page, given.number, given.code, "Este caso terminó y ya no recibe mensajes")
        await expect(page.locator("form[action^='/track/messages']")).to_have_count(0)
        await page.get_by_role("link", name="Presentar una solicitud nueva").click()
        await expect(page.locator("#subject")).to_have_value(f"Sobre el caso {given.number}")


def _answered() -> CaseAnswered:
    told = {"answer_id": "a", "answered_at": "2026-03-02T10:14:00-05:00", "delivery": "published"}
    return CaseAnswered.model_validate({"actor": ROUTING.model_dump(), **told, "due": "2026-03-24", "in_time": True})


async def _follow_until(page: Page, number: str, code: str, words: str) -> None:
    await page.goto(f"/track?number={number}")
    await page.fill("#code", code)
    await page.locator("main form button").click()

    async def told() -> bool:
        await page.get_by_role("button", name="Ver si hay novedades").click()
        await page.locator(".timeline").wait_for()
        return words in await page.locator("main").inner_text()

    await eventually(told, what=words)


async def test_a_printed_receipt_holds_all_of_it_and_nothing_else(site: Site) -> None:
    async with site.page() as page:
        await fill(page)
        await page.fill("#subject", "Cuota monetaria " * 30)
        await page.locator(SUBMIT).click()
        given = await receipt(page)
        await page.emulate_media(media="print")
        await page.set_viewport_size({"width": 700, "height": 900})
        seen = await page.locator("body").inner_text()
        cut = await page.evaluate(
            "[...document.querySelectorAll('main *')].filter((one) => one.scrollWidth > one.clientWidth + 1"
            " && getComputedStyle(one).overflow !== 'visible').length"
        )
    assert "Caja de Compensación de Ejemplo" in seen
    assert given.number in seen
    assert given.code in seen
    assert ("Cuota monetaria " * 30).strip() in seen
    assert "Imprimir" not in seen
    assert cut == 0


async def test_the_second_language_stays_chosen(site: Site) -> None:
    async with site.page() as page:
        await page.goto("/")
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("h1")).to_have_text("Tell us what you need")
        await page.get_by_role("navigation").get_by_role("link", name="Track").click()
        await expect(page.locator("h1")).to_have_text("Track a case")
        await page.get_by_role("link", name="Español").click()
        await expect(page.locator("h1")).to_have_text("Consultar un caso")
