# SPDX-License-Identifier: Apache-2.0
"""Cases of which something is owed to the regulator, and what happens to them, for tests of rules."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.decision import Decision, Received
from intake.domain.case import Case, Filed
from intake.domain.decide import decide_case
from intake.domain.regulator.acts import NoteDispatch
from intake.domain.regulator.file import RegulatorFile
from ventanilla_contracts.envelope import Actor, Event, StaffRef
from ventanilla_contracts.intake import RegulatorRequest
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseClassified,
    CaseReopened,
    DocumentsRequested,
    PersonalAnswer,
    PersonalWords,
)

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
DUE = date(2026, 3, 24)
ROUTING = Actor(id="routing", role="service")
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")
CREDIT = CaseClassified(
    actor=ROUTING,
    area="credito",
    area_name="Crédito",
    attribute="timeliness",
    regulator_category="credito-social",
    kind="claim",
    term="general",
    priority="normal",
    by="rules",
)
DOCUMENTS = DocumentsRequested(
    actor=ROUTING, request_id="1", responder=MARCELA, due=DUE, personal=PersonalWords(text="soportes")
)
APPROVED = AnswerApproved(
    actor=ROUTING, answer_id="a-1", delivery="email", personal=PersonalAnswer(text="Sí", to="ana@correo.example")
)
FOR_REGULATOR = AnswerApproved(
    actor=ROUTING, answer_id="a-1", delivery="regulator", personal=PersonalAnswer(text="Va la respuesta")
)
ANSWERED = CaseAnswered(actor=ROUTING, answer_id="a-1", answered_at=NOW, delivery="email", due=DUE, in_time=True)
REOPENED = CaseReopened(actor=ROUTING, reason="answer-bounced", answer_id="a-1")
YULIANA = Actor(id="yuliana", role="agent")
PETITION = CREDIT.model_copy(update={"kind": "petition"})
OTHER = CREDIT.model_copy(update={"regulator_category": "subsidio-vivienda"})
FROM_THERE = {"codigo_queja": "14239", "producto_cod": 103}


def a_case(*, scope: str | None = "supervised", said: dict[str, Any] | None = None, **own: Any) -> Case:
    return Case(
        number="CAJA-2026-000001-7",
        tracking_code="7KQ2-M4TX-9RWZ-5",
        channel="regulator" if said else "web",
        received_at=NOW - timedelta(days=1),
        registered_at=NOW - timedelta(days=1),
        submissions={"s-1": Filed(outcome="created", received_at=NOW)},
        regulator_file=RegulatorFile(scope=scope, said=said or {}) if scope else None,  # type: ignore[arg-type]
        **{"anonymous": False, **own},
    )


def of_the_platform() -> Case:
    return a_case(said=FROM_THERE, regulator=RegulatorRequest(authority="SFC", reference="14239"))


def after(case: Case, *messages: Any) -> Case:
    """Events, commands; each must be taken."""
    for n, message in enumerate(messages):
        if isinstance(message, Event):
            message = Received(message, str(n), "c-1", NOW, message.TOPIC)
        decision = decide_case(case, message, NOW)
        assert isinstance(decision, Decision), decision
        case = decision.state
    return case


def owed(case: Case) -> tuple[str | None, str | None]:
    """How creation and update stand."""
    file = case.regulator_file
    assert file is not None
    return file.create.state if file.create else None, file.update.state if file.update else None


def sent(operation: str, version: int = 1, **own: Any) -> NoteDispatch:
    return NoteDispatch(operation, version, "sent", **own)  # type: ignore[arg-type]
