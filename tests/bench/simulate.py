# SPDX-License-Identifier: Apache-2.0
"""How long `matrix simulate` takes over a year of cases, of a store that also holds older ones.

`python -m ventanilla_local with-infra --no-mail -- python -m tests.bench.simulate [--cases 100000]`. The matrix that is
tried has its levels a business day earlier and another responder in one area.
"""

import argparse
import asyncio
import os
import resource
from os import environ
from zoneinfo import ZoneInfo

from chassis import log
from chassis.clock import TestClock
from chassis.ids import new_id
from chassis.mongo import Database
from chassis.staff import load_staff
from chassis.subjects import Aggregate
from reporting.app import CASE_TOPICS
from reporting.domain.counting import HANDLES, CaseCounting
from reporting.domain.facts import CaseFact
from routing.domain.matrix.file import MatrixFile
from routing.indexes import INDEXES
from routing.matrix.simulating import Simulating
from routing.organisation.policy_files import read_policy
from tests.bench.invented_cases import Inventing
from tests.bench.search import fill
from tests.bench.workload import cases, settings

NOW = "2026-05-04T10:00:00-05:00"
"""A month after the cases were received, so that all their levels lie behind."""


def tried(matrix: MatrixFile) -> MatrixFile:
    """Heads instead of responders, and nothing above the third level."""
    rules = tuple(rule.model_copy(update={"to": "head"}) for rule in matrix.rules)
    return matrix.model_copy(update={"version": "tried", "rules": rules, "levels": matrix.levels[:-1]})


async def run(count: int) -> None:
    chosen = settings("", "routing")
    policy, first = read_policy(chosen, load_staff(chosen.staff_file))
    routing = cases(chosen)
    reporting = Aggregate("cases", CaseFact, CaseCounting(ZoneInfo("America/Bogota")), CASE_TOPICS, HANDLES)
    inventing = Inventing(routing, reporting)
    database = Database(environ["MONGODB_URI"], f"simulate-{new_id()[-8:]}")
    try:
        await database.create_indexes(INDEXES)
        await fill(database, inventing.open_cases(count // 2))
        await fill(database, inventing.answered_cases(count - count // 2, count))
        simulating = Simulating(database, lambda: policy, TestClock(NOW))  # type: ignore[arg-type]
        load = os.getloadavg()[0]
        found = await simulating.run(tried(first.content), None, None)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = f"{found.assigned_otherwise} to others"
        print(f"{found.cases} cases in {found.seconds:.1f} s ({told}), {memory:.0f} MiB at most, load {load:.1f}")
    finally:
        await database.drop()
        database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 100_000])
    log.configure("bench", level="WARNING")
    for size in parser.parse_args().cases:
        asyncio.run(run(size))
