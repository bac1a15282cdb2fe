# SPDX-License-Identifier: Apache-2.0
"""``python -m <service> dlq list | show | replay | discard | acts``: what is parked, for who looks after it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from chassis.operating.acting import EXIT_CODES, ActorOption, carried_out, moment, operator_named
from chassis.operating.acts import By
from chassis.operating.dead_letters import DeadLetters
from chassis.operating.dead_letters_shown import acts_lines, detail_lines, list_lines
from chassis.operating.parked import Filter, is_timer
from chassis.service import Runtime
from chassis.settings import ServiceSettings

Work = Callable[[Runtime[Any]], Awaitable[None]]
Run = Callable[[Work], None]
NO_FILTER = (None,) * 5
Id = Annotated[str, typer.Argument(metavar="ID", help="as `dlq list` shows it")]
Subject = Annotated[str | None, typer.Option(help="of this subject (a case's id) only")]
Topic = Annotated[str | None, typer.Option(help="of this topic only")]
Type = Annotated[str | None, typer.Option("--type", help="of this type of event only; a timer's is 'timer NAME'")]
Reason = Annotated[str | None, typer.Option(help="whose reason has this in it, in any case of letters")]
Since = Annotated[str | None, typer.Option(help="parked at or after this time, such as 2026-03-02T10:15")]


@dataclass(frozen=True)
class Wanted:
    """The filter options as they were typed."""

    subject: str | None
    topic: str | None
    type: str | None
    reason_contains: str | None
    since: str | None

    def filter(self, settings: ServiceSettings) -> Filter:
        since = None if self.since is None else moment(settings, self.since, "--since")
        return Filter(self.subject, self.topic, self.type, self.reason_contains, since)


def dead_letters_app(runtime_of: Callable[[], Runtime[Any]]) -> typer.Typer:
    """The sub-commands; ``runtime_of`` is called once a command runs. What they publish, the relay role sends."""
    app = typer.Typer(
        no_args_is_help=True,
        help="What could not be applied (events and timers), and what waits for it.",
        epilog=EXIT_CODES,
    )

    def run(work: Work) -> None:
        carried_out(runtime_of, work)

    _add_looking(app, run)
    _add_acting(app, run)
    return app


def _add_looking(app: typer.Typer, run: Run) -> None:
    @app.command("list", epilog=EXIT_CODES)
    def list_(
        subject: Subject = None,
        topic: Topic = None,
        type_: Type = None,
        reason_contains: Reason = None,
        since: Since = None,
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="at most so many")] = 50,
    ) -> None:
        """What is parked, in the order in which it can be replayed; no personal data."""
        wanted = Wanted(subject, topic, type_, reason_contains, since)
        run(lambda runtime: _list(runtime, wanted, limit))

    @app.command(epilog=EXIT_CODES)
    def show(parked_id: Id) -> None:
        """One of them, whole: it may hold personal data. Says whether it can be read now, and what waits for it."""
        run(lambda runtime: _show(runtime, parked_id))

    @app.command(epilog=EXIT_CODES)
    def acts(
        subject: Subject = None,
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="at most so many")] = 50,
    ) -> None:
        """What was done about what was parked, by whom and why, the last first."""
        run(lambda runtime: _acts(runtime, subject, limit))


def _add_acting(app: typer.Typer, run: Run) -> None:
    @app.command(epilog=EXIT_CODES)
    def replay(
        ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="as `dlq list` shows them")] = None,
        subject: Subject = None,
        topic: Topic = None,
        type_: Type = None,
        reason_contains: Reason = None,
        since: Since = None,
        all_: Annotated[bool, typer.Option("--all", help="everything that is parked")] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="only say which, and whether readable")] = False,
        rate: Annotated[float | None, typer.Option(min=0.01, help="at most so many a second")] = None,
        actor: ActorOption = None,
    ) -> None:
        """Decide them again, once the cause is mended, and then what waited for them. Say ID..., a filter, or --all."""
        wanted = Wanted(subject, topic, type_, reason_contains, since)
        if sum((bool(ids), wanted != Wanted(*NO_FILTER), all_)) != 1:
            raise typer.BadParameter("expected one of: ID..., a filter such as --subject, or --all")
        run(lambda runtime: _replay(runtime, ids or [], wanted, actor, dry_run=dry_run, rate=rate))

    @app.command(epilog=EXIT_CODES)
    def discard(
        parked_id: Id,
        reason: Annotated[str, typer.Option(help="why, for the audit")],
        actor: ActorOption = None,
    ) -> None:
        """Go on without it: it is never applied, and what waited for it is."""
        if not reason.strip():
            raise typer.BadParameter("expected why, for the audit", param_hint="--reason")
        run(lambda runtime: _discard(runtime, parked_id, reason.strip(), actor))


async def _list(runtime: Runtime[Any], wanted: Wanted, limit: int) -> None:
    letters, only = runtime.dead_letters, wanted.filter(runtime.settings)
    page = await letters.page(only, limit)
    total, behind = await letters.count(only), await letters.records.behind(page.items)
    if not total and not only.is_empty():
        print(f"nothing like that is parked; {await letters.count()} in all")
        return
    _print(list_lines(page.items, total, behind, runtime.settings.zone))


async def _show(runtime: Runtime[Any], parked_id: str) -> None:
    _print(detail_lines(await runtime.dead_letters.detail(parked_id), runtime.settings.zone))


async def _replay(
    runtime: Runtime[Any], ids: Sequence[str], wanted: Wanted, actor: str | None, *, dry_run: bool, rate: float | None
) -> None:
    letters = runtime.dead_letters
    for parked_id in ids:
        await letters.fault(parked_id)  # an unknown one stops it before anything is done
    which = ids or await letters.ids(wanted.filter(runtime.settings))
    if dry_run:
        await _foretell(letters, which)
        return
    failed = 0
    async for one in letters.replay(which, By(operator_named(runtime.settings, actor)), rate):
        print(f"{one.id}  {one.outcome}", flush=True)
        failed += one.failed
    if not which:
        print("nothing like that is parked")
    if failed:
        raise typer.Exit(1)


async def _foretell(letters: DeadLetters, ids: Sequence[str]) -> None:
    for parked_id in ids:
        fault = await letters.fault(parked_id)
        readable = "can be fired" if is_timer(parked_id) else "can be read"
        print(f"{parked_id}  {readable if fault is None else f'cannot be read: {fault}'}")
    print(f"{len(ids)} would be replayed; nothing was done")


async def _discard(runtime: Runtime[Any], parked_id: str, reason: str, actor: str | None) -> None:
    by = By(operator_named(runtime.settings, actor), reason)
    print(f"{parked_id}  {await runtime.dead_letters.discard(parked_id, by)}")


async def _acts(runtime: Runtime[Any], subject: str | None, limit: int) -> None:
    _print(acts_lines(await runtime.dead_letters.acts.history(subject, limit=limit), runtime.settings.zone))


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print(line)
