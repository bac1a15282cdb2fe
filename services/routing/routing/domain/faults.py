# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an organisation's file: where, what, and how to put it right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""The way into a file, as ``("rules", 3, "then", "area")``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``cure`` says what to write instead."""

    place: Place
    what: str
    cure: str


def repeated_ids(section: str, ids: Sequence[str]) -> Iterator[Fault]:
    """A fault for each entry of a list whose id stood before."""
    counts = Counter(ids)
    for n, one in enumerate(ids):
        if counts[one] > 1 and one in ids[:n]:
            yield Fault((section, n, "id"), f"{one} stands twice", "give each its own id")
