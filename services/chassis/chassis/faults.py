# SPDX-License-Identifier: Apache-2.0
"""What is wrong with an organisation's file: where, what, and how to put it right.

Pure values, which a domain may import as it may the words of decisions (ADR 0003).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Place = tuple[str | int, ...]
"""The way into a file, as ``("rules", 3, "then", "area")``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``cure`` says what to write instead; ``code`` and ``values`` find the same words in another language."""

    place: Place
    what: str
    cure: str
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def repeated_ids(section: str, ids: Sequence[str], name: str = "id") -> Iterator[Fault]:
    """A fault for each entry of a list whose id (or whatever ``name`` it is known by) stood before."""
    counts = Counter(ids)
    for n, one in enumerate(ids):
        if counts[one] > 1 and one in ids[:n]:
            yield Fault((section, n, name), f"{one} stands twice", f"give each its own {name}", "twice", {"value": one})
