# SPDX-License-Identifier: Apache-2.0
"""A service with rules so small that what the chassis does can be seen: it counts what it hears about a case."""

import dataclasses
from datetime import datetime, timedelta
from typing import ClassVar

from fastapi import FastAPI

from chassis.decision import Add, Decision, Put, Received, Refused, SetTimer, TimerFired
from chassis.service import Definition, Runtime, Service
from chassis.settings import ServiceSettings
from chassis.subjects import Aggregate
from ventanilla_contracts.envelope import Actor, Frozen, Instant
from ventanilla_contracts.intake import CaseFiled, MessageAppended, Person, PersonalFiling, PersonalMessage
from ventanilla_contracts.notifications import DeliverySent, PersonalDelivery
from ventanilla_contracts.routing import CaseClosed

ACTOR = Actor(id="toy", role="service")
CITIZEN = Actor(id="citizen", role="citizen")


class ToySettings(ServiceSettings):
    service: ClassVar[str] = "routing"


class Tally(Frozen):
    number: str = ""
    heard: tuple[str, ...] = ()
    last: Instant | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Note:
    text: str


def decide(tally: Tally | None, message: object, now: datetime) -> Decision[Tally] | Refused:
    tally = tally or Tally()
    match message:
        case Received(event=CaseFiled() as event):
            state = tally.model_copy(
                update={"number": event.case_number, "heard": (*tally.heard, "filed"), "last": now}
            )
            closed = CaseClosed(actor=ACTOR, reason="compliment", observation=event.case_number)
            rows = (Add("sums", "all", {"kind": "filed"}, {"count": 1}), Put("notes", event.case_number, {"at": now}))
            return Decision(state, (closed,), (SetTimer("later", event.received_at + timedelta(days=36_500)),), rows)
        case Received(event=MessageAppended() as event):
            if event.personal.text == "raise":
                raise ZeroDivisionError("secret of a person")
            if event.personal.text == "surrogate":
                return Decision(tally.model_copy(update={"note": "\ud800"}))
            heard = (*tally.heard, event.personal.text[:20])
            return Decision(tally.model_copy(update={"heard": heard}))
        case Received(event=DeliverySent()):
            return Decision(tally.model_copy(update={"heard": (*tally.heard, "delivered")}))
        case TimerFired(name=name):
            if tally.note == "raise at timer":
                raise ZeroDivisionError
            return Decision(tally.model_copy(update={"heard": (*tally.heard, f"timer {name}")}))
        case Note(text="refuse"):
            return Refused("refused", allowed=("note",))
        case Note(text="raise"):
            raise ZeroDivisionError
        case Note(text=text):
            said = CaseClosed(actor=ACTOR, reason="compliment", observation=text)
            return Decision(tally.model_copy(update={"note": text}), (said,), result={"note": text})
    raise TypeError(type(message).__name__)


CASES = Aggregate(
    "cases", Tally, decide, ("intake-cases", "notifications-deliveries"), (CaseFiled, MessageAppended, DeliverySent)
)


def build(settings: ToySettings) -> Service[ToySettings]:
    return Service(Runtime(Definition("routing", (CASES,)), settings), FastAPI())


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
