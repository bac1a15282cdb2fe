# SPDX-License-Identifier: Apache-2.0
"""The schemas that we publish are those of the code, the samples obey them, and both languages say the same."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from chassis.i18n import assert_catalogues_agree
from routing.policy_files import DATA
from routing.schemas import FILES, path_of, schema_text


@pytest.mark.parametrize("name", FILES)
def test_the_schema_is_up_to_date(name: str) -> None:
    assert path_of(name).read_text("utf-8") == schema_text(name), "run: python -m routing.schemas"


@pytest.mark.parametrize("name", FILES)
def test_the_sample_obeys_its_schema(name: str) -> None:
    validator = Draft202012Validator(json.loads(schema_text(name)))
    sample = yaml.safe_load((DATA / f"{name}.yaml").read_text("utf-8"))
    assert not list(validator.iter_errors(sample))
    assert list(validator.iter_errors({**sample, "version": 1}))


def test_spanish_and_english_have_the_same_texts() -> None:
    assert_catalogues_agree("routing")
