# SPDX-License-Identifier: Apache-2.0
"""Tells what happens to one case, event by event, over the sample organisation and its invented staff."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

from chassis.decision import CancelTimer, Decision, Received, Refused, Row, SetTimer, TimerFired
from chassis.passwords import hash_token
from chassis.staff import Member, Staff
from routing.domain.answering.rules import Answering
from routing.domain.case import Case
from routing.domain.cases import decide
from routing.domain.classifying.classification import Classifier
from routing.domain.commands import Command
from routing.domain.matrix.matrix import EscalationMatrix
from routing.domain.policy import Observations, Policy
from routing.organisation.legal_data import load_calendar, load_terms, load_words
from routing.organisation.policy_files import house_of, read_answering, read_classification, read_matrix, read_slas
from ventanilla_contracts.envelope import Actor, Event, FileRef
from ventanilla_contracts.intake import (
    CaseFiled,
    CaseLinked,
    DeliveryProposed,
    Emergency,
    MessageAppended,
    Person,
    PersonalFiling,
    PersonalMessage,
    Tutela,
)
from ventanilla_contracts.notifications import (
    DeliveryBounced,
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    PersonalDelivery,
)
from ventanilla_contracts.satisfaction import CheckCompleted, CheckWaived, PersonalSummary

E = TypeVar("E", bound=Event)

BOGOTA = ZoneInfo("America/Bogota")
CITIZEN = Actor(id="citizen", role="citizen")
AGENT = Actor(id="catalina-ospina", role="agent")
RESPONDER = Actor(id="marcela-duque", role="responder")
STRANGER = Actor(id="camila-restrepo", role="responder")
SERVICE = Actor(id="notifications", role="service")
ANA = Person(name="Ana Prueba", email="ana@correo.example", phone="+573000000001")
PDF = FileRef(sha256="a" * 64, name="certificado.pdf", type="application/pdf", size=1234)
FIRE = Emergency(matter="safety", words=("incendi*",), rules="2026-1", by="rules")
MONDAY = "2026-03-02 10:15"
"""A general term from here is due on 2026-03-24 (domain-colombia 6)."""


def local(text: str) -> datetime:
    """A wall time in Bogota."""
    return datetime.fromisoformat(text).replace(tzinfo=BOGOTA)


@cache
def staff() -> Staff:
    """The invented people, with tokens for tests only and without passwords, which take long to hash."""
    people = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    return Staff(
        Member(
            **person,
            email=f"{person['id'].replace('-', '.')}@example.org",
            token_hashes=(hash_token(token_of(person["id"])),),
        )
        for person in people
    )


def token_of(member: str) -> str:
    return f"token-of-{member}-for-tests-only"


@cache
def policy() -> Policy:
    classification = read_classification()
    names = {area.id: area.name for area in classification.areas}
    calendar = load_calendar()
    return Policy(
        classifier=Classifier(classification),
        matrix=EscalationMatrix(read_matrix(staff(), classification), house_of(staff()), names),
        terms=load_terms(),
        calendar=calendar,
        answering=Answering(read_answering(staff()), house_of(staff()).people),
        words={"es": load_words("es", calendar), "en": load_words("en", calendar)},
        observations=Observations(
            compliment="Felicitación: no requiere documentos.",
            not_contacted="Sin contacto.",
            tutela_source="Decreto 2591 de 1991; {court}, radicado {reference}",
            regulator_source="Término señalado por {authority} en {reference}",
        ),
    )


@cache
def promising_policy() -> Policy:
    """With what the sample house promises beside the law."""
    return Policy(**{**vars(policy()), "slas": read_slas(read_classification())})


def filed(text: str = "Reclamo: no me pagaron la cuota monetaria de febrero", **fields: Any) -> CaseFiled:
    """A claim about the monetary subsidy, filed by e-mail on MONDAY, unless told otherwise."""
    received = local(fields.pop("received", MONDAY))
    personal = PersonalFiling(
        person=fields.pop("person", ANA),
        subject=fields.pop("subject", ""),
        text=text,
        tracking_code="AAAA-BBBB-CCCC-D",
        answer_on_spot=fields.pop("answer_on_spot", None),
    )
    values: dict[str, Any] = {
        "actor": CITIZEN,
        "case_number": "CAJA-2026-000001-1",
        "submission_id": "s-1",
        "channel": "email",
        "received_at": received,
        "registered_at": received,
        "personal": personal,
        **fields,
    }
    return CaseFiled(**values)


def tutela(answer_by: str) -> Tutela:
    """Of an invented court."""
    return Tutela(court="Juzgado Primero Laboral", reference="17001310500120260012300", answer_by=local(answer_by))


def said(
    text: str = "¿Qué pasó con mi caso?", at: str = "2026-03-04 09:00", *, reopens: bool = False
) -> MessageAppended:
    return MessageAppended(
        actor=CITIZEN,
        submission_id="s-2",
        channel="email",
        reopens=reopens,
        received_at=local(at),
        files=(PDF,),
        personal=PersonalMessage(text=text),
    )


def proposed(submission: str = "s-9", at: str = "2026-03-05 16:20") -> DeliveryProposed:
    """What the responder of the sample case sends by mail."""
    return DeliveryProposed(
        actor=RESPONDER,
        submission_id=submission,
        received_at=local(at),
        responder=policy().matrix.people[RESPONDER.id],
        files=(PDF,),
        personal=PersonalMessage(text="Va el comprobante."),
    )


def linked(other: str, number: str, **own: Any) -> CaseLinked:
    """Proposed by a rule of intake, because a number was quoted, unless told otherwise."""
    values = {"actor": SERVICE, "other_case_id": other, "other_case_number": number, "relation": "quoted"}
    return CaseLinked.model_validate({**values, "status": "proposed", **own})


def _letter(answer_id: str | None, kind: str) -> dict[str, Any]:
    personal = PersonalDelivery(to=("ana@correo.example",))
    return {
        "actor": SERVICE,
        "letter_id": "l-1",
        "kind": kind,
        "message_id": "<m@x>",
        "answer_id": answer_id,
        "personal": personal,
    }


def sent(answer_id: str | None, at: str, kind: str = "answer") -> DeliverySent:
    return DeliverySent(**_letter(answer_id, kind), sent_at=local(at), attempt=1)


def failed(answer_id: str | None, at: str) -> DeliveryFailed:
    return DeliveryFailed(**_letter(answer_id, "answer"), failed_at=local(at), attempt=5, reason="550 no such user")


def bounced(answer_id: str | None, at: str) -> DeliveryBounced:
    reason = "550 5.1.1 no such user"
    return DeliveryBounced(**_letter(answer_id, "answer"), bounced_at=local(at), status="5.1.1", reason=reason)


def unknown(answer_id: str, at: str) -> DeliveryUnknown:
    return DeliveryUnknown(**_letter(answer_id, "answer"), since=local(at))


def waived(reason: str = "petition") -> CheckWaived:
    return CheckWaived.model_validate({"actor": SERVICE, "reason": reason})


def checked(outcome: str = "satisfied") -> CheckCompleted:
    values = {"actor": SERVICE, "check_id": "c-1", "outcome": outcome, "attempts": (local("2026-03-20 10:00"),)}
    return CheckCompleted.model_validate({**values, "personal": PersonalSummary()})


class Story:
    """One case under the rules: what it became, what was told, which timers are set."""

    def __init__(self, *heard: Event, policy: Policy | None = None) -> None:
        self.policy = policy or _sample()
        self.now = local(MONDAY)
        self.state: Case | None = None
        self.told: list[Event] = []
        self.timers: dict[str, datetime] = {}
        self.rows: list[Row] = []
        for event in heard:
            self.hear(event)

    @property
    def case(self) -> Case:
        assert self.state is not None
        return self.state

    def hear(self, event: Event, at: str | None = None) -> Sequence[Event]:
        """An event of another service; what was told because of it."""
        self.now = local(at) if at else self.now
        decision = self._decided(Received(event, f"e-{len(self.told)}", "case-1", self.now, event.TOPIC))
        assert isinstance(decision, Decision)
        return decision.events  # type: ignore[return-value]

    def ask(self, command: Command, at: str | None = None) -> Sequence[Event]:
        """A command that is carried out."""
        self.now = local(at) if at else self.now
        decision = self._decided(command)
        assert isinstance(decision, Decision), decision
        return decision.events  # type: ignore[return-value]

    def try_to(self, command: Command) -> Decision[Case] | Refused:
        """A command that may be refused."""
        return self._decided(command)

    def ask_in_vain(self, command: Command) -> Refused:
        """A command that is refused, and changes nothing."""
        before = self.state
        refused = self._decided(command)
        assert isinstance(refused, Refused)
        assert self.state is before
        return refused

    def wait_until(self, moment: str) -> list[Event]:
        """Fire what is due until then, in the order of due times; what was told."""
        told: list[Event] = []
        until = local(moment)
        while due := sorted((at, name) for name, at in self.timers.items() if at <= until):
            at, name = due[0]
            del self.timers[name]
            self.now = max(self.now, at)
            decision = self._decided(TimerFired(name, at))
            assert isinstance(decision, Decision)
            told += decision.events  # type: ignore[arg-type]
        self.now = until
        return told

    def only(self, kind: type[E]) -> E:
        """The one event of this type that was told."""
        [event] = [event for event in self.told if isinstance(event, kind)]
        return event

    def _decided(self, message: object) -> Decision[Case] | Refused:
        decision = decide(self.policy, self.state, message, self.now)
        if isinstance(decision, Decision):
            self.state = decision.state
            self.told += decision.events  # type: ignore[arg-type]
            self.rows += decision.rows
            for timer in decision.timers:
                match timer:
                    case SetTimer():
                        self.timers[timer.name] = timer.due
                    case CancelTimer():
                        self.timers.pop(timer.name, None)
        return decision


_sample = policy


def names(events: Sequence[Event]) -> list[str]:
    """Types without versions."""
    return [event.TYPE.partition(".")[0] for event in events]
