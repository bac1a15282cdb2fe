# SPDX-License-Identifier: Apache-2.0
"""One decision about a case as it grows: the case so far, what is said to the others, timers, rows, history."""

from collections.abc import Mapping
from datetime import datetime

from chassis.decision import CancelTimer, Decision, Put, SetTimer
from routing.domain.case import Case, Happening
from routing.domain.history import facts_of
from ventanilla_contracts.envelope import Actor, Event


class Handling:
    """Begins with a case and the time at which it is decided; ``decision()`` is what came of it."""

    def __init__(self, case: Case, now: datetime) -> None:
        self.case = case
        self.now = now
        self._events: list[Event] = []
        self._timers: list[SetTimer | CancelTimer] = []
        self._rows: list[Put] = []

    def change(self, **fields: object) -> None:
        self.case = self.case.model_copy(update=fields)

    def say(self, event: Event, **fields: object) -> None:
        """Tell the other services, note it in the history, and take over what changes by it."""
        self._events.append(event)
        self.note(event, self.now, **fields)

    def note(self, event: Event, at: datetime, **fields: object) -> None:
        """Note in the history what was said here or elsewhere."""
        what = event.TYPE.partition(".")[0]
        happening = Happening(at=at, actor=event.actor, what=what, facts=facts_of(event))
        self.change(**fields, history=(*self.case.history, happening))

    def remember(self, what: str, actor: Actor, facts: Mapping[str, str]) -> None:
        """Note in the history what nobody else needs to know."""
        happening = Happening(at=self.now, actor=actor, what=what, facts=dict(facts))
        self.change(history=(*self.case.history, happening))

    def keep(self, row: Put) -> None:
        self._rows.append(row)

    def set_timer(self, name: str, due: datetime) -> None:
        self._timers.append(SetTimer(name, due))
        self.change(timers=(*(one for one in self.case.timers if one != name), name))

    def cancel_timers(self) -> None:
        """Those set before this decision and those set in it."""
        names = self.case.timers
        self._timers = [*(one for one in self._timers if one.name not in names), *map(CancelTimer, names)]
        self.change(timers=())

    def fired(self, name: str) -> None:
        self.change(timers=tuple(one for one in self.case.timers if one != name))

    def decision(self, **result: object) -> Decision[Case]:
        """All of it; ``result`` is what the caller of a command is told, beside number and status."""
        told = {"case_number": self.case.case_number, "status": self.case.status, **result}
        return Decision(self.case, tuple(self._events), tuple(self._timers), tuple(self._rows), told)
