# SPDX-License-Identifier: Apache-2.0
"""What an audit says: what does not agree, and what is not finished."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Check = Literal[
    "records",
    "sequences",
    "seen",
    "submissions",
    "numbers",
    "handling",
    "answers",
    "stores",
    "on-the-way",
    "counts",
]
"""What is looked at, in the order in which it is told."""

CHECKS: tuple[Check, ...] = get_args(Check)

NAMED_OF_EACH_CHECK = 200
"""Of a house in ruins the first are named, all are counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree; ``text`` is a sentence, the rest says where."""

    check: Check
    text: str
    service: str | None = None
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    subject: str | None = None
    case_number: str | None = None
    bucket: str | None = None


class Findings:
    """All that were found; of each check the first are kept."""

    def __init__(self) -> None:
        self._kept: dict[Check, list[Finding]] = {check: [] for check in CHECKS}
        self.counts: dict[Check, int] = dict.fromkeys(CHECKS, 0)

    def add(self, finding: Finding) -> None:
        self.counts[finding.check] += 1
        if len(self._kept[finding.check]) < NAMED_OF_EACH_CHECK:
            self._kept[finding.check].append(finding)

    def __iter__(self) -> Iterator[Finding]:
        return (finding for check in CHECKS for finding in self._kept[check])


OpenWhat = Literal[
    "submissions-held",
    "submissions-not-read",
    "mails-handed-over",
    "answers-not-delivered",
    "parked",
    "waiting",
    "gaps-accepted",
    "not-compared",
    "numbers-not-there-yet",
    "published-twice",
    "out-of-order",
]


@dataclass(frozen=True, slots=True)
class Open:
    """Something that is no fault and that an auditor wants to know; ``since_seconds``: of the oldest."""

    what: OpenWhat
    count: int
    text: str
    since_seconds: int | None = None
    examples: tuple[str, ...] = ()
