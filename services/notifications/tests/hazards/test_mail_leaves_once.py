# SPDX-License-Identifier: Apache-2.0
"""Hazards 10 and 18: mail that would leave twice, too late, from two senders, or for what happened long ago."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from letters_story import CASE, answered, approaching, approved, assigned, classified, due_on, filed
from notifications_service import House
from recording_sink import Sink, sink

from chassis.mongo import Database
from chassis.testing import Wire, eventually
from chassis.testing.process import Killed, Log, Process, wire_without_broker
from notifications import sending
from notifications.domain.house import House as Known
from notifications.mail import Mail
from notifications.pace import Pace
from notifications.sending import Sender
from notifications.smtp import Mailer
from ventanilla_contracts.envelope import Event

pytestmark = pytest.mark.infra


class Sending:
    """A process of notifications whose sender takes a step when it is told to."""

    def __init__(self, process: Process) -> None:
        self.process = process
        [loop] = [loop for name, loop in process.runtime._loops["send"] if name == "sender"]
        self.sender, self.outcomes, _ = loop.args  # type: ignore[attr-defined]

    async def step(self) -> None:
        saving = asyncio.create_task(self.outcomes.run())
        try:
            await self.sender.step()
        finally:
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)

    async def lose_the_lease(self) -> None:
        """Its time has passed, and nobody has it yet."""
        await self.sender._lease.release()
        self.sender._held_until = 0.0


@pytest.fixture
async def server() -> AsyncIterator[Sink]:
    async with sink() as server:
        yield server


@pytest.fixture
def wire() -> Wire:
    return wire_without_broker()


@pytest.fixture
def house(wire: Wire, database: Database, tmp_path: Path, server: Sink) -> House:
    return House(wire, database, tmp_path, server.url)


Open = Callable[..., Awaitable[Sending]]


@pytest.fixture
async def begin(house: House) -> AsyncIterator[Open]:
    """One more process of the house."""
    opened: list[Sending] = []

    async def beginning(**own: Any) -> Sending:
        process = Process(house.service(smtp_connections=1, **own))
        opened.append(Sending(await process.open()))
        return opened[-1]

    yield beginning
    for one in opened:
        await one.sender.end()
        one.process.close()


async def hear(
    one: Sending, wire: Wire, *events: Event, case: str = CASE, log: Log | None = None, at: datetime | None = None
) -> None:
    await one.process.take((log or Log()).append_all(wire.message(case, event, at=at) for event in events))


def kinds(server: Sink) -> list[str]:
    return [message["Message-ID"].split(".")[1] for message in server.messages()]


def dies_at_the_first_mail(monkeypatch: pytest.MonkeyPatch, *, handed_over: bool) -> None:
    """Before the mail server has the mail, or between that and its 250."""
    hand_over, dead = Mailer.hand_over, list[None]()

    async def dies(mailer: Mailer, mail: Mail) -> Any:
        if dead:
            return await hand_over(mailer, mail)
        dead.append(None)
        if handed_over:
            await hand_over(mailer, mail)
        raise Killed

    monkeypatch.setattr(Mailer, "hand_over", dies)


async def after_a_death(begin: Open, wire: Wire, house: House, *events: Event) -> list[str]:
    """A sender dies at its first mail, another one goes on: the states of the letters."""
    dead, heir = await begin(), await begin()
    await hear(dead, wire, *events)
    await dead.step()
    await dead.lose_the_lease()
    for _ in range(3):
        await heir.step()
    return [letter.state for letter in await house.all()]


@pytest.mark.hazard(18)
async def test_an_acknowledgement_that_a_dead_sender_had_in_hand_goes_again_under_the_same_message_id(
    begin: Open, wire: Wire, house: House, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at_the_first_mail(monkeypatch, handed_over=True)
    assert await after_a_death(begin, wire, house, filed()) == ["sent"]
    assert kinds(server) == ["acknowledgement"] * 2
    assert len({message["Message-ID"] for message in server.messages()}) == 1


@pytest.mark.hazard(18, without="acknowledgements go again")
async def test_else_what_had_not_gone_never_goes(
    begin: Open, wire: Wire, house: House, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def leaves_it(_: Sender) -> None:
        return

    dies_at_the_first_mail(monkeypatch, handed_over=False)
    monkeypatch.setattr(Sender, "_recover", leaves_it)
    assert await after_a_death(begin, wire, house, filed()) == ["sending"]
    assert server.taken == []


@pytest.mark.hazard(18)
async def test_an_answer_that_a_dead_sender_had_in_hand_waits_for_a_person(
    begin: Open, wire: Wire, house: House, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at_the_first_mail(monkeypatch, handed_over=True)
    assert await after_a_death(begin, wire, house, filed(email=None), approved()) == ["unknown"]
    assert kinds(server) == ["answer"]


@pytest.mark.hazard(18, without="answers are `unknown`")
async def test_else_a_person_gets_two_answers(
    begin: Open, wire: Wire, house: House, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_at_the_first_mail(monkeypatch, handed_over=True)
    monkeypatch.setattr(sending, "SENT_ONCE", frozenset())
    assert await after_a_death(begin, wire, house, filed(email=None), approved()) == ["sent"]
    assert kinds(server) == ["answer"] * 2


async def sent_after_the_answer(begin: Open, wire: Wire, server: Sink) -> list[str]:
    """A reminder waits to be sent, and the case is answered meanwhile."""
    one, log = await begin(), Log()
    await hear(one, wire, filed(email=None), approaching(), log=log)
    await hear(one, wire, answered(), log=log)
    await one.step()
    return kinds(server)


@pytest.mark.hazard(18)
async def test_the_case_is_looked_at_just_before_sending(begin: Open, wire: Wire, server: Sink) -> None:
    assert await sent_after_the_answer(begin, wire, server) == []


@pytest.mark.hazard(18, without="case state checked just before sending")
async def test_else_who_answered_is_reminded(
    begin: Open, wire: Wire, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "pointless", lambda *_: False)
    assert await sent_after_the_answer(begin, wire, server) == ["reminder"]


async def sent_by_a_former_holder(begin: Open, wire: Wire, server: Sink) -> int:
    """Its lease passes to another while its first mail is under way: how many it sends."""
    one, other = await begin(), await begin()
    log = Log()
    for n in range(2):
        await hear(one, wire, filed(), case=f"{n}{CASE[1:]}", log=log)
    server.gate = asyncio.Event()
    step = asyncio.create_task(one.step())
    await eventually(lambda: server.waiting)
    await one.lose_the_lease()
    assert await other.sender._lease.hold()
    server.gate.set()
    await step
    return len(server.taken)


@pytest.mark.hazard(18)
async def test_a_former_holder_of_the_lease_sends_no_more(begin: Open, wire: Wire, server: Sink) -> None:
    assert await sent_by_a_former_holder(begin, wire, server) == 1


@pytest.mark.hazard(18, without="lease checked just before sending")
async def test_else_two_senders_send(begin: Open, wire: Wire, server: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    async def believes(sender: Sender) -> bool:
        sender._held_until = sender._held_until or float(await sender._lease.hold())
        return True

    monkeypatch.setattr(Sender, "_holding", believes)
    assert await sent_by_a_former_holder(begin, wire, server) == 2


async def dialogues_at_once_about_one_letter(begin: Open, wire: Wire, server: Sink, seconds: float) -> int:
    """The mail server takes a mail and is silent; while its sender waits for the word, another one looks for work."""
    one, other = await begin(smtp_timeout_seconds=seconds), await begin(smtp_timeout_seconds=seconds)
    await hear(one, wire, filed())
    server.gate = asyncio.Event()

    async def begins_a_dialogue() -> None:
        while not server.waiting:  # a lease of 0.2 s may end before its holder has begun
            await one.step()

    first = asyncio.create_task(begins_a_dialogue())
    await eventually(lambda: server.waiting)

    async def looks_for_work() -> None:
        while not first.done():
            await other.step()

    second = asyncio.create_task(looks_for_work())
    await eventually(lambda: first.done() or server.most_at_once == 2)
    server.gate.set()
    await asyncio.gather(first, second)
    return server.most_at_once


@pytest.mark.hazard(18)
async def test_a_dialogue_ends_before_its_lease_does(begin: Open, wire: Wire, server: Sink) -> None:
    assert await dialogues_at_once_about_one_letter(begin, wire, server, 3) == 1


@pytest.mark.hazard(18, without="SMTP timeout below the lease")
async def test_else_a_second_sender_begins_while_the_first_still_waits(
    begin: Open, wire: Wire, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "lease", 0.2)
    monkeypatch.setattr(Pace, "needed", 0.0)
    assert await dialogues_at_once_about_one_letter(begin, wire, server, 40) == 2


async def mails_of_a_rebuilt_store(begin: Open, wire: Wire, server: Sink) -> list[str]:
    """Its store was lost and the log was not: it reads of a case of two hundred days ago."""
    one, log, long_ago = await begin(), Log(), datetime.now(UTC) - timedelta(days=200)
    await hear(one, wire, filed(), classified(), assigned(), due_on(), approved(), log=log, at=long_ago)
    await one.step()
    return sorted(kinds(server))


@pytest.mark.hazard(10)
async def test_what_happened_long_ago_sends_no_mail(begin: Open, wire: Wire, server: Sink) -> None:
    assert await mails_of_a_rebuilt_store(begin, wire, server) == []


@pytest.mark.hazard(10, without="age limit on what leaves the house")
async def test_else_a_rebuilt_store_mails_a_year_again(
    begin: Open, wire: Wire, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Known, "too_old", lambda *_: False)
    assert await mails_of_a_rebuilt_store(begin, wire, server) == ["acknowledgement", "answer", "assignment"]
