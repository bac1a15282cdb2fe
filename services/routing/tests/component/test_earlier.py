# SPDX-License-Identifier: Apache-2.0
"""Search and earlier answers at the doors: who sees what, and what of another person nobody sees."""

from typing import Any

import pytest
from page_outline import Outline
from routing_story import filed, local, sent

from routing.domain.commands import AnswerPerson, Classify
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, Product

AGENT = Actor(id="catalina-ospina", role="agent")
LUZ = Person(
    name="Luz Dary Gil Henao",
    document_type="CC",
    document_number="24876543",
    email="luzgil@correo.example",
    phone="+573117654321",
    address="Carrera 9 # 12-34, Chinchiná",
)
ASKED = "Soy Luz Dary Gil, CC 24.876.543. No me llegó la cuota monetaria de enero a la cuenta 0550-4477-1122."
ANSWERED = (
    "Señora Luz Dary Gil:\n\nLa cuota monetaria de enero se consignó a la cuenta 0550-4477-1122. Le escribimos a "
    "luzgil@correo.example; su radicado es CAJA-2026-000002-9."
)
NOW = "/cases/CAJA-2026-000001-1"


@pytest.fixture
async def asked(cases: Any) -> None:
    """A case of today, one like it that was answered, one that was not, and one about something else."""
    cases.hear("case-2", _like("000002-9", ASKED, person=LUZ, product=Product(code="N-1", lot="L77-X")))
    await _answer(cases, "case-2", ANSWERED)
    cases.hear("case-3", _like("000003-7", "La cuota monetaria de enero y de marzo no llegó", person=LUZ))
    cases.hear("case-4", _like("000004-5", "El curso de inglés del sábado empezó una hora tarde"))
    await _answer(cases, "case-4", "Hablamos con el profesor del curso.")
    cases.hear("case-1", filed("Buenos días: la cuota monetaria de febrero no llegó a mi cuenta"))


def _like(number: str, text: str, **own: Any) -> Any:
    return filed(text, case_number=f"CAJA-2026-{number}", **own)


async def _answer(cases: Any, case_id: str, text: str) -> None:
    await cases.execute(cases.aggregate, case_id, AnswerPerson(AGENT, f"a-{case_id}", text))
    cases.hear(case_id, sent(f"a-{case_id}", "2026-03-02 10:30"))


@pytest.mark.usefixtures("asked")
async def test_the_nearest_answer_that_arrived_is_shown_without_what_tells_whose_it_was(doors: Any) -> None:
    page = (await doors.browser("catalina-ospina").get(NOW)).text
    beside = page.partition("<aside")[2].partition("</aside>")[0]
    assert "Señora [nombre]:" in beside
    assert "La cuota monetaria de enero se consignó a la cuenta [número]." in beside
    assert "CAJA-2026-000003-7" not in beside
    assert "inglés" not in beside
    for hers in ("Luz", "Gil", "24.876", "0550", "luzgil", "L77"):
        assert hers not in beside
    assert len(Outline(page).ids) == len(set(Outline(page).ids))


@pytest.mark.usefixtures("asked")
async def test_the_link_puts_the_answer_into_the_form_without_a_script(doors: Any) -> None:
    browser = doors.browser("catalina-ospina")
    assert f'href="{NOW}?take=CAJA-2026-000002-9#answer-text"' in (await browser.get(NOW)).text
    page = (await browser.get(f"{NOW}?take=CAJA-2026-000002-9")).text
    written = page.partition('id="answer-text"')[2].partition("</textarea>")[0]
    assert "se consignó a la cuenta [número]" in written
    assert "Complete lo que está entre corchetes" in page


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("number", ["CAJA-2026-000003-7", "CAJA-2026-999999-1", "", "x" * 300])
async def test_a_case_without_an_answer_that_serves_gives_nothing_to_take(doors: Any, number: str) -> None:
    answer = await doors.browser("catalina-ospina").get(NOW, params={"take": number})
    assert answer.status_code == 200
    assert "Complete lo que está entre corchetes" not in answer.text


@pytest.mark.usefixtures("asked")
async def test_the_api_tells_what_is_not_as_it_was(doors: Any, cases: Any) -> None:
    await cases.execute(cases.aggregate, "case-1", Classify(AGENT, kind="complaint", area="salud"))
    cases.clock.set(local("2027-04-01 08:00"))
    answer = await doors.client("catalina-ospina").get(f"/v1{NOW}/earlier-answers")
    [one] = answer.json()["items"]
    differ = {found["what"]: found["words"] for found in one["differences"]}
    assert (one["case_number"], one["times"]) == ("CAJA-2026-000002-9", 1)
    assert 0.3 <= one["nearness"] <= 1
    assert differ["area"] == "Era de Subsidios; ahora es de Salud"
    assert {"kind", "area", "product", "age"} <= set(differ)


async def test_answers_in_the_same_words_are_shown_once(doors: Any, cases: Any) -> None:
    for n in range(2, 5):
        cases.hear(f"case-{n}", _like(f"00000{n}-1", f"No llegó la cuota monetaria del mes {n}"))
        await _answer(cases, f"case-{n}", "Se consignó.")
    cases.hear("case-1", filed("La cuota monetaria no llegó este mes"))
    [one] = (await doors.client("catalina-ospina").get(f"/v1{NOW}/earlier-answers")).json()["items"]
    assert one["times"] == 3


@pytest.mark.usefixtures("asked")
async def test_a_case_that_was_answered_already_shows_none(doors: Any) -> None:
    page = (await doors.browser("catalina-ospina").get("/cases/CAJA-2026-000002-9")).text
    assert "<aside" not in page


@pytest.mark.usefixtures("asked")
async def test_while_the_index_is_built_the_page_is_there_and_the_api_says_how_far(doors: Any, cases: Any) -> None:
    cases.building = True
    page = await doors.browser("catalina-ospina").get(NOW)
    answer = await doors.client("catalina-ospina").get(f"/v1{NOW}/earlier-answers")
    search = await doors.client("catalina-ospina").get("/v1/cases", params={"q": "cuota"})
    assert page.status_code == 200
    assert "se están leyendo los casos anteriores" in page.text
    assert {answer.status_code, search.status_code} == {503}
    assert search.json()["code"] == "index-is-building"
    assert "Van 3 de 12 casos" in search.json()["detail"]
    assert search.headers["retry-after"] == "5"


@pytest.mark.usefixtures("asked")
async def test_cases_are_found_by_words_within_the_filters(doors: Any) -> None:
    client = doors.client("catalina-ospina")
    found = await client.get("/v1/cases", params={"q": "cuotas monetaria enero"})
    open_ones = await client.get("/v1/cases", params={"q": "luz gil", "status": "assigned"})
    assert [one["case_number"] for one in found.json()["items"]] == ["CAJA-2026-000003-7", "CAJA-2026-000002-9"]
    assert [one["case_number"] for one in open_ones.json()["items"]] == ["CAJA-2026-000003-7"]


@pytest.mark.usefixtures("asked")
async def test_the_box_above_the_lists_finds_and_keeps_what_was_typed(doors: Any, cases: Any) -> None:
    browser = doors.browser("catalina-ospina")
    page = (await browser.get("/all", params={"q": "cuotas marzo", "area": "subsidios"})).text
    assert "CAJA-2026-000003-7" in page
    assert "CAJA-2026-000001-1" not in page
    assert 'value="cuotas marzo"' in page
    cases.building = True
    answer = await browser.get("/all", params={"q": "cuota"})
    assert answer.status_code == 200
    assert "El buscador se está preparando" in answer.text
    assert 'value="cuota"' in answer.text


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("address", ["/v1/cases?q=luz", f"/v1{NOW}/earlier-answers"])
async def test_who_may_not_read_cases_finds_nothing(doors: Any, address: str) -> None:
    answers = [(await doors.client(who).get(address)).status_code for who in (None, "ivan-tabares", "rosario-henao")]
    assert answers == [401, 403, 200]
