# SPDX-License-Identifier: Apache-2.0
"""The ombudsman gives the house more time to answer them (ICX-08; Decreto 2555 de 2010, art. 2.34.2.1.5).

At their judgement, with reasons: how long and how often is theirs to say.
"""

from datetime import date, datetime

from chassis.decision import Decision, Refused
from routing.domain.answering.commands import WidenOmbudsman
from routing.domain.answering.ombudsman_records import OmbudsmanRequest, Widening, replaced
from routing.domain.case import Case
from routing.domain.clock.calendar import ONE_DAY, Calendar
from routing.domain.clock.clock import set_deadline, start_timers_anew
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.routing import OmbudsmanTermWidened, PersonalWords, TraceDay


def widen_ombudsman(policy: Policy, case: Case, command: WidenOmbudsman, now: datetime) -> Decision[Case] | Refused:
    """To a later business day. Where the case is due by it, that moves too, and is watched over anew."""
    asked = next((one for one in case.ombudsman if one.is_called(command.reference)), None)
    if asked is None:
        return Refused("unknown-ombudsman-request", "invalid", "reference", {"reference": command.reference})
    if asked.answer_id is not None:
        return Refused("ombudsman-not-waiting")
    refused = _not_a_later_day(asked, command.due, policy.calendar)
    if refused is not None:
        return refused
    wider = asked.model_copy(
        update={
            "due": command.due,
            "due_at": policy.calendar.end_of_day_utc(command.due),
            "reminded": False,
            "overdue": False,
            "trace": _longer(asked, command.due, policy.calendar),
            "widened": (
                *asked.widened,
                Widening(due_before=asked.due, due=command.due, text=command.text, by=command.actor, at=now),
            ),
        }
    )
    said = OmbudsmanTermWidened(
        actor=command.actor,
        reference=asked.reference,
        due_before=asked.due,
        due=wider.due,
        due_at=wider.due_at,
        source=asked.source,
        personal=PersonalWords(text=command.text),
    )
    handling = Handling(case, now)
    handling.say(said, ombudsman=replaced(case.ombudsman, asked, wider))
    set_deadline(handling, policy, "ombudsman-widened")
    start_timers_anew(handling, policy)
    return handling.decision(due=wider.due.isoformat())


def _not_a_later_day(asked: OmbudsmanRequest, due: date, calendar: Calendar) -> Refused | None:
    latest = date(calendar.data.last_year, 12, 31)
    days = {"due": asked.due.isoformat(), "latest": latest.isoformat()}
    if not asked.due < due <= latest:
        return Refused("not-after-their-day", "invalid", "due", days)
    return None if calendar.is_business_day(due) else Refused("not-a-business-day", "invalid", "due", days)


def _longer(asked: OmbudsmanRequest, due: date, calendar: Calendar) -> tuple[TraceDay, ...]:
    """The days beyond the term say that they are of the extension, as those of any other do."""
    beyond = (calendar.trace_day(asked.due + ONE_DAY * n) for n in range(1, (due - asked.due).days + 1))
    marked = (TraceDay(date=day.date, counted=True, reason="extension") if day.counted else day for day in beyond)
    return (*asked.trace, *marked)
