# SPDX-License-Identifier: Apache-2.0
"""What a case's page shows of its clock: which decisions about it can be taken now, and between which days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from routing.domain.allowed import allowed
from routing.domain.case import Case
from routing.domain.clock.extending import longest
from routing.domain.clock.stopping import last_day_to_ask
from routing.domain.policy import Policy

ClockForm = Literal["stop-clock", "extend-stop", "resume-clock", "extend", "withdraw", "transfer"]


@dataclass(frozen=True)
class ClockShown:
    """``forms`` are those that this member may send now; ``asked_by`` is the last day to ask for what is missing,
    ``complete_since`` what is proposed as the day on which the request was complete.
    """

    forms: tuple[ClockForm, ...]
    today: date
    asked_by: date
    latest: date | None
    complete_since: date

    @classmethod
    def of(cls, case: Case, policy: Policy, now: datetime, *, decides: bool) -> "ClockShown":
        today, asked_by = policy.calendar.local_date(now), last_day_to_ask(policy, case)
        runs = case.deadline is not None and now <= case.deadline.due_at
        most = longest(policy, case) if runs and "extend" in allowed(case) else None
        fits: dict[ClockForm, bool] = {
            "resume-clock": True,
            "extend-stop": True,
            "stop-clock": runs and today <= asked_by and case.deadline is not None and today < case.deadline.due,
            "extend": most is not None,
            "transfer": True,
            "withdraw": True,
        }
        can = allowed(case) if decides else ()
        forms = tuple(name for name, now_fits in fits.items() if now_fits and name in can)
        replied_at = case.stop.replied_at if case.stop else None
        since = policy.calendar.local_date(replied_at) if replied_at else today
        return cls(forms, today, asked_by, most.due if most else None, since)
