# SPDX-License-Identifier: Apache-2.0
"""The command line of every service: one command per role, `serve` for all of them in one process (design 1)."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

import typer
import uvicorn

from chassis import log
from chassis.mongo import Unavailable
from chassis.operating.acting import EXIT_CODES
from chassis.operating.counting_cli import counter
from chassis.operating.dead_letters_cli import dead_letters_app
from chassis.operating.gaps_cli import gaps_app, resync_command
from chassis.service import ROLES, Runtime, Service, Settings
from chassis.settings import load
from chassis.watchdog import watch


def command_line(
    settings_class: type[Settings], build: Callable[[Settings], Service[Settings]], own_roles: Sequence[str] = ()
) -> typer.Typer:
    """``python -m <service> serve | api | consume | timers | relay | migrate | dlq | gaps``, and so on."""
    name = settings_class.service

    def runtime() -> Runtime[Settings]:
        return build(_configured(settings_class, logs=sys.stderr)).runtime

    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help=f"{name}, a service of Ventanilla",
    )
    app.command("serve", help="all roles in one process")(_starter(settings_class, build, (*ROLES, *own_roles)))
    for role in (*ROLES, *own_roles):
        app.command(role, help=f"the role {role} alone")(_starter(settings_class, build, (role,)))
    app.add_typer(dead_letters_app(runtime), name="dlq")
    app.add_typer(gaps_app(runtime), name="gaps")
    app.command("count", help="count the store now, for the audit")(counter(runtime))
    app.command("resync", epilog=EXIT_CODES)(resync_command(runtime))
    app.command("migrate", help="create collections and indexes, then end")(_migrator(settings_class, build))
    return app


def _starter(
    settings_class: type[Settings], build: Callable[[Settings], Service[Settings]], roles: Sequence[str]
) -> Callable[[], None]:
    def start() -> None:
        settings = _configured(settings_class)

        async def run() -> None:
            service = build(settings)
            spare_the_collector()
            await serve(service, roles)

        with suppress(KeyboardInterrupt):
            asyncio.run(run())

    return start


def _migrator(settings_class: type[Settings], build: Callable[[Settings], Service[Settings]]) -> Callable[[], None]:
    def migrate() -> None:
        settings = _configured(settings_class)

        async def run() -> None:
            runtime = build(settings).runtime
            await runtime.migrate()
            await runtime.heartbeats.retire(runtime.process)

        try:
            asyncio.run(run())
        except Unavailable:
            print("MONGODB_URI: the database does not answer", file=sys.stderr)
            raise typer.Exit(1) from None

    return migrate


def _configured(settings_class: type[Settings], logs: TextIO | None = None) -> Settings:
    """The settings; logs go to stdout, but for commands whose own lines a person reads there."""
    settings = load(settings_class)
    log.configure(settings_class.service, level=settings.log_level, style=settings.log_format, out=logs)
    return settings


def spare_the_collector() -> None:
    """A batch makes tens of thousands of objects that live as long as it: Python's default collects them 50 times.

    At ten times this, a quiet process keeps 15 MB of garbage before it collects for the first time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


class _Door(uvicorn.Server):
    """uvicorn raises the signal that ended it once more, which kills a process that still has to end in good order.

    Answers that go on until the process stops are told by `app.state.stopping`.
    """

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


async def serve(service: Service[Settings], roles: Sequence[str]) -> None:
    """Run the roles and the HTTP door until SIGTERM or SIGINT; then publish and give back what is held."""
    settings = service.runtime.settings
    config = uvicorn.Config(
        service.app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    watching = asyncio.create_task(watch())
    try:
        async with service.runtime.running(roles):
            stopping = getattr(service.app.state, "stopping", None) or asyncio.Event()
            await _Door(config, stopping).serve()
    finally:
        watching.cancel()
