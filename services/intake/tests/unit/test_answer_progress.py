# SPDX-License-Identifier: Apache-2.0
"""What the person sees of an answer in parts, of a request that nobody understood, and of a rejection."""

from datetime import UTC, date, datetime

import pytest
from regulator_cases import CREDIT, FOR_REGULATOR, a_case, after, of_the_platform, owed, sent

from chassis.decision import Received
from intake.domain.adding import adding_refusal
from intake.domain.case import Case
from intake.domain.progress import follow
from intake.domain.regulator.told import progress_told
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.routing import (
    AnswerPublished,
    CaseRejected,
    CaseReopened,
    ClarificationRequested,
    DeadlineExtended,
    PartialAnswerApproved,
    PersonalAnswer,
    PersonalWords,
)

NOW = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
AGENT = Actor(id="yuliana", role="agent")
UNCLEAR = ClarificationRequested(
    actor=AGENT, until=date(2026, 3, 19), until_at=NOW, source="s", personal=PersonalWords(text="¿Qué pago?")
)
REJECTED = CaseRejected(actor=AGENT, reason="disrespectful", source="s", personal=PersonalWords(text="Insultos."))
EXTENDED = DeadlineExtended(
    actor=AGENT,
    due_before=date(2026, 3, 24),
    due=date(2026, 4, 8),
    latest=date(2026, 4, 16),
    business_days=24,
    source="s",
    personal=PersonalWords(text="Falta un concepto."),
)


def part(delivery: str) -> PartialAnswerApproved:
    words = PersonalAnswer(text="Marzo ya se pagó.")
    return PartialAnswerApproved.model_validate(
        {"actor": AGENT, "answer_id": "p-1", "delivery": delivery, "personal": words}
    )


def seen(*events: Event) -> Case:
    case = a_case(scope=None)
    for n, event in enumerate(events):
        case = follow(case, Received(event, str(n), "c-1", NOW, event.TOPIC))
    return case


@pytest.mark.parametrize(("delivery", "said"), [("email", None), ("published", "Marzo ya se pagó.")])
def test_a_part_is_told_and_read_here_by_who_has_no_address(delivery: str, said: str | None) -> None:
    progress = seen(part(delivery)).progress
    assert (progress.steps[-1].code, progress.steps[-1].said) == ("partial-answer", said)
    assert (progress.answered_at, progress.published_answer) == (None, None)


def test_what_is_not_understood_is_shown_with_the_last_day() -> None:
    step = seen(UNCLEAR).progress.steps[-1]
    assert (step.code, step.due, step.said) == ("unclear", date(2026, 3, 19), "¿Qué pago?")


def test_a_rejection_is_shown_with_its_reasons_and_undone_by_a_reply() -> None:
    case = seen(REJECTED)
    assert (case.progress.status, case.progress.steps[-1].said) == ("rejected", "Insultos.")
    assert adding_refusal(case) is not None
    again = seen(REJECTED, CaseReopened(actor=AGENT, reason="person-replied"))
    assert again.progress.status == "in-progress"
    assert adding_refusal(again) is None


def test_a_published_answer_has_the_day_by_which_it_is_listed() -> None:
    published = AnswerPublished(actor=AGENT, answer_id="a-1", personal=PersonalWords(text="Sí."))
    progress = seen(published).progress
    assert (progress.published_answer, progress.published_at) == ("Sí.", NOW)
    assert seen(part("published")).progress.published_at is None


def test_an_extension_is_told_to_the_regulators_platform_once() -> None:
    """`prorroga_queja`."""
    case = after(of_the_platform(), CREDIT, EXTENDED)
    assert owed(case) == (None, "pending")
    assert case.regulator_file is not None
    assert progress_told(case, case.regulator_file, "14239", NOW).extended
    assert owed(after(case, sent("update"))) == (None, "sent")
    assert owed(after(case, sent("update"), EXTENDED)) == (None, "sent")


def test_of_a_complaint_of_ours_it_waits_for_its_creation() -> None:
    case = after(a_case(), CREDIT, EXTENDED)
    assert owed(case) == ("pending", "pending")
    assert case.regulator_file is not None
    assert case.regulator_file.pending_since is not None
    there = after(case, sent("create", code="14232026000001"))
    assert owed(there) == ("sent", "pending")


def test_the_closing_still_says_that_it_was_extended() -> None:
    case = after(of_the_platform(), CREDIT, EXTENDED, sent("update"), FOR_REGULATOR)
    assert case.regulator_file is not None
    assert case.regulator_file.update is not None
    assert (case.regulator_file.update.says.phase, case.regulator_file.update.says.extended) == ("answered", True)
