# SPDX-License-Identifier: Apache-2.0
"""What the sample month is made of: names, places, and what people say and are told."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Literal

import yaml

from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import Kind


class Place(Frozen):
    code: str
    name: str


class Said(Frozen):
    kind: Kind
    area: str
    subject: str
    text: str


class RegulatorSaid(Frozen):
    person: Person
    subject: str
    text: str


class Texts(Frozen):
    """What is in `sample_month.yaml`."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    places: tuple[Place, ...]
    said: tuple[Said, ...]
    delivered: str
    answered: str
    on_spot: str
    called: Mapping[Literal["satisfied", "not-satisfied"], tuple[str, ...]]
    regulator: RegulatorSaid


def texts() -> Texts:
    """Raises pydantic.ValidationError."""
    data = (files(__package__) / "sample_month.yaml").read_text(encoding="utf-8")
    return Texts.model_validate(yaml.safe_load(data))
