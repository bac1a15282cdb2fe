# SPDX-License-Identifier: Apache-2.0
"""The organisation's file of segments (SEGMENTS_FILE)."""

from pathlib import Path

from chassis.yaml_file import load_file, or_exit
from intake.domain.segments import Segments, SegmentsFile, segment_faults


def load_segments(path: Path | None) -> Segments:
    """Nobody is in a segment without a file. What is wrong with it: a line each on stderr, and exit 2."""
    if path is None:
        return Segments()
    return Segments(or_exit(lambda: load_file(path, SegmentsFile, "SEGMENTS_FILE", segment_faults)).segments)
