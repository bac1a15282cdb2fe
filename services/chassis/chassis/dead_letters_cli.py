# SPDX-License-Identifier: Apache-2.0
"""``python -m <service> dlq list | show | replay | discard``: parked records, for the person who looks after them."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from chassis.dead_letters import DeadLetters, NotPossible
from chassis.mongo import Unavailable
from chassis.service import Runtime

Work = Callable[[DeadLetters], Awaitable[None]]
Subject = Annotated[str | None, typer.Option("--subject", help="of this subject (a case's id) only")]


def dead_letters_app(runtime: Callable[[], Runtime[Any]]) -> typer.Typer:
    """The sub-commands; ``runtime`` is called once a command runs. What they publish, the relay role sends."""
    app = typer.Typer(no_args_is_help=True, help="records that could not be applied, and what waits for them")

    def run(work: Work) -> None:
        _run(runtime, work)

    @app.command("list", help="what is parked, in the order in which it can be replayed")
    def list_(subject: Subject = None) -> None:
        run(lambda letters: _list(letters, subject))

    @app.command(help="one record, whole: it may hold personal data")
    def show(row_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
        run(lambda letters: _show(letters, row_id))

    @app.command(help="decide it again, and then what waited for it")
    def replay(
        row_id: Annotated[str | None, typer.Argument(metavar="ID")] = None,
        subject: Subject = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="only say which, and whether they can be read")
        ] = False,
    ) -> None:
        if (row_id is None) == (subject is None):
            raise typer.BadParameter("expected either an ID or --subject")
        run(lambda letters: _replay(letters, row_id, subject, dry_run=dry_run))

    @app.command(help="go on without it")
    def discard(
        row_id: Annotated[str, typer.Argument(metavar="ID")],
        reason: Annotated[str, typer.Option(help="why, for the audit")],
        actor: Annotated[str, typer.Option(help="who decided so")],
    ) -> None:
        run(lambda letters: _discard(letters, row_id, reason, actor))

    return app


def _run(runtime: Callable[[], Runtime[Any]], work: Work) -> None:
    async def working() -> None:
        made = runtime()
        try:
            await work(made.dead_letters)
        finally:
            made.database.close()

    try:
        asyncio.run(working())
    except NotPossible as problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(1) from None
    except Unavailable:
        print("MONGODB_URI: the database does not answer; nothing is known to be done", file=sys.stderr)
        raise typer.Exit(1) from None


async def _list(letters: DeadLetters, subject: str | None) -> None:
    for row in await letters.parked(subject):
        print(f"{row['_id']}  {row['parked_at']:%Y-%m-%dT%H:%M:%SZ}  {row['subject']}  {row['type']}  {row['reason']}")


async def _show(letters: DeadLetters, row_id: str) -> None:
    row = await letters.row(row_id)
    for name, value in row.items():
        if name == "headers":
            for header, content in value:
                print(f"header {header}: {_text(content)}")
        else:
            print(f"{name}: {_text(value)}")
    print(f"readable now: {letters.fault(row) or 'yes'}")


def _text(value: object) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


async def _replay(letters: DeadLetters, row_id: str | None, subject: str | None, *, dry_run: bool) -> None:
    rows = [await letters.row(row_id)] if row_id is not None else await letters.parked(subject)
    if dry_run:
        for row in rows:
            print(f"{row['_id']}  {letters.fault(row) or 'can be read'}")
        return
    replayed = await letters.replay(rows)
    for one in replayed:
        print(f"{one.id}  {one.fault or 'replayed'}")
    if any(one.fault for one in replayed):
        raise typer.Exit(1)


async def _discard(letters: DeadLetters, row_id: str, reason: str, actor: str) -> None:
    await letters.discard(await letters.row(row_id), reason=reason, actor=actor)
    print(f"{row_id}  discarded")
