# SPDX-License-Identifier: Apache-2.0
"""The clock of one case: its deadline with the reason for it (ICX-03), and the timers that watch over it."""

from datetime import datetime

from routing.domain.answering.ombudsman_records import OmbudsmanRequest
from routing.domain.answering.watching import watch
from routing.domain.case import Case
from routing.domain.clock.deadlines import Deadline, Suspended, compute
from routing.domain.clock.explaining import in_words
from routing.domain.clock.ordered import ordered_deadline
from routing.domain.clock.records import Because, CaseDeadline
from routing.domain.clock.stops import Stop
from routing.domain.clock.waiting import watch_waiting
from routing.domain.handling import Handling
from routing.domain.matrix.due_times import JUST_AFTER
from routing.domain.matrix.escalation import watch_levels
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.routing import DeadlineSet

REMINDER, DEADLINE, WITHDRAWAL = "reminder", "deadline", "withdrawal"
TOLD_OF_A_NEW_DATE: frozenset[Because] = frozenset({"resumed", "extended", "rules-changed"})


def set_deadline(handling: Handling, policy: Policy, because: Because) -> None:
    """Compute the due date from the receipt of what is to be answered, and say it unless it is as it was.

    A new due date is watched over anew: what was said about the former one does not count. Nothing while the clock
    stands still: it is computed when it runs again.
    """
    handling.change(counted_by=policy.counts_by)
    if handling.case.stop is not None:
        return
    before, deadline = handling.case.deadline, _deadline(handling.case, policy, because)
    if before is not None and because != "resumed" and _same(deadline, before):
        return
    if before is not None and deadline.due_at != before.due_at and not _stays_missed(handling, before, deadline):
        handling.change(reminded=False, missed=False, escalated=())
    told = in_words(deadline, policy.words) if because in TOLD_OF_A_NEW_DATE else None
    fields = {name: getattr(deadline, name) for name in CaseDeadline.model_fields}
    handling.say(DeadlineSet(actor=ROUTING, in_words=told, **fields), deadline=deadline)


def _same(deadline: CaseDeadline, before: CaseDeadline) -> bool:
    """Whether the person would be told nothing new: versions alone move no date."""
    aside = {name: getattr(before, name) for name in ("because", "calendar_version", "terms_version")}
    return deadline.model_copy(update=aside) == before


def _stays_missed(handling: Handling, before: CaseDeadline, deadline: CaseDeadline) -> bool:
    """Rules that changed do not tell everybody once more of a term that is over by the old and by the new ones."""
    return deadline.because == "rules-changed" and max(before.due_at, deadline.due_at) < handling.now


def start_timers(handling: Handling, policy: Policy) -> None:
    """Watch over the deadline. What is past already fires at once, in the order of its times (design 4).

    While the clock stands still there is nothing to watch but the time that the person has.
    """
    watch(handling, policy)
    case = handling.case
    if case.stop is not None:
        handling.set_timer(WITHDRAWAL, case.stop.until_at + JUST_AFTER)
        watch_waiting(handling, policy)
        return
    if case.deadline is None:
        return
    handling.set_timer(REMINDER, _reminder(case, case.deadline, policy))
    handling.set_timer(DEADLINE, case.deadline.due_at + JUST_AFTER)
    watch_levels(handling, policy)


def start_timers_anew(handling: Handling, policy: Policy) -> None:
    """The times are others now: what was set before is not watched any more."""
    handling.cancel_timers()
    start_timers(handling, policy)


def _reminder(case: Case, deadline: CaseDeadline, policy: Policy) -> datetime:
    """CNF-04; a judge gives hours: there it is when half of them have passed."""
    if case.tutela is not None and not case.reopened_by:
        return deadline.due_at - (deadline.due_at - case.received_at) / 2
    return policy.calendar.reminder_at(deadline.due, policy.reminder_days)


def count(case: Case, policy: Policy, *, stop: Stop | None = None, longest: bool = False) -> Deadline | Suspended:
    """The legal term of a case with its stops and extension; ``stop`` is one more, ``longest`` the longest extension.

    Raises ValueError where the terms have no rule for it.
    """
    if case.classification is None:
        raise ValueError("a case is classified before its deadline is set")
    first = policy.calendar.local_date(case.counts_from)
    ended = (
        Stop(from_=one.since, to=one.completed_on) for one in case.stops if one.completed_on and one.since >= first
    )
    found = compute(
        case.classification.term,
        case.counts_from,
        policy=policy.anchor,
        stops=(*ended, *((stop,) if stop else ())),
        on_completion=policy.on_completion,
        extended=longest,
        units=case.extension.business_days if case.extension else None,
        terms=policy.terms,
        calendar=policy.calendar,
    )
    if isinstance(found, Deadline | Suspended):
        return found
    raise ValueError(f"the term {case.classification.term} cannot be computed: {found.code}")


def term_from(term: str, from_: datetime, policy: Policy) -> Deadline:
    """When the time for one act ends: asking, completing, transferring. Raises ValueError where the terms have none."""
    found = compute(term, from_, policy="receipt", terms=policy.terms, calendar=policy.calendar)
    if not isinstance(found, Deadline):
        raise ValueError(f"the terms have no {term} for this date")
    return found


def _deadline(case: Case, policy: Policy, because: Because) -> CaseDeadline:
    ordered = None if case.reopened_by else ordered_deadline(case, policy, because)
    if ordered is not None:
        return ordered
    found = count(case, policy)
    if case.classification is None or not isinstance(found, Deadline):
        raise ValueError("a term whose clock stands still has no due date")
    asked = case.ombudsman_waits
    if asked is not None and (asked.due < found.due or case.open_for_ombudsman):
        return _of_ombudsman(asked, because)
    return CaseDeadline(
        due=found.due,
        due_at=policy.calendar.end_of_day_utc(found.due),
        term=case.classification.term,
        anchor=found.anchor,
        rule=found.rule,
        source=found.source,
        calendar_version=found.calendar_version,
        terms_version=policy.terms.version,
        because=because,
        trace=found.trace,
    )


def _of_ombudsman(asked: OmbudsmanRequest, because: Because) -> CaseDeadline:
    """ICX-08: as it was counted when it was noted, and as the ombudsman widened it since."""
    return CaseDeadline(
        due=asked.due,
        due_at=asked.due_at,
        term="ombudsman-answer",
        anchor=asked.received_on,
        rule=asked.rule,
        source=asked.source,
        calendar_version=asked.calendar_version,
        terms_version=asked.terms_version,
        because=because,
        trace=asked.trace,
    )
