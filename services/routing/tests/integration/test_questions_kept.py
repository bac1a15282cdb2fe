# SPDX-License-Identifier: Apache-2.0
"""Frequent questions in the database that keeps them: read as they were written, and edited once for each revision."""

from datetime import UTC, datetime

import pytest
from routing_story import AGENT

from chassis.mongo import Database
from routing.domain.earlier.questions import edited, made
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
