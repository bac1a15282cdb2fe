# SPDX-License-Identifier: Apache-2.0
"""The organisation's file of segments (SEGMENTS_FILE)."""

import sys
from pathlib import Path

import yaml
from pydantic import ValidationError

from chassis.yaml_text import read_yaml
from intake.domain.segments import Segments, SegmentsFile


def load_segments(path: Path | None) -> Segments:
    """Nobody is in a segment without a file. What is wrong with it: a line each on stderr, and exit 2."""
    if path is None:
        return Segments()
    try:
        return Segments(SegmentsFile.model_validate(read_yaml(path.read_text("utf-8"))).segments)
    except OSError as error:
        lines = [f"cannot be read: {error.strerror}"]
    except yaml.YAMLError as error:
        lines = [f"is not YAML: {str(error).splitlines()[-1].strip()}"]
    except ValidationError as error:
        lines = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)]
    for line in lines:
        print(f"SEGMENTS_FILE {path}: {line}", file=sys.stderr)
    raise SystemExit(2)


def _place(parts: tuple[int | str, ...]) -> str:
    return ".".join(map(str, parts)) or "the file"
