# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from chassis.i18n import assert_catalogues_agree, catalogue
from satisfaction.domain.attempts import NO_CALL_DUE
from satisfaction.domain.calling_hours import CallWarning
from satisfaction.domain.check import Status
from satisfaction.pages import VIEWS
from satisfaction.shown import NewAttempt
from satisfaction.store import BadCursor, read_cursor
from ventanilla_contracts.vocabulary import CheckOutcome, Kind, WaiverReason


def test_the_texts_are_complete_in_both_languages() -> None:
    assert_catalogues_agree("satisfaction")


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("status", get_args(Status)),
        ("waiver", get_args(WaiverReason)),
        ("outcome", get_args(CheckOutcome)),
        ("kind", get_args(Kind)),
        ("calling", get_args(CallWarning)),
        ("views", VIEWS),
        ("attempt", ("contacted", *get_args(CheckOutcome))),
    ],
)
def test_every_word_that_a_page_may_show_has_its_text(family: str, values: tuple[str, ...]) -> None:
    assert [value for value in values if catalogue("satisfaction").find(f"{family}.{value}") is None] == []


def test_every_refusal_has_its_text() -> None:
    codes = {refused.code for refused in NO_CALL_DUE.values()} | {
        "check-unknown",
        "already-called-that-day",
        "outcome-only-if-contacted",
        "call-in-the-future",
        "call-before-answer",
    }
    assert [code for code in codes if catalogue("satisfaction").find(f"problems.{code}.detail") is None] == []


@pytest.mark.parametrize(
    ("body", "field", "kind"),
    [
        ({}, "result", "missing"),
        ({"result": "contacted"}, "outcome", "missing"),
        ({"result": "not-contacted", "outcome": "satisfied"}, "outcome", "none_required"),
        ({"result": "contacted", "outcome": "happy"}, "outcome", "literal_error"),
        ({"result": "maybe"}, "result", "literal_error"),
        ({"result": "not-contacted", "at": "2026-03-10T10:00:00"}, "at", "timezone_aware"),
        ({"result": "not-contacted", "who": "me"}, "who", "extra_forbidden"),
        ({"result": "not-contacted", "summary": "x" * 4_001}, "summary", "string_too_long"),
    ],
)
def test_a_malformed_attempt_names_its_field(body: dict[str, Any], field: str, kind: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NewAttempt.model_validate(body)
    [error] = raised.value.errors()
    assert (error["loc"], error["type"]) == ((field,), kind)


@pytest.mark.parametrize("cursor", ["", "x", "ñ", "bm8=", "OTk5OTk5OTk5OTk5OTk5OTk5LmE="])
def test_what_is_no_cursor_of_ours_is_told_apart(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor)


def test_a_cursor_says_where_a_page_ended() -> None:
    assert read_cursor("MTUwMC5hLmI=") == (datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC), "a.b")
