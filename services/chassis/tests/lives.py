# SPDX-License-Identifier: Apache-2.0
"""Processes of the toy service, one after another at the same records, until one lives: prints how each ended.

Forked, since a Python that begins anew imports for seconds.
"""

import asyncio
import os
import sys
from collections.abc import Sequence

from tests_toy import ToySettings, build, filed, kind, said

from chassis import heartbeats, log
from chassis.applying import Applying
from chassis.attempts import Attempts
from chassis.messages import Message
from chassis.records import StoredRecord
from chassis.settings import load
from chassis.testing import Wire
from chassis.testing.process import Log, Process, wire_without_broker

PROCESSES = 8


def with_a_killer(wire: Wire) -> list[Message]:
    """About nine cases; at the second word about the fifth whoever hears it dies."""
    messages = [wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(5)]
    messages.append(wire.message("case-4", said("kill")))
    return messages + [wire.message(f"case-{n}", filed(f"N-{n}")) for n in range(5, 9)]


async def live(toy: Process, records: Sequence[StoredRecord]) -> None:
    """Apply the records behind the mark, as a process does that has just begun."""
    runtime = toy.runtime
    attempts = Attempts(runtime.database, runtime.heartbeats, toy.outbox.process)
    aggregates = {"intake-cases": kind(toy.service)}
    applying = Applying(aggregates, runtime.processor._reader, runtime.processor, toy.outbox, attempts)
    mark = await runtime.database.collection("marks").find_one({})
    await applying.apply(records[mark["position"]["next"] if mark else 0 :])


async def _life(records: Sequence[StoredRecord]) -> None:
    await live(await Process(build(load(ToySettings))).open(), records)


def main() -> None:
    log.configure("toy", out=sys.stderr)
    heartbeats.DEAD_AFTER_SECONDS = 1
    records = Log(partitions=1).append_all(with_a_killer(wire_without_broker()))
    for _ in range(PROCESSES):
        child = os.fork()
        if not child:
            asyncio.run(_life(records))
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(ended, flush=True)
        if ended == 0:
            return


if __name__ == "__main__":
    main()
