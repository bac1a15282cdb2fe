# SPDX-License-Identifier: Apache-2.0
"""`python -m routing deadline general 2026-03-02T10:15:00-0500`: the legal clock in the words of the pages."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from chassis.yaml_file import or_exit
from routing.domain.clock.deadlines import Deadline, OnCompletion, compute
from routing.domain.clock.explaining import explained
from routing.domain.clock.invalid_input import InvalidInput
from routing.domain.clock.stops import Stop
from routing.organisation.legal_data import PACKAGE, load_calendar, load_terms, load_words


def deadline(
    term: Annotated[str, typer.Argument(help="general, documents, consultation, …")],
    received_at: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M:%S%z"], help="2026-03-02T10:15:00-0500")],
    stop: Annotated[list[str] | None, typer.Option(help="2026-03-10/2026-03-24: asked on, complete on")] = None,
    restart: Annotated[bool, typer.Option(help="the whole term again once complete")] = False,
    extended: Annotated[bool, typer.Option(help="the longest extension")] = False,
    language: Annotated[str, typer.Option(help="es or en")] = "es",
    terms_file: Annotated[Path | None, typer.Option(help="instead of routing's own")] = None,
    calendar_file: Annotated[Path | None, typer.Option(help="instead of routing's own")] = None,
) -> None:
    """When a legal term ends, and why: each day, counted or not."""
    data = PACKAGE / "data"
    terms = or_exit(lambda: load_terms(terms_file or data / "terms.yaml"))
    calendar = or_exit(lambda: load_calendar(calendar_file or data / "calendar.yaml"))
    words = load_words("en" if language == "en" else "es", calendar)
    on_completion: OnCompletion = "restart" if restart else "resume"
    found = compute(
        term,
        received_at,
        stops=[_stop(one) for one in stop or ()],
        on_completion=on_completion,
        extended=extended,
        terms=terms,
        calendar=calendar,
    )
    if isinstance(found, InvalidInput):
        typer.echo(f"{found.field}: {words.problem(found)}", err=True)
        raise typer.Exit(2)
    for day in found.trace:
        typer.echo(f"{day.date}  {'+' if day.counted else '·'}  {words.reason(day.reason)}")
    typer.echo(explained(found, words))
    typer.echo(f"{found.rule}: {found.source}. {found.calendar_version}")
    typer.echo(found.due.isoformat() if isinstance(found, Deadline) else f"… +{found.left}")


def _stop(text: str) -> Stop:
    begin, _, end = text.partition("/")
    try:
        return Stop(from_=date.fromisoformat(begin), to=date.fromisoformat(end) if end else None)
    except ValueError:
        raise typer.BadParameter(f"{text}: expected 2026-03-10/2026-03-24, or 2026-03-10 alone") from None
