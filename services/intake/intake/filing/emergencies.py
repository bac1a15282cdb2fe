# SPDX-License-Identifier: Apache-2.0
"""The words by which a danger is known: EMERGENCIES_FILE, or those that come with intake (SQR-03)."""

from importlib.resources import files
from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from intake.domain.emergencies import Emergencies, EmergencyFile, emergency_faults

OURS = files("intake") / "data" / "emergencies.yaml"


def load_emergencies(path: Path | None = None) -> Emergencies:
    """What is wrong with the file: a line each on stderr, and exit 2."""
    return Emergencies(or_exit(lambda: load_file(path or OURS, EmergencyFile, "EMERGENCIES_FILE", emergency_faults)))
