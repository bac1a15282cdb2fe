# SPDX-License-Identifier: Apache-2.0
"""`make bench-all`: the long measurements, one after the other; each leaves JSON and all a table in `.local/bench/`."""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from tests.bench.backlog import measure
from tests.bench.growth import run
from tests.bench.house import Trial, sustained
from tests.bench.latency import latency
from tests.bench.mails import Mails
from tests.bench.mails import measure as measure_mails
from tests.bench.memory import memory
from tests.bench.whole_house import whole_house
from ventanilla_local.downloads import LOCAL

PLACE = LOCAL / "bench"
GROWTH_GOAL = 1.2


@dataclass(frozen=True)
class Row:
    """What was measured, what came out, what it must reach (or nothing)."""

    what: str
    figure: str
    goal: str = ""


Part = Callable[[argparse.Namespace], tuple[Any, list[Row]]]


def house_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    with whole_house() as up:
        trials = sustained(up, chosen.seconds, chosen.rate)
    return [asdict(one) for one in trials], house_rows(trials[-1])


def house_rows(last: Trial) -> list[Row]:
    """The rate that was kept up with, and what each process used for it."""
    cpu = sorted(last.cpu_per_1000.items(), key=lambda one: -one[1])
    return [
        Row("all five services: sustained cases/s", f"{last.filed_per_second:.0f}", "aim 300"),
        Row("CPU s for 1,000 cases, all processes", f"{sum(last.cpu_per_1000.values()):.1f}"),
        *[Row(f"CPU s for 1,000 cases, {name}", f"{seconds:.2f}") for name, seconds in cpu],
    ]


def latency_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    """At a third of what the house sustained, as it was measured last."""
    rate = chosen.rate or sustained_last() / 3
    with whole_house() as up:
        latency(up, rate, chosen.seconds / 2)
        found = latency(up, rate, chosen.seconds)
    what = f"from 202 to the responder's mail in SMTP at {rate:.0f} cases/s"
    rows = [Row(f"{what}, p50", f"{found.p50:.2f} s"), Row(f"{what}, p99", f"{found.p99:.2f} s", "aim < 1 s")]
    return asdict(found), rows


def sustained_last() -> float:
    """Cases a second, as the part `house` measured them last. Raises OSError where it never did."""
    return float(json.loads((PLACE / "house.json").read_text(encoding="utf-8"))["found"][-1]["rate"])


def memory_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    """At half of what the house sustained, as it was measured last: beyond that a backlog grows, not a leak."""
    rate = chosen.rate or sustained_last() / 2
    with whole_house() as up:
        found = memory(up, rate, chosen.minutes * 60)
    what = f"MB after 1 and after {chosen.minutes:g} minutes"
    return found, [Row(f"{name}: {what}", f"{used[0]:.0f}, {used[-1]:.0f}", "flat") for name, used in found.items()]


def backlog_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    found = measure(chosen.events, [1, 2, 3])
    rows = [
        Row(f"a backlog of {chosen.events} events, {count} instances: events/s", f"{one.per_second:.0f}")
        for count, one in found.items()
    ]
    return {str(count): asdict(one) for count, one in found.items()}, rows


def growth_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    found = run(chosen.days, 9 * chosen.days, events=3000, rounds=3)
    return found, growth_rows(*found)


def growth_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """How much more each work costs with ten times as many stored."""
    costs = [(name, ms, after["milliseconds"][name]) for name, ms in before["milliseconds"].items()]
    steps = [name for name in ("step", "step_on_stored") if before[name]]
    costs += [(f"{name}, an event", _milliseconds(before[name]), _milliseconds(after[name])) for name in steps]
    stored = f"{before['stored']:,} to {after['stored']:,}"
    return [
        Row(f"{name} (ms {small:.2f}, {large:.2f}), from {stored}", f"{large / small:.2f}", f"<= {GROWTH_GOAL}")
        for name, small, large in costs
    ]


def _milliseconds(steps: list[dict[str, float]]) -> float:
    return 1000 / statistics.median(one["per_second"] for one in steps)


def mails_part(chosen: argparse.Namespace) -> tuple[Any, list[Row]]:
    found = measure_mails(min(chosen.seconds, 20.0), chosen.mails)
    return asdict(found), mails_rows(found)


def mails_rows(found: Mails) -> list[Row]:
    """Ratios first: ours over the bare standard library."""
    return [
        *[
            Row(
                f"parsed, {kind}: ours over the bare stdlib parse",
                f"{one.ratio:.2f} ({one.ours:.0f}, {one.theirs:.0f}/s)",
            )
            for kind, one in found.parsed.items()
        ],
        *[
            Row(
                f"filed by {way}: the CPU of one bare stdlib parse over that of one mail filed",
                f"{found.ratio(one):.2f} ({one.cpu_per_1000:.1f} s for 1,000; {one.per_second:.0f}/s in one process)",
            )
            for way, one in found.filed.items()
        ],
    ]


PARTS: Mapping[str, Part] = {
    "house": house_part,
    "latency": latency_part,
    "growth": growth_part,
    "backlog": backlog_part,
    "memory": memory_part,
    "mails": mails_part,
}


def table(rows: list[Row]) -> str:
    """In Markdown."""
    lines = ["| what | measured | must reach |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.what} | {row.figure} | {row.goal or 'report'} |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.all", description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"of {', '.join(PARTS)}; all if none")
    parser.add_argument("--rate", type=float, help="cases a second: the first to try; of latency and memory")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each trial")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the load for memory")
    parser.add_argument("--events", type=int, default=200_000, help="in the backlog")
    parser.add_argument(
        "--days", type=int, default=365, help="of 274 cases each; growth compares with ten times as many"
    )
    parser.add_argument("--mails", type=int, default=1_000, help="in the mailbox")
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)  # new topics have no leader for a moment, and aiokafka says so at length
    PLACE.mkdir(parents=True, exist_ok=True)
    for part in chosen.parts:
        began, load = time.monotonic(), os.getloadavg()[0]
        found, rows = PARTS[part](chosen)
        about = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {load:.1f} before, "
        about += f"{time.monotonic() - began:.0f} s: python -m tests.bench.all {' '.join(sys.argv[1:])}"
        text = f"## {part}\n\n{about}\n\n{table(rows)}\n"
        (PLACE / f"{part}.json").write_text(json.dumps({"about": about, "found": found}, indent=1), encoding="utf-8")
        (PLACE / f"{part}.md").write_text(text, encoding="utf-8")
        print(text, flush=True)


if __name__ == "__main__":
    main()
