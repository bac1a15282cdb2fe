# SPDX-License-Identifier: Apache-2.0
"""What tracking shows, and what ends a regulator request."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.decision import Decision, Received, Refused
from intake.domain.case import Case, Filed
from intake.domain.decide import decide_case
from intake.domain.upload import FileAnswerWithRegulator
from ventanilla_contracts.envelope import Actor, Event, FileRef, StaffRef
from ventanilla_contracts.intake import AnswerFiledWithRegulator, RegulatorRequest
from ventanilla_contracts.notifications import DeliverySent, FilingCertificateIssued, PersonalDelivery
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerPublished,
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseReopened,
    DeadlineMissed,
    DeadlineSet,
    DocumentsRequested,
    PersonalAnswer,
    PersonalWords,
)

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
ROUTING = Actor(id="routing", role="service")
ADVISER = Actor(id="yuliana", role="agent")
MARCELA = StaffRef(id="marcela", name="Marcela Duque", email="marcela@caja.example")
DUE = date(2026, 3, 24)

CLASSIFIED = CaseClassified(
    actor=ROUTING,
    area="subsidios",
    area_name="Subsidios",
    attribute="timeliness",
    regulator_category="subsidio",
    kind="claim",
    term="general",
    priority="normal",
    by="rules",
)
ASSIGNED = CaseAssigned(
    actor=ROUTING, area="subsidios", area_name="Subsidios", responder=MARCELA, matrix_version="1", rule="r"
)
DEADLINE = DeadlineSet(
    actor=ROUTING,
    due=DUE,
    due_at=NOW,
    term="general",
    anchor=date(2026, 3, 2),
    rule="r",
    source="s",
    calendar_version="1",
    because="filed",
    trace=(),
)
DOCUMENTS = DocumentsRequested(
    actor=ROUTING, request_id="1", responder=MARCELA, due=DUE, personal=PersonalWords(text="soportes")
)
MISSED = DeadlineMissed(actor=ROUTING, due=DUE, responder=MARCELA)
APPROVED = AnswerApproved(
    actor=ROUTING, answer_id="a-1", delivery="email", personal=PersonalAnswer(text="Sí", to="ana@correo.example")
)
FOR_REGULATOR = AnswerApproved(
    actor=ROUTING, answer_id="a-1", delivery="regulator", personal=PersonalAnswer(text="Va la respuesta")
)
PUBLISHED = AnswerPublished(actor=ROUTING, answer_id="a-1", personal=PersonalWords(text="Se abrieron dos ventanillas."))
ANSWERED = CaseAnswered(actor=ROUTING, answer_id="a-1", answered_at=NOW, delivery="email", due=DUE, in_time=True)
REOPENED = CaseReopened(actor=ROUTING, reason="answer-bounced", answer_id="a-1")
REPLIED_TO = CaseReopened(actor=ROUTING, reason="person-replied", answer_id="a-1")
CLOSED = CaseClosed(actor=ROUTING, reason="check-waived")
ACKNOWLEDGED = DeliverySent(
    actor=ROUTING,
    letter_id="l",
    kind="acknowledgement",
    message_id="<m>",
    personal=PersonalDelivery(to=("ana@correo.example",)),
    sent_at=NOW,
    attempt=1,
)
CERTIFICATE = FilingCertificateIssued(
    actor=ROUTING,
    reference="R",
    issued_at=NOW,
    certificate=FileRef(sha256="0" * 64, name="c.pdf", type="application/pdf", size=1),
)


def a_case(*, regulator: bool = False) -> Case:
    return Case(
        number="CAJA-2026-000001-7",
        tracking_code="7KQ2-M4TX-9RWZ-5",
        channel="regulator" if regulator else "web",
        received_at=NOW - timedelta(days=1),
        registered_at=NOW - timedelta(days=1),
        anonymous=False,
        regulator=RegulatorRequest(authority="SSF", reference="SSF-1") if regulator else None,
        submissions={"s-1": Filed(outcome="created", received_at=NOW)},
    )


def after(case: Case, *events: Event) -> Case:
    for n, event in enumerate(events):
        decision = decide_case(case, Received(event, str(n), "c-1", NOW, event.TOPIC), NOW)
        assert isinstance(decision, Decision)
        assert decision.events == ()
        case = decision.state
    return case


@pytest.mark.parametrize(
    ("events", "status", "steps"),
    [
        ([], "filed", []),
        ([CLASSIFIED, ASSIGNED, DEADLINE], "assigned", ["assigned", "deadline-set"]),
        ([CLASSIFIED, ASSIGNED, ASSIGNED], "assigned", ["assigned"]),
        ([ACKNOWLEDGED, ACKNOWLEDGED], "filed", ["acknowledged"]),
        ([ASSIGNED, DOCUMENTS, DOCUMENTS, CLASSIFIED], "in-progress", ["assigned", "in-progress"]),
        ([DEADLINE, MISSED], "filed", ["deadline-set", "deadline-missed"]),
        ([APPROVED, ANSWERED], "answered", ["answer-approved", "answered"]),
        ([ANSWERED, CLOSED, ASSIGNED], "closed", ["answered", "closed", "assigned"]),
        ([CLOSED], "closed", ["closed"]),
        ([ANSWERED, CLOSED, REOPENED], "in-progress", ["answered", "closed", "answer-bounced"]),
        ([ANSWERED, CLOSED, REPLIED_TO], "in-progress", ["answered", "closed", "reopened"]),
        (
            [ANSWERED, CLOSED, REPLIED_TO, ANSWERED, CLOSED],
            "closed",
            ["answered", "closed", "reopened", "answered", "closed"],
        ),
        ([CERTIFICATE], "filed", ["certificate-issued"]),
    ],
)
def test_tracking_follows_what_the_other_services_say(events: Sequence[Event], status: str, steps: list[str]) -> None:
    progress = after(a_case(), *events).progress
    assert progress.status == status
    assert [step.code for step in progress.steps] == steps


def test_tracking_shows_the_area_the_day_and_a_published_answer_but_no_name_of_staff() -> None:
    progress = after(a_case(), CLASSIFIED, ASSIGNED, DEADLINE, PUBLISHED, ANSWERED).progress
    assert (progress.area_name, progress.due, progress.answered_at) == ("Subsidios", DUE, NOW)
    assert progress.published_answer == "Se abrieron dos ventanillas."
    assert "Marcela" not in progress.model_dump_json()


def test_an_event_about_a_case_that_was_never_filed_is_a_fault() -> None:
    with pytest.raises(LookupError):
        decide_case(None, Received(CLOSED, "1", "c-9", NOW, "routing-cases"), NOW)


UPLOAD = FileAnswerWithRegulator(ADVISER, "RAD-1-2026-009902", NOW - timedelta(minutes=3))


def test_an_uploaded_answer_ends_the_request_once() -> None:
    case = after(a_case(regulator=True), FOR_REGULATOR)
    assert case.to_upload is not None
    decision = decide_case(case, UPLOAD, NOW)
    assert isinstance(decision, Decision)
    [filed] = decision.events
    assert isinstance(filed, AnswerFiledWithRegulator)
    assert (filed.authority, filed.reference, filed.answer_id, filed.actor) == (
        "SSF",
        "RAD-1-2026-009902",
        "a-1",
        ADVISER,
    )
    assert decision.state.to_upload is None
    again = decide_case(decision.state, UPLOAD, NOW)
    assert isinstance(again, Decision)
    assert again.events == ()
    assert again.result == decision.result
    other = decide_case(decision.state, replace(UPLOAD, reference="RAD-2"), NOW)
    assert isinstance(other, Refused)
    assert other.code == "already-filed-with-regulator"


@pytest.mark.parametrize(
    ("case", "upload", "code", "kind"),
    [
        (None, UPLOAD, "case-unknown", "not-found"),
        (a_case(), UPLOAD, "not-a-regulator-request", "conflict"),
        (a_case(regulator=True), UPLOAD, "answer-not-approved", "conflict"),
        (after(a_case(regulator=True), APPROVED), UPLOAD, "answer-not-approved", "conflict"),
        (
            after(a_case(regulator=True), FOR_REGULATOR),
            replace(UPLOAD, reference=" "),
            "upload-reference-missing",
            "invalid",
        ),
        (
            after(a_case(regulator=True), FOR_REGULATOR),
            replace(UPLOAD, filed_at=NOW + timedelta(hours=1)),
            "filed-in-future",
            "invalid",
        ),
        (
            after(a_case(regulator=True), FOR_REGULATOR),
            replace(UPLOAD, filed_at=NOW - timedelta(days=2)),
            "filed-before-received",
            "invalid",
        ),
    ],
)
def test_only_an_answer_approved_for_the_regulator_can_have_been_uploaded(
    case: Case | None, upload: FileAnswerWithRegulator, code: str, kind: str
) -> None:
    refused = decide_case(case, upload, NOW)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.kind) == (code, kind)


@pytest.mark.parametrize(
    ("events", "asked"), [((ASSIGNED, DEADLINE, APPROVED), True), ((ANSWERED,), False), ((CLOSED,), False)]
)
def test_nobody_is_asked_for_a_regulators_day_once_it_is_answered(events: Sequence[Event], asked: bool) -> None:
    case = after(a_case(regulator=True).model_copy(update={"asks_due": NOW}), *events)
    assert (case.asks_due is not None) is asked
