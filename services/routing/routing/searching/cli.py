# SPDX-License-Identifier: Apache-2.0
"""`python -m routing search status | rebuild` (docs/routing.md)."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import typer

from chassis.mongo import Database, Unavailable
from chassis.settings import load
from routing.searching.reading import CaseReading
from routing.settings import RoutingSettings

T = TypeVar("T")
SILENT_SECONDS = 60
"""A process that has not said for so long how its index stands is gone, or cannot reach the database."""

KEPT = {"disk": "on disk", "memory": "in memory"}

search = typer.Typer(no_args_is_help=True, help="the index by which cases and earlier answers are found")


@search.command()
def status() -> None:
    """How the index of each process stands."""
    for line in status_lines(_asked(CaseReading.reports), datetime.now(UTC)):
        print(line)


@search.command()
def rebuild() -> None:
    """Have every process build its index anew from the store, beside the one that it goes on using."""
    _asked(CaseReading.ask_for_rebuild)
    print("asked for: each process builds its index anew within seconds; see `search status`")


def status_lines(reports: Any, now: datetime) -> Iterator[str]:
    """One a process; or one that says that there is none."""
    if not reports:
        yield "no process has said within the last hour how its index stands; does one with the role api run?"
    yield from (_line(one, now) for one in reports)


def _line(one: Mapping[str, Any], now: datetime) -> str:
    silent = (now - one["at"]).total_seconds()
    if silent > SILENT_SECONDS:
        state = f"silent for {silent:.0f} s"
    elif one["building"]:
        state = f"is built, {one['done']} of {one['total']} cases"
    else:
        state = f"{one['behind']:.1f} s behind"
    return f"{one['_id']}: {one['cases']} cases, {KEPT[one['kept']]}, {state}"


def _asked(question: Callable[[CaseReading], Awaitable[T]]) -> T:
    settings = load(RoutingSettings)

    async def asking() -> T:
        database = Database(settings.mongodb_uri, settings.database)
        try:
            return await question(CaseReading(database))
        finally:
            database.close()

    try:
        return asyncio.run(asking())
    except Unavailable:
        print("MONGODB_URI: the database does not answer", file=sys.stderr)
        raise typer.Exit(2) from None
