# SPDX-License-Identifier: Apache-2.0
"""The codes that come with intake, and the organisation's file of its own (REGULATOR_CODES)."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from chassis.yaml_text import read_yaml
from intake.domain.regulator.codes import OwnCodes, PlatformCodes
from intake.organisation_file import load_file


@lru_cache(maxsize=1)
def smartsupervision_codes() -> PlatformCodes:
    return PlatformCodes.model_validate(
        read_yaml((files("intake") / "data" / "smartsupervision.yaml").read_text("utf-8"))
    )


def load_own_codes(path: Path) -> OwnCodes:
    """What is wrong with it: a line each on stderr, and exit 2."""
    return load_file(path, OwnCodes, "REGULATOR_CODES")
