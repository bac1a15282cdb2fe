# SPDX-License-Identifier: Apache-2.0
"""What the oracle looks at: what was promised, and what log, stores and mail hold."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.people import Promise

TOPICS = ("intake-cases", "intake-outcomes", "routing-cases", "notifications-deliveries", "satisfaction-checks")


@dataclass(frozen=True)
class Record:
    """One record of a topic that is keyed by case or submission."""

    partition: int
    offset: int
    seq: int
    id: str


@dataclass(frozen=True)
class Seen:
    """A case or submission as one store has it. `applied`, `emitted`: the last seq of each topic."""

    applied: Mapping[str, int]
    emitted: Mapping[str, int] = field(default_factory=dict)
    number: str | None = None
    status: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class LetterSeen:
    case: str
    kind: str
    state: str
    message_id: str


Log = Mapping[str, Mapping[str, Sequence[Record]]]
"""Topic -> key -> its records in the order of the log."""


@dataclass(frozen=True)
class Evidence:
    """One cell's cases, and the whole house where it must agree as a whole.

    `filed`: who filed -> the ids of their cases in intake; `stores`: service -> case -> what it has; `submissions`: the
    same for reporting's submissions; `mails`: Message-ID -> how often it arrived; `numbers`: all of the house; `left`:
    what lies in outboxes, or waits, or is parked, where there is any; `unclear`: refusals that did not say what to do;
    `ended`: processes that are not there though nobody ended them.
    """

    promises: Sequence[Promise]
    filed: Mapping[str, Sequence[str]]
    stores: Mapping[str, Mapping[str, Seen]]
    submissions: Mapping[str, Seen]
    log: Log
    letters: Sequence[LetterSeen]
    mails: Counter[str]
    numbers: Sequence[int]
    sums: Mapping[str, float]
    expected_sums: Mapping[str, int]
    left: Mapping[str, int]
    may_double_letters: bool
    unclear: Sequence[str] = ()
    ended: Sequence[str] = ()
