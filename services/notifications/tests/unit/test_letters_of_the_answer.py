# SPDX-License-Identifier: Apache-2.0
"""What is written while an answer is made, and what is not sent any more (CNF-09, CNF-10; CPACA art. 19)."""

from datetime import date
from typing import Any

import pytest
from letters_story import (
    AGENT,
    AT,
    CARLOS,
    FILE,
    LILIANA,
    PERSON,
    ROUTING,
    Story,
    answered,
    assigned,
    classified,
    closed,
    documents_requested,
    due_on,
    filed,
)

from notifications.domain.letters import SENT_ONCE, TO_THE_PERSON
from notifications.domain.rules import pointless
from ventanilla_contracts.envelope import Actor, Event, StaffRef
from ventanilla_contracts.intake import Person
from ventanilla_contracts.routing import (
    AnswerReturned,
    AnswerReviewed,
    AnswerReviewRequested,
    CaseRejected,
    ClarificationRequested,
    DocumentsApproaching,
    DocumentsDelivered,
    DocumentsOverdue,
    PartialAnswerApproved,
    PersonalAnswer,
    PersonalDocuments,
    PersonalWords,
)

VALENTINA = StaffRef(id="valentina", name="Valentina Uribe", email="valentina@caja.example")
LEGAL = Actor(id=VALENTINA.id, role="legal")
REVIEW = AnswerReviewRequested(actor=AGENT, revision=1, reviewers=(VALENTINA,), asked_by=LILIANA)
RETURNED = AnswerReturned(
    actor=LEGAL, revision=1, drafted_by=LILIANA, personal=PersonalWords(text="Falta el artículo.")
)
PASSED = AnswerReviewed(actor=LEGAL, revision=1, drafted_by=LILIANA)
REMINDER = DocumentsApproaching(
    actor=ROUTING, request_id="r-1", responder=CARLOS, due=date(2026, 3, 10), business_days_left=2
)
OVERDUE = DocumentsOverdue(actor=ROUTING, request_id="r-1", responder=CARLOS, copies=(LILIANA,), due=date(2026, 3, 10))
UNCLEAR = ClarificationRequested(
    actor=AGENT, until=date(2026, 3, 17), until_at=AT, source="art. 19", personal=PersonalWords(text="¿Qué pago?")
)
REJECTED = CaseRejected(
    actor=AGENT,
    reason="repeated",
    earlier_case_number="CEJ-2026-000400-1",
    source="art. 19",
    personal=PersonalWords(text="Es lo mismo."),
)


def part(delivery: str = "email") -> PartialAnswerApproved:
    words = PersonalAnswer(text="Marzo ya se pagó.", to=PERSON if delivery == "email" else None)
    values = {"actor": AGENT, "answer_id": "p-1", "delivery": delivery, "files": (FILE,), "personal": words}
    return PartialAnswerApproved.model_validate(values)


def delivered(request_id: str | None, responder: StaffRef = CARLOS) -> DocumentsDelivered:
    return DocumentsDelivered(
        actor=AGENT, request_id=request_id, responder=responder, personal=PersonalDocuments(text="Va.")
    )


def told(*events: Event, **changes: Any) -> Story:
    return Story().hear(filed(**changes), classified(), assigned(), due_on(), *events)


@pytest.mark.parametrize(
    ("event", "kind", "to"),
    [
        (REVIEW, "review-request", [VALENTINA.email]),
        (RETURNED, "review-result", [LILIANA.email]),
        (PASSED, "review-result", [LILIANA.email]),
        (REMINDER, "documents-reminder", [CARLOS.email]),
        (OVERDUE, "documents-overdue", [CARLOS.email, LILIANA.email]),
        (part(), "partial-answer", [PERSON]),
        (UNCLEAR, "clarification-request", [PERSON]),
        (REJECTED, "rejection", [PERSON]),
    ],
)
def test_each_is_written_once_to_whom_it_is_for(event: Event, kind: str, to: list[str]) -> None:
    letter = told(event).of(kind)
    assert [one.address for one in letter.to] == to
    assert letter.state == "pending"
    assert (letter.kind in TO_THE_PERSON) is (to == [PERSON])


def test_a_review_says_who_asked_and_what_came_of_it() -> None:
    assert told(REVIEW).of("review-request").values["asked_by"] == LILIANA.name
    assert told(RETURNED).of("review-result").values["reasons"] == "Falta el artículo."
    assert told(PASSED).of("review-result").values["reasons"] is None


def test_nobody_is_written_to_for_a_drafter_who_left() -> None:
    assert "review-result" not in told(PASSED.model_copy(update={"drafted_by": None})).kinds


def test_a_part_carries_its_files_and_its_id_and_never_goes_twice_by_itself() -> None:
    letter = told(part()).of("partial-answer")
    assert (letter.answer_id, letter.files, letter.thread is not None) == ("p-1", (FILE,), True)
    assert letter.kind in SENT_ONCE
    assert letter.values["text"] == "Marzo ya se pagó."


@pytest.mark.parametrize("delivery", ["published", "handed-over"])
def test_a_part_that_goes_another_way_is_not_mailed(delivery: str) -> None:
    assert "partial-answer" not in told(part(delivery)).kinds


def test_who_gave_no_address_is_somebodys_task_and_who_is_anonymous_looks_themselves() -> None:
    assert told(REJECTED, email=None, mail=None).of("rejection").state == "failed"
    nobody = told(REJECTED, email=None, mail=None, anonymous=True, personal={"person": Person()})
    assert "rejection" not in nobody.kinds


@pytest.mark.parametrize(
    ("delivery", "is_pointless"),
    [(delivered("r-1"), True), (delivered(None), True), (delivered("r-2"), False), (delivered(None, LILIANA), False)],
)
@pytest.mark.parametrize(("event", "kind"), [(REMINDER, "documents-reminder"), (OVERDUE, "documents-overdue")])
def test_nobody_is_reminded_of_what_came_before_the_letter_left(
    event: Event, kind: str, delivery: Event, is_pointless: bool
) -> None:
    story = told(documents_requested(), event)
    assert story.case is not None
    assert not pointless(story.of(kind), story.case)
    story.hear(delivery)
    assert pointless(story.of(kind), story.case) is is_pointless


@pytest.mark.parametrize("event", [answered(), closed(), REJECTED])
def test_once_the_case_is_over_nothing_is_asked_of_anybody(event: Event) -> None:
    story = told(documents_requested(), REVIEW, OVERDUE, event)
    assert story.case is not None
    for kind in ("documents-request", "documents-overdue", "review-request"):
        assert pointless(story.of(kind), story.case)
