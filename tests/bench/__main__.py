# SPDX-License-Identifier: Apache-2.0
"""`make bench`: the step beside the bare loop, in turn, in processes of their own; the first line is the ratio."""

import argparse
import asyncio
import json
import logging
import os
import secrets
import statistics
import subprocess
import sys
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from chassis.testing import create_topics, delete_topics
from tests.bench.workload import messages

PARTITIONS = 12


@dataclass(frozen=True)
class Measured:
    """One run of one side."""

    events_per_second: float
    cpu_per_1000: float


async def fill(prefix: str, events: int) -> None:
    """Put the records of the workload into the topic."""
    servers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    await create_topics(servers, prefix, PARTITIONS)
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, max_batch_size=256 * 1024)
    await producer.start()
    try:
        futures = [
            await producer.send(prefix + m.topic, m.value, key=m.key, headers=list(m.headers)) for m in messages(events)
        ]
        await asyncio.gather(*futures)
    finally:
        await producer.stop()


def measure(side: str, prefix: str, events: int) -> Measured:
    """Run one side in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", f"tests.bench.{side}", prefix, str(events)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    if done.returncode:
        sys.exit(f"{side} failed:\n{done.stderr[-2000:]}")
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def rounds(events: int, times: int) -> dict[str, list[Measured]]:
    """Both sides in turn, each on a log of its own."""
    found: dict[str, list[Measured]] = {"bare": [], "step": []}
    for _ in range(times):
        for side, measured in found.items():
            prefix = f"bench{secrets.token_hex(4)}-"
            asyncio.run(fill(prefix, events))
            try:
                measured.append(measure(side, prefix, events))
            finally:
                asyncio.run(delete_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"], prefix))
    return found


def report(found: dict[str, list[Measured]]) -> str:
    """The ratio first; then each side's median with its range."""
    ratios = [
        step.events_per_second / bare.events_per_second for bare, step in zip(found["bare"], found["step"], strict=True)
    ]
    lines = [f"step ratio {statistics.median(ratios):.2f}", "", "side    events/s  (range)          CPU s/1,000 events"]
    for side, measured in found.items():
        speeds = sorted(one.events_per_second for one in measured)
        cpu = statistics.median(one.cpu_per_1000 for one in measured)
        spread = f"({speeds[0]:.0f}-{speeds[-1]:.0f})"
        lines.append(f"{side:<7} {statistics.median(speeds):>8.0f}  {spread:<16} {cpu:.3f}")
    lines += ["", "step: routing on the chassis, all promises of design 2; bare: the same rules, none of them"]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    logging.disable(logging.ERROR)  # new topics have no leader for a moment, and aiokafka says so at length
    print(report(rounds(chosen.events, chosen.rounds)))
