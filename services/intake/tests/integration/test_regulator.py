# SPDX-License-Identifier: Apache-2.0
"""The regulator's platform, both ways, over HTTP and on the real database.

Processes that a test lets die between any two steps; their successor must leave what a clean run leaves.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from intake_house import ADVISER, ByHand, Intake, Start
from regulator_house import (
    AGENT,
    ANSWERED,
    PERSON,
    REQUESTED,
    Dying,
    Hand,
    Line,
    approved,
    classified,
    hand_of,
    settings_of,
)
from regulator_stub import Platform, platform_at

from chassis.inputs import Input
from chassis.testing import Wire, eventually
from chassis.testing.process import Killed
from intake import app
from intake.domain.case import Case
from intake.domain.person_noting import NotePerson
from intake.domain.regulator.acts import DecideFavour, RetryDispatch
from intake.domain.regulator.file import Fraud
from intake.persons.identifying import PERSONS
from ventanilla_contracts.intake import AnswerFiledWithRegulator, CaseFiled, MessageAppended, Person, PersonCorrected
from ventanilla_contracts.routing import CaseClosed

pytestmark = pytest.mark.infra

CODE = "14232026000001"
CODE_OF_THE_FIRST_TWO = {CODE, "14232026000002"}
Open = Callable[..., Awaitable[Hand]]


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_at(Platform()) as found:
        yield found


@pytest.fixture
async def hand(by_hand: ByHand, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Open]:
    """Without doors for people: these tests begin a process for each step."""
    for name in ("api", "pages", "create_app"):
        monkeypatch.setattr(app, name, lambda *_, **__: ())
    line = Line()

    async def opening(**own: Any) -> Hand:
        return hand_of(await by_hand(**settings_of(platform, **own)), line)

    yield opening
    await line.close()


def dying(one: Hand, method: str, when: str, n: int = 1) -> Hand:
    """The same, but killed there."""
    gateway: Any = Dying(one.role.gateway, method, when, n)
    one.role.gateway = gateway
    one.role.puller = replace(one.role.puller, gateway=gateway)
    one.role.persons = replace(one.role.persons, gateway=gateway)
    one.role.sender = replace(one.role.sender, gateway=gateway)
    return one


def states(case: Case) -> tuple[str | None, str | None]:
    file = case.regulator_file
    assert file is not None
    return file.create.state if file.create else None, file.update.state if file.update else None


# Moment 1


async def test_what_people_say_at_the_platform_is_a_case_with_its_files(hand: Open, platform: Platform) -> None:
    platform.complain("14239", files={"recibo.pdf": b"%PDF-1 recibo"})
    platform.complain("14240", nombres="", numero_id_CF="", correo=None, telefono=None)
    one = await hand()
    await one.step()
    first, second = [event for event in await one.said() if isinstance(event, CaseFiled)]
    assert first.channel == "regulator"
    assert first.regulator is not None
    assert (first.regulator.authority, first.regulator.reference) == ("SFC", "14239")
    assert first.personal.person.name == "Ana Ríos"
    assert [file.name for file in first.files] == ["recibo.pdf"]
    assert second.anonymous
    assert all(stored.acknowledged for stored in platform.complaints.values())


DEATHS_WHILE_PULLING = [
    ("fetch_files", "before", 1),
    ("fetch_files", "after", 2),
    ("ack", "before", 1),
    ("ack", "after", 1),
]


async def test_a_death_between_any_two_steps_files_each_complaint_once(hand: Open, platform: Platform) -> None:
    expected: list[tuple[str, int]] = []
    two = await hand()
    for where, (method, when, n) in enumerate(DEATHS_WHILE_PULLING):
        codes = [f"1423{where}{one}" for one in range(3)]
        expected += [(code, 1) for code in codes]
        for code in codes:
            platform.complain(code, files={f"{code}.pdf": code.encode()})
        one = dying(two, method, when, n)
        with pytest.raises(Killed):
            await one.step()
        two = await one.die()
        await two.step()
        rows = await two.process.runtime.database.collection("submission_cases").find({}).to_list(None)
        assert sorted((row["external_id"], len(row["files"])) for row in rows) == expected, (method, when)
        assert len(await two.cases()) == len(expected)
        assert all(stored.acknowledged for stored in platform.complaints.values())


async def test_a_file_that_cannot_be_had_keeps_no_complaint_back_and_comes_later(
    hand: Open, platform: Platform
) -> None:
    platform.complain("14239", files={"recibo.pdf": b"%PDF-1 recibo"})
    platform.files_away = True
    one = await hand()
    await one.step()
    assert len(await one.cases()) == 1
    assert not platform.complaints["14239"].acknowledged
    platform.files_away = False
    await one.step()
    assert platform.complaints["14239"].acknowledged
    filed, appended = await one.said()
    assert isinstance(filed, CaseFiled)
    assert isinstance(appended, MessageAppended)
    assert (filed.files, [file.name for file in appended.files]) == ((), ["recibo.pdf"])


async def test_a_reply_joins_its_case_and_after_the_end_follows_it(hand: Open, platform: Platform) -> None:
    first, second = {"a.pdf": b"%PDF-1 a"}, {"b.pdf": b"%PDF-1 b"}
    platform.complain("14239", first)
    one = await hand()
    await one.step()
    platform.complain("14239", {**first, **second}, replica=1, argumento_replica="No estoy de acuerdo.")
    await one.step()
    [row] = await one.cases()
    filed, reply = await one.said()
    assert isinstance(filed, CaseFiled)
    assert isinstance(reply, MessageAppended)
    assert [[file.name for file in event.files] for event in (filed, reply)] == [["a.pdf"], ["b.pdf"]]
    await one.hear(row["_id"], CaseClosed(actor=AGENT, reason="filed-with-regulator"))
    platform.complain("14239", replica=1, argumento_replica="Sigo sin estar de acuerdo.")
    await one.step()
    assert len(await one.cases()) == 2
    [link] = await one.process.runtime.database.collection("links").find({}).to_list(None)
    assert (link["relation"], link["status"]) == ("follow-up", "confirmed")


async def test_one_complaint_that_breaks_the_house_keeps_no_other_back(
    hand: Open, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.complain("14239", texto_queja="bomba")
    platform.complain("14240")
    one = await hand()
    process = one.process.runtime.processor.process

    async def failing(items: Any, now: Any = None) -> None:
        if any(item.message.form.text == "bomba" and item.message.set_aside is None for item in items):
            items[0].outcome = ZeroDivisionError()
            return
        await process(items, now)

    monkeypatch.setattr(one.process.runtime.processor, "process", failing)
    await one.step()
    rows = one.process.runtime.database.collection("submission_cases")
    held = await rows.find_one({"outcome": "held"})
    assert held is not None
    assert (held["external_id"], held["reason"], held["original"]["type"]) == (
        "14239",
        "unprocessable",
        "application/json",
    )
    assert len(await one.cases()) == 1
    assert all(stored.acknowledged for stored in platform.complaints.values())


async def test_two_instances_file_and_report_each_once(hand: Open, platform: Platform) -> None:
    platform.complain("14239")
    one, two = await hand(), await hand()
    case_id = await one.file()
    await one.hear(case_id, classified())
    for each in (one, two, two, one):
        each.role._next_pull = 0.0
        await each.role.step()
    assert len(await one.cases()) == 2
    assert platform.logins == 1  # only who holds the lease talks
    assert platform.asked.count("POST /api/queja/") == 1
    await one.die()
    await two.file("Otra cosa que no cuadra en el crédito.")
    await two.step()
    assert platform.logins == 2


# Moment 4


async def persons_of(one: Hand) -> dict[str, Any]:
    rows = await one.process.runtime.database.collection("persons").find({}).to_list(None)
    return {row["state"]["documents"][0]["number"]: row["state"] for row in rows}


async def test_what_the_platform_says_of_persons_is_noted_beside_what_staff_wrote(
    hand: Open, platform: Platform
) -> None:
    """Whoever dies before or after the acknowledgement."""
    one = await hand()
    known = NotePerson(
        actor=AGENT,
        said=Person.model_validate(PERSON),
        municipality=None,
        segment=None,
        case_number="CAJA-2026-000001-7",
        at=one.process.runtime.clock.now(),
        by_staff=True,
        confirmed=True,
    )
    await one.process.runtime.processor.process([Input(PERSONS, "ana", message=known)])
    for when in ("before", "after"):
        platform.tell_of("24345678", apellido="Otra", telefono="3001234567")
        platform.tell_of("52345678", nombre="Luis")
        platform.tell_of("sin letras", tipo_id_CF=77)
        one = dying(one, "ack_persons", when)
        with pytest.raises(Killed):
            await one.step()
        one = await one.die()
        await one.step()
        persons = await persons_of(one)
        assert sorted(persons) == ["24345678", "52345678"]
        assert list(platform.people) == ["sin letras"]
    ana, luis = persons["24345678"], persons["52345678"]
    assert (ana["name"], ana["emails"][0]["value"], ana["phones"][0]["value"]) == (
        "Ana Ríos",
        "ana@correo.example",
        "+573001234567",
    )
    assert (ana["heard"]["authority"], ana["heard"]["said"]["name"]) == ("SFC", "Ana Otra")
    assert (luis["name"], luis["emails"][0]["confirmed"]) == ("Luis Ríos", False)


# Moments 2 and 3


async def test_a_claim_of_ours_is_reported_updated_and_closed(hand: Open, platform: Platform) -> None:
    one = await hand()
    recibo = await one.role.sender.files.put(b"%PDF-1 recibo", "recibo.pdf", "application/pdf")
    case_id = await one.file("Me cobraron dos veces. " * 60)
    assert recibo.size > 0
    await one.hear(case_id, classified())
    await one.step()
    stored = platform.complaints[CODE]
    assert (stored.fields["producto_cod"], stored.fields["nombres"]) == (103, "Ana Ríos")
    assert list(stored.files) == [f"{CODE}.pdf"]  # the whole of a text of which the platform takes the start
    await one.hear(case_id, REQUESTED)
    await one.step()
    assert [update["estado_cod"] for update in stored.updates] == [2]
    await one.hear(case_id, approved(), ANSWERED)
    await one.step()
    assert states(await one.case(case_id)) == ("sent", "undecided")
    await one.favour(case_id, "partly")
    await one.step()
    assert states(await one.case(case_id)) == ("sent", "sent")
    assert (stored.updates[-1]["estado_cod"], stored.updates[-1]["a_favor_de"]) == (4, 2)
    assert stored.updates[-1]["fecha_cierre"] == "2026-03-05T10:00:00"
    assert stored.files[f"{CODE}_RESP_FINAL_SFC.pdf"].startswith(b"%PDF")
    assert not any(isinstance(event, AnswerFiledWithRegulator) for event in await one.said())


async def test_the_answer_to_a_complaint_of_the_platform_is_filed_there_and_told(
    hand: Open, platform: Platform
) -> None:
    stored = platform.complain("14239", producto_cod=5, sexo=2)
    one = await hand()
    await one.step()
    [row] = await one.cases()
    await one.hear(row["_id"], classified(kind="petition"), approved("regulator"))
    await one.step()
    assert stored.updates == []
    await one.favour(row["_id"], "organisation")
    await one.step()
    [closing] = stored.updates
    assert (closing["estado_cod"], closing["a_favor_de"], closing["producto_cod"], closing["sexo"]) == (4, 3, 5, 2)
    [filed] = [event for event in await one.said() if isinstance(event, AnswerFiledWithRegulator)]
    assert (filed.authority, filed.reference, filed.answer_id, filed.means) == ("SFC", "14239", "a-1", "platform")
    assert (await one.case(row["_id"])).to_upload is None


DEATHS_WHILE_SENDING = [
    (method, when, n)
    for method, n in (("create", 1), ("attach", 1), ("attach", 2), ("update", 1))
    for when in ("before", "after")
]


async def test_a_death_between_any_two_steps_reports_all_and_nothing_twice(hand: Open, platform: Platform) -> None:
    two = await hand()
    for where, (method, when, n) in enumerate(DEATHS_WHILE_SENDING, 1):
        one = dying(two, method, when, n)
        case_id = await one.file("Me cobraron dos veces. " * 60, product_reference=f"lote {where}")
        await one.hear(case_id, classified(), approved(), ANSWERED)
        await one.favour(case_id)
        with pytest.raises(Killed):
            await one.step()
        two = await one.die()
        await two.step()
        assert states(await two.case(case_id)) == ("sent", "sent"), (method, when)
        code = f"1423202600000{where}"
        stored = platform.complaints[code]
        assert sorted(stored.files) == [f"{code}.pdf", f"{code}_RESP_FINAL_SFC.pdf"]
        assert [update["estado_cod"] for update in stored.updates] == [4]


async def test_a_death_beside_the_inquiry_of_a_fraud_tells_all_of_it_once(hand: Open, platform: Platform) -> None:
    two = await hand()
    inquiry = await two.role.sender.files.put(b"%PDF-1 informe", "informe.pdf", "application/pdf")
    fraud = Fraud(kind="internal", modality=4, claimed=200_000, recognised=200_000, inquiry=inquiry)
    for n, when in enumerate(("before", "after"), 1):
        one = dying(two, "attach", when)
        case_id = await one.file(f"Alguien retiró mi subsidio {n}.", product_reference=f"lote {n}")
        await one.hear(case_id, classified(), approved(), ANSWERED)
        await one.decide(case_id, DecideFavour(AGENT, "person", fraud))
        with pytest.raises(Killed):
            await one.step()
        two = await one.die()
        await two.step()
        stored = platform.complaints[f"1423202600000{n}"]
        assert next(iter(stored.files)) == f"1423202600000{n}_INV_FRAUDE_SFC.pdf"
        assert [(update["estado_cod"], update["tipo_fraude"]) for update in stored.updates] == [(4, 1)]
    lost = fraud.model_copy(update={"inquiry": inquiry.model_copy(update={"sha256": "0d" * 32})})
    case_id = await two.file("Otro retiro que no hice.")
    await two.hear(case_id, classified(), approved(), ANSWERED)
    await two.decide(case_id, DecideFavour(AGENT, "person", lost))
    await two.step()
    file = (await two.case(case_id)).regulator_file
    assert file is not None
    assert file.update is not None
    assert (file.update.state, file.update.why) == ("refused", ("intake:inquiry-missing",))


async def test_a_death_before_it_is_noted_tells_of_the_closing_once(hand: Open, platform: Platform) -> None:
    platform.complain("14239")
    one = await hand()
    await one.step()
    [row] = await one.cases()
    await one.hear(row["_id"], classified(kind="petition"), approved("regulator"))
    await one.favour(row["_id"])
    one.process.commit = "killed before"
    with pytest.raises(Killed):
        await one.step()
    two = await one.die()
    await two.step()
    await two.process.sweep()
    told = await two.said()
    assert len([event for event in told if isinstance(event, AnswerFiledWithRegulator)]) == 1
    assert len(platform.complaints["14239"].updates) == 1


async def test_after_an_outage_the_latest_version_alone_is_sent(hand: Open, platform: Platform) -> None:
    one = await hand(regulator_look_seconds=0.001)
    case_id = await one.file()
    await one.hear(case_id, classified())
    await one.step()
    platform.outage = True
    await one.hear(case_id, REQUESTED)
    await one.step()
    await one.hear(case_id, classified("subsidio-vivienda"), classified("credito-social"), approved(), ANSWERED)
    await one.favour(case_id)
    await one.step()
    assert platform.complaints[CODE].updates == []
    assert one.role.failures > 0
    platform.outage = False
    await one.step()
    assert [update["estado_cod"] for update in platform.complaints[CODE].updates] == [4]
    assert one.role.failures == 0


async def test_what_changes_while_it_is_sent_is_sent_after_it(hand: Open, platform: Platform) -> None:
    one = await hand()
    case_id = await one.file()
    await one.hear(case_id, classified())
    await one.step()
    await one.hear(case_id, REQUESTED)
    update = one.role.gateway.update

    async def meanwhile(progress: Any) -> Any:
        one.role.gateway.update = update  # type: ignore[method-assign]
        answer = await update(progress)
        await one.hear(case_id, approved(), ANSWERED)
        await one.favour(case_id)
        return answer

    one.role.gateway.update = meanwhile  # type: ignore[method-assign]
    await one.step()
    assert [done["estado_cod"] for done in platform.complaints[CODE].updates] == [2, 4]


async def test_a_refusal_waits_for_a_person_with_the_words_of_the_platform(hand: Open, platform: Platform) -> None:
    platform.refuses = {"municipio_cod": "El código del municipio no coincide."}
    one = await hand()
    refused, other = await one.file(), await one.file("Otro asunto del crédito, con otra historia.")
    await one.hear(refused, classified())
    await one.step()
    asked = platform.asked.count("POST /api/queja/")
    for _ in range(3):
        await one.step()
    assert platform.asked.count("POST /api/queja/") == asked  # never for ever
    file = (await one.case(refused)).regulator_file
    assert file is not None
    assert file.create is not None
    assert file.create.state == "refused"
    assert "municipio_cod: El código del municipio no coincide." in file.create.why
    platform.refuses = {}
    await one.hear(other, classified())
    await one.decide(refused, RetryDispatch(AGENT))
    await one.step()
    assert states(await one.case(refused)) == states(await one.case(other)) == ("sent", None)


async def test_only_what_the_regulator_supervises_is_reported(hand: Open, platform: Platform) -> None:
    one = await hand()
    texts = {name: f"Asunto de {name}, que es otro." for name in ("viajes", "consulta", "sin documento")}
    travel, petition = await one.file(texts["viajes"]), await one.file(texts["consulta"])
    nameless = await one.file(texts["sin documento"], person={"name": "Ana", "email": PERSON["email"]})
    await one.hear(travel, classified("recreacion"))
    await one.hear(petition, classified(kind="petition"))
    await one.hear(nameless, classified())
    await one.step()
    assert platform.complaints == {}
    assert states(await one.case(travel)) == ("left-out", None)
    assert states(await one.case(petition)) == (None, None)
    file = (await one.case(nameless)).regulator_file
    assert file is not None
    assert file.create is not None
    assert (file.create.state, file.create.why) == ("refused", ("intake:document-missing",))
    await one.hear(travel, classified("credito-social"))
    await one.step()
    assert states(await one.case(travel)) == ("sent", None)


async def test_what_the_platform_lost_is_created_again(hand: Open, platform: Platform) -> None:
    one = await hand()
    case_id = await one.file()
    await one.hear(case_id, classified())
    await one.step()
    del platform.complaints[CODE]
    await one.hear(case_id, REQUESTED)
    await one.step()
    assert states(await one.case(case_id)) == ("sent", "sent")
    assert [update["estado_cod"] for update in platform.complaints[CODE].updates] == [2]


async def test_a_token_that_ends_on_the_way_and_a_platform_that_is_asked_too_fast_delay_only(
    hand: Open, platform: Platform
) -> None:
    one = await hand()
    case_id = await one.file()
    await one.hear(case_id, classified())
    await one.step()
    platform.forget_tokens()
    platform.refresh.clear()
    await one.hear(case_id, REQUESTED)
    await one.step()
    assert states(await one.case(case_id)) == ("sent", "sent")
    platform.throttle = 2
    platform.retry_after = "0"
    await one.hear(case_id, approved(), ANSWERED)
    await one.favour(case_id)
    await one.role.step()
    assert states(await one.case(case_id)) == ("sent", "sent")
    assert platform.throttled == 2


async def test_people_of_the_desk_see_decide_and_send_again(start: Start, wire: Wire, platform: Platform) -> None:
    """The whole service, its loops and the broker; pages without JavaScript and the API say the same."""
    platform.refuses = {"municipio_cod": "El código del <b>municipio</b> no coincide."}
    platform.complain("14239", files={"recibo.pdf": b"%PDF-1 recibo"})
    agent = {"accept": "text/html", **ADVISER}
    async with start(**settings_of(platform)) as intake:
        told = await intake.web("Me cobraron dos veces el crédito.", person=PERSON, data_consent=True)
        number = told["case_number"]
        filed = {seen.event.case_number: seen.key for seen in await wire.expect("intake-cases", 2)}
        theirs = next(one for one in filed if one != number)
        await eventually(lambda: platform.complaints["14239"].acknowledged)
        await wire.publish(filed[number], classified(), seen={"intake-cases": 1})
        [refused] = await eventually(lambda: _attention(intake, 1))
        await wire.publish(filed[theirs], classified(kind="petition"), approved("regulator"), seen={"intake-cases": 1})
        await eventually(lambda: _attention(intake, 2))
        listed = await intake.http.get("/desk/regulator", headers=agent)
        page = await intake.http.get(f"/desk/cases/{number}", headers=agent)
        desk = await intake.http.get("/desk", headers=agent)
        stranger = await intake.http.get("/desk/regulator", headers={"accept": "text/html"})
        closing = f"/desk/cases/{theirs}/regulator/favour"
        forged = await intake.http.post(closing, data={"favour": "me"}, headers=agent)
        fraud = {"favour": "person", "fraud_kind": "external", "fraud_modality": "3", "fraud_claimed": "1.500.000"}
        unsaid = await intake.http.post(closing, data={**fraud, "fraud_inquiry": ""}, headers=agent)
        platform.refuses = {}
        again = await intake.http.post(f"/desk/cases/{number}/regulator/retry", headers=agent)
        inquiry = {"files": ("informe.pdf", b"%PDF-1 informe", "application/pdf")}
        decided = await intake.http.post(closing, data={**fraud, "fraud_recognised": "0"}, files=inquiry, headers=agent)
        events = await eventually(lambda: _closings(wire))
        await eventually(lambda: CODE_OF_THE_FIRST_TWO & platform.complaints.keys())
        shown = await intake.http.get(f"/v1/cases/{theirs}", headers=ADVISER)
    assert refused["platform"]["dispatches"][0]["state"] == "refused"
    for html in (listed.text, page.text):
        assert "El código del &lt;b&gt;municipio&lt;/b&gt; no coincide." in html
        assert "Enviar de nuevo" in html
    assert "¿A favor de quién se resolvió?" in listed.text
    assert "/desk/regulator" in desk.text
    assert stranger.headers["location"].startswith("/login")
    assert (forged.status_code, again.status_code, decided.status_code) == (422, 303, 303)
    assert decided.headers["location"] == f"/desk/cases/{theirs}#regulator"
    assert [event.reference for event in events] == ["14239"]
    assert platform.complaints["14239"].updates[-1]["a_favor_de"] == 1
    assert shown.json()["platform"]["from_platform"]
    assert unsaid.status_code == 422
    for name in ("fraud_recognised", "fraud_inquiry"):
        assert f'id="{name}-error"' in unsaid.text
    assert "Elija el archivo de la investigación o cárguelo." in unsaid.text
    assert 'value="person" required checked' in unsaid.text
    told_of = platform.complaints["14239"].updates[-1]
    assert [told_of[name] for name in ("tipo_fraude", "modalidad_fraude", "monto_reclamado")] == [2, 3, 1_500_000]
    assert platform.complaints["14239"].files["14239_INV_FRAUDE_SFC.pdf"] == b"%PDF-1 informe"


async def test_what_was_missing_of_a_person_is_given_on_the_case_and_goes_out_by_itself(
    start: Start, wire: Wire, platform: Platform
) -> None:
    """The document leads the case to its person, whose record and whose other cases follow."""
    agent, why = {"accept": "text/html", **ADVISER}, "Lo dijo por teléfono"
    nameless = {"name": "Ana Ríos", "email": "ana@correo.example"}
    async with start(**settings_of(platform)) as intake:
        told = await intake.web("Me cobraron dos veces el crédito.", person=nameless, data_consent=True)
        other = await intake.web("No me llegó el extracto.", person=nameless, data_consent=True)
        number, path = told["case_number"], f"/desk/cases/{told['case_number']}/person"
        filed = {seen.event.case_number: seen.key for seen in await wire.expect("intake-cases", 2)}
        await wire.publish(filed[number], classified(), seen={"intake-cases": 1})
        [refused] = await eventually(lambda: _attention(intake, 1))
        page = await intake.http.get(f"/desk/cases/{number}", headers=agent)
        typo = {"document_type": "NIT", "document_number": "800191045-2", "reason": why, "act": "person"}
        wrong = await intake.http.post(path, data=typo, headers=agent)
        given = {**typo, "document_type": "CC", "document_number": "24.345.678", "municipality": "Manizales, Caldas"}
        empty = await intake.http.post(path, data={**given, "reason": ""}, headers=agent)
        saved = await intake.http.post(path, data=given, headers=agent)
        await eventually(lambda: platform.complaints.get(CODE))
        left = await _listed(intake)
        shown = (await intake.http.get(f"/v1/cases/{number}/person", headers=ADVISER)).json()
        body = {"document_type": "CC", "document_number": "24345678", "name": "Ana Ríos Gil", "reason": why}
        key, others = {**ADVISER, "idempotency-key": "una vez"}, f"/v1/cases/{other['case_number']}/person"
        twice = [await intake.http.post(others, json=body, headers=key) for _ in range(2)]

        async def one_person() -> list[Any]:
            found = await intake.http.get("/v1/persons", params={"q": "24345678"}, headers=ADVISER)
            items: list[Any] = found.json()["items"]
            there = len(items) == 1 and len(items[0]["cases"]) == 2 and items[0]["name"] == "Ana Ríos Gil"
            return items if there else []

        [person] = await eventually(one_person)
        after = await intake.http.get(f"/desk/cases/{number}", headers=agent)
        events = await wire.expect("intake-cases", 4)
        told_of = [seen.key for seen in events if isinstance(seen.event, PersonCorrected)]
    assert (refused["case_number"], left) == (number, [])
    assert "<details open>" in page.text
    assert (wrong.status_code, empty.status_code, saved.status_code) == (422, 422, 303)
    assert 'id="document_number-error"' in wrong.text
    assert 'id="reason-error">Escriba cómo se supo.' in empty.text
    fields = platform.complaints[CODE].fields
    assert (fields["numero_id_CF"], fields["tipo_id_CF"], fields["municipio_cod"]) == ("24345678", 1, "17001")
    assert (shown["person"]["document_number"], shown["filed"]["document_number"]) == ("24345678", None)
    assert [(change["reason"], change["by"]["id"]) for change in shown["changes"]] == [(why, "yuliana")]
    assert [answer.json()["change"] for answer in twice] == [1, 1]
    assert person["id"] == shown["person_id"] == twice[0].json()["person_id"]
    assert person["municipality"] == "17001"
    assert why in after.text
    assert sorted(told_of) == sorted(filed.values())


async def _attention(intake: Intake, count: int) -> list[dict[str, Any]]:
    items = await _listed(intake)
    return items if len(items) == count else []


async def _listed(intake: Intake) -> list[dict[str, Any]]:
    answer = await intake.http.get("/v1/regulator/attention", headers=ADVISER)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _closings(wire: Wire) -> list[AnswerFiledWithRegulator]:
    seen = await wire.events("intake-cases")
    return [one.event for one in seen if isinstance(one.event, AnswerFiledWithRegulator)]
