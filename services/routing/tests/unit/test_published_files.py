# SPDX-License-Identifier: Apache-2.0
"""The schemas that we publish are those of the code, the samples obey them, and both languages say the same."""

import json
from collections.abc import Sequence
from typing import get_args

import pytest
import yaml
from jsonschema import Draft202012Validator

from chassis.i18n import assert_catalogues_agree, catalogue
from routing.domain.answering.records import Outcome
from routing.domain.cases import HANDLES
from routing.domain.classifying.file import FilingTerm
from routing.domain.urgency import Task
from routing.organisation.policy_files import DATA
from routing.schemas import FILES, path_of, schema_text
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.vocabulary import (
    AnswerDelivery,
    CaseStatus,
    Channel,
    CheckOutcome,
    CloseReason,
    Kind,
    Priority,
    WaiverReason,
)

ROUTING_EVENTS = [event for event in EVENTS.values() if event.TOPIC == "routing-cases"]


@pytest.mark.parametrize("name", FILES)
def test_the_schema_is_up_to_date(name: str) -> None:
    assert path_of(name).read_text("utf-8") == schema_text(name), "run: python -m routing.schemas"


@pytest.mark.parametrize("name", FILES)
def test_the_sample_obeys_its_schema(name: str) -> None:
    validator = Draft202012Validator(json.loads(schema_text(name)))
    sample = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
    assert not list(validator.iter_errors(sample))
    assert list(validator.iter_errors({**sample, "version": 1}))


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("kinds", get_args(Kind)),
        ("channels", get_args(Channel)),
        ("terms", get_args(FilingTerm)),
        ("priorities", get_args(Priority)),
        ("statuses", get_args(CaseStatus)),
        ("deliveries", get_args(AnswerDelivery)),
        ("outcomes", get_args(Outcome)),
        ("tasks", get_args(Task)),
        ("close-reasons", get_args(CloseReason)),
        ("waivers", get_args(WaiverReason)),
        ("check-outcomes", get_args(CheckOutcome)),
        ("history", [event.TYPE.partition(".")[0] for event in (*HANDLES, *ROUTING_EVENTS)]),
    ],
)
def test_every_code_has_its_words(section: str, codes: Sequence[str]) -> None:
    texts = catalogue("routing")
    assert not [code for code in codes if texts.find(f"{section}.{code}") is None]


def test_spanish_and_english_have_the_same_texts() -> None:
    assert_catalogues_agree("routing")
