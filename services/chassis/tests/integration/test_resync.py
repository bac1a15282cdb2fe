# SPDX-License-Identifier: Apache-2.0
"""A store that comes from a backup counts on from where its topics are."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests_toy import Note, Start, ToySettings, build, count, kind, note

from chassis.inputs import Input
from chassis.mongo import Database
from chassis.operating.acts import NotPossible
from chassis.operating.resync import Resync, Resynced
from chassis.testing import Wire

pytestmark = pytest.mark.infra

OWN = "routing-cases"


async def emitted(database: Database) -> dict[str, int]:
    rows = await database.collection("cases").find({}).to_list(None)
    return {row["_id"]: row["emitted"].get(OWN, 0) for row in rows}


async def test_counts_are_lifted_to_what_the_topics_hold(
    wire: Wire, database: Database, start: Start, toy_settings: Callable[..., ToySettings]
) -> None:
    async with start() as service:
        for case in ("case-1", "case-2"):
            await note(service, case, "before the backup")
        backup = await database.collection("cases").find({}).to_list(None)
        for text in ("lost one", "lost two"):
            await note(service, "case-1", text)
        await note(service, "case-3", "lost case")
        await wire.expect(OWN, 5)
        with pytest.raises(NotPossible, match="stop these processes first: routing-"):
            await service.runtime.resync.run()
    await database.collection("cases").delete_many({})
    await database.collection("cases").insert_many(backup)
    service = build(toy_settings())
    resync = service.runtime.resync
    found = Resynced(OWN, on_topic=3, behind=1, not_stored=1, counted=True)
    assert (await resync.run(dry_run=True), await emitted(database)) == (([found], []), {"case-1": 1, "case-2": 1})
    assert (await resync.run(), await emitted(database)) == (([found], []), {"case-1": 3, "case-2": 1})
    assert await resync.run() == ([replace(found, behind=0)], [])
    told = Resync(
        database, replace(resync._counted, told={OWN: "cases"}), service.runtime.logs, service.runtime.heartbeats
    )
    assert await told.run() == ([replace(found, behind=0, counted=False)], [])
    await service.runtime.processor.process([Input(kind(service), "case-1", message=Note("after"))])
    [row] = await database.collection("outbox").find({}).to_list(None)
    assert dict(row["messages"][0][3])["ce_seq"] == b"4"
    assert await count(database, "cases") == 2
    service.runtime.database.close()
