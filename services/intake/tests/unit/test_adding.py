# SPDX-License-Identifier: Apache-2.0
"""What a person adds to their case with its code, and the consent that goes with a filing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import filing_story
import pytest

from chassis.decision import Decision, Refused
from intake.domain.adding import ENDED
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.public import form_page_refusals, public_refusal
from intake.domain.submission import ConsentAsked, FileSubmission
from ventanilla_contracts.intake import CaseFiled, DataConsent, MessageAppended, Person, SubmissionForm
from ventanilla_contracts.vocabulary import CaseStatus

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
ANA = Person(name="Ana Prueba", email="ana.prueba@correo.example")
ASKED = ConsentAsked("2026-1", "https://caja.example/datos", "Autorizo")


FORM = SubmissionForm(text="No llegó la cuota.", person=ANA, data_consent=True)


def submission(**own: Any) -> FileSubmission:
    return filing_story.submission(**{"form": FORM, **own})


def filed(**own: Any) -> Decision[Case]:
    return filing_story.filed(**{"form": FORM, **own})


def with_status(case: Case, status: CaseStatus) -> Case:
    return case.model_copy(update={"progress": case.progress.model_copy(update={"status": status})})


MESSAGE = submission(
    submission_id="s-2", external_key="k-2", proven_case="c-1", form=SubmissionForm(text="Adjunto."), number=""
)


@pytest.mark.parametrize("status", get_args(CaseStatus))
def test_a_case_takes_messages_until_it_has_ended(status: CaseStatus) -> None:
    added = decide_case(with_status(filed().state, status), MESSAGE, NOW)
    if status in ENDED:
        assert isinstance(added, Refused)
        assert (added.code, added.kind, added.values) == ("case-ended", "conflict", {"number": "CAJA-2026-000001-7"})
    else:
        assert isinstance(added, Decision)
        assert isinstance(added.events[0], MessageAppended)
        assert added.state.progress.steps[-1].code == "message-appended"


def test_a_message_that_was_taken_before_the_end_hears_so_after_it() -> None:
    added = decide_case(filed().state, MESSAGE, NOW)
    assert isinstance(added, Decision)
    again = decide_case(with_status(added.state, "closed"), MESSAGE, NOW)
    assert isinstance(again, Decision)
    assert again.result == {**added.result, "repeat": True}


def test_a_reply_by_another_way_is_not_judged_by_the_rule_of_the_page() -> None:
    reply = replace(MESSAGE, proven_case=None, channel="email")
    assert isinstance(decide_case(with_status(filed().state, "closed"), reply, NOW), Decision)


def consent_of(decision: Decision[Case]) -> DataConsent | None:
    event = decision.events[0]
    assert isinstance(event, CaseFiled)
    [row] = [row for row in decision.rows if row.collection == "submission_cases"]
    kept: dict[str, Any] = row.document["personal"]["consent"]  # type: ignore[union-attr, index]
    found = event.personal.consent
    assert kept == (found.model_dump() if found else None)
    return found


def test_a_consent_says_when_and_to_what() -> None:
    form = SubmissionForm(text="Hola", person=ANA, data_consent=True, received_at=NOW - timedelta(hours=2))
    assert consent_of(filed(form=form, consent_asked=ASKED)) == DataConsent(
        given_at=NOW - timedelta(hours=2),
        policy_version="2026-1",
        policy_url="https://caja.example/datos",
        text="Autorizo",
    )
    assert consent_of(filed(form=form)) == DataConsent(given_at=NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    "form",
    [
        SubmissionForm(text="Hola", person=ANA),
        SubmissionForm(text="Hola", person=ANA, data_consent=False),
        SubmissionForm(text="Hola", anonymous=True, data_consent=True),
    ],
)
def test_who_did_not_consent_or_gave_nothing_has_no_consent_on_record(form: SubmissionForm) -> None:
    assert consent_of(filed(form=form, consent_asked=ASKED)) is None


@pytest.mark.parametrize(
    ("fields", "page", "api"),
    [
        ({"person": ANA, "data_consent": True}, [], None),
        ({"person": ANA, "data_consent": False}, ["consent-missing"], "consent-missing"),
        ({"person": ANA}, ["consent-missing"], None),
        ({"anonymous": True, "data_consent": False}, [], None),
        ({"anonymous": True}, [], None),
    ],
)
def test_consent_is_asked_of_whoever_gives_data(fields: dict[str, Any], page: list[str], api: str | None) -> None:
    form = SubmissionForm(text="Hola", **fields)
    assert [refusal.code for refusal in form_page_refusals(form)] == page
    refused = public_refusal(form, NOW)
    assert (refused.code if refused else None) == api
