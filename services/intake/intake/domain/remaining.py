# SPDX-License-Identifier: Apache-2.0
"""How much of the term is left, as the person is told."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from intake.domain.adding import ENDED
from intake.domain.case import Progress

RemainingCode = Literal["days", "one-day", "today", "over"]


@dataclass(frozen=True, slots=True)
class Remaining:
    """``days``: business days after today, as routing counted them; the words are under ``citizen.remaining``."""

    code: RemainingCode
    days: int


def remaining(progress: Progress, today: date) -> Remaining | None:
    """None while there is no date, and once it does not matter any more."""
    stopped = progress.status == "suspended"
    if progress.due is None or stopped or progress.answered_at is not None or progress.status in ENDED:
        return None
    if today > progress.due:
        return Remaining("over", 0)
    if today == progress.due:
        return Remaining("today", 0)
    days = sum(day > today for day in progress.term_days)
    return Remaining("one-day" if days == 1 else "days", days) if days else None
