# SPDX-License-Identifier: Apache-2.0
"""A YAML file of the organisation, read at the start: it is right, or intake does not run."""

import sys
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chassis.yaml_text import read_yaml

M = TypeVar("M", bound=BaseModel)


def load_file(path: Path, model: type[M], setting: str) -> M:
    """What is wrong with it: a line each on stderr, and exit 2."""
    try:
        return model.model_validate(read_yaml(path.read_text("utf-8")))
    except OSError as error:
        lines = [f"cannot be read: {error.strerror}"]
    except yaml.YAMLError as error:
        lines = [f"is not YAML: {str(error).splitlines()[-1].strip()}"]
    except ValidationError as error:
        lines = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)]
    for line in lines:
        print(f"{setting} {path}: {line}", file=sys.stderr)
    raise SystemExit(2)


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(map(str, parts)) or "the file"
