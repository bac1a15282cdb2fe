# SPDX-License-Identifier: Apache-2.0
"""Which cases are reported to the regulator, what is owed to it, and what became of it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regulator_cases import (
    ANSWERED,
    APPROVED,
    CREDIT,
    DOCUMENTS,
    FOR_REGULATOR,
    NOW,
    OTHER,
    PETITION,
    REOPENED,
    YULIANA,
    a_case,
    after,
    of_the_platform,
    owed,
    sent,
)

from chassis.decision import Decision, Refused
from intake.domain.case import Case, Link
from intake.domain.decide import decide_case
from intake.domain.person_reach import CorrectCasePerson
from intake.domain.regulator.acts import DecideFavour, NoteDispatch, RetryDispatch
from intake.domain.regulator.file import Dispatch, Fraud, Says
from intake.domain.regulator.told import complaint_told, progress_told
from intake.domain.upload import FileAnswerWithRegulator
from ventanilla_contracts.envelope import Event, FileRef
from ventanilla_contracts.intake import AnswerFiledWithRegulator, Person, PersonField, RegulatorRequest, SubmissionForm

FRAUD = Fraud(
    kind="external",
    modality=3,
    claimed=1_500_000,
    recognised=0,
    inquiry=FileRef(sha256="0c" * 32, name="informe.pdf", type="application/pdf", size=10),
)


@pytest.mark.parametrize(
    ("case", "events", "expected"),
    [
        (a_case(), [CREDIT], ("pending", None)),
        (a_case(), [PETITION], (None, None)),
        (a_case(scope="all"), [PETITION], ("pending", None)),
        (a_case(anonymous=True), [CREDIT], (None, None)),
        (a_case(regulator=RegulatorRequest(authority="SSF", reference="1")), [CREDIT], (None, None)),
        (a_case(), [CREDIT, PETITION], (None, None)),
        (a_case(), [PETITION, CREDIT], ("pending", None)),
        (of_the_platform(), [PETITION], (None, None)),
        (of_the_platform(), [PETITION, DOCUMENTS], (None, "pending")),
        (of_the_platform(), [PETITION, FOR_REGULATOR], (None, "undecided")),
        (a_case(), [CREDIT, APPROVED], ("pending", "pending")),
        (a_case(), [CREDIT, APPROVED, ANSWERED], ("pending", "undecided")),
        (a_case(), [CREDIT, sent("create"), CREDIT], ("sent", None)),
        (a_case(), [CREDIT, sent("create"), OTHER], ("sent", "pending")),
        (a_case(), [CREDIT, sent("create"), PETITION], ("sent", None)),
    ],
)
def test_what_is_owed(case: Case, events: Sequence[Any], expected: tuple[str | None, str | None]) -> None:
    assert owed(after(case, *events)) == expected


def test_a_house_that_reports_nothing_keeps_nothing() -> None:
    case = after(a_case(scope=None), CREDIT, APPROVED, ANSWERED)
    assert case.regulator_file is None


def test_an_update_waits_for_its_creation() -> None:
    case = after(a_case(), CREDIT, DOCUMENTS)
    assert case.regulator_file is not None
    assert case.regulator_file.pending_since == NOW
    refused = after(case, NoteDispatch("create", 1, "refused", ("nombres: no puede ser nulo",)))
    assert refused.regulator_file is not None
    assert (refused.regulator_file.pending_since, refused.regulator_file.attention_since) == (None, NOW)
    there = after(case, sent("create", code="14232026000001"))
    assert there.regulator_file is not None
    assert (there.regulator_file.pending_since, there.regulator_file.code) == (NOW, "14232026000001")


def test_the_latest_version_is_owed_whatever_an_older_one_became() -> None:
    case = after(a_case(), CREDIT, sent("create"), DOCUMENTS, OTHER)
    assert case.regulator_file is not None
    assert case.regulator_file.update is not None
    assert case.regulator_file.update.version == 2
    for old in (sent("update", 1), NoteDispatch("update", 1, "refused", ("x",))):
        assert owed(after(case, old)) == ("sent", "pending")
    assert owed(after(case, sent("update", 2))) == ("sent", "sent")


def test_what_an_older_creation_did_not_tell_an_update_tells() -> None:
    case = after(a_case(), CREDIT, OTHER, sent("create", 1))
    assert owed(case) == ("sent", "pending")


def test_a_closing_waits_for_who_says_in_whose_favour() -> None:
    case = after(a_case(), CREDIT, sent("create"), APPROVED, ANSWERED)
    assert owed(case) == ("sent", "undecided")
    assert case.regulator_file is not None
    assert case.regulator_file.attention_since == NOW
    decided = after(case, DecideFavour(YULIANA, "partly"))
    assert owed(decided) == ("sent", "pending")
    corrected = after(decided, DecideFavour(YULIANA, "person"))
    assert corrected.regulator_file is not None
    assert corrected.regulator_file.update is not None
    assert corrected.regulator_file.update.says.favour == "person"
    version = corrected.regulator_file.update.version
    closed = after(corrected, sent("update", version))
    again = decide_case(closed, DecideFavour(YULIANA, "partly"), NOW)
    assert isinstance(again, Refused)
    assert again.code == "regulator-has-it"


def test_an_answer_that_came_back_closes_nothing() -> None:
    case = after(a_case(), CREDIT, sent("create"), APPROVED, ANSWERED, DecideFavour(YULIANA, "person"), REOPENED)
    assert case.regulator_file is not None
    assert case.regulator_file.update is not None
    assert case.regulator_file.update.says.phase == "in-progress"
    assert owed(case) == ("sent", "pending")


def test_the_closing_of_a_complaint_of_the_platform_ends_the_request_once() -> None:
    case = after(of_the_platform(), CREDIT, FOR_REGULATOR, DecideFavour(YULIANA, "organisation"))
    assert case.regulator_file is not None
    assert case.regulator_file.update is not None
    done = sent("update", case.regulator_file.update.version)
    decision = decide_case(case, done, NOW)
    assert isinstance(decision, Decision)
    [filed] = decision.events
    assert isinstance(filed, AnswerFiledWithRegulator)
    assert (filed.authority, filed.answer_id, filed.means) == ("SFC", "a-1", "platform")
    assert decision.state.to_upload is None
    again = decide_case(decision.state, done, NOW)
    assert isinstance(again, Decision)
    assert again.events == ()


def test_the_closing_of_a_case_of_our_own_leaves_it_to_its_check() -> None:
    case = after(a_case(), CREDIT, sent("create"), APPROVED, ANSWERED, DecideFavour(YULIANA, "person"))
    assert case.regulator_file is not None
    assert case.regulator_file.update is not None
    decision = decide_case(case, sent("update", case.regulator_file.update.version), NOW)
    assert isinstance(decision, Decision)
    assert decision.events == ()


def test_who_uploads_by_hand_is_not_uploaded_again() -> None:
    case = after(of_the_platform(), CREDIT, FOR_REGULATOR, FileAnswerWithRegulator(YULIANA, "RAD-1", NOW))
    assert owed(case) == (None, "by-hand")
    assert case.regulator_file is not None
    assert (case.regulator_file.pending_since, case.regulator_file.attention_since) == (None, None)
    decision = decide_case(case, sent("update", 1), NOW)
    assert isinstance(decision, Decision)
    assert decision.events == ()


def test_what_was_refused_goes_out_again_when_a_person_says_so() -> None:
    refused = NoteDispatch("create", 1, "refused", ("municipio_cod: no existe",))
    case = after(a_case(), CREDIT, refused)
    assert owed(case) == ("refused", None)
    again = after(case, RetryDispatch(YULIANA))
    assert owed(again) == ("pending", None)
    assert owed(after(again, refused)) == ("pending", None)  # of the version before
    nothing = decide_case(after(again, sent("create", 2)), RetryDispatch(YULIANA), NOW)
    assert isinstance(nothing, Refused)
    assert nothing.code == "nothing-to-send-again"


def test_what_the_platform_lost_is_created_again_before_it_is_updated() -> None:
    case = after(a_case(), CREDIT, sent("create", code="1"), DOCUMENTS, NoteDispatch("update", 1, "missing"))
    assert owed(case) == ("pending", "pending")
    assert owed(after(case, sent("create", 2, code="1"))) == ("sent", "pending")
    lost = after(of_the_platform(), CREDIT, DOCUMENTS, NoteDispatch("update", 1, "missing"))
    assert owed(lost) == (None, "refused")


def test_what_is_told_of_a_person_is_what_was_corrected_last() -> None:
    person = Person(name="Ana María Ríos", document_type="CE", document_number="345678", email="otra@correo.example")
    fields: tuple[PersonField, ...] = ("name", "document")
    correction = CorrectCasePerson(actor=YULIANA, correction="p/1", fields=fields, person=person, before_email=None)
    case = after(a_case(), CREDIT, correction)
    assert case.regulator_file is not None
    form = SubmissionForm(text="x", person=Person(name="Ana", document_type="CC", document_number="1", email="a@b.co"))
    told = complaint_told(case, case.regulator_file, form, ()).person
    assert (told.name, told.document_type, told.document_number) == ("Ana María Ríos", "CE", "345678")
    assert told.email == "a@b.co"


def test_a_fraud_is_told_with_the_closing_and_may_be_taken_back_until_then() -> None:
    case = after(a_case(), CREDIT, sent("create"), APPROVED, ANSWERED, DecideFavour(YULIANA, "person", FRAUD))
    assert update_of(case).says.fraud == FRAUD
    corrected = after(case, DecideFavour(YULIANA, "person"))
    assert update_of(corrected).says.fraud is None
    assert update_of(corrected).version == update_of(case).version + 1
    assert update_of(after(case, DecideFavour(YULIANA, "person", FRAUD))) == update_of(case)
    reopened = after(case, REOPENED)
    assert update_of(reopened).says.fraud is None
    assert reopened.regulator_file is not None
    assert reopened.regulator_file.fraud is None


@pytest.mark.parametrize(
    ("relation", "status", "marked"),
    [
        ("duplicate", "confirmed", True),
        ("duplicate", "proposed", False),
        ("duplicate", "dismissed", False),
        ("same-matter", "confirmed", False),
    ],
)
def test_only_a_confirmed_duplicate_is_told_as_one(relation: str, status: str, marked: bool) -> None:
    said = {"relation": relation, "status": status, "other_case_number": "CAJA-2026-000002-5", "at": NOW}
    link = Link.model_validate({"id": "l", "other_case_id": "c-2", "by": YULIANA, **said})
    case = after(a_case(links=(link,)), CREDIT, sent("create"), APPROVED, ANSWERED, DecideFavour(YULIANA, "person"))
    assert case.regulator_file is not None
    assert progress_told(case, case.regulator_file, "1", NOW).duplicate == marked
    going = after(a_case(links=(link,)), CREDIT, sent("create"), DOCUMENTS)
    assert going.regulator_file is not None
    assert not progress_told(going, going.regulator_file, "1", NOW).duplicate


def update_of(case: Case) -> Dispatch:
    file = case.regulator_file
    assert file is not None
    assert file.update is not None
    return file.update


@pytest.mark.parametrize("command", [sent("create"), DecideFavour(YULIANA, "person"), RetryDispatch(YULIANA)])
def test_a_case_that_does_not_exist_is_refused(command: object) -> None:
    refused = decide_case(None, command, NOW)
    assert isinstance(refused, Refused)


HAPPENINGS = (CREDIT, OTHER, DOCUMENTS, APPROVED, ANSWERED, REOPENED, "sent", "stale", "refused")


@given(st.lists(st.sampled_from(HAPPENINGS), max_size=25))
def test_whatever_comes_between_the_platform_ends_by_knowing_what_holds(happenings: list[Any]) -> None:
    """In whatever order: once nothing is refused and nothing undecided, its last version was told."""
    case, told = a_case(), Says()
    for one in [CREDIT, *happenings]:
        case, told = _happen(case, told, one)
    for _ in range(5):
        for act in (DecideFavour(YULIANA, "person"), RetryDispatch(YULIANA)):
            decision = decide_case(case, act, NOW)
            case = decision.state if isinstance(decision, Decision) else case
        case, told = _happen(case, told, "sent")
    assert case.regulator_file is not None
    assert (case.regulator_file.pending_since, case.regulator_file.attention_since) == (None, None)
    holds = [one for one in [CREDIT, *happenings] if one in (CREDIT, OTHER)][-1]
    assert told.category == holds.regulator_category
    answered = [one for one in happenings if one in (ANSWERED, REOPENED)][-1:] == [ANSWERED]
    assert (told.phase == "answered") == answered
    assert told.favour == ("person" if answered else None)


def _happen(case: Case, told: Says, one: Any) -> tuple[Case, Says]:
    """An event; or the sending of what is owed, in its version or as of the one before."""
    if isinstance(one, Event):
        return after(case, one), told
    file = case.regulator_file
    assert file is not None
    name = "create" if file.create and file.create.state == "pending" else "update"
    dispatch = file.dispatch(name)  # type: ignore[arg-type]
    if file.pending_since is None or dispatch is None or dispatch.state != "pending":
        return case, told
    if one == "sent":
        told = dispatch.says
    outcome = "refused" if one == "refused" else "sent"
    version = dispatch.version - (1 if one == "stale" else 0)
    return after(case, NoteDispatch(name, version, outcome, ("x",))), told  # type: ignore[arg-type]
