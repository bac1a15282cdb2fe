# SPDX-License-Identifier: Apache-2.0
"""The live view: cases moving through the five services. In a terminal a picture that stays, elsewhere plain lines."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console, ConsoleRenderable, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ventanilla_contracts.envelope import Envelope, Event

from .feed import feeding
from .gauges import Gauge, Gauges, looking
from .pace import ZONE, Pace
from .watch import STAGES, Happening, Watch

LINES = 12
PER_SECOND = 4
ROOM_FOR_CTRL_C = 3
"""A terminal echoes `^C` after the last line; without room it would break that line and the picture."""

HEADLINE = ("received", "open", "overdue", "answered-in-time", "satisfied-of-contacted")
COLOURS = {"intake": "cyan", "routing": "yellow", "notifications": "magenta", "satisfaction": "green"}


@dataclass
class View:
    """What is shown; events come from one thread and the picture is drawn in another."""

    watch: Watch
    gauges: Gauges
    pace: Pace
    console: Console
    pulse: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def see(self, envelope: Envelope, event: Event, fresh: bool) -> None:
        with self._lock:
            told = self.watch.see(envelope, event, fresh=fresh)
        if not self.console.is_terminal:
            for happening in told:
                if happening.fresh:
                    self.console.print(plain(happening), highlight=False, markup=False, soft_wrap=True)

    def doing(self, words: str) -> None:
        """What goes on at the moment, below the picture."""
        self.pulse = words

    def say(self, *renderables: RenderableType) -> None:
        """Something that stays, above the picture."""
        self.console.print(*renderables, highlight=False, soft_wrap=not self.console.is_terminal)

    def __rich__(self) -> RenderableType:
        with self._lock:
            width = self.console.width - ROOM_FOR_CTRL_C
            return picture(self.watch, self.gauges, self.pace.local(), pulse=self.pulse, width=width)


@contextmanager
def showing(view: View, servers: str, prefix: str = "") -> Iterator[None]:
    """Read the house's events and show them while the block runs."""
    with ExitStack() as stack:
        if view.console.is_terminal:
            stack.enter_context(
                Live(view, console=view.console, refresh_per_second=PER_SECOND, vertical_overflow="crop")
            )
        stack.enter_context(looking(view.gauges))
        stack.enter_context(feeding(servers, view.see, prefix))
        yield


def plain(happening: Happening) -> str:
    """One line for a log or a pipe."""
    return f"{_clock(happening.at)}  {happening.service:<13}  {happening.number:<20}  {happening.words}"


def picture(
    watch: Watch, gauges: Gauges, now: datetime, *, pulse: str = "", width: int | None = None
) -> RenderableType:
    """Five services, how far the cases are, and what happened last."""
    head = f"Ventanilla · {now:%a %d %b %Y %H:%M} · {watch.cases} cases · {watch.counts['delivery-sent']} mails"
    parts: list[ConsoleRenderable] = [_services(watch, gauges), Text(), _stages(watch), Text(), _last(watch)]
    return Panel(
        Group(*parts), title=head, title_align="left", subtitle=pulse or None, subtitle_align="left", width=width
    )


def _services(watch: Watch, gauges: Gauges) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
    for service, doing in doings(watch, gauges).items():
        table.add_row(
            Text(service, style=f"bold {COLOURS.get(service, 'blue')}"), _pulse(gauges.last.get(service)), doing
        )
    return table


def _pulse(gauge: Gauge | None) -> Text:
    if gauge is None:
        return Text("no answer", style="red")
    if gauge.behind or gauge.unpublished:
        return Text(f"{gauge.behind + gauge.unpublished} under way", style="yellow")
    return Text("lag zero", style="green")


def doings(watch: Watch, gauges: Gauges) -> dict[str, str]:
    """What each service has done, in a line."""
    counts = watch.counts
    to_call = counts["check-scheduled"] - counts["check-completed"]
    calls = f"{counts['contact-attempted']} calls · {counts['check-completed']} ended · {counts['check-waived']} waived"
    return {
        "intake": _sums(watch.channels) or "waits for the first case",
        "routing": f"{counts['deadline-approaching']} reminded · {counts['deadline-missed']} missed · "
        f"{counts['case-escalated']} escalations · {counts['case-answered']} answered · {counts['case-closed']} closed",
        "notifications": _sums(watch.letters) or "no mail yet",
        "satisfaction": f"{to_call} to call · {calls}",
        "reporting": " · ".join(f"{_value(gauges, one)} {one.replace('-', ' ')}" for one in HEADLINE),
    }


def _value(gauges: Gauges, indicator: str) -> str:
    one = gauges.counted.get(indicator)
    if one is None or one["value"] is None:
        return "–"
    return f"{one['value']:g}" + ("%" if one["unit"] == "percent" else "")


def _sums(counts: Counter[str]) -> str:
    return " · ".join(f"{count} {name}" for name, count in counts.most_common())


def _stages(watch: Watch) -> Text:
    now = watch.by_stage()
    text = Text(no_wrap=True, overflow="ellipsis")
    for stage in STAGES:
        if text:
            text.append("  →  ", style="dim")
        text.append(f"{stage} ", style="dim" if not now[stage] else "")
        text.append(str(now[stage]), style="bold" if now[stage] else "dim")
    return text


def _last(watch: Watch) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column(no_wrap=True)
    shown = sorted(watch.happenings, key=lambda one: one.at)[-LINES:]  # topics are read side by side
    for one in [*shown, *[None] * (LINES - len(shown))]:
        if one is None:
            table.add_row("", "", "", "")
        else:
            words = Text(one.words, style=_style(one))
            table.add_row(
                Text(_clock(one.at), style="dim"), Text(one.service, style=COLOURS[one.service]), one.number, words
            )
    return table


def _style(one: Happening) -> str:
    return "bold red" if "MISSED" in one.words or "FAILED" in one.words or "ESCALATED" in one.words else ""


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%d %b %H:%M:%S}"
