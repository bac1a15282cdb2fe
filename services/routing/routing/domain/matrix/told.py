# SPDX-License-Identifier: Apache-2.0
"""What a case remembers of its escalations, so that none is told twice, by whichever version of the matrix."""

from collections.abc import Collection

from routing.domain.matrix.file import Level
from ventanilla_contracts.envelope import Frozen, Instant, LocalDate


class ToldLevel(Frozen):
    """A level that was told: for which reason and due date, when it was due, and to whom (staff ids)."""

    level: int
    name: str
    why: str
    due: LocalDate
    due_time: Instant | None
    to: tuple[str, ...]

    def is_level(self, level: Level) -> bool:
        return (self.level, self.name) == (level.level, level.name)

    def counts_for(self, level: Level, why: str, to: Collection[str]) -> bool:
        """Whether whoever was told then needs not be told of this level of another version for the same reason.

        A level is known by its name, or by its number if nobody new is told: levels are renumbered, and renamed.
        """
        same = self.name == level.name or (self.level == level.level and set(to) <= set(self.to))
        return same and self.why == why
