# SPDX-License-Identifier: Apache-2.0
"""The step as it runs: routing's consumer on the chassis, one transaction a batch, outbox and marks."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime

from chassis import log
from chassis.batch import Item
from chassis.command_line import spare_the_collector
from chassis.service import Definition, Runtime
from tests.bench.workload import cases, settings


async def run(prefix: str, database: str, events: int) -> dict[str, float]:
    """Events a second until all is saved and published, and CPU seconds of this process per 1,000 events."""
    own = settings(prefix, database)
    runtime = Runtime(Definition("routing", (cases(own),)), own)
    process = runtime.processor.process
    started, cpu, done = 0.0, 0.0, 0
    finished = asyncio.Event()

    async def timed(items: Sequence[Item], now: datetime | None = None) -> None:
        nonlocal started, cpu, done
        if not started:
            started, cpu = time.perf_counter(), time.process_time()
        await process(items, now)
        done += len(items)
        if done >= events:
            finished.set()

    runtime.processor.process = timed  # type: ignore[method-assign]  # where a batch begins and ends
    log.configure("routing", out=sys.stderr)
    spare_the_collector()
    async with runtime.running(("consume",)):
        await finished.wait()
        await runtime.outbox.published()
        seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    return {"per_second": done / seconds, "cpu_per_1000": spent / done * 1000}


if __name__ == "__main__":
    prefix, database, _, events = sys.argv[1:]
    print(json.dumps(asyncio.run(run(prefix, database, int(events)))))
