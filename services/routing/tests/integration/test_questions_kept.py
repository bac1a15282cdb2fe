# SPDX-License-Identifier: Apache-2.0
"""Frequent questions in the database that keeps them: read as they were written, and edited once for each revision."""

import asyncio
from datetime import UTC, datetime

import pytest
from routing_story import AGENT

from chassis.idempotency import OTHER_BODY, Key
from chassis.mongo import Database
from routing.domain.earlier.questions import edited, made
from routing.indexes import INDEXES
from routing.questions.store import QuestionStore

pytestmark = pytest.mark.infra

NOW = datetime(2026, 3, 2, 15, 15, tzinfo=UTC)
WRITTEN = {"question": "¿Cuándo pagan la cuota?", "answer": "El quinto día hábil.", "area": "subsidios"}


async def test_a_question_is_read_as_it_was_written_and_of_two_edits_one_holds(database: Database) -> None:
    store = QuestionStore(database)
    first = made("q-1", WRITTEN, AGENT, NOW)
    await store.add(first)
    one, another = (
        edited(first, {"status": "published"}, AGENT, NOW),
        edited(first, {"answer": "El sexto."}, AGENT, NOW),
    )
    assert [await store.put(edit) for edit in (one, another)] == [True, False]
    assert await store.one("q-1") == one
    assert await store.one("q-2") is None
    assert await store.all("published", "subsidios") == [one]
    assert await store.all("draft") == []


async def test_under_its_key_a_question_is_added_once_whatever_became_of_it(database: Database) -> None:
    """Also of two that come at the same time; another body is refused."""
    await database.create_indexes({**INDEXES, "idempotency": []})
    store, key = QuestionStore(database), Key("agent /v1/frequent-questions k-1", "a")
    questions = [made(f"q-{n}", WRITTEN, AGENT, NOW) for n in range(3)]
    told = await asyncio.gather(*(store.add(one, key) for one in questions))
    [first] = await store.all()
    assert told == [first] * 3
    await store.put(edited(first, {"answer": "El sexto."}, AGENT, NOW))
    assert await store.add(questions[0], key) == first
    assert await store.add(questions[0], Key(key.name, "b")) == OTHER_BODY
    assert len(await store.all()) == 1
