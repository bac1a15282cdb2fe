# SPDX-License-Identifier: Apache-2.0
"""An intake that comes from a backup gives no number twice (hazards 9 and 13)."""

from typing import Any

import pytest
from intake_house import Start

from chassis.mongo import Database
from chassis.operating.resync import Lifted
from chassis.testing import Wire
from intake.app import build
from intake.settings import IntakeSettings

pytestmark = pytest.mark.infra


async def restored(database: Database, backup: dict[str, list[dict[str, Any]]]) -> None:
    for name, rows in backup.items():
        await database.collection(name).delete_many({})
        await database.collection(name).insert_many(rows)


async def filed_around_a_backup(start: Start, wire: Wire, database: Database) -> IntakeSettings:
    """A case, a backup, two more cases; then the store is as it was in the backup. The settings of all that."""
    async with start() as intake:
        await intake.web("Uno")
        await wire.expect("intake-cases", 1)
        backup = {name: await database.collection(name).find({}).to_list(None) for name in ("cases", "counters")}
        await intake.web("Dos")
        await intake.web("Tres")
        await wire.expect("intake-cases", 3)
    await restored(database, backup)
    return intake.service.runtime.settings


async def test_after_resync_it_counts_on_behind_what_its_topic_tells(
    start: Start, wire: Wire, database: Database
) -> None:
    at_rest = build(await filed_around_a_backup(start, wire, database)).runtime
    behind = [Lifted("case numbers of 2026", before=1, after=3)]
    assert (await at_rest.resync.run(dry_run=True))[1] == behind
    assert (await at_rest.resync.run())[1] == behind
    assert (await at_rest.resync.run())[1] == []
    at_rest.database.close()
    async with start() as intake:
        assert (await intake.web("Cuatro"))["case_number"].startswith("CAJA-2026-000004-")


async def test_without_it_numbers_are_given_twice(start: Start, wire: Wire, database: Database) -> None:
    await filed_around_a_backup(start, wire, database)
    async with start() as intake:
        assert (await intake.web("Cuatro"))["case_number"].startswith("CAJA-2026-000002-")
