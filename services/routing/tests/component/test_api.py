# SPDX-License-Identifier: Apache-2.0
"""The API of routing (design 6): what it shows, what it takes, and how it says no."""

from typing import Any

import pytest
from routing_story import PDF, filed, said, tutela

CASE = "/v1/cases/CAJA-2026-000001-1"


@pytest.fixture
def number(cases: Any) -> str:
    cases.hear("case-1", filed(subject="Cuota"))
    cases.hear("case-1", said())
    return CASE


async def test_a_case_is_shown_with_what_can_be_done(doors: Any, number: str) -> None:
    shown = (await doors.client("catalina-ospina").get(number)).json()
    assert (shown["case_number"], shown["status"], shown["due"]) == ("CAJA-2026-000001-1", "assigned", "2026-03-24")
    handling = ["classify", "assign", "request-documents", "deliver-documents", "draft", "answer"]
    ends = ["ask-clarification", "reject", "mark-ombudsman"]
    assert shown["allowed"] == [*handling, *ends, "stop-clock", "extend", "withdraw", "transfer"]
    assert shown["messages"][0]["text"] == "¿Qué pasó con mi caso?"
    assert shown["classification"]["area"] == "subsidios"
    assert "tracking_code" not in str(shown)


async def test_the_list_says_in_words_how_much_time_is_left(doors: Any, number: str) -> None:
    shown = (await doors.client("rosario-henao").get("/v1/cases")).json()
    assert shown["next"] is None
    assert shown["items"][0]["time_left"] == "Faltan 15 días hábiles"
    assert shown["items"][0]["responder"] == "marcela-duque"


async def test_the_deadline_is_explained_day_by_day_in_words(doors: Any, number: str) -> None:
    shown = (await doors.client("catalina-ospina").get(f"{number}/deadline")).json()
    assert (shown["due"], shown["anchor"]) == ("2026-03-24", "2026-03-02")
    words = {day["date"]: day["words"] for day in shown["trace"]}
    assert words["2026-03-03"] == "Día hábil"
    assert words["2026-03-23"] == "Festivo: Día de San José (trasladado)"
    assert sum(day["counted"] for day in shown["trace"]) == 15


async def test_the_history_is_told_in_words(doors: Any, number: str) -> None:
    shown = (await doors.client("catalina-ospina").get(f"{number}/history")).json()
    assert [line["words"] for line in shown["items"]] == [
        "Radicado por correo electrónico",
        "Clasificado como reclamo de Subsidios, término: petición en general, prioridad normal",
        "Asignado a Marcela Duque (Subsidios)",
        "Vence el 24 de marzo de 2026",
        "La persona escribió de nuevo por correo electrónico",
    ]
    assert shown["items"][0]["actor"] == {"id": "citizen", "role": "citizen"}
    assert [line["by"] for line in shown["items"]] == ["la persona", *["el sistema"] * 3, "la persona"]


async def test_history_follows_the_language_of_the_reader(doors: Any, number: str) -> None:
    client = doors.client("catalina-ospina", **{"accept-language": "en"})
    assert (await client.get(f"{number}/history")).json()["items"][3]["words"] == "Due on March 24, 2026"


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Vence el 4 de marzo de 2026, 10:15 a. m."), ("en", "Due on March 4, 2026, 10:15 AM")],
)
async def test_the_history_tells_a_judges_hour(doors: Any, cases: Any, language: str, words: str) -> None:
    cases.hear("case-1", filed(tutela=tutela("2026-03-04 10:15")))
    client = doors.client("catalina-ospina", **{"accept-language": language})
    told = (await client.get(f"{CASE}/history")).json()["items"][3]["words"]
    assert " ".join(told.split()) == words


async def test_the_matrix_in_force_is_shown_with_its_version(doors: Any) -> None:
    shown = (await doors.client("rosario-henao").get("/v1/matrix")).json()
    assert shown["version"] == "2026-1"
    assert shown["rules"][1]["if"] == {"priority": ["emergency"]}


async def test_the_journey_of_documents_and_answer(doors: Any, number: str) -> None:
    agent, responder = doors.client("catalina-ospina"), doors.client("marcela-duque")
    asked = await agent.post(f"{number}/request-documents", json={"due": "2026-03-10", "text": "¿Qué pasó?"})
    assert asked.status_code == 200
    ref = (await responder.post("/v1/files", files={"file": ("plan.pdf", b"%PDF-1.7 x", "application/pdf")})).json()
    body = {"text": "Plan de acción", "request_id": asked.json()["request_id"], "files": [ref]}
    delivered = await responder.post(f"{number}/deliver-documents", json=body)
    assert delivered.json()["status"] == "in-progress"
    answered = await agent.post(f"{number}/answer", json={"text": "Ya se pagó.", "files": [ref]})
    assert (answered.json()["delivery"], answered.json()["status"]) == ("email", "in-progress")
    shown = (await agent.get(number)).json()
    assert shown["allowed"] == ["assign", "request-documents", "deliver-documents", "keep-copy", "mark-ombudsman"]
    assert shown["answers"][0]["files"][0]["name"] == "plan.pdf"
    download = await agent.get(f"{number}/files/{ref['sha256']}")
    assert download.content == b"%PDF-1.7 x"
    assert download.headers["content-disposition"] == 'attachment; filename="plan.pdf"'


async def test_a_correction_says_the_new_due_date(doors: Any, number: str) -> None:
    answer = await doors.client("catalina-ospina").post(f"{number}/classify", json={"term": "documents"})
    assert answer.json()["due"] == "2026-03-16"


async def test_a_case_is_assigned_to_somebody_else(doors: Any, number: str) -> None:
    answer = await doors.client("yuliana-cordoba").post(f"{number}/assign", json={"responder": "julian-rojas"})
    assert answer.json()["responder"] == "julian-rojas"


@pytest.mark.parametrize(
    ("command", "body", "field"),
    [
        ("classify", {}, "$"),
        ("classify", {"kind": "whim"}, "$.kind"),
        ("classify", {"area": "marte"}, "$.area"),
        ("classify", {"term": "transfer"}, "$.term"),
        ("assign", {"responder": "nadie"}, "$.responder"),
        ("assign", {}, "$.responder"),
        ("request-documents", {"due": "2026-03-01", "text": "¿?"}, "$.due"),
        ("request-documents", {"due": "mañana", "text": "¿?"}, "$.due"),
        ("request-documents", {"due": "9999-12-31", "text": "¿?"}, "$.due"),
        ("request-documents", {"due": 0, "text": "¿?"}, "$.due"),
        ("deliver-documents", {"text": "x", "request_id": "r-9"}, "$.request_id"),
        ("deliver-documents", {"text": " "}, "$.text"),
        ("deliver-documents", {"text": "\0\x07"}, "$.text"),
        ("answer", {"text": ""}, "$.text"),
        ("answer", {"text": "x", "delivery": "pigeon"}, "$.delivery"),
        ("answer", {"text": "x", "files": [PDF.model_dump()]}, "$.files[0]"),
        ("answer", {"text": "x", "tone": "kind"}, "$.tone"),
    ],
)
async def test_a_wrong_field_is_named_with_what_was_expected(
    doors: Any, number: str, command: str, body: dict[str, Any], field: str
) -> None:
    member = "marcela-duque" if command == "deliver-documents" else "catalina-ospina"
    answer = await doors.client(member).post(f"{number}/{command}", json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert error["expected"]
    assert not error["expected"].startswith("problems.")


async def test_what_the_state_does_not_allow_answers_409_and_says_what_is_allowed(doors: Any, number: str) -> None:
    agent = doors.client("catalina-ospina")
    await agent.post(f"{number}/answer", json={"text": "Ya se pagó."})
    again = await agent.post(f"{number}/answer", json={"text": "Ya se pagó."})
    assert again.status_code == 409
    assert again.json()["title"] == "Hay una respuesta en camino"
    assert again.json()["allowed"] == [
        "assign",
        "request-documents",
        "deliver-documents",
        "keep-copy",
        "mark-ombudsman",
    ]


@pytest.mark.parametrize("path", ["", "/deadline", "/history", f"/files/{'a' * 64}"])
async def test_a_number_that_does_not_exist_is_not_found(doors: Any, path: str) -> None:
    answer = await doors.client("catalina-ospina").get(f"/v1/cases/CAJA-2026-999999-9{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-case")


async def test_a_file_of_another_case_cannot_be_had(doors: Any, number: str) -> None:
    assert (await doors.client("catalina-ospina").get(f"{number}/files/{'b' * 64}")).status_code == 404


async def test_a_place_in_the_list_that_nobody_gave_is_refused(doors: Any) -> None:
    answer = await doors.client("catalina-ospina").get("/v1/cases?cursor=x")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.cursor")


@pytest.mark.parametrize(
    ("member", "path", "body", "status"),
    [
        (None, "classify", {"priority": "high"}, 401),
        ("rosario-henao", "classify", {"priority": "high"}, 403),
        ("marcela-duque", "classify", {"priority": "high"}, 403),
        ("marcela-duque", "answer", {"text": "x"}, 403),
        ("marcela-duque", "assign", {"responder": "julian-rojas"}, 403),
        ("camila-restrepo", "deliver-documents", {"text": "x"}, 403),
        ("lucia-arbelaez", "answer", {"text": "x"}, 403),
        ("valentina-uribe", "answer", {"text": "x"}, 200),
        ("yuliana-cordoba", "answer", {"text": "x"}, 200),
    ],
)
async def test_each_role_does_what_is_its_own(
    doors: Any, number: str, member: str | None, path: str, body: dict[str, Any], status: int
) -> None:
    assert (await doors.client(member).post(f"{number}/{path}", json=body)).status_code == status


@pytest.mark.parametrize("member", [None, "lucia-arbelaez", "canales-digitales"])
async def test_cases_are_shown_to_those_who_handle_them(doors: Any, number: str, member: str | None) -> None:
    assert (await doors.client(member).get(number)).status_code == (403 if member else 401)
