# SPDX-License-Identifier: Apache-2.0
"""A service with rules so small that what the chassis does can be seen: it keeps what it hears about a case."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError
from fastapi import FastAPI

from chassis.decision import Add, Decision, Insert, Put, Received, Refused, SetTimer, TimerFired
from chassis.mongo import Database
from chassis.service import Definition, Runtime, Service
from chassis.settings import ServiceSettings
from chassis.subjects import Aggregate
from chassis.testing import PARTITIONS, Wire, eventually
from ventanilla_contracts.envelope import Actor, Event, Frozen, Instant, StaffRef
from ventanilla_contracts.intake import CaseFiled, MessageAppended, Person, PersonalFiling, PersonalMessage
from ventanilla_contracts.notifications import DeliverySent, PersonalDelivery
from ventanilla_contracts.routing import CaseClosed, DocumentsRequested, PersonalWords

ACTOR = Actor(id="toy", role="service")
CITIZEN = Actor(id="citizen", role="citizen")


class ToySettings(ServiceSettings):
    service: ClassVar[str] = "routing"

    mended: bool = False


Start = Callable[..., AbstractAsyncContextManager[Service[ToySettings]]]


class Tally(Frozen):
    number: str = ""
    heard: tuple[str, ...] = ()
    last: Instant | None = None
    note: str = ""


@dataclass(frozen=True)
class Note:
    text: str


@dataclass(frozen=True)
class Alarm:
    """Set a timer; one whose name begins with bad raises when it fires."""

    name: str
    due: datetime


@dataclass(frozen=True)
class Rules:
    """``mended``: what raised before does no more."""

    mended: bool = False

    def __call__(self, known: Tally | None, message: object, now: datetime) -> Decision[Tally] | Refused:
        tally = known or Tally()
        match message:
            case Received():
                return self._heard(tally, message.event, now)
            case TimerFired(name=name):
                return self._rung(tally, name)
            case Alarm(name=name, due=due):
                return Decision(tally, timers=(SetTimer(name, due),))
            case Note(text=text):
                return self._noted(tally, text)
        raise TypeError(type(message).__name__)

    def _heard(self, tally: Tally, event: Event, now: datetime) -> Decision[Tally]:
        if isinstance(event, CaseFiled):
            return self._filed(tally, event, now)
        if isinstance(event, MessageAppended):
            return self._said(tally, event.personal.text)
        return Decision(more(tally, "delivered"))

    def _filed(self, tally: Tally, event: CaseFiled, now: datetime) -> Decision[Tally]:
        state = more(tally, "filed").model_copy(update={"number": event.case_number, "last": now})
        closed = CaseClosed(actor=ACTOR, reason="compliment", observation=event.case_number)
        rows = (Add("sums", "all", {"kind": "filed"}, {"count": 1}), Put("notes", event.case_number, {"at": now}))
        return Decision(state, (closed,), (SetTimer("later", event.received_at + timedelta(days=36_500)),), rows)

    def _said(self, tally: Tally, text: str) -> Decision[Tally]:
        if text == "raise" and not self.mended:
            raise ZeroDivisionError("secret of a person")
        if text == "kill":
            die()
        state = more(tally, text[:20])
        match text:
            case "surrogate":
                return Decision(state.model_copy(update={"note": "\ud800"}))
            case "surrogate in a row":
                return Decision(state, rows=(Put("notes", "x", {"text": "\ud800"}),))
            case "taken":
                return Decision(state, rows=(Insert("notes", "taken", {}),))
        return Decision(state)

    def _rung(self, tally: Tally, name: str) -> Decision[Tally]:
        if name.startswith("bad") and not self.mended:
            raise ZeroDivisionError
        return Decision(more(tally, f"timer {name}"))

    def _noted(self, tally: Tally, text: str) -> Decision[Tally] | Refused:
        if text == "refuse":
            return Refused("refused", allowed=("note",))
        if text == "raise":
            raise ZeroDivisionError
        said: Event = CaseClosed(actor=ACTOR, reason="compliment", observation=text) if len(text) < 500 else wordy(text)
        told = (said, delivered()) if text == "tell both topics" else (said,)
        rows = (Insert("notes", "taken", {}),) if text == "taken" else ()
        state = more(tally, f"note {text[:500]}").model_copy(update={"note": text})
        return Decision(state, told, rows=rows, result={"note": text})


def die() -> None:
    """As a native crash or the kernel's out-of-memory killer would end this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def more(tally: Tally, heard: str) -> Tally:
    return tally.model_copy(update={"heard": (*tally.heard, heard)})


TOPICS = ("intake-cases", "notifications-deliveries")


def cases(*, mended: bool = False) -> Aggregate:
    return Aggregate("cases", Tally, Rules(mended), TOPICS, (CaseFiled, MessageAppended, DeliverySent))


def build(settings: ToySettings) -> Service[ToySettings]:
    return Service(Runtime(Definition("routing", (cases(mended=settings.mended),)), settings), FastAPI())


def kind(service: Service[ToySettings]) -> Aggregate:
    return service.runtime.definition.aggregates[0]


async def note(service: Service[ToySettings], case: str, text: str, **options: Any) -> Any:
    """Give a command about a case."""
    return await service.runtime.commands.execute(kind(service), case, Note(text), **options)


async def heard(database: Database, case: str) -> list[str]:
    row = await database.collection("cases").find_one({"_id": case})
    return list(row["state"]["heard"]) if row and row["state"] else []


async def hears(database: Database, case: str, *expected: str) -> bool:
    return await heard(database, case) == list(expected)


async def count(database: Database, collection: str, **query: object) -> int:
    found: int = await database.collection(collection).count_documents(query)
    return found


def filed(number: str, received_at: str = "2026-03-02T10:00:00-05:00") -> CaseFiled:
    moment = datetime.fromisoformat(received_at)
    return CaseFiled(
        actor=CITIZEN,
        case_number=number,
        submission_id=number,
        channel="web",
        received_at=moment,
        registered_at=moment,
        personal=PersonalFiling(person=Person(), subject="", text="Buenos días", tracking_code="X"),
    )


def said(text: str) -> MessageAppended:
    return MessageAppended(
        actor=CITIZEN,
        submission_id="s",
        channel="web",
        received_at=datetime.fromisoformat("2026-03-02T10:00:00-05:00"),
        personal=PersonalMessage(text=text),
    )


def wordy(text: str) -> DocumentsRequested:
    """An event that may be long: a text of 60 000 signs, each of which JSON may write as six."""
    responder = StaffRef(id="ana", name="Ana", email="ana@example.org")
    words = PersonalWords(text=text)
    return DocumentsRequested(actor=ACTOR, request_id="r", responder=responder, due=date(2026, 3, 4), personal=words)


def delivered() -> DeliverySent:
    return DeliverySent(
        actor=ACTOR,
        letter_id="l",
        kind="acknowledgement",
        message_id="<m@x>",
        sent_at=datetime.fromisoformat("2026-03-02T10:00:00-05:00"),
        attempt=1,
        personal=PersonalDelivery(to=("ana@example.org",)),
    )


def alarms(service: Service[Any]) -> set[str]:
    """Those that it has raised."""
    found = [sample for metric in service.runtime.metrics.registry.collect() for sample in metric.samples]
    return {one.labels["alarm"] for one in found if one.name == "ventanilla_alarms_total" and one.value}


async def made_anew(wire: Wire, topic: str) -> None:
    """Delete the topic and create it, as somebody would who wanted it empty; until the new log answers.

    The broker hears of both after the controller: what is written before that goes into the old log, and with it.
    """
    name = wire.prefix + topic
    partitions = [TopicPartition(name, number) for number in range(PARTITIONS)]
    admin = AIOKafkaAdminClient(bootstrap_servers=wire.servers)
    reader = AIOKafkaConsumer(bootstrap_servers=wire.servers)
    await admin.start()
    await reader.start()

    async def created() -> bool:
        try:
            await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
        except TopicAlreadyExistsError:  # it is still being deleted
            return False
        return True

    async def is_new() -> bool:
        return not any((await reader.end_offsets(partitions)).values())

    try:
        await admin.delete_topics([name])
        await eventually(created)
        await eventually(is_new)
    finally:
        await reader.stop()
        await admin.close()
    wire.counts.clear()


async def toy_process(settings: ToySettings, role: str) -> asyncio.subprocess.Process:
    """The toy as an operator starts it: a process of its own, by its command line."""
    values = settings.model_dump(exclude_none=True)
    environment = {name.upper(): "x" * 32 if name == "signing_keys" else str(value) for name, value in values.items()}
    program = "from tests_toy import ToySettings, build; from chassis.command_line import command_line; "
    program += "command_line(ToySettings, build)()"
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        program,
        role,
        env={**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
