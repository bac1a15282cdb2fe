# SPDX-License-Identifier: Apache-2.0
"""What cannot wait about a case: marks of emergencies (SQR-03), tutelas (ICX-15), regulators' terms (CNF-03)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from filing_story import CITIZEN, NOW, SSF, filed, submission
from hypothesis import given
from hypothesis import strategies as st

from chassis.decision import Decision, Refused
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.emergency_marks import DecideEmergency, with_emergency
from intake.domain.filing import refusal
from intake.domain.forms import checked_form
from intake.domain.ordered_terms import RegisterTutela, TellRegulatorDue
from intake.domain.products import product_key, product_keys
from intake.domain.public import public_refusal
from intake.domain.splitting import SplitCase
from intake.domain.submission import FileSubmission, row_of
from intake.domain.tutelas import court_reference, tutela_hints
from intake.filing.emergencies import load_emergencies
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    CaseFiled,
    EmergencyDecided,
    MessageAppended,
    Product,
    SubmissionForm,
    TermOrdered,
    TutelaForm,
)

OURS = load_emergencies()
ADVISER = Actor(id="yuliana", role="adviser")
COURT = "Juzgado Primero Laboral de Manizales"
REFERENCE = "17001310500120260012300"


def resolved(**own: Any) -> FileSubmission:
    found = with_emergency(submission(**own), OURS)
    assert isinstance(found, FileSubmission)
    return found


def said(text: str, **own: Any) -> FileSubmission:
    return resolved(form=SubmissionForm(text=text), **own)


def decided(case: Case | None, command: object) -> Decision[Case]:
    decision = decide_case(case, command, NOW)
    assert isinstance(decision, Decision), decision
    return decision


def refused(case: Case | None, command: object) -> Refused:
    found = decide_case(case, command, NOW)
    assert isinstance(found, Refused)
    return found


def tutela(**own: Any) -> TutelaForm:
    return TutelaForm.model_validate({"court": COURT, "reference": REFERENCE, "hours": 48, **own})


def test_an_emergency_travels_with_the_case_and_the_words_that_decided() -> None:
    decision = decided(None, said("Hay una fuga de gas"))
    event = decision.events[0]
    assert isinstance(event, CaseFiled)
    assert event.emergency is not None
    assert (event.emergency.matter, event.emergency.words) == ("safety", ("fuga de gas",))
    assert decision.state.emergency == event.emergency
    assert row_of(said("Hay una fuga de gas"), "created", NOW, NOW)["emergency"] == event.emergency.model_dump()


def test_whoever_writes_it_down_knows_better_than_the_rules() -> None:
    form = SubmissionForm(text="Llamó por un incendio: ya no respira", emergency="health")
    marked = resolved(form=form).emergency
    assert marked is not None
    assert (marked.matter, marked.by, marked.words) == ("health", "person", ())


def test_a_second_matter_is_looked_at_too() -> None:
    split = SplitCase(ADVISER, "c-1", "s-1", "dos asuntos", submission(form=SubmissionForm(text="Huele a gas")))
    found = with_emergency(split, OURS)
    assert isinstance(found, SplitCase)
    assert found.filing.emergency is not None
    assert with_emergency("something else", OURS) == "something else"


def test_what_the_person_says_later_marks_the_case_once() -> None:
    first = decided(None, said("No llegó la cuota")).state
    more = said("Ahora hay un incendio", submission_id="s-2", external_key=None)
    second = decided(first, more)
    assert [type(event) for event in second.events[:2]] == [MessageAppended, EmergencyDecided]
    third = decided(second.state, replace(more, submission_id="s-3"))
    assert [type(event) for event in third.events[:2]][1:] != [EmergencyDecided]
    assert third.state.emergency is not None


def test_an_adviser_marks_and_takes_away_with_a_reason_and_the_same_again_is_silent() -> None:
    case = filed().state
    marked = decided(case, DecideEmergency(ADVISER, "safety"))
    [event] = marked.events
    assert isinstance(event, EmergencyDecided)
    assert event.emergency is not None
    assert event.emergency.by == "person"
    assert decided(marked.state, DecideEmergency(ADVISER, "safety")).events == ()
    assert refused(marked.state, DecideEmergency(ADVISER, None, "  ")).code == "emergency-reason-missing"
    gone = decided(marked.state, DecideEmergency(ADVISER, None, "Era un simulacro"))
    [event] = gone.events
    assert isinstance(event, EmergencyDecided)
    assert (event.emergency, event.reason, event.actor) == (None, "Era un simulacro", ADVISER)
    assert gone.state.emergency is None
    assert decided(gone.state, DecideEmergency(ADVISER, None, "otra vez")).events == ()
    assert refused(None, DecideEmergency(ADVISER, "life")).code == "case-unknown"


def test_after_a_mark_was_taken_away_a_new_message_marks_again() -> None:
    case = decided(decided(None, said("Incendio")).state, DecideEmergency(ADVISER, None, "Era un simulacro")).state
    again = decided(case, said("Se incendia de verdad", submission_id="s-2", external_key=None))
    assert any(isinstance(event, EmergencyDecided) for event in again.events)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (REFERENCE, REFERENCE),
        ("17001-31-05-001-2026-00123-00", REFERENCE),
        (" 17001 31 05 001 2026 00123 00 ", REFERENCE),
        ("1700131050012026001230", None),
        (f"{REFERENCE}0", None),
        ("17001310500119850012300", None),  # before the Constitution that made the action
        ("17001-31-05-001-2026-00123-OO", None),
        ("", None),
    ],
)
def test_a_courts_number_has_23_digits_and_a_year(typed: str, expected: str | None) -> None:
    assert court_reference(typed) == expected


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"court": " "}, "tutela-court-missing"),
        ({"reference": "123"}, "tutela-reference"),
        ({"hours": None}, "tutela-term-missing"),
        ({"answer_by": NOW + timedelta(days=2)}, "tutela-term-missing"),
        ({"hours": None, "answer_by": NOW - timedelta(minutes=1)}, "tutela-term-range"),
        ({"hours": None, "answer_by": NOW + timedelta(days=91)}, "tutela-term-range"),
    ],
)
def test_a_tutela_that_says_too_little_or_the_impossible_is_refused_by_form_and_command(
    own: dict[str, Any], code: str
) -> None:
    form = checked_form("written", SubmissionForm(text="Tutela", tutela=tutela(**own)))
    found = form if isinstance(form, Refused) else refusal(submission(form=form), NOW)
    assert found is not None
    assert found.code == code
    assert refused(filed().state, RegisterTutela(ADVISER, tutela(**own))).code == code


def test_hours_count_from_the_receipt_every_one_of_them() -> None:
    received = NOW - timedelta(hours=5)
    form = SubmissionForm(text="Tutela", tutela=tutela(), received_at=received)
    event = decided(None, submission(form=form)).events[0]
    assert isinstance(event, CaseFiled)
    assert event.tutela is not None
    assert (event.tutela.answer_by, event.tutela.hours) == (received + timedelta(hours=48), 48)


def test_a_tutela_that_is_found_in_a_mail_is_registered_and_corrected() -> None:
    judge = datetime(2026, 3, 4, 22, tzinfo=UTC)
    command = RegisterTutela(ADVISER, tutela(hours=None, answer_by=judge, reference="17001-31-05-001-2026-00123-00"))
    first = decided(filed().state, command)
    [event] = first.events
    assert isinstance(event, TermOrdered)
    assert event.tutela is not None
    assert (event.tutela.answer_by, event.tutela.reference) == (judge, REFERENCE)
    assert decided(first.state, command).events == ()
    assert len(decided(first.state, RegisterTutela(ADVISER, tutela(hours=72))).events) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Notifico admisión de tutela, radicado {REFERENCE}, término de 48 horas", (REFERENCE, 48)),
        ("TUTELA 17001-31-05-001-2026-00123-00. Responda en cuarenta y ocho (48) horas", (REFERENCE, 48)),
        ("Acción de tutela 17001 31 05 001 2026 00123 00: horas (24)", (REFERENCE, 24)),
        (f"Tutela {REFERENCE}: dos días", (REFERENCE, None)),
        (f"Proceso ejecutivo {REFERENCE}", None),
        ("Voy a poner una tutela", None),
        ("Tutela 170013105001202600123001", None),
    ],
)
def test_a_mail_of_a_court_is_seen_to_be_one(text: str, expected: tuple[str, int | None] | None) -> None:
    found = tutela_hints("", text)
    assert (None if found is None else (found.reference, found.hours)) == expected


@given(st.text(max_size=300))
def test_whatever_stands_before_a_courts_number_is_still_found(before: str) -> None:
    found = tutela_hints(f"{before}\ntutela\n{REFERENCE}\n")
    assert found is not None


def test_an_agent_tells_a_regulators_last_day() -> None:
    case = filed(form=SubmissionForm(text="Informe", regulator=SSF), channel="regulator").state
    told = decided(case, TellRegulatorDue(ADVISER, date(2026, 3, 10)))
    [event] = told.events
    assert isinstance(event, TermOrdered)
    assert event.regulator_due == date(2026, 3, 10)
    assert told.state.regulator is not None
    assert told.state.regulator.due == date(2026, 3, 10)
    assert decided(told.state, TellRegulatorDue(ADVISER, date(2026, 3, 10))).events == ()
    assert refused(case, TellRegulatorDue(ADVISER, date(2025, 3, 10))).code == "regulator-due-range"
    assert refused(filed().state, TellRegulatorDue(ADVISER, date(2026, 3, 10))).code == "not-a-regulator-request"


@pytest.mark.parametrize("own", [{"emergency": "life"}, {"tutela": {"court": "x", "reference": "1", "hours": 1}}])
def test_the_public_gives_neither_marks_nor_orders(own: dict[str, Any]) -> None:
    found = public_refusal(SubmissionForm.model_validate({"text": "Hola", **own}), NOW)
    assert found is not None
    assert found.code == "staff-only"


@pytest.mark.parametrize(
    ("own", "keys"),
    [
        ({"product": Product(code="nev-300", lot="L 2026/03", serial="sn-778812")}, ("NEV300", "L202603", "SN778812")),
        ({"product_reference": "Lote Ñ-12"}, ("LOTEN12",)),
        ({"product": Product(lot="A1")}, ()),
        ({"product": Product(lot="AB1", serial="ab-1")}, ("AB1",)),
        ({}, ()),
    ],
)
def test_a_product_is_found_however_its_numbers_are_written(own: dict[str, Any], keys: tuple[str, ...]) -> None:
    form = SubmissionForm(text="No enfría", **own)
    assert product_keys(form) == keys
    row = row_of(submission(form=form), "created", NOW, NOW)
    assert row.get("products", []) == list(keys)


@given(st.text(max_size=80))
def test_a_key_is_its_own_key(written: str) -> None:
    assert product_key(product_key(written)) == product_key(written)


def test_a_product_of_which_nothing_is_said_is_none_and_one_travels_with_the_case() -> None:
    empty = checked_form("web", SubmissionForm(text="Hola", product=Product(lot="  ")))
    assert isinstance(empty, SubmissionForm)
    assert empty.product is None
    product = Product(lot="L2026-03")
    event = filed(form=SubmissionForm(text="No enfría", product=product)).events[0]
    assert isinstance(event, CaseFiled)
    assert event.product == product
    assert event.actor == CITIZEN
