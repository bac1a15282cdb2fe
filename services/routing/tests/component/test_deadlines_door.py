# SPDX-License-Identifier: Apache-2.0
"""`POST /v1/deadlines/compute`: the worked examples of domain-colombia 6, for anyone, and what it refuses."""

from typing import Any

import pytest

COMPUTE = "/v1/deadlines/compute"


async def computed(doors: Any, **body: Any) -> dict[str, Any]:
    answer = await doors.client().post(COMPUTE, json=body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


@pytest.mark.parametrize(
    ("term", "received_at", "receipt", "next_business_day"),
    [
        ("general", "2026-03-02T10:15:00-05:00", "2026-03-24", "2026-03-24"),
        ("general", "2026-03-26T17:01:00-05:00", "2026-04-20", "2026-04-21"),
        ("general", "2026-07-11T09:00:00-05:00", "2026-08-04", "2026-08-05"),
        ("documents", "2026-07-01T08:00:00-05:00", "2026-07-16", "2026-07-16"),
        ("consultation", "2026-12-01T11:00:00-05:00", "2027-01-18", "2027-01-18"),
        ("general", "2026-03-03T03:30:00Z", "2026-03-24", "2026-03-25"),
    ],
)
async def test_the_worked_examples(
    doors: Any, term: str, received_at: str, receipt: str, next_business_day: str
) -> None:
    assert (await computed(doors, term=term, received_at=received_at))["due"] == receipt
    other = await computed(doors, term=term, received_at=received_at, policy="next-business-day")
    assert other["due"] == next_business_day


async def test_the_answer_has_the_shape_that_others_rely_on(doors: Any) -> None:
    found = await computed(doors, term="general", received_at="2026-03-02T10:15:00-05:00")
    assert set(found) == {"due", "anchor", "calendar_version", "rule", "source", "trace"}
    assert found["trace"][0] == {"date": "2026-03-02", "counted": False, "reason": "anchor"}


@pytest.mark.parametrize(("on_completion", "due"), [("resume", "2026-04-08"), ("restart", "2026-04-16")])
async def test_a_stop_holds_the_clock(doors: Any, on_completion: str, due: str) -> None:
    stops = [{"from": "2026-03-10", "to": "2026-03-24"}]
    received = "2026-03-02T10:15:00-05:00"
    found = await computed(doors, term="general", received_at=received, stops=stops, on_completion=on_completion)
    assert found["due"] == due


async def test_an_open_stop_has_no_due_date(doors: Any) -> None:
    stops = [{"from": "2026-03-10"}]
    found = await computed(doors, term="general", received_at="2026-03-02T10:15:00-05:00", stops=stops)
    assert (found["due"], found["suspended"]) == (None, {"since": "2026-03-10", "left": 9})


async def test_an_extension_doubles_the_term(doors: Any) -> None:
    found = await computed(doors, term="general", received_at="2026-03-02T10:15:00-05:00", extended=True)
    assert found["due"] == "2026-04-16"


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({"term": "never"}, "$.term", "uno de: general"),
        ({"term": None}, "$.term", "uno de: general"),
        ({"received_at": "2026-03-02T10:15:00"}, "$.received_at", "una fecha y hora con zona"),
        ({"received_at": "1999-03-02T10:15:00-05:00"}, "$.received_at", "El calendario va del año 2010"),
        ({"term": "between-authorities", "extended": True}, "$.extended", "Este término no se puede ampliar"),
        ({"stops": [{"from": "2026-03-01"}]}, "$.stops[0].from", "no puede empezar antes de la radicación"),
        ({"stops": [{"from": "2026-03-05", "to": "2026-03-04"}]}, "$.stops[0].to", "no puede terminar antes"),
        ({"stops": [{"to": "2026-03-04"}]}, "$.stops[0].from", "un valor"),
        ({"policy": "whenever"}, "$.policy", "uno de: receipt"),
        ({"surprise": 1}, "$.surprise", "solo los campos documentados"),
    ],
)
async def test_what_cannot_be_computed_names_the_field(
    doors: Any, body: dict[str, Any], field: str, expected: str
) -> None:
    whole = {"term": "general", "received_at": "2026-03-02T10:15:00-05:00", **body}
    answer = await doors.client().post(COMPUTE, json=whole)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert expected in error["expected"]


async def test_what_is_no_json_is_refused(doors: Any) -> None:
    answer = await doors.client().post(COMPUTE, content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
