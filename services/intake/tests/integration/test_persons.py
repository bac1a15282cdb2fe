# SPDX-License-Identifier: Apache-2.0
"""Persons on the real broker and database: found, followed from case to case, corrected, merged, looked at."""

import asyncio
import re
from typing import Any

import pytest
from intake_house import ADVISER, RESPONDER, SECRETARY, Intake, Start

from chassis.mongo import Database
from chassis.testing import Wire, eventually
from chassis.testing.reads import reads
from intake.persons.store import Persons
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, PersonCorrected
from ventanilla_contracts.routing import CaseClosed

pytestmark = pytest.mark.infra

ANA = {
    "name": "Ana María Ríos",
    "document_type": "CC",
    "document_number": "1.000.000.142",
    "email": "ana@correo.example",
    "phone": "300 123 4567",
}
LUIS = {**ANA, "name": "Luis Ríos", "document_number": "1000000241", "phone": "300 765 4321"}
DESK = ("api", "timers")
"""Nothing is heard from other services."""

WHY = "Lo dijo en la ventanilla"
ROUTING = Actor(id="routing", role="service")


async def calls(intake: Intake, person: dict[str, str] | None = None, **fields: Any) -> str:
    """An adviser writes down a call; the number of its case."""
    form = {"text": "No llegó la cuota.", "subject": "Cuota", "person": person or ANA, **fields}
    answer = await intake.http.post("/v1/submissions/phone", json=form, headers=ADVISER)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["case_number"])


async def find(intake: Intake, query: str) -> list[dict[str, Any]]:
    answer = await intake.http.get("/v1/persons", params={"q": query}, headers=ADVISER)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def found(intake: Intake, query: str, *, cases: int = 1) -> dict[str, Any]:
    """The one person that fits, once so many cases are beside them."""

    async def there() -> dict[str, Any] | None:
        items = await find(intake, query)
        return items[0] if len(items) == 1 and len(items[0]["cases"]) == cases else None

    return await eventually(there, what=f"{query}: one person with {cases} cases")


async def change(intake: Intake, person_id: str, what: str, **body: Any) -> Any:
    return await intake.http.post(f"/v1/persons/{person_id}/{what}", json={"reason": WHY, **body}, headers=ADVISER)


async def test_a_person_is_found_by_every_beginning_with_the_earlier_cases(start: Start) -> None:
    async with start(DESK) as intake:
        first = await calls(intake, municipality="17001")
        person = await found(intake, "1000000142")
        second = await calls(intake, received_at="2026-03-01T09:00:00-05:00")
        await found(intake, "ana", cases=2)
        typed = ["1.000", "ríos", "MARIA an", "ana@cor", "300 123", "+57 300", "correo.example"]
        ids = {query: [one["id"] for one in await find(intake, query)] for query in typed}
        nobody = [await find(intake, query) for query in ("riosx", "a", "", "1000000143", ".*", "ana luis")]
    assert ids == {query: [person["id"]] for query in typed}
    assert nobody == [[]] * 6
    assert person["municipality_name"] == "Manizales, Caldas"
    assert [(line["number"], line["status"], line["subject"]) for line in person["cases"]] == [
        (first, "filed", "Cuota")
    ]
    assert second != first


async def test_only_staff_look_and_each_look_is_written_down(start: Start, database: Database) -> None:
    async with start(DESK) as intake:
        await calls(intake)
        person = await found(intake, "ana")
        path = f"/v1/persons/{person['id']}"
        refused = [
            (await intake.http.get(where, params={"q": "ana"}, headers=headers)).status_code
            for where in ("/v1/persons", path, "/desk/persons")
            for headers in ({}, RESPONDER)
        ]
        may_not_change = await intake.http.post(f"{path}/correct", json={"reason": "x"}, headers=SECRETARY)
        shown = (await intake.http.get(path, headers=SECRETARY)).json()
        missing = await intake.http.get("/v1/persons/nobody", headers=ADVISER)
        looks = await database.collection("person_looks").find({}).to_list(None)
    assert set(refused) <= {401, 403}
    assert (may_not_change.status_code, missing.status_code) == (403, 404)
    assert (shown["looks"][0]["actor"]["id"], shown["looks"][0]["what"]) == ("alba", "person")
    assert {(look["actor"]["id"], look["what"]) for look in looks} == {("yuliana", "search"), ("alba", "person")}
    assert all(look["persons"] == [person["id"]] for look in looks)
    assert "ana" not in str([{**look, "actor": None} for look in looks])


async def test_a_familys_address_merges_no_two_documents(start: Start, wire: Wire) -> None:
    async with start(DESK) as intake:
        await calls(intake, contact_confirmed=True)
        await calls(intake, LUIS, contact_confirmed=True)
        await found(intake, "1000000142")
        luis = await found(intake, "1000000241")
        told = await intake.mail(
            b"From: Luis <ana@correo.example>\nSubject: Hola\nMessage-ID: <1@x.example>\n\nHola.\n"
        )
        called = await calls(intake, {"phone": "3007654321"})
        await found(intake, "1000000241", cases=2)
        await found(intake, "1000000142", cases=1)
        both = await find(intake, "ana@correo")
        await wire.expect("intake-cases", 4)
    assert told["outcome"] == "created"
    assert len(both) == 2
    assert called not in [line["number"] for line in luis["cases"]]


async def test_a_form_of_the_web_cannot_change_what_is_known_of_somebody(start: Start) -> None:
    async with start(DESK) as intake:
        await calls(intake)
        await found(intake, "1000000142")
        await intake.web(
            person={**ANA, "name": "Otra Persona", "email": "ladron@correo.example", "phone": "3009999999"}
        )
        person = await found(intake, "1000000142", cases=2)

        async def noted() -> bool:
            return len((await find(intake, "1000000142"))[0]["emails"]) == 2

        await eventually(noted)
        refused = await intake.http.post("/v1/submissions/web", json={"text": "x", "contact_confirmed": True})
    assert person["name"] == "Ana María Ríos"
    assert person["emails"][0] == {"value": "ana@correo.example", "confirmed": False}
    assert [error["field"] for error in refused.json()["errors"]] == ["$.contact_confirmed"]


async def test_a_correction_reaches_each_open_case_once_and_no_ended_one(start: Start, wire: Wire) -> None:
    async with start() as intake:
        await calls(intake)
        await calls(intake)
        person = await found(intake, "1000000142", cases=2)
        filed = await wire.expect("intake-cases", 2)
        ended = filed[0].key
        await wire.publish(ended, CaseClosed(actor=ROUTING, reason="compliment"), seen={"intake-cases": 1})

        async def closed() -> bool:
            statuses = [line["status"] for line in (await find(intake, "1000000142"))[0]["cases"]]
            return statuses.count("closed") == 1

        await eventually(closed)
        answer = await change(intake, person["id"], "correct", phone="300 222 2222", name="Ana Ríos Gil")
        events = await wire.expect("intake-cases", 3)
        bad = await change(intake, person["id"], "correct", phone="123")
        nothing = await change(intake, person["id"], "correct")
        unknown = await change(intake, "nobody", "correct", name="X")
        place = await change(intake, person["id"], "correct", municipality="99999")
        full = (await intake.http.get(f"/v1/persons/{person['id']}", headers=ADVISER)).json()
    assert answer.json() == {"person_id": person["id"], "change": 1}
    [told] = [seen for seen in events if isinstance(seen.event, PersonCorrected)]
    assert told.key == filed[1].key
    assert told.event.fields == ("name", "phone")
    assert told.event.personal.person.phone == "+573002222222"
    assert (full["history"][0]["reason"], full["history"][0]["before"]["phone"]) == (WHY, "+573001234567")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "$.phone")
    assert (nothing.status_code, unknown.status_code) == (422, 404)
    assert place.json()["errors"][0]["field"] == "$.municipality"


async def test_a_corrected_address_takes_part_in_the_case_and_the_wrong_one_no_more(start: Start, wire: Wire) -> None:
    async with start(DESK) as intake:
        await calls(intake)
        person = await found(intake, "1000000142")
        await change(intake, person["id"], "correct", email="buena@correo.example")
        [filed, _] = await wire.expect("intake-cases", 2)
        case = await intake.service.runtime.database.collection("cases").find_one({"_id": filed.key})
    assert case is not None
    assert case["state"]["participants"] == ["buena@correo.example"]


async def test_two_records_of_one_person_are_merged_and_come_apart_again(start: Start) -> None:
    young = {**ANA, "document_type": "TI", "document_number": "1000000142", "name": "Ana Ríos"}
    async with start(DESK) as intake:
        await calls(intake)
        await calls(intake, young)

        async def two() -> list[dict[str, Any]]:
            items = await find(intake, "1000000142")
            return items if len(items) == 2 and all(one["cases"] for one in items) else []

        items = await eventually(two)
        goes, stays = sorted(items, key=lambda one: one["documents"][0]["type"], reverse=True)
        merged = await change(intake, goes["id"], "merge", into=stays["id"])
        person = await found(intake, "1000000142", cases=2)
        seen_as = (await intake.http.get(f"/v1/persons/{goes['id']}", headers=ADVISER)).json()
        wrong = [
            (await change(intake, goes["id"], "merge", into=stays["id"])).status_code,
            (await change(intake, stays["id"], "merge", into=goes["id"])).status_code,
            (await change(intake, goes["id"], "correct", name="X")).status_code,
            (await change(intake, stays["id"], "unmerge")).status_code,
            (await change(intake, stays["id"], "merge", into="nobody")).status_code,
        ]
        while_merged = await calls(intake, young)
        await found(intake, "1000000142", cases=3)
        apart = await change(intake, goes["id"], "unmerge")
        items = await eventually(two)
    assert merged.json()["person_id"] == person["id"] == seen_as["id"] == stays["id"]
    assert [one["id"] for one in seen_as["merged"]] == [goes["id"]]
    assert wrong == [409, 409, 409, 409, 422]
    assert apart.json()["person_id"] == goes["id"]
    again = next(one for one in items if one["id"] == goes["id"])
    assert while_merged in [line["number"] for line in again["cases"]]


async def test_two_that_merge_each_other_at_once_on_two_instances_make_no_circle(start: Start) -> None:
    async with start(DESK) as one, start(("api",)) as other:
        await calls(one)
        await calls(one, LUIS)
        ana, luis = await found(one, "1000000142"), await found(one, "1000000241")
        for _ in range(5):
            answers = await asyncio.gather(
                change(one, ana["id"], "merge", into=luis["id"]), change(other, luis["id"], "merge", into=ana["id"])
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            gone = ana if answers[0].status_code == 200 else luis
            assert (await change(one, gone["id"], "unmerge")).status_code == 200


async def test_a_document_that_is_corrected_to_anothers_is_refused_and_a_freed_one_is_nobodys(start: Start) -> None:
    async with start(DESK) as intake:
        await calls(intake)
        await calls(intake, LUIS)
        ana = await found(intake, "1000000142")
        await found(intake, "1000000241")
        taken = await change(intake, ana["id"], "correct", document_type="CC", document_number="1000000241")
        done = await change(intake, ana["id"], "correct", document_type="CC", document_number="1000000340")
        owner = {"name": "Dora Prueba", "document_type": "CC", "document_number": "1000000142"}
        await calls(intake, owner)
        dora = await found(intake, "1000000142")
        await calls(intake, owner)
        again = await found(intake, "1000000142", cases=2)
    assert (taken.status_code, taken.json()["code"]) == (409, "document-of-another")
    assert done.status_code == 200
    assert (dora["name"], again["id"]) == ("Dora Prueba", dora["id"])
    assert dora["id"] != ana["id"]


async def test_what_a_dead_process_left_is_followed_by_the_next(start: Start, wire: Wire) -> None:
    async with start(("api",)) as intake:
        await calls(intake)
        waiting = await intake.database.collection("person_mentions").count_documents({})
        assert await find(intake, "1000000142") == []
    async with start(DESK) as intake:
        person = await found(intake, "1000000142")
    async with start(("api",)) as intake:
        await change(intake, person["id"], "correct", phone="300 222 2222")
    async with start(DESK) as intake, start(DESK) as other:
        events = await wire.expect("intake-cases", 2)
        empty = await eventually(lambda: _nothing_waits(intake.database))
        assert (await find(other, "3002222222"))[0]["id"] == person["id"]
    assert waiting == 1
    assert [type(seen.event) for seen in events] == [CaseFiled, PersonCorrected]
    assert empty


async def _nothing_waits(database: Database) -> bool:
    rows = [database.collection(name).count_documents({}) for name in ("person_mentions", "person_corrections")]
    return await asyncio.gather(*rows) == [0, 0]


async def test_a_case_says_segment_place_in_the_archive_and_profile(start: Start, wire: Wire, tmp_path: Any) -> None:
    file = tmp_path / "segments.yaml"
    file.write_text("version: 1\nsegments: [{code: grandes, name: Grandes, mail_domains: [correo.example]}]\n", "utf-8")
    async with start(DESK, segments_file=file) as intake:
        await calls(intake, archive_place="Caja 12", social={"network": "X", "handle": "@ana"})
        await calls(intake, segment="otro")
        bad = await intake.http.post(
            "/v1/submissions/written", json={"text": "Carta", "municipality": "99999"}, headers=ADVISER
        )
        public = await intake.http.post("/v1/submissions/web", json={"text": "x", "archive_place": "Caja 1"})
        cases = [seen.event for seen in await wire.expect("intake-cases", 2)]
    first, second = sorted((one for one in cases if isinstance(one, CaseFiled)), key=lambda one: one.case_number)
    assert (first.segment, second.segment) == ("grandes", "otro")
    assert (first.archive_place, first.personal.social.handle if first.personal.social else "") == ("Caja 12", "@ana")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "$.municipality")
    assert "99999" in bad.json()["errors"][0]["expected"]
    assert [error["field"] for error in public.json()["errors"]] == ["$.archive_place"]


async def test_searches_and_lists_are_answered_from_indexes(start: Start, database: Database) -> None:
    async with start(DESK) as intake:
        await calls(intake)
        person = await found(intake, "1000000142")
        await database.collection("persons").insert_many(
            [
                {"_id": f"p{n}", "state": {"words": [f"w{n}"], "keys": [], "merged_into": None, "name": ""}}
                for n in range(500)
            ]
        )
        persons = Persons(database)
        async with reads(database) as looked_at:
            assert list(await persons.search("ana rios", 8)) == [person["id"]]
            await persons.cases_of([[person["id"]], ["nobody"]], 5)
            await persons.merged_into([person["id"]])
            await persons.holders(["document:CC:1000000142"], [person["id"]])
    assert looked_at.documents <= 10


async def test_the_verbal_certificate_can_be_checked_by_whoever_holds_it(start: Start) -> None:
    async with start(DESK) as intake:
        number = await calls(intake, answer_on_spot="Se pagará el viernes.", service_point="Centro")
        path = f"/desk/cases/{number}/certificate"
        page = (await intake.http.get(path, headers=ADVISER)).text
        again = (await intake.http.get(path, headers=ADVISER)).text
        nobody = await intake.http.get(path)
        web = await intake.web()
        none = await intake.http.get(f"/desk/cases/{web['case_number']}/certificate", headers=ADVISER)
        code = re.findall(r'<strong class="mono">([0-9A-Z-]{30,})</strong>', page)[0]
        sloppy = {"number": number.lower(), "code": code.lower().replace("-", " ")}
        right = await intake.http.post("/certificate", data=sloppy)
        other_number = await calls(intake)
        wrong = [
            await intake.http.post("/certificate", data={"number": number, "code": "AAAA"}),
            await intake.http.post("/certificate", data={"number": other_number, "code": code}),
            await intake.http.post("/certificate", data={"number": "CAJA-2026-999999-1", "code": code}),
        ]
        looks = await intake.database.collection("person_looks").count_documents({"what": "certificate"})
    for said in (number, "Ana María Ríos", "1000000142", "Cuota", "No llegó la cuota.", "Yuliana Córdoba", "viernes"):
        assert said in page
    assert re.findall(r"[0-9a-f]{64}", page) == re.findall(r"[0-9a-f]{64}", again)
    assert (nobody.status_code, none.status_code, right.status_code) == (401, 404, 200)
    assert "auténtica" in right.text
    assert "Ana María" not in right.text
    assert [answer.status_code for answer in wrong] == [404, 404, 404]
    assert looks == 2


async def test_the_desk_finds_fills_in_and_files_without_scripts(start: Start) -> None:
    async with start(DESK) as intake:
        await calls(intake, municipality="17001")
        person = await found(intake, "1000000142")
        page = {**ADVISER, "accept": "text/html"}
        blank = (await intake.http.get("/desk", headers=page)).text
        searched = (await intake.http.get("/desk?q=ana+rios", headers=page)).text
        filled = (await intake.http.get(f"/desk?person={person['id']}", headers=page)).text
        record = (await intake.http.get(f"/desk/persons/{person['id']}?q=ana", headers=page)).text
        form = {"form_id": "x", "channel": "written", "text": "Carta", "name": "Ana", "network": "", "link": ""}
        wrong = await intake.http.post("/desk/cases", data={**form, "municipality": "Manizalez"}, headers=page)
        right = await intake.http.post(
            "/desk/cases", data={**form, "municipality": "manizales", "archive_place": "C 1"}, headers=page
        )
        spoken = {**form, "form_id": "y", "channel": "phone", "answer_on_spot": "Abre a las nueve."}
        solved = await intake.http.post("/desk/cases", data=spoken, headers=page)
        again = {"name": "Ana", "municipality": "Manizales, Caldas", "document_type": "CC", "phone": "1"}
        corrected = await intake.http.post(
            f"/desk/persons/{person['id']}/correct", data={**again, "reason": ""}, headers=page
        )
    assert '<option value="Manizales, Caldas">' in blank
    assert person["id"] in searched
    assert 'value="Ana María Ríos"' in filled
    assert "Manizales, Caldas" in record
    assert wrong.status_code == 422
    assert 'id="municipality-error"' in wrong.text
    assert 'value="Manizalez"' in wrong.text
    assert (right.status_code, "C 1" in right.text) == (200, True)
    assert "certificate" not in right.text
    assert ("aparece en la consulta del caso" in right.text, "Abrir el caso" in right.text) == (True, True)
    assert ("Quedó respondida en el acto" in solved.text, "Abre a las nueve." in solved.text) == (True, True)
    assert "La fecha límite" not in solved.text
    assert corrected.status_code == 422
    assert 'id="reason-error"' in corrected.text
