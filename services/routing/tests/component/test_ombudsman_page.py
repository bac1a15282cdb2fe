# SPDX-License-Identifier: Apache-2.0
"""The follow-up of the ombudsman of the financial consumer, on a case's page and at the doors (ICX-08)."""

from typing import Any

import pytest
from page_outline import Forms, Outline
from routing_story import SERVICE, filed, local

from ventanilla_contracts.notifications import DeliveryBounced, PersonalDelivery

PAGE, CASE = "/cases/CAJA-2026-000001-1", "/v1/cases/CAJA-2026-000001-1"
FILE = {"files": ("decision.pdf", b"%PDF-1.7 x")}
THEIRS = "defensor@defensoria.example"
ASKED = {"reference": "DCF-0815", "received_on": "2026-03-03", "text": "¿Por qué no se pagó?"}


@pytest.fixture
async def agent(doors: Any, cases: Any) -> Any:
    """Somebody who writes to the person, and a case of which the ombudsman asked."""
    cases.hear("case-1", filed())
    cases.clock.set(local("2026-03-03 11:00"))
    assert (await doors.client("catalina-ospina").post(f"{CASE}/mark-ombudsman", json=ASKED)).status_code == 200
    return doors.browser("catalina-ospina")


async def submitted(browser: Any, form: str, files: Any = None, **fields: str) -> Any:
    """As a browser would send it: what stands in the form, and what was typed."""
    action = f"{PAGE}/answering/{form}"
    found = Forms((await browser.get(PAGE)).text).found[action]
    return await browser.post(action, data={**found.fields, **fields}, files=files)


async def test_more_time_is_noted_beside_what_they_asked(doors: Any, agent: Any) -> None:
    page = (await agent.get(PAGE)).text
    assert page.index("¿Por qué no se pagó?") < page.index("Anotar que el defensor amplía el plazo")
    half = await submitted(agent, "widen-ombudsman", text="Falta un <extracto>.")
    assert (half.status_code, "el nuevo día y las razones" in half.text) == (422, True)
    assert "Falta un &lt;extracto&gt;." in half.text
    early = await submitted(agent, "widen-ombudsman", due="2026-03-13", text="Falta un extracto.")
    assert (early.status_code, "Ese día no amplía el plazo" in early.text) == (422, True)
    assert Forms(early.text).found[f"{PAGE}/answering/widen-ombudsman"].fields["due"] == "2026-03-13"
    done = await submitted(agent, "widen-ombudsman", due="2026-03-20", text="Falta un <extracto>.")
    assert (done.status_code, done.headers["location"]) == (303, PAGE)
    page = (await agent.get(PAGE)).text
    assert "Espera respuesta a más tardar el viernes, 20 de marzo de 2026." in page
    assert "amplió el plazo del 13 de marzo de 2026 al 20 de marzo de 2026" in page
    assert "Falta un &lt;extracto&gt;." in page
    assert "amplió el plazo (DCF-0815): respuesta a más tardar el 20 de marzo de 2026" in page
    deadline = (await doors.client("catalina-ospina").get(f"{CASE}/deadline")).json()
    assert (deadline["due"], deadline["because"]) == ("2026-03-20", "ombudsman-widened")
    assert "hasta el 20 de marzo de 2026" in deadline["in_words"]


async def test_more_time_is_refused_where_nobody_waits(doors: Any, agent: Any) -> None:
    api = doors.client("catalina-ospina")
    widened = {"reference": "DCF-0815", "due": "2026-03-20", "text": "Falta un extracto."}
    unknown = await api.post(f"{CASE}/widen-ombudsman", json={**widened, "reference": "DCF-1"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "$.reference")
    await api.post(f"{CASE}/answer", json={"text": "Ya se pagó.", "delivery": "handed-over"})
    refused = await api.post(f"{CASE}/widen-ombudsman", json=widened)
    assert (refused.status_code, refused.json()["code"]) == (409, "ombudsman-not-waiting")
    assert "widen-ombudsman" not in refused.json()["allowed"]
    assert "widen-ombudsman" not in (await agent.get(PAGE)).text


async def test_only_who_writes_to_the_person_notes_it(doors: Any, agent: Any) -> None:
    widened = {"reference": "DCF-0815", "due": "2026-03-20", "text": "Falta un extracto."}
    refused = await doors.client("marcela-duque").post(f"{CASE}/widen-ombudsman", json=widened)
    assert refused.status_code == 403
    assert "widen-ombudsman" not in (await doors.browser("marcela-duque").get(PAGE)).text


async def test_their_own_address_and_what_became_of_the_letter(doors: Any, cases: Any, agent: Any) -> None:
    api = doors.client("catalina-ospina")
    more = {**ASKED, "reference": "DCF-0999"}
    wrong = await submitted(agent, "mark-ombudsman", **more, email="defensor")
    assert (wrong.status_code, "Esa no es una dirección de correo" in wrong.text) == (422, True)
    assert Forms(wrong.text).found[f"{PAGE}/answering/mark-ombudsman"].fields["email"] == "defensor"
    faulty = await api.post(f"{CASE}/mark-ombudsman", json={**more, "email": "defensor"})
    assert (faulty.status_code, faulty.json()["errors"][0]["field"]) == (422, "$.email")
    assert (await submitted(agent, "mark-ombudsman", **more, email=THEIRS)).status_code == 303
    assert f"La respuesta irá también a {THEIRS}." in (await agent.get(PAGE)).text
    await api.post(f"{CASE}/answer", json={"text": "Ya se pagó.", "delivery": "handed-over"})
    page = (await agent.get(PAGE)).text
    assert f"La respuesta va en camino a {THEIRS}." in page
    assert f"La respuesta va también al defensor del consumidor financiero (DCF-0999): {THEIRS}" in page
    answer_id = cases.cases["case-1"].answers[0].id
    cases.hear("case-1", came_back(answer_id))
    page = (await agent.get(PAGE)).text
    assert f"La respuesta no llegó a {THEIRS}: 550 no such user." in page
    assert f"({THEIRS}) fue devuelta: 550 no such user" in page
    assert "La respuesta al defensor no le llegó" in page
    shown = (await api.get(CASE)).json()
    assert [one["letter"] for one in shown["ombudsman"]] == [None, "failed"]
    assert (shown["open"], shown["task"]) == (False, "ombudsman-letter-failed")


async def test_their_decision_is_noted_with_its_file_once_they_were_answered(doors: Any, agent: Any) -> None:
    api = doors.client("catalina-ospina")
    assert "ombudsman-decision" not in (await agent.get(PAGE)).text
    said = {"reference": "DCF-0815", "decided_on": "2026-03-03", "favour": "partly", "text": "Debe <disculparse>."}
    early = await api.post(f"{CASE}/ombudsman-decision", json=said)
    assert (early.status_code, early.json()["code"]) == (409, "ombudsman-not-answered")
    await api.post(f"{CASE}/answer", json={"text": "Ya se pagó.", "delivery": "handed-over"})
    half = await submitted(agent, "ombudsman-decision", FILE, decided_on="2026-03-03", text="Debe <disculparse>.")
    assert (half.status_code, "a favor de quién y qué decidió." in half.text) == (422, True)
    form = Forms(half.text).found[f"{PAGE}/answering/ombudsman-decision"]
    assert "decision.pdf" in form.fields["kept_files"]
    done = await agent.post(form.action, data={**form.fields, "favour": "partly"})
    assert done.status_code == 303
    page = (await agent.get(PAGE)).text
    assert "Decidió el 3 de marzo de 2026: en parte a favor de la persona." in page
    assert "Debe &lt;disculparse&gt;." in page
    assert "decidió el 3 de marzo de 2026 (DCF-0815): en parte a favor de la persona" in page
    [file] = (await api.get(CASE)).json()["ombudsman"][0]["decision"]["files"]
    assert file["name"] == "decision.pdf"
    got = await api.get(f"{CASE}/files/{file['sha256']}")
    assert (got.status_code, got.content) == (200, b"%PDF-1.7 x")
    again = await api.post(f"{CASE}/ombudsman-decision", json=said)
    assert (again.status_code, again.json()["code"]) == (409, "ombudsman-decided")


def came_back(answer_id: str) -> DeliveryBounced:
    letter = {"letter_id": "l-9", "kind": "ombudsman-answer", "message_id": "<m@x>", "answer_id": answer_id}
    told = {"bounced_at": local("2026-03-03 11:30"), "status": "5.1.1", "reason": "550 no such user"}
    return DeliveryBounced.model_validate(
        {"actor": SERVICE, **letter, **told, "personal": PersonalDelivery(to=(THEIRS,))}
    )


async def test_every_id_is_there_once_and_every_label_has_its_field(agent: Any) -> None:
    outline = Outline((await agent.get(PAGE)).text)
    assert set(outline.labels) <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))
