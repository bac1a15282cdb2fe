# SPDX-License-Identifier: Apache-2.0
"""``python -m <service> gaps list | reread | republish | accept``, and ``resync``."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import typer

from chassis.operating.acting import EXIT_CODES, ActorOption, carried_out, moment, operator_named
from chassis.operating.acts import By
from chassis.operating.gaps_shown import list_lines, republish_lines, reread_lines, resync_lines
from chassis.service import Runtime
from chassis.topics import load_topics

Run = Callable[[Callable[[Runtime[Any]], Awaitable[None]]], None]
Subject = Annotated[str, typer.Option(help="the subject (a case's id)")]
Topic = Annotated[str, typer.Option(help="the topic of which events are missing")]


def gaps_app(runtime_of: Callable[[], Runtime[Any]]) -> typer.Typer:
    """The sub-commands; ``runtime_of`` is called once a command runs."""
    app = typer.Typer(
        no_args_is_help=True,
        help="Events that are missing, so that later ones of the same subject wait. First reread; then republish, at "
        "the service that wrote them; accept is the last resort.",
        epilog=EXIT_CODES,
    )

    def run(work: Callable[[Runtime[Any]], Awaitable[None]]) -> None:
        carried_out(runtime_of, work)

    _add_looking(app, run)
    _add_reread(app, run)
    _add_republish(app, run)
    _add_accept(app, run)
    return app


def _add_looking(app: typer.Typer, run: Run) -> None:
    @app.command("list", epilog=EXIT_CODES)
    def list_(
        subject: Annotated[str | None, typer.Option(help="of this subject (a case's id) only")] = None,
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="of at most so many subjects")] = 50,
    ) -> None:
        """What is missing, what waits for it and since when, and the cause if there is one; no personal data."""

        async def work(runtime: Runtime[Any]) -> None:
            listed = await runtime.gaps.listed(subject=subject, subjects=limit)
            _print(list_lines(listed, await runtime.gaps.found.subjects(), runtime.settings.zone))

        run(work)


def _add_reread(app: typer.Typer, run: Run) -> None:
    @app.command(epilog=EXIT_CODES)
    def reread(
        subject: Subject,
        topic: Annotated[str | None, typer.Option(help="of this topic only")] = None,
        since: Annotated[
            str | None, typer.Option(help="only what the broker got at or after this time, such as 2026-03-02T10:15")
        ] = None,
        actor: ActorOption = None,
    ) -> None:
        """Look in the topic for what is missing, from its start and in every partition, and apply it."""

        async def work(runtime: Runtime[Any]) -> None:
            by = By(operator_named(runtime.settings, actor))
            bound = None if since is None else moment(runtime.settings, since, "--since")
            told = await runtime.gaps.rereading.reread(subject, by, topic=topic, since=bound)
            _print(reread_lines(told))
            _exit_unless(all(one.done for one in told))

        run(work)


def _add_republish(app: typer.Typer, run: Run) -> None:
    @app.command(epilog=EXIT_CODES)
    def republish(
        subject: Subject,
        topic: Topic,
        seq: Annotated[list[int] | None, typer.Option(min=1, help="this event; else all that are missing")] = None,
        actor: ActorOption = None,
    ) -> None:
        """Publish again what the topic lost, same seq and id: from the outbox, dead letters, or rows of this service.

        At the service whose topic it is, or wherever a copy lies (then say which with --seq).
        """

        async def work(runtime: Runtime[Any]) -> None:
            by = By(operator_named(runtime.settings, actor))
            told = await runtime.gaps.republishing.republish(subject, topic, by, seq or ())
            _print(republish_lines(subject, topic, told, load_topics()[topic].consumers))
            _exit_unless(not any(one.is_nowhere for one in told))

        run(work)


def _add_accept(app: typer.Typer, run: Run) -> None:
    @app.command(epilog=EXIT_CODES)
    def accept(
        subject: Subject,
        topic: Topic,
        reason: Annotated[str, typer.Option(help="why, for the audit")],
        actor: ActorOption = None,
    ) -> None:
        """Go on without what is missing, up to the next event that is here: should it come later, it is dropped."""
        if not reason.strip():
            raise typer.BadParameter("expected why, for the audit", param_hint="--reason")

        async def work(runtime: Runtime[Any]) -> None:
            by = By(operator_named(runtime.settings, actor), reason.strip())
            outcome = await runtime.gaps.accepting.accept(subject, topic, by)
            _print([f"{topic} of {subject}: {outcome}"])
            _exit_unless(outcome == "accepted")

        run(work)


def resync_command(runtime_of: Callable[[], Runtime[Any]]) -> Callable[..., None]:
    """The command ``resync``."""

    def resync(
        *, dry_run: Annotated[bool, typer.Option("--dry-run", help="only say how many would be lifted")] = False
    ) -> None:
        """After a restore from a backup, before the service starts: count on from where its own topics are."""

        async def work(runtime: Runtime[Any]) -> None:
            found, lifted = await runtime.resync.run(dry_run=dry_run)
            _print(resync_lines(runtime.definition.name, found, lifted, dry_run=dry_run))

        carried_out(runtime_of, work)

    return resync


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print(line)


def _exit_unless(done: bool) -> None:
    if not done:
        raise typer.Exit(1)
