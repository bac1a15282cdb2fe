# SPDX-License-Identifier: Apache-2.0
"""The sample set: texts written by us in Colombian Spanish, of invented people, with what is right about each."""

import csv
from importlib.resources import files

from routing.domain.proposal import FIELDS
from routing.learning.example import Example

SAMPLES = files("routing") / "data" / "classifier" / "samples.csv"


def read_samples() -> list[Example]:
    """All of them, in the order of the file."""
    rows = csv.DictReader(SAMPLES.read_text("utf-8").splitlines())
    return [Example(row["text"], {name: row[name] for name in FIELDS}) for row in rows]
