# SPDX-License-Identifier: Apache-2.0
"""The ombudsman's own day is watched over where the case is due on another one: the person's, or an earlier request's.

Each request has one reminder and one end, and tells each once (ICX-08). Of the day by which the case is due the case's
own reminder and end speak (CNF-04): nobody is told twice of one day.
"""

from routing.domain.answering.ombudsman_records import OmbudsmanRequest, replaced
from routing.domain.handling import Handling
from routing.domain.matrix.due_times import JUST_AFTER
from routing.domain.policy import ROUTING, Policy
from ventanilla_contracts.envelope import StaffRef
from ventanilla_contracts.routing import OmbudsmanApproaching, OmbudsmanOverdue

REMINDER, OVERDUE = "ombudsman-reminder/", "ombudsman-overdue/"


def watch_ombudsman(handling: Handling, policy: Policy) -> None:
    """Set, or set again, the timers of everything that they wait for. What is past already fires at once."""
    for n, one in enumerate(handling.case.ombudsman):
        if one.answer_id is not None:
            continue
        if not one.reminded:
            handling.set_timer(f"{REMINDER}{n}", policy.calendar.reminder_at(one.due, policy.reminder_days))
        if not one.overdue:
            handling.set_timer(f"{OVERDUE}{n}", one.due_at + JUST_AFTER)


def is_of_ombudsman(timer: str) -> bool:
    return timer.startswith((REMINDER, OVERDUE))


def on_ombudsman_watch(handling: Handling, policy: Policy, timer: str) -> None:
    """One of them is due; nothing is told of what was answered meanwhile, or of the day by which the case is due."""
    kind, _, place = timer.rpartition("/")
    one = next((one for n, one in enumerate(handling.case.ombudsman) if place == str(n)), None)
    if one is None or one.answer_id is not None:
        return
    deadline = handling.case.deadline
    told_by_the_case = deadline is not None and deadline.due_at == one.due_at
    if f"{kind}/" == REMINDER:
        _remind(handling, policy, one, told=told_by_the_case)
    else:
        _say_overdue(handling, policy, one, told=told_by_the_case)


def _remind(handling: Handling, policy: Policy, one: OmbudsmanRequest, *, told: bool) -> None:
    """Never when the day has passed already."""
    assignment = handling.case.assignment
    if one.reminded or one.overdue or handling.now > one.due_at or assignment is None:
        return
    if not told:
        today = policy.calendar.local_date(handling.now)
        said = OmbudsmanApproaching(
            actor=ROUTING,
            reference=one.reference,
            due=one.due,
            responder=assignment.responder,
            copies=assignment.copies,
            business_days_left=policy.calendar.business_days_left(today, one.due),
        )
        handling.say(said)
    _mark(handling, one, reminded=True)


def _say_overdue(handling: Handling, policy: Policy, one: OmbudsmanRequest, *, told: bool) -> None:
    """The head of the area hears of it too: no level of the matrix is due by a day that is not the case's."""
    assignment = handling.case.assignment
    if one.overdue or assignment is None:
        return
    if not told:
        said = OmbudsmanOverdue(
            actor=ROUTING,
            reference=one.reference,
            due=one.due,
            responder=assignment.responder,
            copies=_each_once(
                (*assignment.copies, *policy.matrix.stand_ins(assignment.area)[-1:]), assignment.responder
            ),
        )
        handling.say(said)
    _mark(handling, one, overdue=True)


def _each_once(copies: tuple[StaffRef, ...], responder: StaffRef) -> tuple[StaffRef, ...]:
    return tuple({one.id: one for one in copies if one.id != responder.id}.values())


def _mark(handling: Handling, one: OmbudsmanRequest, **fields: bool) -> None:
    handling.change(ombudsman=replaced(handling.case.ombudsman, one, one.model_copy(update=fields)))
