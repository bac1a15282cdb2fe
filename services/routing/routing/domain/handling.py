# SPDX-License-Identifier: Apache-2.0
"""One decision about a case as it grows: the case so far, what is said to the others, timers, rows, history."""

from datetime import datetime

from chassis.decision import CancelTimer, Decision, Insert, Put, SetTimer
from routing.domain.case import Case, Happening
from routing.domain.history import facts_of
from routing.domain.queue import place_of, waits_for_review, waits_to_be_classified
from routing.domain.urgency import task_of
from ventanilla_contracts.envelope import Actor, Event


class Handling:
    """Begins with a case and the time at which it is decided; ``decision()`` is what came of it.

    ``case`` is the case so far, but for its history and timers, which are written once at the end.
    """

    def __init__(self, case: Case, now: datetime) -> None:
        self.case = case
        self.now = now
        self._events: list[Event] = []
        self._history: list[Happening] = []
        self._watched = list(case.timers)
        self._timers: dict[str, SetTimer | CancelTimer] = {}
        self._rows: list[Insert | Put] = []

    def change(self, **fields: object) -> None:
        self.case = self.case.model_copy(update=fields)

    def say(self, event: Event, **fields: object) -> None:
        """Tell the other services, note it in the history, and take over what changes by it."""
        self._events.append(event)
        self.note(event, self.now)
        self.change(**fields)

    def note(self, event: Event, at: datetime) -> None:
        """Note in the history what was said here or elsewhere."""
        what = event.TYPE.partition(".")[0]
        self._history.append(Happening(at=at, actor=event.actor, what=what, facts=facts_of(event)))

    def remember(self, what: str, actor: Actor, facts: dict[str, str], at: datetime | None = None) -> None:
        """Note in the history what nobody else needs to hear of; ``at`` where it happened before now."""
        self._history.append(Happening(at=at or self.now, actor=actor, what=what, facts=facts))

    def keep(self, row: Insert | Put) -> None:
        self._rows.append(row)

    def set_timer(self, name: str, due: datetime) -> None:
        self._timers[name] = SetTimer(name, due)
        if name not in self._watched:
            self._watched.append(name)

    def cancel_timers(self) -> None:
        """Those set before this decision and those set in it."""
        self._timers = {name: CancelTimer(name) for name in (*self._timers, *self._watched)}
        self._watched = []

    def cancel_timer(self, name: str) -> None:
        """One that is set; nothing where it is not."""
        if name in self._watched:
            self._watched.remove(name)
            self._timers[name] = CancelTimer(name)

    def fired(self, name: str) -> None:
        if name in self._watched:
            self._watched.remove(name)

    def decision(self, **result: object) -> Decision[Case]:
        """All of it; ``result`` is what the caller of a command is told, beside number and status."""
        case = self.case
        where = {
            "place": place_of(case),
            "to_classify": waits_to_be_classified(case),
            "to_review": waits_for_review(case),
        }
        if self.case.stop is not None:
            self.change(status="suspended")
        history = (*self.case.history, *self._history)
        self.change(history=history, version=len(history), timers=tuple(self._watched), **where)
        self.change(task=task_of(self.case))
        told = {"case_number": self.case.case_number, "status": self.case.status, **result}
        return Decision(self.case, tuple(self._events), tuple(self._timers.values()), tuple(self._rows), told)
