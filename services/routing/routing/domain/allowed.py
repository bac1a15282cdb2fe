# SPDX-License-Identifier: Apache-2.0
"""What can be done with a case in the state it is in (design 4)."""

from chassis.decision import Refused
from routing.domain.asked import ASKED
from routing.domain.case import Case
from routing.domain.commands import Command


def allowed(case: Case) -> tuple[str, ...]:
    """The names of the commands that the case takes now."""
    return tuple(asked.name for asked in ASKED.values() if asked.hindered(case) is None)


def refusal(case: Case, command: Command) -> Refused | None:
    """Why a command cannot be carried out now; None if it can."""
    why = ASKED[type(command)].hindered(case)
    return Refused(why, allowed=allowed(case)) if why else None
