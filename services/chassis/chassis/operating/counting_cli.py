# SPDX-License-Identifier: Apache-2.0
"""`python -m <service> count`: count the store now, and publish what was counted."""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import typer
from aiokafka.errors import KafkaError

from chassis.log_ends import TopicsMissing
from chassis.mongo import Conflict, Unavailable
from chassis.service import Runtime
from ventanilla_contracts.audits import StoreCounted


def counter(runtime_of: Callable[[], Runtime[Any]]) -> Callable[[], None]:
    """The command; exit 1 and a line on stderr where database or broker are away."""

    def count() -> None:
        """Count the store now and publish it on the topic <service>-audits."""
        runtime = runtime_of()

        async def run() -> StoreCounted:
            try:
                return await runtime.counts.publish()
            finally:
                runtime.database.close()

        try:
            print(summary(asyncio.run(run())))
        except Unavailable:
            _fail("MONGODB_URI: the database does not answer")
        except Conflict:
            _fail("the database keeps no instant long enough to be read (minSnapshotHistoryWindowInSeconds): try again")
        except TopicsMissing as missing:
            _fail(f"topics missing: {missing}; python -m chassis topics --apply creates them")
        except (KafkaError, OSError) as error:
            _fail(f"KAFKA_BOOTSTRAP_SERVERS: {type(error).__name__}")

    return count


def summary(event: StoreCounted) -> str:
    """What was counted, in a line."""
    subjects = ", ".join(f"{count} {kind}" for kind, count in event.subjects.items())
    left = f"{event.waiting.count} waiting, {event.parked_count} parked, {event.outbox.count} to publish"
    return f"{event.service}: {subjects}; {left}; published on {event.topic_of(event.service)}"


def _fail(line: str) -> None:
    print(line, file=sys.stderr)
    raise typer.Exit(1)
