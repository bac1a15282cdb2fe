# SPDX-License-Identifier: Apache-2.0
"""By which SLA a case is promised what, until when, and why: each day, with what counted of it (ICX-09)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from routing.domain.case import Case
from routing.domain.clock.hours import HoursDay, Pause, add_business_hours
from routing.domain.clock.records import HousePromise, Promise
from routing.domain.matrix.due_times import JUST_AFTER
from routing.domain.matrix.facts import facts_of_case
from routing.domain.policy import Policy
from ventanilla_contracts.routing import HoursOfDay


def house_promise(policy: Policy, case: Case, before: Case | None) -> HousePromise | None:
    """The same object where nothing changed that it rests on since ``before``; None where nothing is promised.

    It counts from the receipt of what is to be answered. What became of it so far stays, unless that is another one.
    """
    facts = {**facts_of_case(case), "segment": case.segment}
    sla = policy.slas.sla_for(facts, policy.calendar.local_date(case.counts_from))
    if sla is None:
        return None
    since, pauses = case.counts_from.replace(microsecond=0), tuple(_pauses(policy, case))
    now = HousePromise(
        sla=sla.id,
        sla_name=sla.name,
        slas_version=policy.slas.version,
        calendar_version=policy.calendar.version,
        since=since,
    )
    was, stood = case.promise, before is not None and pauses == tuple(_pauses(policy, before))
    if was is not None and stood and _rests_on(was) == _rests_on(now):
        return was
    same = was if was is not None and was.since == since else now
    counted = {
        "first_response": _counted(policy, since, sla.first_response, pauses, same.first_response),
        "resolution": _counted(policy, since, sla.resolution, pauses, same.resolution),
    }
    return now.model_copy(update=counted)


def as_before(now: HousePromise, was: HousePromise | None) -> bool:
    """Whether nobody would be told anything new: versions alone move nothing."""
    aside = {"slas_version": now.slas_version, "calendar_version": now.calendar_version}
    return was is not None and now == was.model_copy(update=aside)


def _rests_on(house: HousePromise) -> tuple[object, ...]:
    return house.sla, house.slas_version, house.calendar_version, house.since


def _counted(
    policy: Policy, since: datetime, hours: float | None, pauses: Sequence[Pause], was: Promise | None
) -> Promise | None:
    """What was missed is watched over anew where there is more time now."""
    if hours is None:
        return None
    due_at, _, trace = add_business_hours(policy.calendar, since, hours, pauses)
    promise = Promise(hours=hours, due_at=due_at, trace=tuple(_row(day) for day in trace))
    if was is None:
        return promise
    more_time = due_at is not None and was.due_at is not None and due_at > was.due_at
    return promise.model_copy(update={"kept_at": was.kept_at, "missed": was.missed and not more_time})


def _row(day: HoursDay) -> HoursOfDay:
    return HoursOfDay(date=day.date, seconds=round(day.counted.total_seconds()), reason=day.reason)


def _pauses(policy: Policy, case: Case) -> Iterator[Pause]:
    """While the clock stands still: from the letter until the end of the day on which the request was complete, as the
    legal term goes on the day after.
    """
    for stop in case.stops:
        if stop.asked_at >= case.counts_from:
            end = policy.calendar.end_of_day_utc(stop.completed_on) + JUST_AFTER if stop.completed_on else None
            yield stop.asked_at.replace(microsecond=0), end
