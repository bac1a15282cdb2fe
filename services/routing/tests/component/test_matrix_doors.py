# SPDX-License-Identifier: Apache-2.0
"""`/v1/matrix`: seen by readers, changed by managers and the head of customer care, every version kept (ICX-02)."""

from typing import Any

import pytest
import yaml
from matrix_story import SAMPLE, changed
from routing_story import filed, local

YAML = {"content-type": "application/yaml"}
MANAGER, HEAD_OF_CARE, OTHER_HEAD, AGENT = "rosario-henao", "hernan-quintero", "gloria-zapata", "catalina-ospina"
NOTE = {"note": "Julián Rojas responde por subsidios"}
NEW = changed(("responder: marcela-duque, deputy: julian-rojas", "responder: julian-rojas, deputy: marcela-duque"))


async def put(doors: Any, text: str = NEW, member: str = MANAGER, **asked: Any) -> Any:
    async with doors.client(member) as client:
        return await client.put("/v1/matrix", content=text.encode(), headers=YAML, params={**NOTE, **asked})


async def test_a_version_is_in_force_as_soon_as_it_was_put_in(doors: Any) -> None:
    answer = await put(doors)
    assert answer.status_code == 200, answer.text
    told = answer.json()["version"]
    assert (told["version"], told["number"], told["state"], told["by"]) == ("2026-2", 2, "in-force", MANAGER)
    assert told["note"] == NOTE["note"]
    shown = (await doors.client(AGENT).get("/v1/matrix")).json()
    assert (shown["version"], shown["areas"][0]["responder"]) == ("2026-2", "julian-rojas")


async def test_each_change_is_kept_with_who_and_why(doors: Any) -> None:
    await put(doors)
    items = (await doors.client(AGENT).get("/v1/matrix/versions")).json()["items"]
    assert [(one["version"], one["state"], one["by"]) for one in items] == [
        ("2026-2", "in-force", MANAGER),
        ("2026-1", "former", "routing"),
    ]
    former = (await doors.client(AGENT).get("/v1/matrix", params={"version": "2026-1"})).json()
    assert former["areas"][0]["responder"] == "marcela-duque"
    unknown = await doors.client(AGENT).get("/v1/matrix", params={"version": "1999"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-matrix-version")


async def test_the_yaml_that_is_read_can_be_put_in_again_with_its_comments(doors: Any) -> None:
    read = await doors.client(AGENT).get("/v1/matrix", headers={"accept": "application/yaml"})
    assert (read.headers["content-type"].partition(";")[0], read.text) == ("application/yaml", SAMPLE)
    assert (await put(doors, read.text)).json()["version"]["number"] == 1  # word for word what is there


async def test_json_is_kept_as_yaml_that_can_be_edited(doors: Any) -> None:
    body = {**(await doors.client(AGENT).get("/v1/matrix")).json(), "version": "2026-3"}
    answer = await doors.client(MANAGER).put("/v1/matrix", json=body, params=NOTE)
    assert answer.status_code == 200, answer.text
    text = (await doors.client(AGENT).get("/v1/matrix", headers={"accept": "application/yaml"})).text
    assert yaml.safe_load(text)["version"] == "2026-3"
    assert (await put(doors, text.replace("2026-3", "2026-4"))).status_code == 200


async def test_every_fault_is_told_with_its_line_and_cure_and_nothing_changes(doors: Any) -> None:
    text = changed(("marcela-duque", "nadie"), ("business_days_after: 5", "business_days_after: 1"))
    answer = await put(doors, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "faulty-matrix")
    line = text[: text.index("nadie")].count("\n") + 1
    first, second = answer.json()["errors"]
    assert first == {
        "field": "$.areas[0].responder",
        "message": f"Línea {line}: nadie no está en el archivo de personal",
        "expected": "corrija el identificador, o agregue a la persona al archivo de personal",
    }
    assert second["field"] == "$.levels[3].when"
    assert len((await doors.client(AGENT).get("/v1/matrix/versions")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("text", "field", "word"),
    [
        ("version: [", "$", "no es YAML"),
        ("version: 1\n", "$.version", "Línea 1: "),
        ("a: &x [1]\nb: *x\n", "$", "Línea 2: remite a otra parte"),
        ("[" * 5000 + "]" * 5000, "$", "no se puede leer"),
        ("", "$", "está vacía"),
        ("version: 9999-99-99\n", "$", "no se puede leer"),
    ],
)
async def test_what_is_no_matrix_is_refused(doors: Any, text: str, field: str, word: str) -> None:
    answer = await put(doors, text)
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["field"], word in answer.json()["errors"][0]["message"]) == (field, True)


async def test_a_dry_run_only_checks(doors: Any) -> None:
    answer = await put(doors, dry_run="true", note="")
    assert answer.json() == {"outcome": "checked", "areas": 13, "rules": 9, "levels": 4}
    assert (await put(doors, NEW.replace("marcela-duque", "nadie"), dry_run="true")).status_code == 422
    assert (await doors.client(AGENT).get("/v1/matrix")).json()["version"] == "2026-1"


async def test_a_change_without_a_reason_is_refused(doors: Any) -> None:
    answer = await put(doors, note=" ")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.note")


async def test_a_version_never_changes(doors: Any) -> None:
    await put(doors)
    again = await put(doors)
    assert (again.status_code, again.json()["version"]["number"]) == (200, 2)
    other = await put(doors, NEW.replace("head: gloria-zapata", "head: marcela-duque"))
    assert (other.status_code, other.json()["code"]) == (409, "version-exists")


async def test_whoever_did_not_see_the_change_of_another_does_not_undo_it(doors: Any) -> None:
    await put(doors, replaces="2026-1")
    late = await put(doors, changed(version="2026-3"), member=HEAD_OF_CARE, replaces="2026-1")
    assert (late.status_code, late.json()["code"]) == (409, "matrix-changed")
    assert "2026-2" in late.json()["detail"]
    seen = await put(doors, changed(version="2026-3"), member=HEAD_OF_CARE, replaces="2026-2")
    assert seen.status_code == 200


@pytest.mark.parametrize(("member", "status"), [(HEAD_OF_CARE, 200), (OTHER_HEAD, 403), (AGENT, 403)])
async def test_managers_and_the_head_of_customer_care_change_it(doors: Any, member: str, status: int) -> None:
    assert (await put(doors, member=member)).status_code == status


async def test_a_version_may_come_into_force_later(doors: Any, clock: Any) -> None:
    told = (await put(doors, **{"from": "2026-04-01T08:00:00-05:00"})).json()["version"]
    assert told["state"] == "scheduled"
    assert (await doors.client(AGENT).get("/v1/matrix")).json()["version"] == "2026-1"


async def test_other_bodies_are_refused(doors: Any) -> None:
    async with doors.client(MANAGER) as client:
        plain = await client.put("/v1/matrix", content=b"x", headers={"content-type": "text/plain"}, params=NOTE)
        broken = await client.put("/v1/matrix", content=b"{", headers={"content-type": "application/json"}, params=NOTE)
    assert (plain.status_code, broken.status_code) == (415, 400)


async def test_a_changed_matrix_is_tried_on_past_cases_and_changes_nothing(doors: Any, cases: Any, clock: Any) -> None:
    for n in range(3):
        cases.hear(f"case-{n}", filed(case_number=f"CAJA-2026-{n:06}-1"))
    clock.set(local("2026-05-01 08:00"))
    text = NEW.replace("when: at-deadline", "when: {business_days_before: 3}")
    async with doors.client(MANAGER) as client:
        answer = await client.post("/v1/matrix/simulate", content=text.encode(), headers=YAML)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["version"], found["compared_with"], found["cases"], found["complete"]) == (
        "2026-2",
        "2026-1",
        3,
        True,
    )
    assert (found["assigned_otherwise"], found["moves"][0]["to_responder"]) == (3, "julian-rojas")
    assert next((one["name"], one["earlier"], one["same"]) for one in found["levels"]) == ("Jefatura del área", 3, 0)
    assert (await doors.client(AGENT).get("/v1/matrix")).json()["version"] == "2026-1"


async def test_only_cases_of_the_time_that_is_asked_for_are_looked_at(doors: Any, cases: Any, clock: Any) -> None:
    cases.hear("case-1", filed())
    clock.set(local("2026-05-01 08:00"))

    async def tried(member: str = MANAGER, **asked: str) -> Any:
        async with doors.client(member) as client:
            return await client.post("/v1/matrix/simulate", content=NEW.encode(), headers=YAML, params=asked)

    assert (await tried(**{"from": "2026-04-01T00:00:00Z"})).json()["cases"] == 0
    assert (await tried(to="2026-04-01T00:00:00Z")).json()["cases"] == 1
    backwards = await tried(**{"from": "2026-04-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"})
    assert (backwards.status_code, backwards.json()["errors"][0]["field"]) == (422, "query.from")
    assert (await tried(AGENT)).status_code == 403
