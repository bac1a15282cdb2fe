# SPDX-License-Identifier: Apache-2.0
"""How a promise in business hours was counted, in a sentence or two: the same at the API and on the page (ICX-09)."""

from datetime import datetime

from routing.domain.clock.explaining import left_out
from routing.domain.clock.records import Promise
from routing.domain.clock.words import DeadlineWords
from ventanilla_contracts.routing import TraceDay

CLOSED_FOR_THE_COUNT = ("stopped", "after-hours")


def explained_hours(promise: Promise, since: datetime, words: DeadlineWords) -> str:
    """What counts, from when, until when, and what does not and why; ``since`` and all times are the house's own.

    ``promise.due_at`` must be local too; None while the clock stands still.
    """
    facts = {
        "hours": _hours(promise.hours),
        "since": words.moment(since),
        "due": words.moment(promise.due_at) if promise.due_at else "",
        "days": sum(row.seconds > 0 for row in promise.trace),
    }
    said = [words.promise["counts" if promise.due_at else "stands-still"].format(**facts)]
    days = [TraceDay(date=row.date, counted=row.seconds > 0, reason=row.reason) for row in promise.trace]
    idle = list(left_out(days, words, words.hours_reason))
    if idle:
        said.append(words.summary["left-out"].format(groups="; ".join(idle)))
    return " ".join(said)


def counted_hours(seconds: int, words: DeadlineWords) -> str:
    """``5 h 45 min``; nothing is 0."""
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{hours} {words.promise['hour']}"] if hours else []
    parts += [f"{minutes} {words.promise['minute']}"] if minutes else []
    return " ".join(parts) or "0"


def _hours(hours: float) -> str:
    return f"{hours:g}"
