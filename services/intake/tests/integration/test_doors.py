# SPDX-License-Identifier: Apache-2.0
"""Every door by hand: who may, what is asked for, what is answered to bad input."""

from typing import Any

import pytest
from intake_house import ADVISER, RESPONDER, SECRETARY, Intake, Start

from chassis.mongo import Database
from chassis.testing import Wire, eventually
from chassis.testing.reads import reads
from intake.store import INDEXES, Cases
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.intake import AnswerFiledWithRegulator, CaseFiled
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerPublished,
    CaseAnswered,
    CaseAssigned,
    DeadlineSet,
    PersonalAnswer,
    PersonalWords,
)

pytestmark = pytest.mark.infra

API = ("api",)
REGULATOR = {"text": "Traslado por competencia.", "regulator": {"authority": "SSF", "reference": "SSF-2-2026-004518"}}
ROUTING = Actor(id="routing", role="service")
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")


async def test_each_channel_files_a_case_for_who_may(start: Start, wire: Wire) -> None:
    channels = ["phone", "in-person", "written", "chat", "social", "suggestion-box"]
    async with start() as intake:
        for channel in channels:
            form = {"text": "Hola", "received_at": "2026-03-01T09:00:00-05:00"}
            answer = await intake.http.post(f"/v1/submissions/{channel}", json=form, headers=ADVISER)
            assert answer.status_code == 202, answer.text
        regulator = await intake.http.post("/v1/submissions/regulator", json=REGULATOR, headers=SECRETARY)
        assert regulator.status_code == 202
        cases = await wire.expect("intake-cases", 7)
    filed = [seen.event for seen in cases if isinstance(seen.event, CaseFiled)]
    assert {event.channel for event in filed} == {*channels, "regulator"}
    assert {event.actor.id for event in filed} == {"yuliana", "alba"}
    assert {event.received_at.isoformat() for event in filed if event.regulator is None} == {
        "2026-03-01T14:00:00+00:00"
    }
    assert [event.regulator.reference for event in filed if event.regulator] == ["SSF-2-2026-004518"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v1/submissions/phone", {}, 401),
        ("/v1/submissions/regulator", {}, 401),
        ("/v1/submissions/phone", RESPONDER, 403),
        ("/v1/submissions/phone", {"authorization": "Bearer nobody's"}, 401),
        ("/v1/submissions/web", {"authorization": "Bearer nobody's"}, 401),
    ],
)
async def test_only_the_desk_writes_down_what_others_said(
    start: Start, path: str, headers: dict[str, str], status: int
) -> None:
    async with start(API) as intake:
        answer = await intake.http.post(path, json={"text": "Hola"}, headers=headers)
    assert answer.status_code == status


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({}, 422, "$.text"),
    ({"text": 7}, 422, "$.text"),
    ({"text": "x" * 60_001}, 422, "$.text"),
    ({"text": "Hola", "colour": "red"}, 422, "$.colour"),
    ({"text": "Hola", "kind": "banana"}, 422, "$.kind"),
    ({"text": "Hola", "municipality": "1700"}, 422, "$.municipality"),
    ({"text": "Hola", "received_at": "2026-03-02T07:00:00"}, 422, "$.received_at"),
    ({"text": "Hola", "received_at": "2026-03-02T09:00:00-05:00"}, 422, "$.received_at"),
    ({"text": "Hola", "received_at": "2026-02-20T09:00:00-05:00"}, 422, "$.received_at"),
    ({"text": "Hola", "person": {"phone": "123"}}, 422, "$.person.phone"),
    ({"text": "Hola", "anonymous": True, "person": {"name": "Ana"}}, 422, "$.person"),
    ({"text": "Hola", "regulator": REGULATOR["regulator"]}, 422, "$.regulator"),
]


async def test_bad_input_names_the_field_and_leaves_nothing_behind(start: Start) -> None:
    async with start(API) as intake:
        for form, status, field in BAD:
            answer = await intake.http.post("/v1/submissions/web", json=form)
            problem = answer.json()
            assert (answer.status_code, [error["field"] for error in problem["errors"]]) == (status, [field]), form
            assert answer.headers["content-type"] == "application/problem+json"
            assert all(error["expected"] and error["message"] for error in problem["errors"])
        broken = await intake.http.post(
            "/v1/submissions/web", content=b"{text", headers={"content-type": "application/json"}
        )
        xml = await intake.http.post("/v1/submissions/web", content=b"<a/>", headers={"content-type": "text/xml"})
        surrogate = await intake.http.post(
            "/v1/submissions/web", content=b'{"text": "\\ud800"}', headers={"content-type": "application/json"}
        )
        no_part = await intake.http.post("/v1/submissions/web", files=[("files", ("a.txt", b"a"))])
        many = await intake.http.post(
            "/v1/submissions/web",
            files=[("submission", (None, '{"text": "Hola"}')), *[("files", (f"{n}.txt", b"a")) for n in range(21)]],
        )
        left = [await intake.database.collection(name).count_documents({}) for name in ("cases", "submission_cases")]
        counter = await intake.database.collection("counters").find_one({})
    assert [answer.status_code for answer in (broken, xml, no_part, many)] == [400, 415, 422, 422]
    assert surrogate.status_code in (400, 422)
    assert many.json()["errors"][0]["field"] == "$.files"
    assert left == [0, 0]
    assert counter is None


async def _case(intake: Intake, wire: Wire, channel: str, form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    answer = await intake.http.post(f"/v1/submissions/{channel}", json=form, headers=ADVISER)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    cases = await eventually(lambda: wire.events("intake-cases"))
    [case_id] = [
        seen.key
        for seen in cases
        if isinstance(seen.event, CaseFiled) and seen.event.case_number == told["case_number"]
    ]
    return case_id, told


def routed(due: str = "2026-03-24") -> tuple[CaseAssigned, DeadlineSet]:
    assigned = CaseAssigned(
        actor=ROUTING, area="s", area_name="Subsidios", responder=MARCELA, matrix_version="1", rule="r"
    )
    fields = {"due": due, "due_at": f"{due}T17:00:00-05:00", "anchor": "2026-03-02", "trace": [], "term": "general"}
    rest = {"rule": "r", "source": "s", "calendar_version": "1", "because": "filed", "actor": ROUTING.model_dump()}
    return assigned, DeadlineSet.model_validate({**fields, **rest})


async def test_tracking_shows_the_case_to_who_has_number_and_code(start: Start, wire: Wire) -> None:
    async with start() as intake:
        case_id, told = await _case(intake, wire, "in-person", {"text": "Una queja anónima"})
        key = {"number": told["case_number"], "code": told["tracking_code"]}
        published = AnswerPublished(actor=ROUTING, answer_id="a", personal=PersonalWords(text="Gracias por avisar."))
        answered = CaseAnswered.model_validate(
            {
                "actor": ROUTING.model_dump(),
                "answer_id": "a",
                "answered_at": "2026-03-04T10:00:00-05:00",
                "delivery": "published",
                "due": "2026-03-24",
                "in_time": True,
            }
        )
        await wire.publish(case_id, *routed(), published, answered, seen={"intake-cases": 1})

        async def answer() -> dict[str, Any] | None:
            shown: dict[str, Any] = (await intake.http.post("/v1/track", json=key)).json()
            return shown if shown["status"] == "answered" else None

        shown = await eventually(answer)
        sloppy = {"number": key["number"].lower().replace("-", " "), "code": key["code"].lower().replace("-", "")}
        again = await intake.http.post("/v1/track", json=sloppy)
        english = await intake.http.post("/v1/track", json=key, headers={"accept-language": "en"})
        listed = (await intake.http.get("/answers")).text
        found = (await intake.http.get("/answers", params={"number": sloppy["number"]})).text
        another = (await intake.http.get("/answers", params={"number": "CAJA-2026-999999-1"})).text
    assert ["Gracias por avisar." in page for page in (listed, found, another)] == [True, True, False]
    assert key["number"] in listed
    assert "queja anónima" not in listed + found
    assert shown["due"] == "2026-03-24"
    assert shown["area"] == "Subsidios"
    assert shown["answer"] == "Gracias por avisar."
    assert [step["code"] for step in shown["timeline"]] == ["filed", "assigned", "deadline-set", "answered"]
    assert shown["timeline"][2]["text"] == "Debemos responder a más tardar el 24 de marzo de 2026."
    assert again.json() == shown
    assert english.json()["status_text"] == "Answered"


async def test_a_wrong_code_and_an_unknown_number_hear_the_same_until_guessing_ends(start: Start) -> None:
    async with start(API) as intake:
        told = await intake.web()
        number = told["case_number"]
        wrong = await intake.http.post("/v1/track", json={"number": number, "code": "0000-0000-0000-0"})
        unknown = await intake.http.post("/v1/track", json={"number": "CAJA-2026-999999-1", "code": "7"})
        guesses = [
            (await intake.http.post("/v1/track", json={"number": number, "code": "1"})).status_code for _ in range(12)
        ]
        empty = await intake.http.post("/v1/track", json={"number": ""})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()
    assert guesses[0] == 404
    assert guesses[-1] == 429
    assert sorted(error["field"] for error in empty.json()["errors"]) == ["$.code", "$.number"]


async def test_an_uploaded_answer_ends_a_regulator_request(start: Start, wire: Wire) -> None:
    upload = {"reference": "RAD-1-2026-009902", "filed_at": "2026-03-02T08:00:00-05:00"}
    async with start() as intake:
        case_id, told = await _case(intake, wire, "regulator", REGULATOR)
        path = f"/v1/cases/{told['case_number']}/regulator-filing"
        early = await intake.http.post(path, json=upload, headers=ADVISER)
        approved = AnswerApproved(
            actor=ROUTING, answer_id="a-1", delivery="regulator", personal=PersonalAnswer(text="Va la respuesta")
        )
        await wire.publish(case_id, *routed(), approved, seen={"intake-cases": 1})

        async def pending() -> list[dict[str, Any]]:
            answer = await intake.http.get("/v1/regulator/pending", headers=SECRETARY)
            items: list[dict[str, Any]] = answer.json()["items"]
            return items

        [waiting] = await eventually(pending)
        nobody = await intake.http.post(path, json=upload, headers=RESPONDER)
        bad = await intake.http.post(path, json={"reference": "x"}, headers=ADVISER)
        done = await intake.http.post(path, json=upload, headers=SECRETARY)
        again = await intake.http.post(path, json=upload, headers=SECRETARY)
        unknown = await intake.http.post("/v1/cases/CAJA-2026-000099-1/regulator-filing", json=upload, headers=ADVISER)
        assert await pending() == []
        events = await wire.expect("intake-cases", 2, key=case_id)
    assert early.status_code == 409
    assert early.json()["code"] == "answer-not-approved"
    assert "aprobada" in early.json()["detail"]
    assert waiting["case_number"] == told["case_number"]
    assert waiting["due"] == "2026-03-24"
    assert waiting["answer"] == "Va la respuesta"
    assert nobody.status_code == 403
    assert bad.json()["errors"][0]["field"] == "$.filed_at"
    assert done.status_code == again.status_code == 200
    assert done.json() == again.json()
    assert unknown.status_code == 404
    filed = events[1]
    assert isinstance(filed.event, AnswerFiledWithRegulator)
    assert filed.event.answer_id == "a-1"
    assert filed.event.actor == Actor(id="alba", role="general-secretariat")
    assert filed.envelope.seen == {"routing-cases": 3}


async def test_lists_page_by_cursor(start: Start) -> None:
    async with start(API) as intake:
        for n in range(5):
            told = await intake.mail(f"Subject: sin remitente {n}\n\nHola {n}\n".encode())
            assert told["outcome"] == "held"
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await intake.http.get("/v1/held", params={"limit": "2", **cursor}, headers=ADVISER)).json()
            seen += [item["subject"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        wrong = await intake.http.get("/v1/held", params={"cursor": "banana"}, headers=ADVISER)
        stranger = await intake.http.get("/v1/held")
    assert sorted(seen) == [f"sin remitente {n}" for n in range(5)]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "query.cursor")
    assert stranger.status_code == 401


async def test_a_number_that_is_nobodys_makes_the_database_read_no_case(database: Database) -> None:
    await database.create_indexes(INDEXES)
    rows = [{"_id": f"case-{n}", "state": {"number": f"CAJA-2026-{n:06d}-0"}} for n in range(20)]
    await database.collection("cases").insert_many(rows)
    async with reads(database) as found:
        assert await Cases(database).by_number("CAJA-2026-999999-0") is None
    assert found.documents == 0
