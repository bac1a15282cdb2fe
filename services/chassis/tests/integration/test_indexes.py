# SPDX-License-Identifier: Apache-2.0
"""A new index over what years have left is waited for; it is not taken for a database that is away."""

import pytest
from pymongo import ASCENDING, IndexModel

from chassis import mongo
from chassis.mongo import Database, Unavailable

pytestmark = pytest.mark.infra

SOONER = 0.02
"""Seconds in which no index over these rows is built."""

INDEXES = {"rows": [IndexModel([(f"words.{n}", ASCENDING)]) for n in range(4)]}


async def filled(database: Database) -> None:
    rows = [{"words": {str(n): f"{row * 7919 % 10007} {n} " * 20 for n in range(4)}} for row in range(4_000)]
    await database.collection("rows").insert_many(rows)


async def test_what_is_built_too_long_is_asked_for_again_and_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(database)
    assert mongo.INDEX_SECONDS > mongo.ANSWER_SECONDS
    with monkeypatch.context() as patch:
        patch.setattr(mongo, "INDEX_SECONDS", SOONER)
        with pytest.raises(Unavailable):
            await database.create_indexes(INDEXES)
    await database.create_indexes(INDEXES)
    found = await database.collection("rows").index_information()
    assert {model.document["name"] for model in INDEXES["rows"]} < set(found)
