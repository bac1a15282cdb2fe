# SPDX-License-Identifier: Apache-2.0
"""How a submission becomes a case, joins one, or is heard of again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from filing_story import NOW, SSF, filed, submission
from hypothesis import given
from hypothesis import strategies as st

from chassis.decision import Decision, Insert, Keyed, Refused
from intake.domain.decide import decide_case
from intake.domain.forms import checked_form
from intake.domain.public import form_page_refusals, public_refusal
from intake.domain.receipt import receipt
from intake.domain.set_aside import decide_set_aside
from intake.domain.submission import SetAside
from intake.domain.texts import LONGEST, MOST_BYTES, start_of
from ventanilla_contracts.envelope import MAX_EVENT_BYTES
from ventanilla_contracts.intake import CaseFiled, MessageAppended, Person, SubmissionForm
from ventanilla_contracts.vocabulary import Channel


def test_a_first_submission_files_a_case_and_tells_its_outcome() -> None:
    decision = filed()
    case_filed, outcome = decision.events
    assert isinstance(case_filed, CaseFiled)
    assert case_filed.registered_at == NOW
    assert case_filed.received_at == NOW
    assert isinstance(outcome, Keyed)
    assert (outcome.key, outcome.seq, outcome.event.TYPE) == ("s-1", 1, "submission-created.v1")
    assert decision.result == {
        "submission_id": "s-1",
        "outcome": "created",
        "reason": None,
        "repeat": False,
        "case_number": "CAJA-2026-000001-7",
        "tracking_code": "7KQ2-M4TX-9RWZ-5",
        "case_id": "c-1",
    }
    assert [row.collection for row in decision.rows if isinstance(row, Insert)] == ["submission_cases", "external_ids"]


def test_a_repetition_hears_the_first_outcome_and_changes_nothing_else() -> None:
    case = filed().state
    again = decide_case(case, submission(tracking_code="other", number="other"), NOW + timedelta(days=3))
    assert isinstance(again, Decision)
    assert again.result == {**filed().result, "repeat": True}
    assert again.rows == ()
    [outcome] = again.events
    assert isinstance(outcome, Keyed)
    assert (outcome.seq, outcome.event.repeat) == (2, True)  # type: ignore[attr-defined]
    assert again.state.model_copy(update={"submissions": case.submissions}) == case


def test_another_submission_is_appended_without_giving_the_code_away() -> None:
    joined = decide_case(filed().state, submission(submission_id="s-2", external_key=None), NOW)
    assert isinstance(joined, Decision)
    assert isinstance(joined.events[0], MessageAppended)
    assert joined.result["outcome"] == "appended"
    assert joined.result["tracking_code"] is None


def test_a_case_without_its_number_is_a_bug() -> None:
    with pytest.raises(ValueError, match="number"):
        decide_case(None, submission(number=""), NOW)


def test_what_was_solved_on_the_spot_is_answered_when_it_was_received() -> None:
    form = SubmissionForm(text="Certificado", answer_on_spot="Se entregó.", received_at=NOW - timedelta(hours=1))
    case_filed = filed(channel="in-person", form=form).events[0]
    assert isinstance(case_filed, CaseFiled)
    assert case_filed.answered_on_spot is not None
    assert case_filed.answered_on_spot.at == NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("received_at", "late_reason", "expected"),
    [
        (None, None, NOW),
        (NOW - timedelta(days=3), None, NOW - timedelta(days=3)),
        (NOW + timedelta(minutes=5), None, NOW),
        (NOW + timedelta(minutes=5, seconds=1), None, "received-in-future"),
        (NOW - timedelta(days=30), None, NOW - timedelta(days=30)),
        (NOW - timedelta(days=30, seconds=1), None, "late-reason-missing"),
        (NOW - timedelta(days=30, seconds=1), "  ", "late-reason-missing"),
        (NOW - timedelta(days=90), "La carta se traspapeló", NOW - timedelta(days=90)),
    ],
)
def test_the_anchor_is_never_in_the_future_and_long_ago_only_with_a_reason(
    received_at: datetime | None, late_reason: str | None, expected: datetime | str
) -> None:
    found = receipt(received_at, late_reason, NOW)
    assert (found.code if isinstance(found, Refused) else found) == expected


REFUSED_FORMS: list[tuple[Channel, dict[str, Any], str, str]] = [
    ("web", {"text": " \n"}, "text-missing", "$.text"),
    ("email", {}, "mail-is-no-form", "$.channel"),
    ("regulator", {}, "regulator-missing", "$.regulator"),
    ("regulator", {"regulator": {"authority": "SSF", "reference": " "}}, "regulator-missing", "$.regulator"),
    ("web", {"anonymous": True, "person": {"name": "Ana"}}, "anonymous-with-data", "$.person"),
    ("web", {"answer_on_spot": "Sí"}, "answered-elsewhere", "$.answer_on_spot"),
    ("phone", {"answer_on_spot": " "}, "spot-answer-length", "$.answer_on_spot"),
    ("web", {"person": {"phone": "881 2345"}}, "phone-old-landline", "$.person.phone"),
    ("web", {"person": {"email": "ana.correo.example"}}, "email-without-at", "$.person.email"),
    ("web", {"person": {"document_number": "123"}}, "document-type-missing", "$.person.document_type"),
    (
        "web",
        {"person": {"document_type": "NIT", "document_number": "890903938-1"}},
        "nit-check-digit",
        "$.person.document_number",
    ),
]


@pytest.mark.parametrize(("channel", "fields", "code", "field"), REFUSED_FORMS)
def test_a_form_that_cannot_be_filed_names_the_field(
    channel: Channel, fields: dict[str, Any], code: str, field: str
) -> None:
    found = checked_form(channel, SubmissionForm.model_validate({"text": "Hola", **fields}))
    assert isinstance(found, Refused)
    assert (found.code, found.field, found.kind) == (code, field, "invalid")


def test_who_gives_no_data_at_all_is_anonymous() -> None:
    found = checked_form("web", SubmissionForm(text="Hola", person=Person(name="  ", email="")))
    assert isinstance(found, SubmissionForm)
    assert found.anonymous
    assert found.person == Person()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, None),
        ({"received_at": NOW - timedelta(hours=23)}, None),
        ({"received_at": NOW - timedelta(hours=25)}, "received-at-needs-staff"),
        ({"regulator": SSF}, "staff-only"),
        ({"segment": "large"}, "staff-only"),
    ],
)
def test_the_public_neither_backdates_nor_speaks_for_a_regulator(fields: dict[str, Any], code: str | None) -> None:
    refused = public_refusal(SubmissionForm(text="Hola", **fields), NOW)
    assert (refused.code if refused else None) == code


def test_the_page_tells_everything_that_is_to_be_mended_at_once() -> None:
    form = SubmissionForm(text=" ", person=Person(phone="123", document_type="CC", document_number="x"))
    fields = [refusal.field for refusal in form_page_refusals(form)]
    assert fields == ["$.text", "$.person.name", "$.person.document_number", "$.person.phone", "$.data_consent"]
    assert form_page_refusals(SubmissionForm(text="Hola", anonymous=True)) == []


def test_what_is_set_aside_is_told_once_more_at_each_repetition() -> None:
    held = submission(channel="email", case_id="", number="", set_aside=SetAside("held", "no-sender"))
    first = decide_set_aside(None, held, NOW)
    assert isinstance(first, Decision)
    again = decide_set_aside(first.state, replace(held, set_aside=None), NOW + timedelta(days=1))
    assert isinstance(again, Decision)
    assert first.result["outcome"] == again.result["outcome"] == "held"
    assert [first.result["repeat"], again.result["repeat"]] == [False, True]
    assert again.rows == ()
    assert [event.seq for event in (*first.events, *again.events) if isinstance(event, Keyed)] == [1, 2]


TEXTS = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)


@given(TEXTS, st.integers(1, 2000))
def test_the_start_of_any_text_fits_into_an_event(piece: str, times: int) -> None:
    start = start_of(piece * times)
    assert len(start) <= LONGEST
    assert len(SubmissionForm(text=start).model_dump_json(include={"text"}).encode()) <= MOST_BYTES + 20


def test_a_long_text_of_the_costliest_signs_still_makes_an_event() -> None:
    form = SubmissionForm(text=start_of("\x01" * 60_000), answer_on_spot="\x01" * 8_000, subject="\x01" * 500)
    event = filed(form=form, channel="phone").events[0]
    assert isinstance(event, CaseFiled)
    assert len(event.model_dump_json().encode()) < MAX_EVENT_BYTES


def test_what_nobody_can_see_is_left_out_of_a_form() -> None:
    person = Person(name="Ana\0 Ríos", email="ana\x07@correo.example")
    form = SubmissionForm(text="No\0 llegó\n\tla cuota\x1b[31m.", area="\0", person=person)
    found = checked_form("web", form)
    assert isinstance(found, SubmissionForm)
    assert (found.text, found.area) == ("No llegó\n\tla cuota[31m.", "")
    assert (found.person.name, found.person.email) == ("Ana Ríos", "ana@correo.example")


def test_a_text_that_nobody_can_see_is_none() -> None:
    refused = checked_form("web", SubmissionForm(text="\0\x07"))
    assert isinstance(refused, Refused)
    assert refused.code == "text-missing"


@pytest.mark.parametrize(
    ("social", "code"),
    [
        ({"network": " ", "handle": "@ana"}, "social-network-missing"),
        ({"network": "Facebook", "link": "javascript:alert(1)"}, "social-link"),
        ({"network": "Facebook", "link": "facebook.example/ana"}, "social-link"),
        ({"network": "Facebook", "link": "https://facebook.example/ana/1"}, None),
        ({"network": "X", "handle": "@ana"}, None),
    ],
)
def test_a_social_profile_names_its_network_and_links_to_the_web(social: dict[str, str], code: str | None) -> None:
    found = checked_form("social", SubmissionForm.model_validate({"text": "Hola", "social": social}))
    assert (found.code if isinstance(found, Refused) else None) == code
