# SPDX-License-Identifier: Apache-2.0
"""The codes that come with intake, and the organisation's file of its own (REGULATOR_CODES)."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from intake.domain.regulator.codes import OwnCodes, PlatformCodes


@lru_cache(maxsize=1)
def smartsupervision_codes() -> PlatformCodes:
    return load_file(files("intake") / "data" / "smartsupervision.yaml", PlatformCodes, "intake")


def load_own_codes(path: Path) -> OwnCodes:
    """What is wrong with it: a line each on stderr, and exit 2."""
    return or_exit(lambda: load_file(path, OwnCodes, "REGULATOR_CODES"))
