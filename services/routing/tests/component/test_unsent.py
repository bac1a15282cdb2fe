# SPDX-License-Identifier: Apache-2.0
"""Nothing that was typed is lost where a form cannot be taken: the page that says why holds it, to be sent again."""

from typing import Any

import pytest
from page_outline import Form, Forms, Outline
from routing_story import filed, local

from chassis.commands import NotAnswered
from chassis.mongo import CommitUnknown, Unavailable
from routing.desk import Desk

PAGE = "/cases/CAJA-2026-000001-1"
QUESTIONS = "/frequent-questions"
WORDS = "Ya se pagó la <cuota> de febrero.\n\nPerdone la «demora»."
SCANS = [("files", (f"hoja-{n}.pdf", b"%PDF-1.7 x")) for n in range(2)]


@pytest.fixture
async def agent(doors: Any, cases: Any) -> Any:
    cases.hear("case-1", filed())
    cases.clock.set(local("2026-03-03 11:00"))
    return doors.browser("catalina-ospina")


async def form_at(browser: Any, page: str, action: str) -> Form:
    return Forms((await browser.get(page)).text).found[action]


def away(error: Exception) -> Any:
    async def raised(*_: object, **__: object) -> Any:
        raise error

    return raised


@pytest.mark.parametrize("form_name", ["answer", "answering/draft", "answering/reject", "clock/stop-clock", "assign"])
@pytest.mark.parametrize("missing", ["case", "answer", "outcome"])
async def test_words_and_files_stand_on_the_page_and_are_sent_once_the_database_is_back(
    agent: Any, cases: Any, monkeypatch: pytest.MonkeyPatch, form_name: str, missing: str
) -> None:
    address = f"{PAGE}/{form_name}"
    form = await form_at(agent, PAGE, f"{PAGE}/answer" if form_name == "answering/draft" else address)
    words = {name: WORDS for name in form.texts if name != "earlier"}
    typed = {**form.fields, **words, "responder": "julian-rojas"} if form_name == "assign" else {**form.fields, **words}
    with monkeypatch.context() as patched:
        if missing == "case":
            patched.setattr(cases, "by_number", away(Unavailable()))
        else:
            patched.setattr(cases, "execute", away(NotAnswered(unknown=missing == "outcome")))
        refused = await agent.post(address, data=typed, files=SCANS)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    again = Forms(refused.text).found[address]
    assert {name: again.fields[name] for name in typed if name != "csrf_token"} == {
        name: typed[name] for name in typed if name != "csrf_token"
    }
    has_files = form_name in ("answer", "answering/draft")
    assert refused.text.count("hoja-") == (4 if has_files or missing == "case" else 2)
    assert ("No sabemos si se guardó" in refused.text) is (missing == "outcome")
    assert Outline(refused.text).labels == ([] if has_files or missing == "case" else ["lost"])
    sent = await agent.post(address, data={**again.fields, "kept_files": again.choices.get("kept_files", [])})
    assert sent.status_code == 303
    if has_files:
        case = cases.cases["case-1"]
        kept = case.answers[-1] if form_name == "answer" else case.draft
        assert (kept.text, [one.name for one in kept.files]) == (WORDS, ["hoja-0.pdf", "hoja-1.pdf"])


async def test_files_that_a_draft_has_already_are_there_once(
    agent: Any, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = f"{PAGE}/answering/draft"
    await agent.post(draft, data={**(await form_at(agent, PAGE, f"{PAGE}/answer")).fields, "text": "El."}, files=SCANS)
    form = await form_at(agent, PAGE, draft)
    with monkeypatch.context() as patched:
        patched.setattr(cases, "execute", away(NotAnswered(unknown=False)))
        refused = await agent.post(draft, data={**form.fields, "text": WORDS, "keep_files": "yes"})
    again = Forms(refused.text).found[draft]
    sent = await agent.post(draft, data={**again.fields, "kept_files": again.choices.get("kept_files", [])})
    assert sent.status_code == 303
    assert [one.name for one in cases.cases["case-1"].draft.files] == ["hoja-0.pdf", "hoja-1.pdf"]


async def test_files_that_could_not_be_kept_are_named(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    form = await form_at(agent, PAGE, f"{PAGE}/answer")
    monkeypatch.setattr(Desk, "keep", away(Unavailable()))
    refused = await agent.post(form.action, data={**form.fields, "text": WORDS}, files=SCANS)
    assert refused.status_code == 503
    assert "hoja-0.pdf, hoja-1.pdf" in refused.text
    assert Forms(refused.text).found[form.action].fields["text"] == WORDS


@pytest.mark.parametrize(
    ("error", "title"), [(Unavailable(), "No se guardó todavía"), (CommitUnknown(), "No sabemos si se guardó")]
)
async def test_a_question_is_sent_again_and_added_once(
    agent: Any, cases: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, title: str
) -> None:
    form = await form_at(agent, QUESTIONS, QUESTIONS)
    typed = {**form.fields, "question": "¿Cuándo pagan?", "answer": WORDS}
    with monkeypatch.context() as patched:
        patched.setattr(cases.questions, "add", away(error))
        refused = await agent.post(QUESTIONS, data=typed)
    assert (refused.status_code, title in refused.text) == (503, True)
    again = Forms(refused.text).found[QUESTIONS].fields
    answers = [await agent.post(QUESTIONS, data=again) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert [one.answer for one in cases.questions.kept.values()] == [WORDS]


async def test_a_matrix_and_a_choice_of_many_cases_are_still_there(
    doors: Any, agent: Any, cases: Any, versions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = doors.browser("rosario-henao")
    matrix = await form_at(manager, "/matrix", "/matrix")
    chosen = (await form_at(agent, "/all", "/bulk")).fields | {"case": "CAJA-2026-000001-1 1", "observation": WORDS}
    monkeypatch.setattr(versions, "heads", away(Unavailable()))
    monkeypatch.setattr(cases, "ids", away(Unavailable()))
    for browser, action, typed in (
        (manager, "/matrix", {**matrix.fields, "text": f"version: x\n# {WORDS}"}),
        (agent, "/bulk", {**chosen, "do": "assign", "responder": "julian-rojas"}),
    ):
        refused = await browser.post(action, data=typed)
        assert refused.status_code == 503
        again = Forms(refused.text).found[action].fields
        assert {name: again[name] for name in typed if name != "csrf_token"} == {
            name: typed[name] for name in typed if name != "csrf_token"
        }


async def test_who_was_signed_out_signs_in_elsewhere_and_sends_what_was_written(
    doors: Any, agent: Any, cases: Any
) -> None:
    form = await form_at(agent, PAGE, f"{PAGE}/answer")
    session = agent.cookies["ventanilla_session"]
    agent.cookies.delete("ventanilla_session")
    refused = await agent.post(form.action, data={**form.fields, "text": WORDS}, files=SCANS)
    assert refused.status_code == 401
    assert "Su sesión terminó mientras escribía" in refused.text
    assert "hoja-0.pdf, hoja-1.pdf" in refused.text  # of nobody who is not signed in is a file kept
    agent.cookies.set("ventanilla_session", session)
    once = await agent.post(form.action, data=Forms(refused.text).found[form.action].fields)
    assert (once.status_code, "de una sesión anterior" in once.text) == (403, True)
    assert (await agent.post(form.action, data=Forms(once.text).found[form.action].fields)).status_code == 303
    assert cases.cases["case-1"].answers[0].text == WORDS


async def test_nobody_else_puts_words_on_our_page(agent: Any, monkeypatch: pytest.MonkeyPatch, cases: Any) -> None:
    monkeypatch.setattr(cases, "by_number", away(Unavailable()))
    foreign = {"origin": "https://other.example"}
    refused = await agent.post(f"{PAGE}/answer", data={"text": WORDS, "csrf_token": "x"}, headers=foreign)
    assert refused.status_code == 403
    assert "cuota" not in refused.text
    assert "csrf_token" not in refused.text.partition("<main")[2]


async def test_a_case_that_is_none_leaves_the_words_to_be_copied(agent: Any) -> None:
    form = await form_at(agent, PAGE, f"{PAGE}/answer")
    refused = await agent.post("/cases/CAJA-2026-000009-1/answer", data={**form.fields, "text": WORDS})
    assert refused.status_code == 404
    assert "Ya se pagó la &lt;cuota&gt; de febrero." in refused.text
    assert "Enviar de nuevo" not in refused.text


async def test_a_program_hears_of_it_as_of_any_other_problem(
    agent: Any, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await form_at(agent, PAGE, f"{PAGE}/answer")
    monkeypatch.setattr(cases, "execute", away(NotAnswered(unknown=False)))
    answer = await agent.post(form.action, data={**form.fields, "text": "x"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_what_is_too_large_as_a_whole_says_how_to_go_back_to_the_form(agent: Any) -> None:
    form = await form_at(agent, PAGE, f"{PAGE}/answer")
    plans = [("files", ("plano.pdf", b"x" * 30_000_001))]
    refused = await agent.post(form.action, data={**form.fields, "text": WORDS}, files=plans)
    assert refused.status_code == 413
    assert "El máximo es de 30 MB en total" in refused.text
    assert "Vuelva con el botón «atrás» del navegador" in refused.text
    assert "data-back" in refused.text


@pytest.mark.parametrize("page", [PAGE, QUESTIONS, "/matrix", "/all"])
async def test_every_field_says_how_much_it_takes(doors: Any, agent: Any, page: str) -> None:
    text = (await doors.browser("rosario-henao" if page == "/matrix" else "catalina-ospina").get(page)).text
    fields = [one.partition(">")[0] for one in (text.split("<textarea")[1:] + text.split("<input")[1:])]
    typed = [one for one in fields if "type=" not in one or 'type="text"' in one or 'type="search"' in one]
    assert typed
    assert [one for one in typed if "maxlength=" not in one] == []
    files = [one for one in fields if 'type="file"' in one and "accept=" not in one]
    assert [one for one in files if "aria-describedby=" not in one] == []
    assert ("cada uno de 25 MB como máximo y todo el envío de 30 MB" in text) is bool(files)
