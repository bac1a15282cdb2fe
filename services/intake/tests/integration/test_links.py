# SPDX-License-Identifier: Apache-2.0
"""Links between cases: nobody gets into another person's case, whatever they quote; agents link, settle and split."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from intake_house import ADVISER, RESPONDER, Intake, Start, letter_id, mail

from chassis.mongo import Database
from chassis.testing import Wire, eventually
from chassis.testing.reads import reads
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    CaseFiled,
    CaseLinked,
    CaseSplit,
    PersonalSubmission,
    PossibleDuplicateFound,
    SubmissionForm,
    SubmissionReceived,
)

pytestmark = pytest.mark.infra

API = ("api",)
HTML = {"accept": "text/html"}
ANA = {"name": "Ana Ríos", "email": "ana@correo.example", "phone": "300 123 4567"}
EVA = {"name": "Eva Sol", "email": "eva@correo.example"}
SAID = "Me cobraron dos veces la reserva de la cabaña, del 14 al 15 de febrero. Pido la devolución de 186.000 pesos."
LETTER = (
    "Solicitamos que la sede del barrio no cierre los sábados, porque quienes trabajamos entre semana no podemos ir "
    "otro día y las demás sedes quedan muy lejos de nuestras casas y de nuestros trabajos."
)

Quoting = Callable[[Intake, str, str], Awaitable[dict[str, Any]]]


async def by_mail_subject(intake: Intake, number: str, _: str) -> dict[str, Any]:
    raw = mail("Quiero saber.", sender="Eva <eva@correo.example>", message="<a@correo.example>")
    return await intake.mail(raw.replace(b"Subject: Cuota monetaria", f"Subject: Re: {number}".encode()))


async def by_mail_text(intake: Intake, number: str, _: str) -> dict[str, Any]:
    text = f"¿Qué pasó con {number.lower().replace('-', ' ')}?"
    return await intake.mail(mail(text, sender="Eva <eva@correo.example>", message="<b@correo.example>"))


async def by_answering_our_letter(intake: Intake, _: str, case_id: str) -> dict[str, Any]:
    headers = f"In-Reply-To: {letter_id(case_id)}"
    raw = mail("Soy otra.", sender="Eva <eva@correo.example>", message="<c@correo.example>", headers=headers)
    return await intake.mail(raw)


async def by_web(intake: Intake, number: str, _: str) -> dict[str, Any]:
    return await intake.web(f"Vengo por el radicado {number}.", person=EVA)


async def by_phone(intake: Intake, number: str, _: str) -> dict[str, Any]:
    form = {"text": f"Pregunta por el {number.removeprefix('CAJA-')}", "person": EVA}
    answer = await intake.http.post("/v1/submissions/phone", json=form, headers=ADVISER)
    told: dict[str, Any] = answer.json()
    return told


DOORS: list[Quoting] = [by_mail_subject, by_mail_text, by_answering_our_letter, by_web, by_phone]


async def case_row(intake: Intake, number: str) -> dict[str, Any]:
    row = await intake.database.collection("cases").find_one({"state.number": number})
    assert row is not None
    found: dict[str, Any] = row
    return found


async def seen(intake: Intake, number: str) -> dict[str, Any]:
    """As an agent sees the case."""
    answer = await intake.http.get(f"/v1/cases/{number}", headers=ADVISER)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def tracked(intake: Intake, told: dict[str, Any]) -> dict[str, Any]:
    key = {"number": told["case_number"], "code": told["tracking_code"]}
    shown: dict[str, Any] = (await intake.http.post("/v1/track", json=key)).json()
    return shown


async def post(intake: Intake, path: str, body: dict[str, Any], **headers: str) -> Any:
    return await intake.http.post(path, json=body, headers={**ADVISER, **headers})


async def test_a_stranger_who_quotes_a_number_sees_and_changes_nothing_by_any_door(start: Start, wire: Wire) -> None:
    async with start() as intake:
        told = await intake.web("No me llegó la cuota.", person=ANA)
        number, own = told["case_number"], await case_row(intake, told["case_number"])
        plain, before = await intake.web("Otra cosa.", person=EVA), await tracked(intake, told)
        answers = [await quote(intake, number, own["_id"]) for quote in DOORS]
        form = SubmissionForm.model_validate({"text": f"Por Kafka: {number}", "person": EVA})
        received = SubmissionReceived(
            actor=Actor(id="chat-platform", role="channel-system"),
            channel="chat",
            external_id="chat-1",
            personal=PersonalSubmission(form=form),
        )
        await wire.publish("chat-1", received)
        page = await intake.http.post(
            "/",
            headers=HTML,
            data={"text": f"Página: {number}", "name": "Eva", "email": "eva@correo.example", "data_consent": "y"},
        )

        async def all_linked() -> list[dict[str, Any]] | None:
            links = (await seen(intake, number))["links"]
            return links if len(links) == len(DOORS) + 2 else None

        links: list[dict[str, Any]] = await eventually(all_linked)
        after, events = await case_row(intake, number), await wire.expect("intake-cases", 1, key=own["_id"])
        still = await tracked(intake, told)
        theirs = await tracked(intake, answers[0])
        raw = mail("x", sender="Eva <eva@correo.example>")
        dry = await intake.mail(raw.replace(b"Subject: Cuota monetaria", f"Subject: {number}".encode()), dry_run="true")
        plain_dry = await intake.mail(raw, dry_run="true")
        new = await seen(intake, answers[0]["case_number"])
    assert all(answer["outcome"] == "created" for answer in answers)
    assert {tuple(answer) for answer in answers} == {tuple(plain)}
    for shown in (*map(str, answers), page.text, str(theirs)):
        assert number not in shown
        assert own["_id"] not in shown
        assert "Ana" not in shown
    assert {**dry, "subject": ""} == {**plain_dry, "subject": ""}
    assert after == own
    assert [type(one.event) for one in events] == [CaseFiled]
    assert still == before
    assert {(link["relation"], link["status"], link["kept_here"]) for link in links} == {("quoted", "proposed", False)}
    assert [(link["number"], link["kept_here"]) for link in new["links"]] == [(number, True)]


async def test_agents_settle_a_proposed_link_from_either_side_and_of_two_one_is_told(start: Start, wire: Wire) -> None:
    async with start() as intake:
        told = await intake.web(person=ANA)
        quoting = await by_web(intake, told["case_number"], "")
        [link] = (await seen(intake, told["case_number"]))["links"]
        path = f"/v1/cases/{told['case_number']}/links/{link['id']}"
        both = await asyncio.gather(
            *(post(intake, path, {"status": status}) for status in ("confirmed", "dismissed") * 3)
        )
        refused = next(answer for answer in both if answer.status_code == 409)
        nobody = await intake.http.post(path, json={"status": "confirmed"})
        responder = await intake.http.post(path, json={"status": "confirmed"}, headers=RESPONDER)
        other = await post(intake, f"/v1/cases/{quoting['case_number']}/links/none", {"status": "confirmed"})
        wrong = await post(intake, path, {"status": "proposed"})
        sides = [(await seen(intake, one["case_number"]))["links"][0]["status"] for one in (told, quoting)]
        row = await case_row(intake, quoting["case_number"])
        events = await wire.expect("intake-cases", 3, key=row["_id"])
    settled = {answer.json()["status"] for answer in both if answer.status_code == 200}
    assert sorted(answer.status_code for answer in both) == [200] * 3 + [409] * 3
    assert refused.json()["code"] == "link-changed"
    assert set(sides) == settled
    assert [nobody.status_code, responder.status_code, other.status_code, wrong.status_code] == [401, 403, 404, 422]
    assert [one.event.status for one in events if isinstance(one.event, CaseLinked)] == ["proposed", *settled]


async def test_two_agents_who_link_a_pair_from_both_sides_at_once_make_one_link(start: Start) -> None:
    async with start(API) as one, start(API) as two:
        a, b = [(await one.web(text, person=person))["case_number"] for text, person in (("a", ANA), ("b", EVA))]
        answers = await asyncio.gather(
            *(post(*side) for side in ((one, f"/v1/cases/{a}/links", {"number": b}),) * 3),
            *(post(*side) for side in ((two, f"/v1/cases/{b}/links", {"number": a}),) * 3),
        )
        itself = await post(one, f"/v1/cases/{a}/links", {"number": a})
        unknown = await post(one, f"/v1/cases/{a}/links", {"number": "CAJA-2026-000099-1"})
        rows = await one.database.collection("links").find({}).to_list(None)
        shown = [(await seen(two, number))["links"] for number in (a, b)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert [(row["status"], sorted((row["case_number"], row["other_case_number"]))) for row in rows] == [
        ("confirmed", [a, b])
    ]
    assert [[link["number"] for link in links] for links in shown] == [[b], [a]]
    assert [answer.json()["errors"][0]["field"] for answer in (itself, unknown)] == ["$.number", "$.number"]


async def test_a_message_with_two_matters_is_split_once_whoever_asks_again(start: Start, wire: Wire) -> None:
    raw = mail("La cuota no llegó. Además me trataron mal en la portería.", headers="Reply-To: ana@correo.example")
    new = {"subject": "Trato", "text": "Me trataron mal en la portería.", "reason": "Dos asuntos"}
    key = {"idempotency-key": "split-1"}
    async with start() as intake, start(API) as other:
        told = await intake.mail(raw)
        path = f"/v1/cases/{told['case_number']}/split"
        answers = await asyncio.gather(*(post(one, path, new, **key) for one in (intake, other) for _ in range(3)))
        second = await post(intake, path, {**new, "text": "Un tercer asunto."})
        plain = await intake.web("Después", person=EVA)
        old, split = await seen(intake, told["case_number"]), await seen(intake, answers[0].json()["new_case_number"])
        row = await case_row(intake, told["case_number"])
        new_row = await case_row(intake, split["case_number"])
        events = await wire.expect("intake-cases", 5, key=row["_id"])
        [filed] = await wire.expect("intake-cases", 1, key=new_row["_id"])
        outcomes = await wire.expect("intake-outcomes", 1, key=split["messages"][0]["submission_id"])
    made = {answer.json()["new_case_number"] for answer in answers if answer.status_code == 200}
    assert {answer.status_code for answer in answers} <= {200, 409}  # 409: the same key is being answered
    assert made == {split["case_number"]}
    numbers = [one["case_number"].split("-")[2] for one in (told, split, plain)]
    assert numbers == ["000001", "000002", "000004"]
    assert second.json()["new_case_number"].split("-")[2] == "000003"
    assert [type(one.event) for one in events] == [CaseFiled, CaseSplit, CaseLinked, CaseSplit, CaseLinked]
    assert isinstance(filed.event, CaseFiled)
    assert (filed.event.personal.text, filed.event.channel) == ("Me trataron mal en la portería.", "email")
    assert filed.event.personal.person.email == "ana@correo.example"
    assert filed.event.personal.mail is not None
    assert split["received_at"] == old["received_at"]
    assert filed.envelope.seq == 1
    assert len(outcomes) == 1
    assert [link["relation"] for link in old["links"]] == ["split", "split"]
    assert [(link["number"], link["kept_here"]) for link in split["links"]] == [(told["case_number"], False)]


async def test_the_files_of_a_message_go_with_the_matter_that_they_belong_to(start: Start) -> None:
    parts: list[tuple[str, tuple[str | None, bytes | str, str]]] = [
        ("submission", (None, '{"text": "Dos cosas."}', "application/json")),
        ("files", ("uno.txt", b"uno", "text/plain")),
        ("files", ("dos.txt", b"dos", "text/plain")),
    ]
    async with start(API) as intake:
        number = (await intake.http.post("/v1/submissions/web", files=parts)).json()["case_number"]
        one, two = (await seen(intake, number))["messages"][0]["files"]
        path, new = f"/v1/cases/{number}/split", {"text": "Una.", "reason": "Dos asuntos"}
        told = await post(intake, path, {**new, "files": [two["sha256"]]})
        strange = await post(intake, path, {**new, "files": ["0" * 64]})
        message = await post(intake, path, {**new, "message": "another"})
        empty = await post(intake, path, {"text": "  ", "reason": ""})
        split = await seen(intake, told.json()["new_case_number"])
        file = await intake.http.get(f"/v1/cases/{number}/files/{one['sha256']}", headers=ADVISER)
        stranger = await intake.http.get(f"/v1/cases/{number}/files/{one['sha256']}")
    assert [file["name"] for file in split["messages"][0]["files"]] == ["dos.txt"]
    assert [answer.json()["errors"][0]["field"] for answer in (strange, message)] == ["$.files", "$.message"]
    assert sorted(error["field"] for error in empty.json()["errors"]) == ["$.reason", "$.text"]
    assert (file.content, stranger.status_code) == (b"uno", 401)


async def test_a_form_sent_twice_through_two_instances_at_once_is_seen_to_repeat_itself(
    start: Start, wire: Wire
) -> None:
    async with start() as one, start() as two:
        await asyncio.gather(*(intake.web(SAID, person=ANA) for intake in (one, two) for _ in range(3)))
        await one.web(SAID, person=EVA)
        events = await wire.expect("intake-cases", 7 + 2 * (0 + 1 + 2 + 3 + 3 + 3))
        cases = await one.database.collection("cases").find({}, {"state": 1}).to_list(None)
    links = sorted(len(row["state"]["links"]) for row in cases)
    assert links == [0, 0, 1, 2, 3, 3, 3]  # three at most; Eva is another person
    found = [seen.event for seen in events if isinstance(seen.event, PossibleDuplicateFound)]
    assert {event.score for event in found} == {100}


async def test_one_letter_of_many_through_two_instances_is_grouped_and_none_is_left_uncounted(start: Start) -> None:
    async with start(API, mass_letter_from=4) as one, start(API, mass_letter_from=4) as two:
        persons = [{"name": f"Persona {n}", "email": f"p{n}@correo.example"} for n in range(12)]
        texts = [f"Señores:\n{LETTER}\nAtentamente,\nPersona {n}\nC.C. {n}" for n in range(12)]
        await asyncio.gather(
            *((one, two)[n % 2].web(texts[n], person=persons[n]) for n in range(12)),
        )
        await one.web(texts[3], person=persons[3])
        listed = await one.http.get("/v1/letters", headers=ADVISER)
        page = await one.http.get("/desk/letters", headers={**HTML, **ADVISER})
        rows = await one.database.collection("links").find({"relation": "mass-letter"}).to_list(None)
        first = await seen(one, listed.json()["items"][0]["first_case_number"])
    [group] = listed.json()["items"]
    assert group["count"] == 12
    assert len(rows) == 12 - 3
    assert {row["other_case_number"] for row in rows} == {group["first_case_number"]}
    assert first["links"][0]["kept_here"] is False
    assert group["first_case_number"] in page.text


async def test_only_open_cases_of_the_person_are_compared_and_what_that_costs_does_not_grow(
    start: Start, database: Database
) -> None:
    """A person with hundreds of cases, and a store of hundreds of others."""
    async with start(API) as intake:
        rows = [
            _said(n, "email ana@correo.example", f"Solicitud {n} de un certificado que necesito") for n in range(300)
        ]
        rows += [_said(n + 300, f"email p{n}@correo.example", SAID) for n in range(300)]
        await database.collection("submission_cases").insert_many(rows)
        await intake.web(SAID, person={"email": "zoe@correo.example"})
        async with reads(database) as nobody:
            await intake.web(SAID, person={"email": "nadie@correo.example"})
        async with reads(database) as ana:
            await intake.web(f"Quiero saber de todo. {SAID}", person={"email": "ana@correo.example"})
        first = await intake.web(SAID, person={"phone": "3001234567"})
        await intake.database.collection("cases").update_one(
            {"state.number": first["case_number"]}, {"$set": {"state.progress.status": "answered"}}
        )
        second = await intake.web(f"{SAID} Gracias.", person={"phone": "+57 300 123 4567"})
        third = await intake.web(SAID.upper(), person={"phone": "3001234567"})
        shown = [(await seen(intake, one["case_number"]))["links"] for one in (second, third)]
    assert [[(link["number"], link["kept_here"]) for link in links] for links in shown] == [
        [(third["case_number"], False)],
        [(second["case_number"], True)],
    ]
    assert nobody.documents < 15
    assert ana.documents < nobody.documents + 45
    assert not any("COLLSCAN" in plan for plan in (*nobody.plans, *ana.plans))


def _said(n: int, key: str, text: str) -> dict[str, Any]:
    personal = {"form": {"text": text}, "keys": [key]}
    return {"_id": f"s-{n}", "case_id": f"c-{n}", "outcome": "created", "registered_at": n, "personal": personal}


async def test_an_agent_does_it_all_on_the_page_of_the_case(start: Start) -> None:
    agent = {**HTML, **ADVISER}
    async with start(API) as intake:
        told = await intake.web("La cuota no llegó. Además me trataron mal.", person=ANA)
        quoting = await by_web(intake, told["case_number"], "")
        number, other = told["case_number"], quoting["case_number"]
        found = await intake.http.get("/desk/cases", params={"number": other.lower()}, headers=agent)
        page = await intake.http.get(f"/desk/cases/{other}", headers=agent)
        [link] = (await seen(intake, other))["links"]
        message = (await seen(intake, number))["messages"][0]["submission_id"]
        settled = await intake.http.post(
            f"/desk/cases/{other}/links/{link['id']}", data={"status": "confirmed", "seen": "proposed"}, headers=agent
        )
        late = await intake.http.post(
            f"/desk/cases/{other}/links/{link['id']}", data={"status": "dismissed", "seen": "proposed"}, headers=agent
        )
        wrong = await intake.http.post(f"/desk/cases/{number}/links", data={"number": "<b>"}, headers=agent)
        linked = await intake.http.post(
            f"/desk/cases/{number}/links", data={"number": other, "relation": "same-matter"}, headers=agent
        )
        fields = {"form_id": "f-1", "message": message, "subject": "Trato", "reason": "Dos asuntos"}
        missing = await intake.http.post(f"/desk/cases/{number}/split", data=fields, headers=agent)
        whole = {**fields, "text": "Me trataron mal."}
        split = [await intake.http.post(f"/desk/cases/{number}/split", data=whole, headers=agent) for _ in range(2)]
        done = await intake.http.get(split[0].headers["location"], headers=agent)
        stranger = await intake.http.get(f"/desk/cases/{number}", headers=HTML)
    assert found.headers["location"] == f"/desk/cases/{other}"
    assert "Menciona el número del otro caso" in page.text
    assert "Por confirmar" in page.text
    assert (settled.status_code, late.status_code) == (303, 409)
    assert "El vínculo cambió" in late.text
    assert (wrong.status_code, linked.status_code, missing.status_code) == (422, 303, 422)
    assert "&lt;b&gt;" in wrong.text
    assert "Escriba el segundo asunto." in missing.text
    assert 'value="Dos asuntos"' in missing.text
    assert {answer.headers["location"] for answer in split} == {f"/desk/cases/{number}?split=CAJA-2026-000003-3"}
    assert "Se creó el caso" in done.text
    assert stranger.headers["location"].startswith("/login")
