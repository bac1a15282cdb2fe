# SPDX-License-Identifier: Apache-2.0
"""Frequent questions at the doors: who keeps them, two editors at once, and what everybody may read (CSC-04)."""

from typing import Any

import pytest
from page_outline import Forms, Outline, token_in
from routing_story import filed, sent

from routing.domain.commands import AnswerPerson
from routing.domain.earlier.questions import edited
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

EDITOR, OTHER = "catalina-ospina", Actor(id="andres-mejia", role="agent")
API = "/v1/frequent-questions"
WHEN = {"question": "¿Cuándo pagan la cuota monetaria?", "answer": "El día 15 de cada mes.", "area": "subsidios"}


async def _made(doors: Any, **own: Any) -> dict[str, Any]:
    answer = await doors.client(EDITOR).post(API, json={**WHEN, **own})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


async def test_a_question_is_a_draft_then_published_then_retired_and_only_published_for_everybody(doors: Any) -> None:
    made, seen = await _made(doors), []
    for status in ("draft", "published", "retired"):
        body = {**WHEN, "status": status, "revision": made["revision"]}
        made = (await doors.client(EDITOR).put(f"{API}/{made['id']}", json=body)).json()
        seen.append("El día 15" in (await doors.client(accept="text/html").get("/faq")).text)
    assert seen == [False, True, False]
    assert [one["changed"] for one in made["past"][1:]] == [[], ["status"], ["status"]]
    assert made["past"][-1]["by"] == {"id": EDITOR, "role": "agent"}


@pytest.mark.parametrize(
    ("member", "may_read", "may_write"),
    [
        ("catalina-ospina", 200, 201),
        ("yuliana-cordoba", 200, 201),
        ("rosario-henao", 200, 201),
        ("marcela-duque", 200, 403),
        ("ivan-tabares", 403, 403),
        (None, 401, 401),
    ],
)
async def test_who_reads_and_who_edits(doors: Any, member: str | None, may_read: int, may_write: int) -> None:
    client = doors.client(member)
    answers = ((await client.get(API)).status_code, (await client.post(API, json=WHEN)).status_code)
    assert answers == (may_read, may_write)


async def test_an_edit_of_an_old_revision_is_refused_with_what_others_changed(doors: Any) -> None:
    made = await _made(doors)
    address = f"{API}/{made['id']}"
    first = {**WHEN, "answer": "El 20.", "status": "published", "revision": 1}
    assert (await doors.client(EDITOR).put(address, json=first)).status_code == 200
    refused = await doors.client("andres-mejia").put(address, json={**WHEN, "status": "draft", "revision": 1})
    told = refused.json()
    assert (refused.status_code, told["code"]) == (409, "question-changed")
    assert (told["changed"], told["revision"]) == (["answer", "status"], 2)


async def test_of_two_edits_in_one_instant_one_is_refused(doors: Any, cases: Any) -> None:
    made = await _made(doors)
    before = cases.questions.kept[made["id"]]

    def other() -> None:
        cases.questions.kept[before.id] = edited(before, {"answer": "El 20."}, OTHER, cases.clock.now())

    cases.questions.meanwhile = other
    answer = await doors.client(EDITOR).put(f"{API}/{made['id']}", json={**WHEN, "status": "draft", "revision": 1})
    assert (answer.status_code, answer.json()["changed"]) == (409, ["answer"])
    assert cases.questions.kept[before.id].answer == "El 20."


async def test_the_page_keeps_what_was_written_beside_what_is_there_now(doors: Any, cases: Any) -> None:
    made = await _made(doors)
    browser = doors.browser(EDITOR)
    page = (await browser.get(f"/frequent-questions/{made['id']}")).text
    before = cases.questions.kept[made["id"]]
    cases.questions.kept[made["id"]] = edited(before, {"answer": "El 20."}, OTHER, cases.clock.now())
    form = {"csrf_token": token_in(page), "revision": "1", **WHEN, "answer": "El día 16.", "status": "draft"}
    refused = await browser.post(f"/frequent-questions/{made['id']}", data=form)
    assert refused.status_code == 409
    assert "Andrés Mejía la cambió mientras usted la editaba" in refused.text
    assert "El 20." in refused.text
    assert "El día 16.</textarea>" in refused.text
    again = {**form, "revision": "2", "csrf_token": token_in(refused.text)}
    assert (await browser.post(f"/frequent-questions/{made['id']}", data=again)).status_code == 303
    assert cases.questions.kept[made["id"]].answer == "El día 16."


async def test_nothing_in_brackets_is_published(doors: Any) -> None:
    body = {**WHEN, "answer": "Señora [nombre]: el 15.", "status": "published"}
    refused = await doors.client(EDITOR).post(API, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "still-in-brackets")
    assert (await doors.client(EDITOR).post(API, json={**body, "status": "draft"})).status_code == 201


async def test_an_area_that_does_not_exist_and_a_question_that_does_not_are_told(doors: Any) -> None:
    client = doors.client(EDITOR)
    wrong = await client.post(API, json={**WHEN, "area": "marte"})
    missing = await client.put(f"{API}/nobody", json={**WHEN, "status": "draft", "revision": 1})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "$.area")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-question")


async def test_a_form_without_a_text_comes_back_with_the_other(doors: Any) -> None:
    browser = doors.browser(EDITOR)
    page = (await browser.get("/frequent-questions")).text
    form = {"csrf_token": token_in(page), "question": "¿Y el día?", "answer": " ", "area": "", "status": "draft"}
    answer = await browser.post("/frequent-questions", data=form)
    assert answer.status_code == 422
    assert "Escriba este texto." in answer.text
    assert 'value="¿Y el día?"' in answer.text


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"answer": "Señora [nombre]: el <15>.", "status": "published"}, "Reemplace lo que está entre corchetes"),
        ({"area": "marte"}, "Esta área ya no existe"),
    ],
)
async def test_a_new_question_that_is_refused_comes_back_with_all_that_was_typed(
    doors: Any, cases: Any, own: dict[str, str], told: str
) -> None:
    browser = doors.browser(EDITOR)
    page = (await browser.get("/frequent-questions")).text
    written = {**WHEN, "status": "draft", "cases": "CAJA-2026-000001-1", **own}
    answer = await browser.post("/frequent-questions", data={**written, "csrf_token": token_in(page), "key": "k-1"})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert 'href="#new"' in answer.text
    fields = Forms(answer.text).found["/frequent-questions"].fields
    expected = {name: written[name] for name in ("question", "answer", "status", "cases")}
    assert {name: fields[name] for name in expected} == expected
    again = {**fields, "answer": "El día 15.", "area": "subsidios"}
    assert (await browser.post("/frequent-questions", data=again)).status_code == 303
    assert [one.cases for one in cases.questions.kept.values()] == [("CAJA-2026-000001-1",)]


async def test_an_edit_for_an_area_that_is_gone_keeps_what_was_written(doors: Any) -> None:
    made = await _made(doors)
    browser, address = doors.browser(EDITOR), f"/frequent-questions/{made['id']}"
    form = Forms((await browser.get(address)).text).found[address].fields
    answer = await browser.post(address, data={**form, "answer": "El día 16.", "area": "marte"})
    assert (answer.status_code, "Esta área ya no existe" in answer.text) == (422, True)
    assert Forms(answer.text).found[address].fields["answer"] == "El día 16."


async def test_a_form_that_is_sent_twice_adds_one_question_and_another_text_another(doors: Any, cases: Any) -> None:
    browser = doors.browser(EDITOR)
    form = Forms((await browser.get("/frequent-questions")).text).found["/frequent-questions"].fields
    typed = {**form, "question": "¿Y el día?", "answer": "El 15."}
    for answer in ("El 15.", "El 15.", "El 16."):
        assert (await browser.post("/frequent-questions", data={**typed, "answer": answer})).status_code == 303
    assert sorted(one.answer for one in cases.questions.kept.values()) == ["El 15.", "El 16."]


async def test_a_question_repeated_under_its_key_is_the_first_and_another_body_is_refused(doors: Any) -> None:
    client, key = doors.client(EDITOR), {"idempotency-key": "k-1"}
    first, again, other = [
        await client.post(API, json={**WHEN, "answer": answer}, headers=key) for answer in ("A.", "A.", "B.")
    ]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert other.json()["errors"][0]["field"] == "header.Idempotency-Key"
    assert (await doors.client("andres-mejia").post(API, json={**WHEN, "answer": "B."}, headers=key)).status_code == 201
    assert len((await client.get(API)).json()["items"]) == 2


async def test_published_questions_stand_beside_a_case_that_asks_the_same(doors: Any, cases: Any) -> None:
    made = await _made(doors, status="published")
    await _made(doors, question="¿Cómo inscribo a un equipo de fútbol?", answer="En la sede.", status="published")
    await _made(doors, question="¿La cuota monetaria cuándo la pagan?", answer="Es un borrador.")
    cases.hear("case-1", filed("Buenos días, ¿cuándo me pagan la cuota monetaria de marzo?"))
    browser = doors.browser(EDITOR)
    beside = (await browser.get("/cases/CAJA-2026-000001-1")).text.partition("<aside")[2].partition("</aside>")[0]
    taken = (await browser.get(f"/cases/CAJA-2026-000001-1?take=faq:{made['id']}")).text
    assert "El día 15 de cada mes." in beside
    assert "fútbol" not in beside
    assert "borrador" not in beside
    assert "El día 15 de cada mes.</textarea>" in taken


async def test_an_answer_given_three_times_in_the_same_words_is_proposed_until_it_is_a_question(
    doors: Any, cases: Any
) -> None:
    for n, name in enumerate(("Ana Ríos", "Luz Gil", "Juan Mejía"), 2):
        case = f"case-{n}"
        cases.hear(case, filed(f"Soy {name}: no llegó la cuota", case_number=f"CAJA-2026-00000{n}-1", person=_of(name)))
        await cases.execute(cases.aggregate, case, AnswerPerson(OTHER, f"a-{n}", f"Señora {name}: se paga el 15."))
        if n < 4:
            cases.hear(case, sent(f"a-{n}", "2026-03-02 10:30"))
    client, browser = doors.client(EDITOR), doors.browser(EDITOR)
    assert (await client.get(f"{API}/candidates")).json()["items"] == []
    cases.hear("case-4", sent("a-4", "2026-03-02 10:40"))
    [one] = (await client.get(f"{API}/candidates")).json()["items"]
    assert (one["answer"], one["times"], len(one["cases"])) == ("Señora [nombre]: se paga el 15.", 3, 3)
    page = (await browser.get("/frequent-questions")).text
    assert "Se dio 3 veces" in page
    assert not any(name in page for name in ("Ríos", "Luz", "Mejía"))
    form = {"csrf_token": token_in(page), "question": "¿Cuándo?", "answer": one["answer"], "cases": one["cases"]}
    assert (await browser.post("/frequent-questions", data=form)).status_code == 303
    assert (await client.get(f"{API}/candidates")).json()["items"] == []


def _of(name: str) -> Person:
    return Person(name=name, email="persona@correo.example")


@pytest.mark.parametrize("address", ["/frequent-questions", "/faq"])
async def test_labels_belong_to_fields_and_ids_are_there_once(doors: Any, address: str) -> None:
    await _made(doors, status="published")
    answer = await doors.browser(EDITOR).get(address)
    outline = Outline(answer.text)
    assert answer.status_code == 200
    assert set(outline.labels) <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))
