# SPDX-License-Identifier: Apache-2.0
"""The organisation's file of segments (SEGMENTS_FILE)."""

from pathlib import Path

from intake.domain.segments import Segments, SegmentsFile
from intake.organisation_file import load_file


def load_segments(path: Path | None) -> Segments:
    """Nobody is in a segment without a file. What is wrong with it: a line each on stderr, and exit 2."""
    return Segments() if path is None else Segments(load_file(path, SegmentsFile, "SEGMENTS_FILE").segments)
