# SPDX-License-Identifier: Apache-2.0
"""A case's way through routing on the real broker and database: events in, events out, timers, restarts, queries."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from routing_story import FIRE, filed, local, said, sent, staff, token_of, tutela, waived

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import Seen, StepClock, Wire, eventually, running, settings_for
from routing.app import build
from routing.settings import RoutingSettings
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.routing import AnswerApproved, CaseAnswered, CaseEscalated, DeadlineSet

pytestmark = pytest.mark.infra

Start = Callable[..., AbstractAsyncContextManager[Service[RoutingSettings]]]
CASE, NUMBER, TOPIC = "case-1", "CAJA-2026-000001-1", "routing-cases"
BACKLOG = 100
TAKEN_IN = ["case-classified", "case-assigned", "deadline-set"]


@pytest.fixture
def start(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> Start:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")

    def starting() -> AbstractAsyncContextManager[Service[RoutingSettings]]:
        own: dict[str, Any] = {"clock_file": step_clock.path}
        settings = settings_for(RoutingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)
        return running(build(settings))

    return starting


def client(service: Service[RoutingSettings], member: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token_of(member)}"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app), base_url="http://127.0.0.1:8101", headers=headers
    )


def names(seen: list[Seen]) -> list[str]:
    return [one.event.TYPE.partition(".")[0] for one in seen]


async def test_a_filing_makes_three_events_in_order_with_the_trace_of_its_deadline(wire: Wire, start: Start) -> None:
    await wire.publish(CASE, filed())
    async with start():
        told = await wire.expect(TOPIC, 3, key=CASE)
    assert names(told) == TAKEN_IN
    assert [one.envelope.seq for one in told] == [1, 2, 3]
    assert told[0].envelope.seen == {"intake-cases": 1}
    deadline = told[2].event
    assert isinstance(deadline, DeadlineSet)
    assert sum(day.counted for day in deadline.trace) == 15


async def test_reminder_missed_term_and_levels_come_once_each_also_across_a_restart(
    wire: Wire, start: Start, step_clock: StepClock
) -> None:
    await wire.publish(CASE, filed())
    async with start():
        await wire.expect(TOPIC, 3, key=CASE)
        step_clock.set(local("2026-03-19 08:00"))
        assert names(await wire.expect(TOPIC, 4, key=CASE))[-1] == "deadline-approaching"
    step_clock.set(local("2026-03-25 06:00"))
    async with start():
        assert names(await wire.expect(TOPIC, 6, key=CASE))[-2:] == ["deadline-missed", "case-escalated"]
    async with start():
        step_clock.set(local("2026-05-01 08:00"))
        told = await wire.expect(TOPIC, 8, key=CASE)
    levels = [one.event.level for one in told if isinstance(one.event, CaseEscalated)]
    assert levels == [2, 3, 4]
    assert [one.envelope.seq for one in told] == list(range(1, 9))


async def test_a_case_that_comes_in_long_overdue_goes_through_everything_in_order(
    wire: Wire, start: Start, step_clock: StepClock
) -> None:
    step_clock.set(local("2026-05-04 09:00"))
    await wire.publish(CASE, filed(registered_at=local("2026-05-04 09:00")))
    async with start():
        told = await wire.expect(TOPIC, 7, key=CASE)
    assert names(told) == [*TAKEN_IN, "deadline-missed", *["case-escalated"] * 3]


async def test_from_the_answer_to_the_closed_case(wire: Wire, start: Start, step_clock: StepClock) -> None:
    await wire.publish(CASE, filed())
    async with start() as service:
        await wire.expect(TOPIC, 3, key=CASE)
        agent, responder = client(service, "catalina-ospina"), client(service, "marcela-duque")
        upload = await responder.post("/v1/files", files={"file": ("plan.pdf", b"%PDF-1.7 x", "application/pdf")})
        delivery = {"text": "Se corrigió; plan de acción.", "files": [upload.json()]}
        delivered = await responder.post(f"/v1/cases/{NUMBER}/deliver-documents", json=delivery)
        assert delivered.status_code == 200, delivered.text
        key = {"idempotency-key": "k-1"}
        answers = [
            await agent.post(f"/v1/cases/{NUMBER}/answer", json={"text": "Ya se pagó."}, headers=key) for _ in range(2)
        ]
        assert answers[0].json() == answers[1].json()
        told = await wire.expect(TOPIC, 5, key=CASE)
        approved = told[-1].event
        assert isinstance(approved, AnswerApproved)
        assert approved.personal.to == "ana@correo.example"
        await wire.publish(CASE, sent(approved.answer_id, "2026-03-05 10:00"), seen={TOPIC: 5})
        answered = (await wire.expect(TOPIC, 6, key=CASE))[-1].event
        assert isinstance(answered, CaseAnswered)
        assert answered.in_time
        await wire.publish(CASE, waived(), seen={TOPIC: 6})
        await wire.expect(TOPIC, 7, key=CASE)
        shown = (await agent.get(f"/v1/cases/{NUMBER}")).json()
        assert (shown["status"], shown["closed"]["reason"]) == ("closed", "check-waived")
        step_clock.set(local("2026-06-01 08:00"))
        history = (await agent.get(f"/v1/cases/{NUMBER}/history")).json()["items"]
        assert history[-1]["what"] == "case-closed"
        row = await service.runtime.database.collection("cases").find_one({"_id": CASE})
        assert row is not None
        assert row["timers"] == []


async def test_a_compliment_closes_at_once(wire: Wire, start: Start) -> None:
    await wire.publish(CASE, filed("Felicito a la biblioteca"))
    async with start():
        assert names(await wire.expect(TOPIC, 4, key=CASE)) == [*TAKEN_IN, "case-closed"]


async def test_a_delivery_that_is_read_before_the_filing_waits_for_it(wire: Wire, start: Start) -> None:
    await wire.publish(CASE, sent(None, "2026-03-02 10:16", kind="acknowledgement"), seen={"intake-cases": 1})
    async with start() as service:
        cases = service.runtime.database.collection("cases")
        await eventually(lambda: cases.find_one({"_id": CASE, "waiting": 1}))
        page = (await client(service, "rosario-henao").get("/v1/cases")).json()
        assert page["items"] == []
        await wire.publish(CASE, filed())
        assert names(await wire.expect(TOPIC, 3, key=CASE)) == TAKEN_IN


async def test_lists_are_filtered_and_paged_by_due_date(wire: Wire, start: Start) -> None:
    texts = {
        "a": ("Reclamo por la cuota monetaria", "2026-03-04 09:00"),
        "b": ("Queja por la cita médica", "2026-03-02 09:00"),
        "c": ("Reclamo por el subsidio familiar", "2026-03-03 09:00"),
        "d": ("Felicito a la biblioteca", "2026-03-03 09:00"),
    }
    for name, (text, received) in texts.items():
        await wire.publish(f"case-{name}", filed(text, case_number=f"CAJA-2026-{name}", received=received))
    async with start() as service:
        await wire.expect(TOPIC, 14)
        reader = client(service, "rosario-henao")

        async def listed(query: str = "") -> list[str]:
            answer = await reader.get(f"/v1/cases?{query}")
            assert answer.status_code == 200, answer.text
            return [item["case_number"][-1] for item in answer.json()["items"]]

        assert await listed() == ["b", "c", "d", "a"]
        assert await listed("area=subsidios") == ["c", "a"]
        assert await listed("responder=diana-castano") == ["b"]
        assert await listed("status=closed") == ["d"]
        assert await listed("status=assigned&kind=claim") == ["c", "a"]
        assert await listed("due_before=2026-03-25") == ["b"]
        first = (await reader.get("/v1/cases?limit=3")).json()
        assert len(first["items"]) == 3
        assert await listed(f"limit=3&cursor={first['next']}") == ["a"]
        assert (await reader.get("/v1/cases?limit=4")).json()["next"] is None
        browser = await client(service, "marcela-duque").get("/", headers={"accept": "text/html"})
        assert "CAJA-2026-c" in browser.text
        assert "CAJA-2026-b" not in browser.text


async def test_an_emergency_filed_behind_a_hundred_others_stands_first_in_the_queue(wire: Wire, start: Start) -> None:
    """SQR-03; then comes the tutela (ICX-15), then all others by due date. Page by page, as on one."""
    others = (wire.publish(f"other-{n}", filed(case_number=f"CAJA-2026-{n:06d}")) for n in range(BACKLOG))
    await asyncio.gather(*others)
    judge = tutela("2026-03-12 08:00")
    await wire.publish(
        "judge", filed("Tutela", case_number="CAJA-2026-JUDGE", received="2026-03-03 09:00", tutela=judge)
    )
    late = {"case_number": "CAJA-2026-FIRE", "received": "2026-03-04 09:00", "emergency": FIRE}
    await wire.publish(CASE, filed("Incendio en la bodega", **late))
    async with start() as service:
        told = await wire.expect(TOPIC, 5, key=CASE)
        assert names(told) == [*TAKEN_IN, "case-escalated", "sla-set"]
        await wire.expect(TOPIC, (BACKLOG + 2) * 3 + 2)
        reader = client(service, "rosario-henao")
        first = (await reader.get("/v1/cases?limit=1")).json()
        second = (await reader.get(f"/v1/cases?limit=1&cursor={first['next']}")).json()
        third = (await reader.get(f"/v1/cases?limit=1&cursor={second['next']}")).json()
        browser = await client(service, "valentina-uribe").get("/", headers={"accept": "text/html"})
        page = await client(service, "valentina-uribe").get("/cases/CAJA-2026-JUDGE", headers={"accept": "text/html"})
    numbers = [one["items"][0]["case_number"] for one in (first, second, third)]
    assert numbers[:2] == ["CAJA-2026-FIRE", "CAJA-2026-JUDGE"]
    assert numbers[2] not in numbers[:2]
    assert all("8:00" in html.text for html in (browser, page))
    assert judge.reference in page.text


async def test_what_the_person_said_later_is_shown_with_the_case(wire: Wire, start: Start) -> None:
    whole, more = (FileRef(sha256=n * 64, name="texto.txt", type="text/plain", size=90_000) for n in ("1", "2"))
    first = filed().model_copy(update={"full_text": whole})
    await wire.publish(CASE, first, said().model_copy(update={"full_text": more}))
    async with start() as service:
        agent = client(service, "catalina-ospina")

        async def messages() -> Any:
            answer = await agent.get(f"/v1/cases/{NUMBER}")
            return answer.json().get("messages")

        [message] = await eventually(messages)
        assert message["text"] == "¿Qué pasó con mi caso?"
        assert more.sha256 in [file["sha256"] for file in message["files"]]
        page = await agent.get(f"/cases/{NUMBER}", headers={"accept": "text/html"})
        assert all(f"/files/{one.sha256}" in page.text for one in (whole, more, *said().files))
