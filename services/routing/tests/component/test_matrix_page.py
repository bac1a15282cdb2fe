# SPDX-License-Identifier: Apache-2.0
"""`/matrix`: checked and tried on past cases before it is put in force, without a script (ICX-02)."""

from typing import Any

import pytest
from matrix_story import SAMPLE, changed
from page_outline import Outline, token_in
from routing_story import filed, local

MANAGER, AGENT = "rosario-henao", "catalina-ospina"
NEW = changed(("responder: marcela-duque, deputy: julian-rojas", "responder: julian-rojas, deputy: marcela-duque"))


async def sent(browser: Any, text: str = NEW, **form: str) -> Any:
    token = token_in((await browser.get("/matrix")).text)
    fields = {"csrf_token": token, "text": text.replace("\n", "\r\n"), "replaces": "2026-1", "act": "try", **form}
    return await browser.post("/matrix", data=fields, files={"file": ("", b"")})


async def test_whoever_sees_cases_sees_the_versions_and_cannot_change_them(doors: Any) -> None:
    async with doors.browser(AGENT) as browser:
        page = (await browser.get("/matrix")).text
        assert "Rige la versión 2026-1" in page
        assert "/matrix" not in Outline(page).actions
        assert "customer_care: atencion-al-cliente" in page
        assert (await sent(browser)).status_code == 403


async def test_a_change_is_tried_on_past_cases_then_put_in_force(doors: Any, cases: Any, clock: Any) -> None:
    cases.hear("case-1", filed())
    clock.set(local("2026-05-01 08:00"))
    async with doors.browser(MANAGER) as browser:
        tried = await sent(browser)
        assert tried.status_code == 200, tried.text
        assert "La versión 2026-2 se puede usar" in tried.text
        assert "/cases/CAJA-2026-000001-1" in tried.text
        assert "Julián Rojas (Subsidios)" in tried.text
        without = await sent(browser, act="put")
        assert (without.status_code, "Falta decir por qué" in without.text) == (422, True)
        put = await sent(browser, act="put", note="Julián responde por subsidios", open_cases="take")
        assert (put.status_code, put.headers["location"]) == (303, "/matrix")
        page = (await browser.get("/matrix")).text
    assert "Rige la versión 2026-2" in page
    assert "Julián responde por subsidios" in page
    assert "la toman" in page
    kept = await doors.client(AGENT).get("/v1/matrix", headers={"accept": "application/yaml"})
    assert kept.text == NEW


@pytest.mark.parametrize("act", ["try", "put"])
async def test_faults_come_back_with_the_text_and_nothing_changes(doors: Any, act: str) -> None:
    async with doors.browser(MANAGER) as browser:
        answer = await sent(browser, NEW.replace("gloria-zapata", "nadie <b>"), act=act, note="x")
        assert answer.status_code == 422
        assert "nadie &lt;b&gt;" in answer.text
        assert "<b>" not in answer.text
        assert "Rige la versión 2026-1" in (await browser.get("/matrix")).text


async def test_a_change_of_another_is_not_undone(doors: Any) -> None:
    async with doors.browser(MANAGER) as browser:
        await sent(browser, act="put", note="uno")
        late = await sent(browser, changed(version="2026-3"), act="put", note="dos")
    assert late.status_code == 409
    assert "Otra persona cambió la matriz mientras tanto" in late.text
    assert "2026-3" in late.text


async def test_a_file_counts_more_than_what_is_written(doors: Any) -> None:
    async with doors.browser(MANAGER) as browser:
        token = token_in((await browser.get("/matrix")).text)
        data = {"csrf_token": token, "text": SAMPLE, "replaces": "2026-1", "act": "try"}
        answer = await browser.post("/matrix", data=data, files={"file": ("matrix.yaml", NEW.encode())})
    assert "La versión 2026-2 se puede usar" in answer.text
