# SPDX-License-Identifier: Apache-2.0
"""The words by which a danger is known: EMERGENCIES_FILE, or those that come with intake (SQR-03)."""

from importlib.resources import files
from pathlib import Path

from chassis.yaml_text import read_yaml
from intake.domain.emergencies import Emergencies, EmergencyFile
from intake.organisation_file import load_file

OURS = files("intake") / "data" / "emergencies.yaml"


def load_emergencies(path: Path | None = None) -> Emergencies:
    """What is wrong with the file: a line each on stderr, and exit 2."""
    if path is None:
        return Emergencies(EmergencyFile.model_validate(read_yaml(OURS.read_text("utf-8"))))
    return Emergencies(load_file(path, EmergencyFile, "EMERGENCIES_FILE"))
