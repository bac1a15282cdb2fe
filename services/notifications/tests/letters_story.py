# SPDX-License-Identifier: Apache-2.0
"""Events about one invented case, and a house to decide them in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from chassis.decision import Decision, Put, Received, Refused
from notifications.domain.case import Case
from notifications.domain.house import House
from notifications.domain.letters import Letter
from notifications.domain.rules import Correspondence
from ventanilla_contracts.envelope import Actor, Event, FileRef, StaffRef
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import (
    AnsweredOnSpot,
    AnswerFiledWithRegulator,
    CaseFiled,
    MailThread,
    Person,
    PersonalFiling,
    RegulatorRequest,
    Tutela,
)
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseReopened,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineSet,
    DocumentsRequested,
    OmbudsmanAnswered,
    PersonalAnswer,
    PersonalWords,
)

CASE = "4d39c13f-3e55-5959-9d6f-c143aaa6b05f"
AT = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
PERSON = "maria.ospina@correo.example"
OMBUDSMAN = "defensor@defensoria.example"
CITIZEN = Actor(id="citizen", role="citizen")
AGENT = Actor(id="liliana-henao", role="agent")
ROUTING = Actor(id="routing", role="service")
CARLOS = StaffRef(id="carlos-velez", name="Carlos Andrés Vélez Toro", email="carlos.velez@caja.example")
LILIANA = StaffRef(id="liliana-henao", name="Liliana Marcela Henao Duque", email="liliana.henao@caja.example")
GLORIA = StaffRef(id="gloria-cardona", name="Gloria Inés Cardona Ríos", email="gloria.cardona@caja.example")
PATRICIA = StaffRef(id="patricia-londono", name="Patricia Londoño", email="patricia.londono@caja.example")
FILE = FileRef(sha256="0c" * 32, name="certificado de escolaridad.pdf", type="application/pdf", size=1_000)
MAIL = MailThread(message_id="<CAF7x9q2@correo.example>", subject="No me pagaron la cuota monetaria", references=())
TUTELA = Tutela(
    court="Juzgado Primero Laboral de Manizales",
    reference="17001310500120260012300",
    answer_by=AT + timedelta(hours=48),
)
ANSWER_ID = "c0d4e82b-c383-5c7a-8c94-eecfed635ac8"

HOUSE = House(
    message_id=lambda address: f"<{address.signed_text()}.firmafirmafirmafirma@caja.example>",
    own_addresses=frozenset({"servicio@caja.example"}),
    secretariat=(PATRICIA,),
    names={LILIANA.id: LILIANA.name},
    oldest=timedelta(days=3),
)


def message_id(kind: str, n: int = 1) -> str:
    return HOUSE.message_id(LetterAddress(CASE, kind, str(n)))


def filed(*, email: str | None = PERSON, mail: MailThread | None = MAIL, **changes: Any) -> CaseFiled:
    personal: dict[str, Any] = {
        "person": Person(name="María Fernanda Ospina", email=email),
        "subject": "No me pagaron la cuota monetaria",
        "text": "La cuota de febrero no llegó.",
        "tracking_code": "XZQZ-8G2H-TRWX-E",
        "mail": mail,
        **changes.pop("personal", {}),
    }
    facts: dict[str, Any] = {
        "actor": CITIZEN,
        "case_number": "CEJ-2026-000412-2",
        "submission_id": "s-1",
        "channel": "email",
        "received_at": AT,
        "registered_at": AT,
        **changes,
    }
    return CaseFiled(personal=PersonalFiling(**personal), **facts)


def of_the_regulator() -> CaseFiled:
    request = RegulatorRequest(authority="SSF", reference="SSF-2-2026-004518")
    return filed(email=None, mail=None, channel="regulator", regulator=request)


def solved_at_the_counter() -> CaseFiled:
    said = {"answer_on_spot": "Se entregó el certificado impreso."}
    return filed(mail=None, channel="in-person", answered_on_spot=AnsweredOnSpot(at=AT), personal=said)


def classified(kind: str = "claim", priority: str = "normal") -> CaseClassified:
    return CaseClassified.model_validate(
        {
            "actor": ROUTING,
            "area": "subsidios",
            "area_name": "Subsidio familiar",
            "attribute": "timeliness",
            "regulator_category": "payment",
            "kind": kind,
            "term": "general",
            "priority": priority,
            "by": "rules",
        }
    )


def assigned(
    responder: StaffRef = CARLOS, copies: tuple[StaffRef, ...] = (), observation: str | None = None
) -> CaseAssigned:
    return CaseAssigned(
        actor=ROUTING,
        area="subsidios",
        area_name="Subsidio familiar",
        responder=responder,
        copies=copies,
        matrix_version="2026-1",
        rule="claims",
        observation=observation,
    )


def due_on(day: int = 24) -> DeadlineSet:
    return DeadlineSet(
        actor=ROUTING,
        due=date(2026, 3, day),
        due_at=datetime(2026, 3, day, 22, tzinfo=UTC),
        term="general",
        anchor=date(2026, 3, 2),
        rule="general.2022",
        source="Ley 1755 de 2015, art. 14",
        calendar_version="co-2026-1",
        because="filed",
        trace=(),
    )


def documents_requested() -> DocumentsRequested:
    return DocumentsRequested(
        actor=AGENT,
        request_id="r-1",
        responder=CARLOS,
        due=date(2026, 3, 10),
        files=(FILE,),
        personal=PersonalWords(text="¿Está radicado el certificado?"),
    )


def approaching() -> DeadlineApproaching:
    return DeadlineApproaching(
        actor=ROUTING, due=date(2026, 3, 24), responder=CARLOS, copies=(LILIANA,), business_days_left=2
    )


def missed() -> DeadlineMissed:
    return DeadlineMissed(actor=ROUTING, due=date(2026, 3, 24), responder=CARLOS)


def escalated() -> CaseEscalated:
    return CaseEscalated(
        actor=ROUTING,
        level=2,
        level_name="Jefatura del área",
        from_responder=CARLOS,
        to=(GLORIA,),
        why="deadline-missed",
        due=date(2026, 3, 24),
    )


def approved(delivery: str = "email", to: str | None = PERSON, files: tuple[FileRef, ...] = ()) -> AnswerApproved:
    return AnswerApproved.model_validate(
        {
            "actor": AGENT,
            "answer_id": ANSWER_ID,
            "delivery": delivery,
            "files": files,
            "personal": PersonalAnswer(
                text="Usted tiene razón: ya le pagamos.", to=to if delivery == "email" else None
            ),
        }
    )


def answered() -> CaseAnswered:
    return CaseAnswered(
        actor=ROUTING, answer_id=ANSWER_ID, answered_at=AT, delivery="email", due=date(2026, 3, 24), in_time=True
    )


def ombudsman_answered(to: str | None = OMBUDSMAN, files: tuple[FileRef, ...] = ()) -> OmbudsmanAnswered:
    """What the person got goes to the ombudsman too."""
    return OmbudsmanAnswered(
        actor=AGENT,
        references=("DCF-0815", "DCF-0999"),
        answer_id=ANSWER_ID,
        answered_at=AT + timedelta(days=1),
        files=files,
        personal=PersonalAnswer(text="Señora María: ya lo <corregimos>.", to=to),
    )


def closed() -> CaseClosed:
    return CaseClosed(actor=ROUTING, reason="check-waived")


def reopened(reason: Literal["answer-bounced", "person-replied"] = "person-replied") -> CaseReopened:
    return CaseReopened(actor=ROUTING, reason=reason, answer_id=ANSWER_ID)


def filed_with_regulator() -> AnswerFiledWithRegulator:
    return AnswerFiledWithRegulator(
        actor=AGENT, authority="SSF", reference="RAD-1-2026-009902", filed_at=AT, answer_id=ANSWER_ID
    )


class Story:
    """Folds events and commands as the chassis would, and keeps what came out."""

    def __init__(self, house: House = HOUSE, now: datetime = AT) -> None:
        self.decide = Correspondence(house)
        self.now = now
        self.case: Case | None = None
        self.events: list[Event] = []
        self.letters: dict[str, Letter] = {}
        self.refused: Refused | None = None

    def hear(self, *events: Event, at: datetime | None = None) -> "Story":
        for event in events:
            number = len(self.events) + 1
            self.tell(Received(event, f"event-{number}", CASE, at or self.now, event.TOPIC))
        return self

    def tell(self, message: Any) -> "Story":
        decision = self.decide(self.case, message, self.now)
        self.refused = decision if isinstance(decision, Refused) else None
        if isinstance(decision, Decision):
            self._adopt(decision)
        return self

    def _adopt(self, decision: Decision[Case]) -> None:
        self.case = Case.model_validate(decision.state.model_dump())  # as the store would give it back
        self.events += [event for event in decision.events if isinstance(event, Event)]
        for row in decision.rows:
            assert isinstance(row, Put)
            self.letters[row.id] = Letter.model_validate({"id": row.id, **row.document})

    def of(self, kind: str) -> Letter:
        found = [letter for letter in self.letters.values() if letter.kind == kind]
        assert len(found) == 1, [letter.kind for letter in self.letters.values()]
        return found[0]

    @property
    def kinds(self) -> Sequence[str]:
        return [letter.kind for letter in self.letters.values()]
