# SPDX-License-Identifier: Apache-2.0
"""When people may be called: the organisation's own file (CALLING_HOURS_FILE), or the package's."""

from importlib.resources import files
from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from satisfaction.domain.calling_hours import CallingHoursData


def read_calling_hours(path: Path | None) -> CallingHoursData:
    """What is wrong with the file: a line each on stderr, and exit 2."""
    file = path or files("satisfaction") / "data" / "calling-hours.yaml"
    return or_exit(lambda: load_file(file, CallingHoursData, "CALLING_HOURS_FILE"))
