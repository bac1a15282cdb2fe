# SPDX-License-Identifier: Apache-2.0
"""Intake beside a regulator's platform, and what routing says of its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regulator_stub import Platform, settings_for_it

from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.inputs import Input
from chassis.testing import Wire
from chassis.testing.process import Killed, Log, Process, wire_without_broker
from intake.consumers import CASES
from intake.domain.case import Case
from intake.domain.regulator.acts import DecideFavour
from intake.filing.form_door import FormDoor
from intake.persons.municipalities import municipalities
from intake.regulator.role import RegulatorRole
from intake.regulator.smartsupervision import SmartSupervision
from intake.regulator.wiring import regulator_role
from intake.store import Cases
from ventanilla_contracts.envelope import Actor, Event, StaffRef
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseClassified,
    DocumentsRequested,
    PersonalAnswer,
)
from ventanilla_contracts.vocabulary import Favour

OWN_CODES = Path(__file__).parent / "regulator_codes.yaml"
ROUTING = Actor(id="routing", role="service")
AGENT = Actor(id="yuliana", role="agent")
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")
PERSON = {"name": "Ana Ríos", "document_type": "CC", "document_number": "24345678", "email": "ana@correo.example"}
REQUESTED = DocumentsRequested.model_validate(
    {"actor": ROUTING, "request_id": "1", "responder": MARCELA, "due": "2026-03-24", "personal": {"text": "soportes"}}
)
ANSWERED = CaseAnswered.model_validate(
    {
        "actor": ROUTING,
        "answer_id": "a-1",
        "answered_at": "2026-03-05T10:00:00-05:00",
        "delivery": "email",
        "due": "2026-03-24",
        "in_time": True,
    }
)


def classified(category: str = "credito-social", kind: str = "claim") -> CaseClassified:
    said = {"area": "credito", "area_name": "Crédito", "attribute": "timeliness", "regulator_category": category}
    how = {"kind": kind, "term": "general", "priority": "normal", "by": "rules"}
    return CaseClassified.model_validate({"actor": ROUTING, **said, **how})


def approved(delivery: str = "email", text: str = "Se corrigió el cobro.") -> AnswerApproved:
    to = "ana@correo.example" if delivery == "email" else None
    said = {"answer_id": "a-1", "delivery": delivery, "personal": PersonalAnswer(text=text, to=to)}
    return AnswerApproved.model_validate({"actor": ROUTING, **said})


def settings_of(platform: Platform, **own: Any) -> dict[str, Any]:
    """What intake is told of the platform, with little patience."""
    values = {name.lower(): value for name, value in settings_for_it(platform.at).items()}
    quick = {"regulator_look_seconds": 0.05, "regulator_pull_seconds": 0.1, "regulator_timeout_seconds": 60.0}
    return {**values, "regulator_codes": OWN_CODES, **quick, **own}


@dataclass
class Line:
    """What routing has said to all processes of a test."""

    wire: Wire = field(default_factory=wire_without_broker)
    log: Log = field(default_factory=Log)
    gateways: list[SmartSupervision] = field(default_factory=list)

    async def close(self) -> None:
        for gateway in self.gateways:
            await gateway.close()


@dataclass
class Hand:
    """One process and its gateway."""

    process: Process
    role: RegulatorRole
    line: Line

    async def file(self, text: str = "No me han respondido.", **own: Any) -> str:
        """A web form; its case."""
        door = FormDoor(self.role.sender.files, catalogue("intake"))
        values = {"text": text, "person": PERSON, "municipality": "05001", **own}
        command = await door.submission("web", SubmissionForm.model_validate(values), actor=AGENT)
        item = await self.process.ask("", command)
        assert isinstance(item.outcome, Mapping), item.outcome
        return str(item.outcome["case_id"])

    async def hear(self, case_id: str, *events: Event) -> None:
        records = [self.line.log.append(self.line.wire.message(case_id, event)) for event in events]
        await self.process.take(records)

    async def decide(self, case_id: str, command: object) -> None:
        item = Input(CASES, case_id, message=command)
        await self.process.runtime.processor.process([item])
        assert isinstance(item.outcome, Mapping), item.outcome

    async def favour(self, case_id: str, favour: Favour = "person") -> None:
        await self.decide(case_id, DecideFavour(AGENT, favour))

    async def step(self) -> None:
        """All that is owed and all that can be pulled now; an operation a case and step, so a few."""
        for _ in range(3):
            self.role._next_pull = 0.0
            await self.role.step()

    async def case(self, case_id: str) -> Case:
        return (await Cases(self.process.runtime.database).of_ids([case_id]))[case_id]

    async def cases(self) -> Sequence[Mapping[str, Any]]:
        return await self.process.runtime.database.collection("cases").find({}).to_list(None)

    async def said(self) -> list[Event]:
        """All that this process told Kafka of cases."""
        await self.process.publish()
        told = [message for message in self.process.broker.messages if message.topic == "intake-cases"]
        return [
            EVENTS[(dict(message.headers)["ce_type"] or b"").decode()].read(message.value or b"") for message in told
        ]

    async def die(self) -> "Hand":
        """kill -9, and its lease lapses; its successor, which remembers nothing."""
        await self.process.die()
        await self.process.runtime.database.collection("leases").delete_many({})
        return hand_of(self.process, self.line)


def hand_of(process: Process, line: Line) -> Hand:
    files = files_from(process.runtime.settings.files_url)
    role = regulator_role(process.runtime, files, catalogue("intake"), municipalities())
    assert role is not None
    line.gateways.append(role.gateway)
    return Hand(process, role, line)


@dataclass
class Dying:
    """A gateway whose process is killed just before or just after the n-th call of a method."""

    gateway: Any
    method: str
    when: str
    n: int = 1

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.gateway, name)
        if name != self.method:
            return found

        async def dying(*arguments: Any) -> Any:
            self.n -= 1
            if self.n == 0 and self.when == "before":
                raise Killed
            answer = await found(*arguments)
            if self.n == 0:
                raise Killed
            return answer

        return dying
