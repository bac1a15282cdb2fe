# SPDX-License-Identifier: Apache-2.0
"""The legal clock: when a term ends, and why (ICX-03, ICX-04, CNF-06; design 5, 6).

How the trace counts. One row for each local date without a gap, from the day of receipt to the due date. The anchor is
shown and never counted: the count starts on the day after it. Policy ``next-business-day`` puts the anchor on the next
business day when the filing came after closing time or on another day; the days before the anchor are shown too. The
counted rows are exactly as many as the term is long, and the last of them is the due date, whatever happened between:
- stops turn business days into ``stopped``; a stop that begins on the due date or later changes nothing;
- ``restart`` turns what was counted before a stop into ``discarded-by-restart`` (the anchor stays the original one);
- an extension goes on counting: the days beyond the first term say that they are of the extension;
- a month counts every calendar day; when its last day is no business day, the day it moves to counts instead.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from routing.domain.clock.calendar import ONE_DAY, Calendar
from routing.domain.clock.counting import DayCount, count_business_days, count_calendar_months
from routing.domain.clock.invalid_input import InvalidInput
from routing.domain.clock.stops import Stop, first_problem_of, outside_calendar
from routing.domain.clock.terms import TERM_NAMES, TermRule, Terms
from ventanilla_contracts.envelope import Frozen, LocalDate, ShortText
from ventanilla_contracts.routing import TraceDay

Policy = Literal["receipt", "next-business-day"]
"""Where a filing out of hours anchors: the local date of receipt, or the next business day (domain-colombia 1.12)."""

OnCompletion = Literal["resume", "restart"]
"""Whether a completed request goes on with the days left or has the whole term again (domain-colombia 1.5)."""


class Explained(Frozen):
    """What a computation rests on: the day whose morrow is the first, the rule, the calendar, and each day."""

    anchor: LocalDate
    calendar_version: str
    rule: str
    source: ShortText
    trace: tuple[TraceDay, ...]


class Deadline(Explained):
    """The local date at whose end the term ends; ``Calendar.end_of_day_utc(due)`` is the instant."""

    due: LocalDate


class Suspended(Explained):
    """No due date: the clock stands still after ``since``, with ``left`` days to go once the request is complete."""

    since: LocalDate
    left: int


def compute(
    term: str,
    received_at: datetime,
    *,
    policy: Policy = "receipt",
    stops: Sequence[Stop] = (),
    on_completion: OnCompletion = "resume",
    extended: bool = False,
    units: int | None = None,
    terms: Terms,
    calendar: Calendar,
) -> Deadline | Suspended | InvalidInput:
    """When a term that a filing began ends, by the rule in force on the local date of filing.

    ``extended`` takes the longest extension; ``units`` one to so many units in all, as far as the rule lets it.
    """
    problem = _problem_with_filing(term, received_at, calendar)
    if problem:
        return problem
    filed_on = calendar.local_date(received_at)
    rule = _rule_in_force(term, filed_on, extended=extended, terms=terms)
    if isinstance(rule, InvalidInput):
        return rule
    problem = _problem_with_stops(rule, stops, filed_on, calendar)
    if problem:
        return problem
    length = _length(rule, extended=extended, units=units)
    start = _rows_through_anchor(received_at, policy, calendar)
    if rule.unit == "calendar-months":
        return _deadline(rule, start, count_calendar_months(start[-1].date, length, calendar), calendar)
    count = count_business_days(start[-1].date, length, stops, calendar, restarts=on_completion == "restart")
    if count.stopped_since:
        return _suspended(rule, start, count, count.stopped_since, calendar)
    rows = _marked_beyond(count.rows, rule.length) if length > rule.length else count.rows
    return _deadline(rule, start, rows, calendar)


def _length(rule: TermRule, *, extended: bool, units: int | None) -> int:
    longest = rule.extended_length or rule.length
    if extended:
        return longest
    return min(max(units, rule.length), longest) if units else rule.length


def _marked_beyond(rows: Sequence[TraceDay], length: int) -> list[TraceDay]:
    """The counted days after the first term are those of its extension."""
    marked, left = [], length
    for row in rows:
        beyond = row.counted and left <= 0
        marked.append(TraceDay(date=row.date, counted=True, reason="extension") if beyond else row)
        left -= row.counted
    return marked


def _problem_with_filing(term: str, received_at: datetime, calendar: Calendar) -> InvalidInput | None:
    if term not in TERM_NAMES:
        return InvalidInput(field="term", code="unknown-term", facts={"terms": ", ".join(TERM_NAMES)})
    if received_at.tzinfo is None:
        return InvalidInput(field="received_at", code="needs-offset")
    if not calendar.covers(received_at.year):
        return outside_calendar("received_at", calendar)
    return None


def _rule_in_force(term: str, filed_on: date, *, extended: bool, terms: Terms) -> TermRule | InvalidInput:
    rule = terms.rule_for(term, filed_on)
    if rule is None:
        return InvalidInput(field="received_at", code="no-rule-then", facts={"filed_on": str(filed_on)})
    if extended and rule.extended_length is None:
        names = ", ".join(terms.extendable(filed_on))
        return InvalidInput(field="extended", code="not-extendable", facts={"terms": names})
    return rule


def _problem_with_stops(
    rule: TermRule, stops: Sequence[Stop], filed_on: date, calendar: Calendar
) -> InvalidInput | None:
    if stops and rule.unit == "calendar-months":
        return InvalidInput(field="stops", code="not-stoppable")
    return first_problem_of(stops, filed_on, calendar)


def _rows_through_anchor(received_at: datetime, policy: Policy, calendar: Calendar) -> list[TraceDay]:
    filed_on = calendar.local_date(received_at)
    in_hours = calendar.is_business_day(filed_on) and not calendar.is_after_hours(received_at)
    if policy == "receipt" or in_hours:
        return [_not_counted(filed_on, "anchor")]
    anchor = calendar.business_days_after(filed_on, 1)
    waiting = [calendar.trace_day(filed_on + ONE_DAY * n) for n in range((anchor - filed_on).days)]
    if waiting[0].counted:
        waiting[0] = _not_counted(filed_on, "after-hours")
    return [*waiting, _not_counted(anchor, "anchor")]


def _not_counted(day: date, reason: str) -> TraceDay:
    return TraceDay(date=day, counted=False, reason=reason)


def _deadline(rule: TermRule, start: list[TraceDay], rows: list[TraceDay], calendar: Calendar) -> Deadline:
    return Deadline(
        due=rows[-1].date,
        anchor=start[-1].date,
        calendar_version=calendar.version,
        rule=rule.id,
        source=rule.source,
        trace=(*start, *rows),
    )


def _suspended(rule: TermRule, start: list[TraceDay], count: DayCount, since: date, calendar: Calendar) -> Suspended:
    return Suspended(
        since=since,
        left=count.left,
        anchor=start[-1].date,
        calendar_version=calendar.version,
        rule=rule.id,
        source=rule.source,
        trace=(*start, *count.rows),
    )
