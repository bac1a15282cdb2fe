# SPDX-License-Identifier: Apache-2.0
"""A term that an authority orders: the judge's date and hour (ICX-15), or a regulator's own last day (CNF-03)."""

from datetime import date, datetime

from routing.domain.case import Case
from routing.domain.clock.calendar import ONE_DAY, Calendar
from routing.domain.clock.records import Because, CaseDeadline
from routing.domain.policy import Policy
from ventanilla_contracts.routing import TraceDay

TUTELA, REGULATOR = "tutela", "regulator"


def ordered_deadline(case: Case, policy: Policy, because: Because) -> CaseDeadline | None:
    """None where the legal term runs. Every day counts for a judge, business days for a regulator."""
    calendar = policy.calendar
    if case.tutela is not None:
        tutela, due = case.tutela, calendar.local_date(case.tutela.answer_by)
        source = policy.observations.tutela_source.format(court=tutela.court, reference=tutela.reference)
        days = tuple(TraceDay(date=day, counted=True, reason="judge") for day in _days(case, due, calendar))
        return _deadline(case, policy, (due, tutela.answer_by), TUTELA, source, because, days)
    regulator = case.regulator
    due_day = _regulator_due(case, calendar)
    if regulator is None or due_day is None:
        return None
    source = policy.observations.regulator_source.format(authority=regulator.authority, reference=regulator.reference)
    days = tuple(calendar.trace_day(day) for day in _days(case, due_day, calendar))
    return _deadline(case, policy, (due_day, calendar.end_of_day_utc(due_day)), REGULATOR, source, because, days)


def _regulator_due(case: Case, calendar: Calendar) -> date | None:
    if case.regulator is None:
        return None
    if case.regulator.due is not None or case.regulator.business_days is None:
        return case.regulator.due
    return calendar.business_days_after(calendar.local_date(case.received_at), case.regulator.business_days)


def _deadline(
    case: Case,
    policy: Policy,
    due: tuple[date, datetime],
    rule: str,
    source: str,
    because: Because,
    days: tuple[TraceDay, ...],
) -> CaseDeadline:
    anchor = policy.calendar.local_date(case.received_at)
    return CaseDeadline(
        due=due[0],
        due_at=due[1],
        term="ordered",
        anchor=anchor,
        rule=rule,
        source=source,
        calendar_version=policy.calendar.version,
        terms_version=policy.terms.version,
        because=because,
        trace=(TraceDay(date=anchor, counted=False, reason="anchor"), *days),
    )


def _days(case: Case, due: date, calendar: Calendar) -> list[date]:
    """From the day after the receipt through the last one."""
    anchor = calendar.local_date(case.received_at)
    return [anchor + ONE_DAY * n for n in range(1, (due - anchor).days + 1)]
