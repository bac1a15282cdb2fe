# SPDX-License-Identifier: Apache-2.0
"""What a person sees of letters and decides about them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import httpx
import pytest
from letters_story import AGENT, CARLOS, CASE, LILIANA, PERSON, approved, filed
from notifications_service import House, desk
from recording_sink import Sink, sink

from chassis.mongo import Database
from chassis.testing import Wire, eventually, running
from ventanilla_contracts.intake import DeliveryReportReceived
from ventanilla_contracts.notifications import DeliveryBounced, DeliveryFailed, DeliverySent, DeliveryUnknown
from ventanilla_contracts.vocabulary import LetterKind

pytestmark = pytest.mark.infra
DELIVERIES = "notifications-deliveries"
UNKNOWN_ID = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def server() -> AsyncIterator[Sink]:
    async with sink() as server:
        yield server


@pytest.fixture
def house(wire: Wire, database: Database, tmp_path: Path, server: Sink) -> House:
    return House(wire, database, tmp_path, server.url)


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The desk of a running house, as an agent."""
    service = house.service()
    async with running(service), desk(service) as client:
        yield client


async def doubtful_answer(wire: Wire, server: Sink) -> str:
    """A letter that waits for a person; its id."""
    server.after_data += [None]
    await wire.publish(CASE, filed(email=None))
    await wire.publish(CASE, approved(), seen={"intake-cases": 1})
    (told,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(told.event, DeliveryUnknown)
    return told.event.letter_id


async def test_an_answer_in_doubt_is_sent_again_by_a_person(
    client: httpx.AsyncClient, wire: Wire, server: Sink
) -> None:
    letter_id = await doubtful_answer(wire, server)
    answer = await client.post(f"/v1/deliveries/{letter_id}/resend")
    assert (answer.status_code, answer.json()) == (200, {"id": letter_id, "state": "pending"})
    sent = (await wire.expect(DELIVERIES, 2))[-1].event
    assert isinstance(sent, DeliverySent)
    assert (sent.attempt, sent.actor) == (2, AGENT)
    first, second = server.messages()
    assert first["Message-ID"] == second["Message-ID"]


async def test_an_answer_in_doubt_is_confirmed_by_a_person(client: httpx.AsyncClient, wire: Wire, server: Sink) -> None:
    letter_id = await doubtful_answer(wire, server)
    answer = await client.post(f"/v1/deliveries/{letter_id}/confirm")
    assert answer.json() == {"id": letter_id, "state": "sent"}
    assert isinstance((await wire.expect(DELIVERIES, 2))[-1].event, DeliverySent)
    again = await client.post(f"/v1/deliveries/{letter_id}/confirm")
    assert (again.status_code, again.json()["code"]) == (409, "letter-needs-nobody")
    assert "«sent»" in again.json()["detail"]
    assert len(server.taken) == 1


async def test_a_refused_address_is_seen_with_its_reason(client: httpx.AsyncClient, wire: Wire, server: Sink) -> None:
    server.refusals[PERSON] = "550 5.1.1 no such user"
    await wire.publish(CASE, filed())
    (told,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(told.event, DeliveryFailed)
    (item,) = (await client.get("/v1/deliveries", params={"state": ["failed", "unknown"]})).json()["items"]
    assert (item["reason"], item["to"], item["attempts"]) == ("550 5.1.1 no such user", [PERSON], 1)
    detail = (await client.get(f"/v1/deliveries/{item['id']}")).json()
    assert detail["subject"] == "Recibimos su mensaje: radicado CEJ-2026-000412-2"
    assert "XZQZ-8G2H-TRWX-E" in detail["text"]
    assert "XZQZ-8G2H-TRWX-E" in detail["html"]


async def test_letters_are_listed_newest_first_page_by_page(client: httpx.AsyncClient, wire: Wire) -> None:
    cases = [f"00000000-0000-4000-8000-{n:012}" for n in range(7)]
    for n, case in enumerate(cases):
        await wire.publish(case, filed(case_number=f"CEJ-2026-{n:06}-0"))
    await wire.expect(DELIVERIES, 7)
    seen, cursor = [], None
    while True:
        page = (
            await client.get("/v1/deliveries", params={"limit": 3, **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len({item["id"] for item in seen}) == len(seen) == 7
    times = [item["written_at"] for item in seen]
    assert times == sorted(times, reverse=True)
    (one,) = (await client.get("/v1/deliveries", params={"case_number": "CEJ-2026-000003-0"})).json()["items"]
    assert one["case_number"] == "CEJ-2026-000003-0"
    assert (await client.get("/v1/deliveries", params={"kind": "answer"})).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"cursor": "x"}, "query.cursor"),
        ({"cursor": "MjAyNi0wMy0wMlQxNToxNTowMCB4"}, "query.cursor"),
        ({"state": "lost"}, "query.state.0"),
        ({"kind": "poem"}, "query.kind"),
        ({"limit": "0"}, "query.limit"),
    ],
)
async def test_a_question_that_makes_no_sense_names_its_field(
    client: httpx.AsyncClient, query: dict[str, str], field: str
) -> None:
    answer = await client.get("/v1/deliveries", params=query)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert "." not in error["message"].rstrip("."), "words, not keys"


async def test_only_staff_see_letters_and_only_agents_decide(house: House, wire: Wire) -> None:
    service = house.service()
    async with running(service), desk(service, None) as stranger, desk(service, CARLOS) as responder:
        assert (await stranger.get("/v1/deliveries")).status_code == 401
        assert (await responder.get("/v1/deliveries")).status_code == 403
        assert (await responder.post(f"/v1/deliveries/{UNKNOWN_ID}/resend")).status_code == 403


@pytest.mark.parametrize("action", ["resend", "confirm"])
async def test_a_letter_that_is_not_there(client: httpx.AsyncClient, action: str) -> None:
    answer = await client.post(f"/v1/deliveries/{UNKNOWN_ID}/{action}")
    assert (answer.status_code, answer.json()["code"]) == (404, "letter-not-found")
    assert (await client.get(f"/v1/deliveries/{UNKNOWN_ID}")).status_code == 404


async def test_the_desk_shows_what_needs_a_person(client: httpx.AsyncClient, wire: Wire, server: Sink) -> None:
    letter_id = await doubtful_answer(wire, server)
    page = await client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Necesitan a una persona" in page.text
    assert f'action="/deliveries/{letter_id}/resend"' in page.text
    assert "en duda" in page.text
    filtered = await client.get("/", params={"case": "", "state": ""}, headers={"Accept": "text/html"})
    assert filtered.status_code == 200
    letter = await client.get(f"/deliveries/{letter_id}")
    assert f'src="/deliveries/{letter_id}/page"' in letter.text
    framed = await client.get(f"/deliveries/{letter_id}/page")
    assert "Usted tiene razón" in framed.text
    assert "script-src" not in framed.headers["content-security-policy"]
    assert "default-src 'none'" in framed.headers["content-security-policy"]


async def test_every_template_can_be_looked_at(client: httpx.AsyncClient) -> None:
    for kind in get_args(LetterKind):
        assert (await client.get(f"/templates/{kind}")).status_code == 200
        assert (await client.get(f"/templates/{kind}/page")).status_code == 200
    assert (await client.get("/templates")).status_code == 200
    assert (await client.get("/templates/poem")).status_code == 404


async def test_what_waits_is_measured(client: httpx.AsyncClient, wire: Wire, server: Sink, house: House) -> None:
    await doubtful_answer(wire, server)

    async def counted() -> bool:
        return 'ventanilla_letters{state="unknown"} 1.0' in (await client.get("/metrics")).text

    await eventually(counted)
    metrics = (await client.get("/metrics")).text
    assert 'ventanilla_mail_attempts_total{kind="answer",outcome="indoubt"} 1.0' in metrics
    assert "ventanilla_mail_server_up 1.0" in metrics


async def test_an_expired_acknowledgement_goes_when_a_person_says_so(
    client: httpx.AsyncClient, wire: Wire, server: Sink, house: House
) -> None:
    await wire.publish(CASE, filed(), at=datetime.now(UTC) - timedelta(days=30))
    (letter,) = await eventually(lambda: house.in_state("expired"))
    assert (await client.post(f"/v1/deliveries/{letter.id}/resend")).status_code == 200
    (sent,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(sent.event, DeliverySent)
    assert sent.event.actor.id == LILIANA.id


async def test_a_letter_that_came_back_is_seen_and_goes_again(
    client: httpx.AsyncClient, wire: Wire, server: Sink
) -> None:
    await wire.publish(CASE, filed())
    (sent,) = await wire.expect(DELIVERIES, 1)
    report = DeliveryReportReceived.model_validate(
        {
            "actor": {"id": "intake", "role": "service"},
            "letter": {"kind": "acknowledgement", "n": "1"},
            "message_id": sent.event.message_id,
            "action": "failed",
            "status": "5.1.1",
            "reported_at": "2026-03-02T15:20:00Z",
            "personal": {"recipient": PERSON, "diagnostic": f"550 5.1.1 <{PERSON}> no such user"},
        }
    )
    await wire.publish(CASE, report)
    bounced = (await wire.expect(DELIVERIES, 2))[-1].event
    assert isinstance(bounced, DeliveryBounced)
    assert (bounced.personal.to, bounced.reason) == ((PERSON,), "550 5.1.1 … no such user")
    assert "rebotó" in (await client.get("/", headers={"accept": "text/html"})).text
    (item,) = (await client.get("/v1/deliveries", params={"state": "bounced"})).json()["items"]
    again = await client.post(f"/v1/deliveries/{item['id']}/resend")
    assert again.json()["state"] == "pending"
    await wire.expect(DELIVERIES, 3)
    assert len(server.taken) == 2
