# SPDX-License-Identifier: Apache-2.0
"""The sample set: texts written by us in Colombian Spanish, of invented people, with what is right about each."""

import csv
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from routing.domain.classifying.proposal import FIELDS
from routing.learning.example import Example

SAMPLES = files("routing") / "data" / "classifier" / "samples.csv"


class NoSamples(ValueError):
    """The file is no sample set; says why."""


def read_samples(source: Traversable | Path = SAMPLES) -> list[Example]:
    """All of them, in the order of the file. Raises NoSamples."""
    try:
        lines = source.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NoSamples(f"{source.name} cannot be read ({type(error).__name__}); name a CSV file in UTF-8") from None
    rows = list(csv.DictReader(lines))
    wanted = ("text", *FIELDS)
    for n, row in enumerate(rows, 2):
        if missing := [name for name in wanted if not row.get(name)]:
            raise NoSamples(f"{source.name}:{n}: {missing[0]} is missing; the columns are {', '.join(wanted)}")
    return [Example(row["text"], {name: row[name] for name in FIELDS}) for row in rows]
