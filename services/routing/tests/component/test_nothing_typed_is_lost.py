# SPDX-License-Identifier: Apache-2.0
"""What a form says cannot be asked for at all: the case's page says why, and holds what was typed and attached."""

from typing import Any

import pytest
from page_outline import Form, Forms, Outline
from routing_story import filed, local

from chassis.files import FileTooLarge
from routing.desk import Desk

PAGE = "/cases/CAJA-2026-000001-1"
ANSWERING = f"{PAGE}/answering"
WORDS = "Ya se pagó la <cuota> de febrero."
GONE = '{"sha256": "%s", "name": "x.txt", "type": "text/plain", "size": 1}' % ("0" * 64)
LEGAL = "Reclamo: mi abogado pide que paguen la cuota monetaria"


@pytest.fixture
async def agent(doors: Any, cases: Any) -> Any:
    cases.hear("case-1", filed())
    cases.clock.set(local("2026-03-03 11:00"))
    return doors.browser("catalina-ospina")


async def forms_of(browser: Any) -> dict[str, Form]:
    return Forms((await browser.get(PAGE)).text).found


def scans(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"hoja-{n}.pdf", b"%PDF-1.7 x")) for n in range(count)]


async def test_the_number_of_no_case_comes_back_with_the_reasons(agent: Any, cases: Any) -> None:
    form = (await forms_of(agent))[f"{ANSWERING}/reject"]
    said = {"reason": "repeated", "earlier": "CAJA-2026-000009-1", "text": WORDS}
    answer = await agent.post(form.action, data={**form.fields, **said})
    assert answer.status_code == 422
    assert "Falta el caso que ya se respondió" in answer.text
    again = Forms(answer.text).found[form.action].fields
    assert {name: again[name] for name in said} == said
    assert cases.cases["case-1"].open


@pytest.mark.parametrize(
    ("sent_to", "drafted", "files", "kept"),
    [
        ("answer", False, scans(51), None),
        ("deliver", False, scans(51), None),
        ("answering/draft", False, scans(51), None),
        ("answering/draft", True, scans(51), None),
        ("answer", False, scans(1), "{}"),
        ("answering/draft", False, scans(1), GONE),
        ("answering/draft", True, scans(1), GONE),
    ],
    ids=["answer", "delivery", "first draft", "next draft", "no file", "gone from the first", "gone from the next"],
)
async def test_whatever_is_wrong_with_files_the_words_come_back(
    doors: Any, agent: Any, sent_to: str, drafted: bool, files: Any, kept: str | None
) -> None:
    title = "Un archivo que venía con el formulario ya no está" if kept else "Son demasiados archivos"
    browser, address = doors.browser("marcela-duque") if sent_to == "deliver" else agent, f"{PAGE}/{sent_to}"
    if drafted:
        before = (await forms_of(agent))[f"{PAGE}/answer"].fields
        await agent.post(f"{ANSWERING}/draft", data={**before, "text": "El primero."})
    forms = await forms_of(browser)
    form = forms[address] if address in forms else forms[f"{PAGE}/answer"]  # it has two buttons
    typed = {**form.fields, "text": WORDS, **({"kept_files": kept} if kept else {})}
    answer = await browser.post(address, data=typed, files=files)
    assert (answer.status_code, title in answer.text) == (422, True)
    again = Forms(answer.text).found[form.action].fields
    assert again["text"] == WORDS
    assert ("hoja-0.pdf" in again.get("kept_files", "")) is (kept is not None)
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    titled = answer.text.partition('<p><a href="#')[2].partition('"')[0]
    assert titled in outline.ids


async def test_what_is_too_large_is_left_out_and_the_rest_stays(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "keep", keep_up_to(1000))
    form = (await forms_of(agent))[f"{PAGE}/answer"]
    large = [("files", ("plano.pdf", b"x" * 1001)), *scans(1)]
    answer = await agent.post(form.action, data={**form.fields, "text": WORDS}, files=large)
    assert answer.status_code == 413
    again = Forms(answer.text).found[form.action].fields
    assert (again["text"], "hoja-0.pdf" in again["kept_files"], "plano" in answer.text) == (WORDS, True, False)


def keep_up_to(largest: int) -> Any:
    keep = Desk.keep

    async def kept(desk: Desk, upload: Any) -> Any:
        if upload.size > largest:
            raise FileTooLarge(largest)
        return await keep(desk, upload)

    return kept


async def test_a_kind_that_is_none_comes_back_with_the_other_fields(agent: Any) -> None:
    form = (await forms_of(agent))[f"{PAGE}/classify"]
    answer = await agent.post(form.action, data={**form.fields, "priority": "high", "kind": "marte"})
    assert answer.status_code == 422
    assert Forms(answer.text).found[form.action].fields["priority"] == "high"


async def test_a_draft_without_words_keeps_its_files(agent: Any) -> None:
    form = (await forms_of(agent))[f"{PAGE}/answer"]
    answer = await agent.post(f"{ANSWERING}/draft", data={**form.fields, "text": " "}, files=scans(1))
    assert answer.status_code == 422
    assert 'id="answer-error"' in answer.text
    assert "hoja-0.pdf" in Forms(answer.text).found[form.action].fields["kept_files"]


async def test_a_scan_that_is_one_too_many_comes_back_and_is_sent(agent: Any, cases: Any) -> None:
    form = (await forms_of(agent))[f"{PAGE}/answer"]
    await agent.post(form.action, data={**form.fields, "text": "Ya.", "handed_over": "yes"})
    form = (await forms_of(agent))[f"{ANSWERING}/keep-copy"]
    refused = await agent.post(form.action, data={**form.fields, "kept_files": GONE}, files=scans(1))
    assert refused.status_code == 422
    done = await agent.post(form.action, data=Forms(refused.text).found[form.action].fields)
    assert done.status_code == 303
    assert [one.name for one in cases.cases["case-1"].answers[0].copies] == ["hoja-0.pdf"]


async def test_reasons_typed_beside_the_button_that_passes_are_still_there(doors: Any, cases: Any) -> None:
    cases.hear("case-1", filed(LEGAL))
    agent, reviewer = doors.browser("catalina-ospina"), doors.browser("valentina-uribe")
    first = (await forms_of(agent))[f"{PAGE}/answer"].fields
    await agent.post(f"{ANSWERING}/draft", data={**first, "text": "Ya."})
    await agent.post(f"{ANSWERING}/ask-review", data=(await forms_of(agent))[f"{ANSWERING}/ask-review"].fields)
    seen = (await forms_of(reviewer))[f"{ANSWERING}/return-draft"].fields
    await agent.post(f"{ANSWERING}/draft", data={**(await forms_of(agent))[f"{ANSWERING}/draft"].fields, "text": "Sí."})
    refused = await reviewer.post(f"{ANSWERING}/pass-draft", data={**seen, "text": WORDS})
    assert refused.status_code == 409
    assert Forms(refused.text).found[f"{ANSWERING}/return-draft"].fields["text"] == WORDS


async def test_a_program_hears_of_it_as_of_any_other_problem(agent: Any) -> None:
    form = (await forms_of(agent))[f"{PAGE}/answer"]
    answer = await agent.post(
        form.action, data={**form.fields, "text": "x", "kept_files": "{}"}, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "file-gone")
