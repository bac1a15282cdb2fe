# SPDX-License-Identifier: Apache-2.0
"""Directories of mails that others collected, through the real door of a process of intake.

``python -m ventanilla_local with-infra --no-mail -- python services/intake/tests/corpus_door.py DIRECTORY…`` starts the
process on the real database and broker, posts every mail with ``?dry_run=true``, and says per directory what would
become of them, how far the readings agree (``corpus.py``), and how much memory the process ever had before and after.
"""

import asyncio
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from corpus import compare, through_door
from intake_house import environment_of, mail
from intake_process import Process, largest_bytes

from chassis.mongo import Database
from chassis.testing import Wire, eventually


async def main(directories: list[Path]) -> int:
    name = f"corpus-{secrets.token_hex(4)}"
    database = Database(os.environ["MONGODB_URI"], name)
    wire = Wire(os.environ["KAFKA_BOOTSTRAP_SERVERS"], f"{name}-", None, None)
    with tempfile.TemporaryDirectory() as home:
        process = Process(environment_of(wire, database, Path(home)))
        await process.start()
        try:
            await eventually(lambda: _ready(process.url), timeout=90, what="intake answers")
            return sum([await asyncio.to_thread(read, one, process) for one in directories])
        finally:
            await process.kill()
            await database.drop()
            database.close()


def read(directory: Path, process: Process) -> int:
    """How many mails of the directory raised."""
    outcomes: Counter[str] = Counter()
    seen = through_door(process.url, outcomes)
    through_door(process.url, Counter())(mail())  # what a process needs once is no growth
    before, started = largest_bytes(process.pid), time.monotonic()
    tally = compare(directory, seen)
    grown = (largest_bytes(process.pid) - before) / 1e6
    print(f"\n{directory.name}: {time.monotonic() - started:.0f} s, memory {before / 1e6:.0f} MB and {grown:.0f} more")
    print(*tally.lines(), *(f"{many} {outcome}" for outcome, many in outcomes.most_common()), "", sep="\n", flush=True)
    return tally.failed


async def _ready(url: str) -> bool:
    async with httpx.AsyncClient(base_url=url) as http:
        try:
            return (await http.get("/livez")).status_code == 200
        except httpx.TransportError:
            return False


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main([Path(one).resolve() for one in sys.argv[1:]])) else 0)
