# SPDX-License-Identifier: Apache-2.0
"""What each indicator should reach: the package's own file, or the organisation's."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from chassis.yaml_text import read_yaml
from reporting.domain.indicators import IndicatorId
from ventanilla_contracts.envelope import Frozen

Goals = Mapping[IndicatorId, float | int]


class GoalsFile(Frozen):
    """``data/goals.yaml``; an indicator that is not named has no goal."""

    version: str
    goals: dict[IndicatorId, float | int]


def read_goals(path: Path | None) -> Goals:
    """Raises pydantic.ValidationError, OSError, yaml.YAMLError where the file is not as it must be."""
    file = path or files("reporting") / "data" / "goals.yaml"
    return GoalsFile.model_validate(read_yaml(file.read_text("utf-8"))).goals
