# SPDX-License-Identifier: Apache-2.0
"""What each indicator should reach: the package's own file, or the organisation's."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from reporting.domain.indicators import IndicatorId
from ventanilla_contracts.envelope import Frozen

Goals = Mapping[IndicatorId, float | int]


class GoalsFile(Frozen):
    """``data/goals.yaml``; an indicator that is not named has no goal."""

    version: str
    goals: dict[IndicatorId, float | int]


def read_goals(path: Path | None) -> Goals:
    """What is wrong with the file: a line each on stderr, and exit 2."""
    file = path or files("reporting") / "data" / "goals.yaml"
    return or_exit(lambda: load_file(file, GoalsFile, "GOALS_FILE")).goals
