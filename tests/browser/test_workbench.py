# SPDX-License-Identifier: Apache-2.0
"""The working day at the window, as browsers go it: agent, responder, head of an area, and two at one case."""

import pytest
from playwright.async_api import FilePayload, Page, expect
from tests.browser.site import DESK, PHONE
from tests.browser.test_accessibility import Look
from tests.browser.workbench import Workbench

from ventanilla_contracts.intake import Emergency

pytestmark = [pytest.mark.infra, pytest.mark.asyncio(loop_scope="session")]

LIVE = "html[data-live]"
GAS = Emergency(matter="safety", words=("huele a gas",), by="rules")


async def send(page: Page, form: str) -> None:
    await page.locator(f"form[action$='/{form}'] button[type=submit]:not([formaction])").click()


async def test_an_agent_finds_what_is_urgent_classifies_reassigns_and_answers(workbench: Workbench) -> None:
    """Queue and case, with axe on each state of them; the list is replaced without a reload."""
    overdue = await workbench.file("2026-02-05T09:00:00-05:00", "Petición de piscinas y torneos deportivos")
    await workbench.file("2026-02-10T09:00:00-05:00", channel="social")
    await workbench.file("2026-03-02T09:00:00-05:00")
    async with workbench.page("agent") as page:
        look = Look(page)
        await page.locator("#keys-open").wait_for()
        await page.keyboard.press("g")
        await page.keyboard.press("a")
        await page.wait_for_url("**/all")
        await look.at("the queue", "Casos abiertos")
        await page.set_viewport_size(DESK)
        await page.evaluate("window.sameDocument = true")
        await page.select_option("#by-kind", "claim")
        await expect(page.locator("#cases tbody tr")).to_have_count(2)
        await expect(page).to_have_url("**/all?kind=claim".replace("**", workbench.url))
        await expect(page.locator("#said")).to_have_text("2 casos en la lista")
        await page.select_option("#by-kind", "")
        await expect(page.locator("#cases tbody tr")).to_have_count(3)
        assert await page.evaluate("window.sameDocument")
        await page.get_by_role("link", name="1 vencidos").click()
        await expect(page.locator("#cases tbody tr")).to_have_count(1)
        await page.locator("#keys-open").wait_for()
        await page.keyboard.press("j")
        await expect(page.locator("a.open")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name=overdue).wait_for()
        await page.locator("#classify-title ~ details summary").click()
        await page.select_option("#classify-kind", "complaint")
        await look.at("a case with the classify form open", overdue)
        await send(page, "classify")
        await expect(page.locator("#timeline ~ ol")).to_contain_text("Clasificado como queja")
        await page.locator("#assign-title ~ details summary").click()
        await page.select_option("#assign-responder", label="Julián Rojas (Subsidios)")
        await page.fill("#assign-observation", "Usted conoce el convenio.")
        await send(page, "assign")
        await expect(page.locator(".case-head")).to_contain_text("Lo tiene Julián Rojas")
        await page.get_by_text("Otras decisiones sobre el término").click()
        await look.at("a case with the forms of its clock", overdue)
        await page.fill("#answer-text", "Ya quedó inscrito.")
        await send(page, "answer")
        await expect(page.locator("ol.conversation")).to_contain_text("Ya quedó inscrito.")
        await expect(page.locator("form[action$='/answer']")).to_have_count(0)
        assert look.wrong == {}


async def test_the_legal_team_returns_a_draft_then_passes_it_and_the_agent_sends_it(workbench: Workbench) -> None:
    """Three sign in, each with axe on the pages that are theirs (CNF-09)."""
    number = await workbench.file(text="Reclamo: mi abogado pide que paguen la cuota monetaria")
    async with workbench.page("agent") as agent, workbench.page("legal") as legal:
        written, reviewed = Look(agent), Look(legal)
        await agent.goto(f"/cases/{number}")
        await expect(agent.get_by_text("Por regla, jurídica la revisa antes de enviarla.")).to_be_visible()
        await expect(agent.get_by_role("button", name="Aprobar y enviar")).to_have_count(0)
        await agent.fill("#answer-text", "La cuota de febrero se paga hoy.")
        await agent.get_by_role("button", name="Guardar borrador").click()
        await agent.get_by_role("button", name="Pedir revisión jurídica").click()
        await written.at("the agent's case with a draft", "Borrador de la respuesta")

        await legal.goto("/to-review")
        await reviewed.at("what waits for the legal team", "Borradores por revisar")
        await legal.locator("#cases a.open", has_text=number).click()
        await expect(legal.get_by_text("La cuota de febrero se paga hoy.").first).to_be_visible()
        await reviewed.at("the reviewer's case with a draft", "Revisión jurídica")
        await legal.fill("#return-draft-text", "Falta la norma.")
        await legal.get_by_role("button", name="Devolver", exact=True).click()
        await expect(legal.locator("#timeline ~ ol")).to_contain_text("Jurídica devolvió el borrador 1")

        await legal.goto("/to-review")
        await legal.locator(LIVE).wait_for()
        await agent.goto(f"/cases/{number}")
        await expect(agent.locator("section", has=agent.locator("#drafted"))).to_contain_text("Falta la norma.")
        await agent.fill("#draft-text", "La cuota de febrero se paga hoy (Ley 789 de 2002, art. 3).")
        await agent.get_by_role("button", name="Guardar borrador").click()
        await agent.get_by_role("button", name="Pedir revisión jurídica").click()
        await expect(agent.locator("#drafted")).to_contain_text("en revisión jurídica")
        await expect(legal.locator("#news")).to_contain_text("Cambió 1 caso de esta lista.")

        await legal.goto(f"/cases/{number}")
        await legal.get_by_role("button", name="No tiene reparos").click()
        await expect(legal.locator("#drafted")).to_contain_text("revisado")
        await legal.goto("/to-review")
        await expect(legal.locator("#cases")).not_to_contain_text(number)

        await agent.goto(f"/cases/{number}")
        await agent.get_by_role("button", name="Aprobar y enviar").click()
        await expect(agent.locator("ol.conversation")).to_contain_text("Ley 789 de 2002")
        await expect(agent.locator("main")).to_contain_text("Revisada por Valentina Uribe")
        await expect(agent.locator("#drafted")).to_have_count(0)
        await agent.goto("/frequent-questions")
        await written.at("frequent questions", "Preguntas frecuentes")
        assert {**written.wrong, **reviewed.wrong} == {}


async def test_the_manager_reads_the_matrix_on_any_screen(workbench: Workbench) -> None:
    async with workbench.page("manager") as page:
        await page.goto("/matrix")
        look = Look(page)
        await look.at("the matrix", "Matriz de escalonamiento")
        assert look.wrong == {}


async def test_what_the_ombudsman_asks_is_followed_up_until_their_decision(workbench: Workbench) -> None:
    """By forms, with axe on each state of the case; the manager has all of it in a row (ICX-08)."""
    number = await workbench.file()
    async with workbench.page("agent") as agent, workbench.page("manager") as manager:
        look, read = Look(agent), Look(manager)
        await agent.goto(f"/cases/{number}")
        await agent.locator("summary", has_text="pregunta el defensor").click()
        fields = {"reference": "DCF-0815", "day": "2026-03-02", "email": "defensor@defensoria.example"}
        for name, value in fields.items():
            await agent.fill(f"#ombudsman-{name}", value)
        await agent.fill("#mark-ombudsman-text", "¿Por qué no se pagó?")
        await send(agent, "mark-ombudsman")
        await agent.locator("summary", has_text="amplía el plazo").click()
        await look.at("a case of which the ombudsman asked", number)
        await agent.fill("#widen-day", "2026-03-20")
        await agent.fill("#widen-ombudsman-text", "La entidad espera un extracto del banco.")
        await send(agent, "widen-ombudsman")
        await expect(agent.locator("#timeline ~ ol")).to_contain_text("amplió el plazo (DCF-0815)")
        await agent.fill("#answer-text", "Ya se pagó la cuota de febrero.")
        await agent.locator("input[name=handed_over]").check()
        await send(agent, "answer")
        await agent.locator("summary", has_text="decisión del defensor").click()
        await look.at("a case that the ombudsman has the answer of", number)
        await agent.fill("#decision-day", "2026-03-02")
        await agent.get_by_label("en parte a favor de la persona").check()
        await agent.fill("#ombudsman-decision-text", "La entidad debe presentar disculpas.")
        await send(agent, "ombudsman-decision")
        await expect(agent.locator("main")).to_contain_text("en parte a favor de la persona")
        await manager.get_by_role("link", name="Defensor (F153)").click()
        await expect(manager.locator("tbody tr")).to_contain_text("a tiempo")
        await read.at("the follow-up", "Seguimiento de respuestas al defensor")
        async with manager.expect_download() as saved:
            await manager.get_by_role("link", name="Descargar como CSV").click()
        assert (await saved.value).suggested_filename.startswith("defensor-")
        assert {**look.wrong, **read.wrong} == {}


async def test_two_at_one_case_see_each_other_and_neither_overwrites_the_other(workbench: Workbench) -> None:
    number = await workbench.file()
    async with workbench.page("agent") as first, workbench.page("adviser") as second:
        await first.goto(f"/cases/{number}")
        await first.locator(LIVE).wait_for()
        await second.goto(f"/cases/{number}")
        await expect(second.locator("#present")).to_contain_text("también tiene abierto este caso desde las 10:15")
        await expect(first.locator("#present")).to_contain_text("también tiene abierto este caso")
        await first.fill("#answer-text", "Ya se pagó la cuota de febrero.")
        await second.locator("#assign-title ~ details summary").click()
        await second.select_option("#assign-responder", label="Julián Rojas (Subsidios)")
        await send(second, "assign")
        await expect(second.locator(".case-head")).to_contain_text("Lo tiene Julián Rojas")
        await expect(first.locator("#changes")).to_contain_text("Asignado a Julián Rojas")
        await expect(first.locator("#answer-text")).to_have_value("Ya se pagó la cuota de febrero.")
        look = Look(first)
        await send(first, "answer")
        await look.at("a command on an old version", "El caso cambió mientras usted trabajaba")
        await expect(first.locator("section.refused")).to_contain_text("Asignado a Julián Rojas")
        await expect(first.locator("#answer-text")).to_have_value("Ya se pagó la cuota de febrero.")
        await send(first, "answer")
        await expect(first.locator("ol.conversation")).to_contain_text("Ya se pagó la cuota de febrero.")
        assert look.wrong == {}


async def test_a_head_gives_many_cases_away_hears_of_each_and_a_reload_does_nothing_twice(workbench: Workbench) -> None:
    numbers = [await workbench.file(text=f"No me dieron la cita {n}", area_stated="salud") for n in range(3)]
    async with workbench.page("head", "salud") as page:
        await page.goto("/all?area=salud")
        await page.locator(LIVE).wait_for()
        await expect(page.locator("#cases tbody tr")).to_have_count(3)
        await page.get_by_role("button", name="Seleccionar todos los de esta página").click()
        await workbench.write(numbers[1])
        await expect(page.locator("#news")).to_contain_text("de esta lista")  # also cases of the test before it
        await page.select_option("#bulk-responder", label="Diana Castaño (Salud)")
        await page.fill("#bulk-observation", "Por favor hoy.")
        await page.get_by_role("button", name="Reasignar los seleccionados").click()
        look = Look(page)
        await look.at("what came of many", "Resultado con los casos seleccionados")
        await expect(page.locator("main")).to_contain_text("Hecho en 2 de 3.")
        await expect(page.locator("main")).to_contain_text("La persona escribió de nuevo")
        before = [await workbench.version(number) for number in numbers]
        await page.reload()  # the browser sends it once more
        await expect(page.locator("main")).to_contain_text("Hecho en 2 de 3.")
        assert [await workbench.version(number) for number in numbers] == before
        await page.get_by_role("button", name="Reasignar los seleccionados").click()
        await expect(page.locator("main")).to_contain_text("Hecho en 1 de 1.")
        assert look.wrong == {}


async def test_a_list_says_what_changed_and_shows_it_when_asked(workbench: Workbench) -> None:
    async with workbench.page("responder", "vivienda") as page:
        await page.locator(LIVE).wait_for()
        await expect(page.locator("#cases")).to_contain_text("No hay casos abiertos aquí.")
        number = await workbench.file(text="No me llegó el subsidio", area_stated="vivienda")
        await expect(page.locator("#news")).to_contain_text("Cambió 1 caso de esta lista.")
        await page.get_by_role("button", name="Actualizar").click()
        await expect(page.locator("#cases a.open")).to_have_text(number)
        await expect(page.locator("#news")).to_be_empty()


async def test_an_emergency_of_ones_area_alarms_on_whatever_page_is_open(workbench: Workbench) -> None:
    other = await workbench.file(text="Me citaron para una fecha que ya pasó", area_stated="salud")
    async with workbench.page("head", "seguridad-y-ambiente") as page:
        await page.goto(f"/cases/{other}")
        await page.locator(LIVE).wait_for()
        await expect(page.locator("#alarm")).to_be_empty()
        number = await workbench.file(text="Huele a gas en la sede", area_stated="salud", emergency=GAS)
        await expect(page.get_by_role("alert")).to_contain_text("Emergencia que nadie ha tomado todavía")
        look = Look(page)
        await look.at("an emergency while another case is open", "Caso")
        await page.locator("#alarm a", has_text=number).click()
        await expect(page.locator(".case-head")).to_contain_text("Prioridad: emergencia")
        assert look.wrong == {}


async def test_a_responder_delivers_from_a_phone_without_javascript(workbench: Workbench) -> None:
    number = await workbench.file(text="Me cobraron intereses de más", area_stated="credito")
    async with workbench.page("responder", "credito", window=PHONE, scripts=False) as page:
        await page.locator("summary", has_text="Filtrar la lista").click()
        await page.locator("summary", has_text="Más filtros").click()
        await page.select_option("#by-channel", "email")
        await page.get_by_role("button", name="Filtrar").click()
        await expect(page.locator("#cases tbody tr")).to_have_count(1)
        await page.get_by_role("link", name=number).click()
        async with workbench.program("agent") as http:
            given = await http.post(
                f"/v1/cases/{number}/request-documents", json={"due": "2026-03-09", "text": "¿Qué pasó?"}
            )
            assert given.status_code == 200
        await page.fill("#deliver-text", "Se devuelven los intereses.")
        await page.set_input_files(
            "#deliver-files", {"name": "cuenta.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
        )
        await send(page, "deliver")
        await expect(page.locator("#refused")).to_be_visible()
        await expect(page.locator("section.refused")).to_contain_text("Documentos pedidos a Sebastián Giraldo")
        await expect(page.locator("#deliver-text")).to_have_value("Se devuelven los intereses.")
        await expect(page.get_by_label("cuenta.pdf")).to_be_checked()
        await send(page, "deliver")
        await expect(page.locator("main")).to_contain_text("Se devuelven los intereses.")
        await expect(page.get_by_role("link", name="cuenta.pdf")).to_be_visible()


@pytest.mark.parametrize("scripts", [False, True])
async def test_on_a_phone_a_case_comes_before_the_filters_which_say_what_is_set(
    workbench: Workbench, scripts: bool
) -> None:
    number = await workbench.file(channel="chat")
    async with workbench.page("agent", window=PHONE, scripts=scripts) as page:
        for address, said in (("/all", "Filtrar la lista"), ("/all?channel=chat", "Filtrar la lista · chat")):
            await page.goto(address)
            top = await page.locator("#cases tbody tr").first.evaluate("one => one.getBoundingClientRect().top")
            assert top < PHONE["height"] - 100  # its number and how urgent it is are seen
            await expect(page.locator(".filters-all > summary")).to_have_text(said)
            await expect(page.locator("#by-kind")).to_be_hidden()
        await page.locator(".filters-all > summary").focus()
        await page.keyboard.press("Enter")
        await page.select_option("#by-kind", "petition")
        if not scripts:
            await page.get_by_role("button", name="Filtrar", exact=True).click()
        await expect(page.locator("#filters-set")).to_have_text("· petición · chat")
        await expect(page.get_by_text(number)).to_have_count(0)
        if scripts:
            look = Look(page)
            await look.at("the queue with its filters open", "Casos abiertos")
            assert look.wrong == {}


async def test_on_a_desk_the_filters_are_never_folded(workbench: Workbench) -> None:
    async with workbench.page("agent", scripts=False) as page:
        await page.goto("/all")
        await expect(page.locator(".filters-all > summary")).to_be_hidden()
        await expect(page.locator("#by-kind")).to_be_visible()
        await page.locator("#q").focus()
        await page.keyboard.press("Tab")
        await expect(page.locator("#by-area")).to_be_focused()


async def test_words_outlast_what_is_too_large_and_a_session_that_ended(workbench: Workbench) -> None:
    """The way back of the browser keeps them, also where the page is not kept by anybody else (no-store)."""
    number, words = await workbench.file(), "Ya se pagó la cuota.\nPerdone la demora."
    plans = [FilePayload(name=f"plano-{n}.pdf", mimeType="application/pdf", buffer=bytes(16_000_000)) for n in (1, 2)]
    async with workbench.page("agent", scripts=False) as page:
        await page.goto(f"/cases/{number}")
        await page.fill("#answer-text", words)
        await page.set_input_files("#answer-files", plans)
        await send(page, "answer")
        await page.get_by_role("heading", name="El envío es demasiado grande").wait_for()
        await page.go_back()
        await expect(page.locator("#answer-text")).to_have_value(words)
    async with workbench.page("agent") as page:
        await page.goto(f"/cases/{number}")
        await page.fill("#answer-text", words)
        await page.set_input_files("#answer-files", plans)
        assert "todo el envío de 30 MB" in await page.locator("#answer-files").evaluate("one => one.validationMessage")
        await page.set_input_files("#answer-files", plans[:1])
        assert await page.locator("#answer-files").evaluate("one => one.validationMessage") == ""
        await page.set_input_files("#answer-files", [])
        signed_in = await page.context.cookies()
        await page.context.clear_cookies()
        await send(page, "answer")
        look = Look(page)
        await look.at("a form of a session that ended", "Lo que usted escribió")
        await page.context.add_cookies(  # who signed in in another tab
            [{"name": one["name"], "value": one["value"], "url": workbench.url} for one in signed_in]
        )
        for _ in range(2):
            await page.get_by_role("button", name="Enviar de nuevo").click()
        await expect(page.locator("ol.conversation")).to_contain_text("Perdone la demora.")
        assert look.wrong == {}


async def test_keys_do_nothing_while_somebody_types_or_when_they_are_switched_off(workbench: Workbench) -> None:
    await workbench.file()
    async with workbench.page("agent") as page:
        await page.goto("/all")
        await page.locator("#keys-open").wait_for()
        await page.keyboard.press("?")
        await expect(page.locator("#keys")).to_be_visible()
        look = Look(page)
        await look.at("the keys", "Atajos de teclado")
        await page.keyboard.press("Escape")
        await page.fill("#bulk-observation", "")
        await page.locator("#bulk-observation").press_sequentially("jx?gm")
        await expect(page.locator("#bulk-observation")).to_have_value("jx?gm")
        await expect(page.locator("#keys")).to_be_hidden()
        await page.get_by_role("button", name="Atajos de teclado").click()
        await page.get_by_label("Usar atajos de una sola tecla").uncheck()
        await page.get_by_role("button", name="Cerrar", exact=True).click()
        await page.reload()
        await page.locator("#keys-open").wait_for()
        await page.keyboard.press("?")
        await page.keyboard.press("j")
        await expect(page.locator("#keys")).to_be_hidden()
        await expect(page.locator("a.open:focus")).to_have_count(0)
        assert look.wrong == {}
