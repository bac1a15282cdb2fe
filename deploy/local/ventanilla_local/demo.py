# SPDX-License-Identifier: Apache-2.0
"""`make demo`: a month in some minutes. Cases come as its days pass, staff act on them, and the indicators tell."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial

from rich.table import Table

from . import guide
from .doors import DoorError, Doors
from .house_up import house_up, stay, terminal
from .live import View
from .pace import ZONE, Pace
from .sample import Answer, Deliver, Upload
from .sample_month import DAYS, Planned, month

HANDS = 4
"""So many people work at a time."""

START_SECONDS = 15.0
"""About what the services need to start: then the month begins."""

SETTLE_SECONDS = 30.0
OPENS, CALLS = time_of_day(7), time_of_day(10)
Deed = Callable[[], None]


def demo(*, minutes: float, seed: int, stays: bool) -> int:
    """Let a month pass in so many real minutes; end when it is over, unless it `stays`."""
    first = (datetime.now(ZONE).replace(day=1) - timedelta(days=1)).date().replace(day=1)
    speed = timedelta(days=DAYS) / timedelta(minutes=minutes)
    with house_up("demo", "", terminal(), lambda: Pace.fast(_at(first, OPENS), speed, begins_in=START_SECONDS)) as it:
        pace = it.view.pace
        begins = max(first, pace.local().date() + timedelta(days=1))
        last = begins + timedelta(days=DAYS - 1)
        it.view.say(guide.logins(it.house), guide.pages(it.house, it.addresses))
        it.view.say(f"\n{begins} to {last}, a day in {minutes * 60 / DAYS:.1f} s, seed {seed}")
        refused = Month(it.doors, pace, it.view, month(begins, seed)).passes(begins)
        for one in refused:
            it.view.say(f"refused: {one}")
        try:
            it.view.say(indicators(it.doors, begins, last))
        except DoorError as problem:
            it.view.say(f"no indicators: {problem}")
        if stays:
            it.view.doing("the month is over, its clock runs on; Ctrl-C stops everything")
            stay(it)
    return 0


@dataclass
class Month:
    """The plan, and the hands that carry it out when the house's clock comes to it."""

    doors: Doors
    pace: Pace
    view: View
    plan: tuple[Planned, ...]
    _numbers: dict[str, str] = field(default_factory=dict)
    _by_number: dict[str, Planned] = field(default_factory=dict)
    _refused: list[str] = field(default_factory=list)

    def passes(self, first: date) -> list[str]:
        """Do each deed at its time, until the month is over and all is counted; what was refused, a line each."""
        end = _at(first + timedelta(days=DAYS), CALLS)
        hands = ThreadPoolExecutor(HANDS)
        try:
            for at, deed in sorted(self._deeds(first), key=lambda one: one[0]):
                if at <= end:
                    self._wait_for(at)
                    hands.submit(self._done, deed)
            self._wait_for(end)
            hands.shutdown()
        finally:
            hands.shutdown(wait=False, cancel_futures=True)
        self._settles()
        return self._refused

    def _wait_for(self, at: datetime) -> None:
        day = (at.date() - self.plan[0].at.date()).days + 1
        self.view.doing(f"day {min(day, DAYS)} of {DAYS}; Ctrl-C stops everything")
        time.sleep(max(0.0, self.pace.real_seconds_until(at)))

    def _deeds(self, first: date) -> Iterator[tuple[datetime, Deed]]:
        for planned in self.plan:
            yield planned.at, partial(self._file, planned)
            for at, act in planned.acts:
                yield at, partial(self._act, planned, act)
        for past in range(DAYS + 1):
            yield _at(first + timedelta(days=past), CALLS), self._call

    def _file(self, planned: Planned) -> None:
        filed = self.doors.file(planned.sample, _external_id(planned), None, self.pace.now())
        self._numbers[planned.sample.name] = filed.number
        self._by_number[filed.number] = planned

    def _act(self, planned: Planned, act: Deliver | Answer | Upload) -> None:
        number = self._numbers.get(planned.sample.name)
        if number is None:
            raise DoorError(f"{act.do}: {planned.sample.name} was not filed")
        match act:
            case Deliver():
                self.doors.deliver(number, act)
            case Answer():
                self.doors.answer(number, act)
            case Upload():
                self.doors.upload(number, act, self.pace.now())

    def _call(self) -> None:
        """Once a day, everybody who is on the list for that day."""
        for check in self.doors.calls_due():
            if planned := self._by_number.get(check["case_number"]):
                self.doors.call(check["case_number"], planned.call(check["attempts_made"]))

    def _done(self, deed: Deed) -> None:
        try:
            deed()
        except DoorError as problem:
            self._refused.append(str(problem))

    def _settles(self) -> None:
        """Until no service has anything left to read."""
        self.view.doing("the month is over; the services finish")
        until = time.monotonic() + SETTLE_SECONDS
        while self.view.gauges.busy() and time.monotonic() < until:
            time.sleep(0.2)


def indicators(doors: Doors, first: date, last: date) -> Table:
    """The month as reporting counts it."""
    table = Table(title=f"Indicators, {first} to {last}", title_justify="left")
    for heading in ("indicator", "value", "of", "goal"):
        table.add_column(heading, justify="left" if heading == "indicator" else "right")
    for one in doors.indicators(first.isoformat(), last.isoformat()).values():
        unit = " %" if one["unit"] == "percent" else ""
        value = "–" if one["value"] is None else f"{one['value']:g}{unit}"
        of = "" if one["denominator"] is None else f"{one['numerator']} / {one['denominator']}"
        table.add_row(one["name"], value, of, "" if one["goal"] is None else f"{one['goal']:g}{unit}")
    return table


def _external_id(planned: Planned) -> str:
    name = f"{planned.sample.name}-{planned.at:%Y%m%d}"
    return f"<{name}@correo.example>" if planned.sample.channel == "email" else name


def _at(day: date, moment: time_of_day) -> datetime:
    return datetime.combine(day, moment, ZONE)
