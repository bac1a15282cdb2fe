# SPDX-License-Identifier: Apache-2.0
"""`python -m chassis topics --apply | --check`: the topics that the contracts name, created or compared."""

import asyncio
from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from chassis import topics

topics_app = typer.Typer(help="Create the topics of the house, or say how the broker differs from them.")

Bootstrap = Annotated[str, typer.Option(envvar="KAFKA_BOOTSTRAP_SERVERS", help="host:port, comma separated")]
Prefix = Annotated[str, typer.Option(envvar="KAFKA_TOPIC_PREFIX", help="put before each topic's name")]
Replicas = Annotated[int, typer.Option(envvar="KAFKA_REPLICATION_FACTOR", min=1, help="copies of each partition")]
Apply = Annotated[bool, typer.Option("--apply", help="create what is missing; change nothing that exists")]
Check = Annotated[bool, typer.Option("--check", help="change nothing; exit 1 and name each difference")]


@topics_app.callback(invoke_without_command=True)
def run(
    bootstrap: Bootstrap, *, apply: Apply = False, check: Check = False, prefix: Prefix = "", replicas: Replicas = 1
) -> None:
    """Create the topics that the contracts name and their dead-letter topics (--apply), or compare them (--check)."""
    if not apply and not check:
        raise typer.BadParameter("expected --apply, --check or both")
    try:
        drift = asyncio.run(_run(bootstrap, prefix, replicas, apply=apply, check=check))
    except (KafkaError, TimeoutError) as error:
        typer.echo(f"Kafka at {bootstrap}: {error or type(error).__name__}", err=True)
        raise typer.Exit(2) from None
    for line in drift:
        typer.echo(line, err=True)
    if drift:
        raise typer.Exit(1)


async def _run(bootstrap: str, prefix: str, replicas: int, *, apply: bool, check: bool) -> list[str]:
    """Create, say what was created, and return what differs."""
    if apply:
        for name in await topics.apply(bootstrap, prefix, replicas):
            typer.echo(f"created {name}")
    return await topics.check(bootstrap, prefix, replicas) if check else []
