# SPDX-License-Identifier: Apache-2.0
"""Letters on the real broker and database, to a real mail server."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from letters_story import (
    AGENT,
    ANSWER_ID,
    CARLOS,
    CASE,
    GLORIA,
    LILIANA,
    MAIL,
    PATRICIA,
    PERSON,
    answered,
    approaching,
    approved,
    assigned,
    classified,
    due_on,
    escalated,
    filed,
    filed_with_regulator,
    of_the_regulator,
)
from notifications_service import House, address, mailbox
from pypdf import PdfReader
from recording_sink import Sink, sink

from chassis.files import DirectoryFiles
from chassis.ids import Signer
from chassis.leases import Lease
from chassis.mongo import Database
from chassis.testing import SIGNING_KEY, Wire, eventually, running
from notifications.domain.letters import Letter
from notifications.domain.outcomes import LetterSent
from notifications.rounds import HANDFUL
from notifications.sending import Sender
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.formats import (
    REPLY_ADDRESS_PURPOSE,
    REPLY_SIGNATURE_SYMBOLS,
    ReplyAddress,
    parse_reply_address,
    without_tag,
)
from ventanilla_contracts.intake import MailThread, Person
from ventanilla_contracts.notifications import (
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    FilingCertificateIssued,
)

pytestmark = pytest.mark.infra
DELIVERIES = "notifications-deliveries"
BACKLOG = 100
ROUTED = (classified(), assigned(), due_on())


@pytest.fixture
async def server() -> AsyncIterator[Sink]:
    async with sink() as server:
        yield server


@pytest.fixture
def house(wire: Wire, database: Database, tmp_path: Path, server: Sink) -> House:
    return House(wire, database, tmp_path, server.url)


def kinds(server: Sink) -> list[str]:
    """Of the mails taken, by their Message-ID."""
    return [message["Message-ID"].split(".")[1] for message in server.messages()]


def verifies(address: ReplyAddress, signature: str) -> bool:
    text = address.signed_text()
    return Signer([SIGNING_KEY]).verify(REPLY_ADDRESS_PURPOSE, text, signature, symbols=REPLY_SIGNATURE_SYMBOLS)


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_the_person_gets_number_and_code_by_mail(wire: Wire, database: Database, tmp_path: Path) -> None:
    """Journey 1, through GreenMail."""
    person = f"ana.{secrets.token_hex(4)}@correo.example"
    house = House(wire, database, tmp_path, address("SMTP_URL"))
    async with running(house.service()):
        await wire.publish(CASE, filed(personal={"person": Person(name="Ana Peña", email=person)}))
        (sent,) = await wire.expect(DELIVERIES, 1)
        (message,) = await eventually(lambda: mailbox(person), what="the acknowledgement in the mailbox")
    assert isinstance(sent.event, DeliverySent)
    assert message["Message-ID"] == sent.event.message_id
    assert message["In-Reply-To"] == MAIL.message_id
    answered_to = message["Reply-To"].addresses[0].addr_spec
    case_id, signature = parse_reply_address(answered_to) or ("", "")
    assert (case_id, without_tag(answered_to)) == (CASE, "servicio@caja.example")
    assert verifies(ReplyAddress(CASE, person), signature)
    assert not verifies(ReplyAddress(CASE, "eva@correo.example"), signature)
    assert "CEJ-2026-000412-2" in message["Subject"]
    assert "XZQZ-8G2H-TRWX-E" in plain(message)
    assert "http://127.0.0.1:8101/track" in plain(message)


async def test_a_case_goes_its_way_by_mail(house: House, server: Sink, wire: Wire, tmp_path: Path) -> None:
    files = DirectoryFiles(tmp_path / "files")
    theirs = await files.put(b"%PDF-1.7 theirs", "certificado.pdf", "application/pdf")
    ours = await files.put(b"%PDF-1.7 ours", "respuesta.pdf", "application/pdf")
    mail = MailThread(
        message_id="<mi-correo@correo.example>", references=("<antes@correo.example>",), subject="Mi caso"
    )
    async with running(house.service()):
        await wire.publish(CASE, filed(files=(theirs,), mail=mail))
        await wire.publish(CASE, *ROUTED, approaching(), escalated(), seen={"intake-cases": 1})
        await wire.expect(DELIVERIES, 4)
        await wire.publish(CASE, approved(files=(ours,)))
        sent = await wire.expect(DELIVERIES, 5)
    assert sorted(kinds(server)) == ["acknowledgement", "answer", "assignment", "escalation", "reminder"]
    by_kind = dict(zip(kinds(server), server.messages(), strict=True))
    answer, assignment = by_kind["answer"], by_kind["assignment"]
    assert answer["In-Reply-To"] == "<mi-correo@correo.example>"
    assert answer["References"].split() == ["<antes@correo.example>", "<mi-correo@correo.example>"]
    assert answer["Subject"] == "Re: Mi caso"
    assert [one.get_content() for one in answer.iter_attachments()] == [b"%PDF-1.7 ours"]
    assert [one.get_content() for one in assignment.iter_attachments()] == [b"%PDF-1.7 theirs"]
    assert "martes 24 de marzo de 2026" in plain(assignment)
    last = sent[-1].event
    assert isinstance(last, DeliverySent)
    assert (last.kind, last.answer_id, last.message_id) == ("answer", ANSWER_ID, answer["Message-ID"])
    assert {one.state for one in await house.all()} == {"sent"}


async def test_a_regulator_request_ends_with_a_certificate(
    house: House, server: Sink, wire: Wire, tmp_path: Path
) -> None:
    """CNF-05: the PDF is kept, told, and mailed to the area and the general secretariat."""
    async with running(house.service()):
        await wire.publish(CASE, of_the_regulator())
        await wire.publish(CASE, *ROUTED, approved("regulator"), seen={"intake-cases": 1})
        await wire.publish(CASE, filed_with_regulator(), seen={"routing-cases": 4})
        events = [one.event for one in await wire.expect(DELIVERIES, 3)]
    issued = next(event for event in events if isinstance(event, FilingCertificateIssued))
    assert isinstance(events[-1], DeliverySent)
    assert events.index(issued) < events.index(events[-1])
    mail = next(one for one in server.messages() if ".filing-certificate." in one["Message-ID"])
    assert [one.addr_spec for one in mail["To"].addresses] == [CARLOS.email, PATRICIA.email]
    (attached,) = mail.iter_attachments()
    kept = await DirectoryFiles(tmp_path / "files").get(issued.certificate)
    assert attached.get_content() == kept
    text = PdfReader(BytesIO(kept)).pages[0].extract_text()
    assert "RAD-1-2026-009902" in text
    assert LILIANA.name in text


LEFT_IN_HAND: list[tuple[tuple[Event, ...], str, bool]] = [
    ((filed(),), "acknowledgement", True),
    ((filed(email=None), *ROUTED), "assignment", True),
    ((filed(email=None), approaching()), "reminder", True),
    ((filed(email=None), escalated()), "escalation", True),
    ((filed(email=None), approved()), "answer", False),
]


@pytest.mark.parametrize(("events", "kind", "goes_again"), LEFT_IN_HAND, ids=[kind for _, kind, _ in LEFT_IN_HAND])
async def test_what_a_dead_sender_had_in_hand(
    house: House, server: Sink, wire: Wire, events: tuple[Event, ...], kind: str, goes_again: bool
) -> None:
    """Hazard 18: killed between the mark and the 250. Acknowledgements go again, answers wait for a person."""
    async with running(house.service(), ("api", "consume", "timers")):
        await wire.publish(CASE, events[0])
        if events[1:]:
            await wire.publish(CASE, *events[1:], seen={"intake-cases": 1})
        (letter,) = await eventually(lambda: house.in_state("pending"))
    await house.left_in_hand(letter)
    async with running(house.service()) as service:
        (told,) = await wire.expect(DELIVERIES, 1)
        alarms = service.runtime.metrics.registry.get_sample_value(
            "ventanilla_alarms_total", {"service": "notifications", "alarm": "letter-unknown"}
        )
    if goes_again:
        assert isinstance(told.event, DeliverySent)
        assert (told.event.attempt, told.event.message_id) == (2, letter.message_id)
        assert [message["Message-ID"] for message in server.messages()] == [letter.message_id]
    else:
        assert isinstance(told.event, DeliveryUnknown)
        assert server.taken == []
        assert alarms == 1
        assert [one.kind for one in await house.in_state("unknown")] == [kind]


async def test_a_mail_server_that_is_down_loses_nothing(house: House, server: Sink, wire: Wire) -> None:
    port = server.port
    await server.close()
    async with running(house.service()):
        await wire.publish(CASE, filed())
        await wire.publish(CASE, *ROUTED, approved(), seen={"intake-cases": 1})
        waiting = await eventually(lambda: _three(house))
        assert [one.attempt for one in waiting] == [0, 0, 0], "nothing is touched while nobody is at the door"
        await server.open(port)
        sent = await wire.expect(DELIVERIES, 3)
    assert all(isinstance(one.event, DeliverySent) for one in sent)
    assert sorted(kinds(server)) == ["acknowledgement", "answer", "assignment"]


async def _three(house: House) -> list[Letter]:
    found = await house.in_state("pending")
    return found if len(found) == 3 else []


async def test_an_address_that_is_refused_for_good_is_told(house: House, server: Sink, wire: Wire) -> None:
    server.refusals[PERSON] = f"550 5.1.1 <{PERSON}> no such user"
    async with running(house.service()):
        await wire.publish(CASE, filed())
        await wire.publish(CASE, *ROUTED, approved(), seen={"intake-cases": 1})
        told = [one.event for one in await wire.expect(DELIVERIES, 3)]
    failed = [event for event in told if isinstance(event, DeliveryFailed)]
    assert {event.kind for event in failed} == {"acknowledgement", "answer"}
    assert {event.reason for event in failed} == {"550 5.1.1 … no such user"}
    assert kinds(server) == ["assignment"], "the others go on"


async def test_what_is_refused_for_now_goes_later(house: House, server: Sink, wire: Wire) -> None:
    server.after_data += ["451 4.3.2 busy", "452 4.2.2 full"]
    async with running(house.service(smtp_connections=1)):
        await wire.publish(CASE, filed(email=None))
        await wire.publish(CASE, approved(), seen={"intake-cases": 1})
        (sent,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(sent.event, DeliverySent)
    assert sent.event.attempt == 3
    assert len(server.taken) == 1


async def test_an_answer_whose_250_never_came_waits_for_a_person(house: House, server: Sink, wire: Wire) -> None:
    server.after_data += [None]
    async with running(house.service(smtp_connections=1)):
        await wire.publish(CASE, filed(email=None))
        await wire.publish(CASE, approved(), seen={"intake-cases": 1})
        (told,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(told.event, DeliveryUnknown)
    assert len(server.taken) == 1


async def test_two_senders_send_once(house: House, server: Sink, wire: Wire) -> None:
    cases = [f"00000000-0000-4000-8000-{n:012}" for n in range(40)]
    async with running(house.service()), running(house.service()):
        for case in cases:
            await wire.publish(case, filed(email=f"p{case[-3:]}@correo.example"))
        sent = await wire.expect(DELIVERIES, len(cases))
    assert len({one.key for one in sent}) == len(cases)
    ids = [message["Message-ID"] for message in server.messages()]
    assert len(ids) == len(set(ids)) == len(cases)


async def test_a_sender_that_lost_its_lease_does_not_send(
    house: House, server: Sink, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, step = [], Sender.step

    async def seen(sender: Sender) -> bool:
        steps.append(await step(sender))
        return steps[-1]

    monkeypatch.setattr(Sender, "step", seen)
    another = Lease(house.database, "sender", "another", seconds=600)
    assert await another.hold()
    async with running(house.service()):
        await wire.publish(CASE, filed())
        await eventually(lambda: house.in_state("pending"))
        before = len(steps)
        await eventually(lambda: len(steps) >= before + 2, what="it has looked for letters since")
        assert (server.taken, await wire.events(DELIVERIES)) == ([], [])
        await another.release()
        await wire.expect(DELIVERIES, 1)


async def test_a_sender_that_is_stopped_ends_its_dialogue_first(house: House, server: Sink, wire: Wire) -> None:
    """A deployment in the middle of an answer puts nobody in doubt."""
    server.gate = asyncio.Event()
    service = house.service()
    runs = running(service)
    await runs.__aenter__()
    await wire.publish(CASE, filed(email=None))
    await wire.publish(CASE, approved(), seen={"intake-cases": 1})
    await eventually(lambda: server.waiting)
    stopping = asyncio.create_task(runs.__aexit__(None, None, None))
    await asyncio.sleep(0)
    server.gate.set()
    await stopping
    (sent,) = await wire.expect(DELIVERIES, 1)
    assert isinstance(sent.event, DeliverySent)
    assert [one.state for one in await house.all()] == ["sent"]


async def test_a_reminder_that_the_answer_has_overtaken_is_not_sent(house: House, server: Sink, wire: Wire) -> None:
    async with running(house.service(), ("api", "consume")):
        await wire.publish(CASE, filed(email=None))
        await wire.publish(CASE, approaching(), answered(), seen={"intake-cases": 1})
        await eventually(lambda: house.in_state("pending"))
        await eventually(lambda: _answered(house))
    async with running(house.service()):
        await eventually(lambda: house.in_state("pointless"))
    assert server.taken == []
    assert await wire.events(DELIVERIES) == []


async def _answered(house: House) -> bool:
    case = (await house.letters.cases([CASE]))[CASE]
    return case.answered


async def test_the_same_outcome_from_two_senders_is_one_event(house: House, wire: Wire) -> None:
    async with running(house.service()) as service:
        await wire.publish(CASE, filed())
        await wire.expect(DELIVERIES, 1)
        (letter,) = await house.all()
        cases = service.runtime.definition.aggregates[0]
        outcome = await service.runtime.commands.execute(cases, CASE, LetterSent(letter, actor=AGENT))
        assert outcome == {"id": letter.id, "state": "sent"}
        await wire.expect(DELIVERIES, 1)


async def test_a_rebuilt_service_does_not_mail_a_year_again(house: House, server: Sink, wire: Wire) -> None:
    """Hazard 10: its store was lost, the log was not."""
    long_ago = datetime.now(UTC) - timedelta(days=200)
    async with running(house.service()):
        await wire.publish(CASE, filed(), at=long_ago)
        await wire.publish(CASE, *ROUTED, approved(), seen={"intake-cases": 1}, at=long_ago)
        (told,) = await wire.expect(DELIVERIES, 1)
        await eventually(lambda: _all_settled(house))
    assert isinstance(told.event, DeliveryUnknown)
    assert server.taken == []


async def _all_settled(house: House) -> bool:
    return sorted(one.state for one in await house.all()) == ["expired", "expired", "unknown"]


async def test_the_letter_about_an_emergency_leaves_before_the_hundred_that_wait(
    house: House, server: Sink, wire: Wire
) -> None:
    """SQR-03: filed last, while the sender has a whole batch of others' letters in hand and the mail server is slow."""
    server.gate, another = asyncio.Event(), Lease(house.database, "sender", "another", seconds=600)
    assert await another.hold()
    async with running(house.service()):
        await asyncio.gather(*(_routed(wire, f"case-{n}") for n in range(BACKLOG)))
        await eventually(lambda: _written(house, BACKLOG), what="the backlog is written")
        await another.release()
        await eventually(lambda: server.waiting, what="the mail server has letters in hand")
        await wire.publish(CASE, filed(email=None))
        urgent = (classified(priority="emergency"), assigned(copies=(GLORIA,)), due_on(), escalated())
        await wire.publish(CASE, *urgent, seen={"intake-cases": 1})
        await eventually(lambda: _written(house, BACKLOG + 3), what="the letters about the emergency are written")
        in_hand = server.waiting
        server.gate.set()
        await wire.expect(DELIVERIES, BACKLOG + 3)
    places = [n for n, message in enumerate(server.messages()) if CASE in message["Message-ID"]]
    assert len(places) == 3
    assert max(places) < HANDFUL * in_hand + 2 * len(places) < BACKLOG


async def _routed(wire: Wire, case_id: str) -> None:
    await wire.publish(case_id, filed(email=None))
    await wire.publish(case_id, *ROUTED, seen={"intake-cases": 1})


async def _written(house: House, number: int) -> bool:
    return await house.database.collection("letters").count_documents({}) == number
