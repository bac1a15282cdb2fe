# SPDX-License-Identifier: Apache-2.0
"""`make bench`: the step, beside a bare loop and beside hexkit, and filing by HTTP; the first line is the ratio.

The sides run in turn, each in a process of its own; each figure is a ratio of the same round.
"""

import argparse
import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chassis.messages import Message
from tests.bench.hexkit_environment import VERSION, hexkit_python
from tests.bench.http_sides import filing
from tests.bench.report import Measured, Row, step_ratio, table
from tests.bench.sides import measure, place
from tests.bench.workload import KEPT, appended, as_hexkit_reads, filed, settings

STEP = {"bare": "the bare loop", "step": "routing on the chassis"}


def steps(chosen: argparse.Namespace) -> list[Row]:
    """Cases filed, then a second event about each of them; both sides begin with nothing."""
    messages = {"inserts": list(filed(chosen.events)), "updates": list(appended(chosen.events))}
    found: dict[tuple[str, str], list[Measured]] = {}
    for _ in range(chosen.rounds):
        for side in STEP:
            with place() as where:
                for what, records in messages.items():
                    asyncio.run(where.fill(records))
                    run = measure(side, where.prefix, where.database, what, str(chosen.events))
                    found.setdefault((side, what), []).append(run)
    return [Row(f"the step, {what}", STEP["bare"], found["step", what], found["bare", what], 0.75) for what in messages]


def peer(chosen: argparse.Namespace) -> list[Row]:
    """Two rounds at most: hexkit takes one record after another, and each of its runs is long for what it says."""
    python = hexkit_python()
    ours, theirs = [], []
    for _ in range(min(chosen.rounds, 2)):
        ours.append(_inserts("step", list(filed(chosen.events)), sys.executable))
        theirs.append(_inserts("hexkit_step", [as_hexkit_reads(one) for one in filed(chosen.few)], python))
    return [Row("the step, inserts", f"hexkit {VERSION}", ours, theirs, 20)]


def _inserts(side: str, messages: Sequence[Message], python: str) -> Measured:
    with place() as where:
        asyncio.run(where.fill(messages))
        return measure(side, where.prefix, where.database, "inserts", str(len(messages)), python=python)


def http(chosen: argparse.Namespace) -> list[Row]:
    return filing(chosen.rounds, chosen.seconds)


PARTS: dict[str, Callable[[argparse.Namespace], list[Row]]] = {"step": steps, "hexkit": peer, "http": http}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"of {', '.join(PARTS)}; all of them if none")
    parser.add_argument("--events", type=int, default=5_000, help="records of the step")
    parser.add_argument("--few", type=int, default=250, help="records for hexkit")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of HTTP, each side, each round")
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)  # new topics have no leader for a moment, and aiokafka says so at length
    (KEPT / "staff.yaml").unlink(missing_ok=True)
    settings("", "bench")
    began, load = time.monotonic(), os.getloadavg()[0]
    rows: list[Row] = []
    failed: list[str] = []
    for part in chosen.parts:
        try:
            rows += PARTS[part](chosen)
        except (SystemExit, subprocess.TimeoutExpired) as error:  # what the other parts found is told all the same
            failed.append(f"{part}: {error}")
    if not rows:
        sys.exit("\n".join(failed))
    if rows[0].theirs_are == STEP["bare"]:
        print(step_ratio(rows), "", sep="\n")
    print(table(rows), "", sep="\n")
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {chosen.rounds} rounds,"
        f" {chosen.events} events, {time.monotonic() - began:.0f} s; load {load:.1f} before"
    )
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
