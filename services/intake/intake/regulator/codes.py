# SPDX-License-Identifier: Apache-2.0
"""The codes that come with intake, and the organisation's file of its own (REGULATOR_CODES)."""

import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import ValidationError

from chassis.yaml_text import read_yaml
from intake.domain.regulator.codes import OwnCodes, PlatformCodes


@lru_cache(maxsize=1)
def smartsupervision_codes() -> PlatformCodes:
    return PlatformCodes.model_validate(
        read_yaml((files("intake") / "data" / "smartsupervision.yaml").read_text("utf-8"))
    )


def load_own_codes(path: Path) -> OwnCodes:
    """What is wrong with it: a line each on stderr, and exit 2."""
    try:
        return OwnCodes.model_validate(read_yaml(path.read_text("utf-8")))
    except OSError as error:
        lines = [f"cannot be read: {error.strerror}"]
    except yaml.YAMLError as error:
        lines = [f"is not YAML: {str(error).splitlines()[-1].strip()}"]
    except ValidationError as error:
        lines = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)]
    for line in lines:
        print(f"REGULATOR_CODES {path}: {line}", file=sys.stderr)
    raise SystemExit(2)


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(map(str, parts)) or "the file"
