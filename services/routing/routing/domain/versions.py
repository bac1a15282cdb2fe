# SPDX-License-Identifier: Apache-2.0
"""Who gives a command saw the case at some version; what happened since is told before it is overwritten (ADR 0030).

A version is the number of lines of the case's history: what cannot be told in words is no reason to refuse.
"""

from dataclasses import dataclass

from routing.domain.case import Case, Happening
from routing.domain.commands import Command
from ventanilla_contracts.envelope import Actor

QUIET = frozenset(
    {
        "deadline-approaching",
        "deadline-missed",
        "case-escalated",
        "addressee-added",
        "delivery-sent",
        "ombudsman-letter-sent",
        "ombudsman-approaching",
        "ombudsman-overdue",
        "case-linked",
    }
)
"""Lines that change nothing of what a person decides: not what was said, who has it, or until when."""


@dataclass(frozen=True, slots=True)
class OnVersion:
    """A command, and the version of the case that its giver saw."""

    command: Command
    version: int

    @property
    def actor(self) -> Actor:
        return self.command.actor


def happened_since(case: Case, version: int) -> tuple[Happening, ...]:
    """The lines that somebody who saw that version does not know; all where there was no such version."""
    return case.history[version:] if 0 <= version <= case.version else case.history


def outdated(case: Case, version: int) -> bool:
    """Whether something happened since that who decides must know first."""
    if not 0 <= version <= case.version:
        return True
    return any(line.what not in QUIET for line in happened_since(case, version))
