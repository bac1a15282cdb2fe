# SPDX-License-Identifier: Apache-2.0
"""Where frequent questions are kept: one document each; whoever writes says which revision they saw."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel

from chassis.decision import Refused
from chassis.idempotency import Idempotency, Key
from chassis.mongo import Database, Session, translated
from routing.domain.earlier.questions import FrequentQuestion, QuestionStatus

QUESTIONS = "frequent_questions"
QUESTION_INDEXES = {QUESTIONS: [IndexModel([("status", ASCENDING), ("area", ASCENDING)])]}
MOST = 500
"""So many are listed and looked through; who has more does not curate."""


class QuestionStore:
    """Every method raises chassis.mongo.Unavailable while the database is away."""

    def __init__(self, database: Database) -> None:
        self._questions = database.collection(QUESTIONS)
        self._idempotency = Idempotency(database)

    async def all(self, status: QuestionStatus | None = None, area: str | None = None) -> Sequence[FrequentQuestion]:
        """By area and question."""
        wanted = {name: value for name, value in (("status", status), ("area", area)) if value is not None}
        with translated():
            found = self._questions.find(wanted).sort([("area", 1), ("question", 1), ("_id", 1)])
            rows = await found.limit(MOST).to_list(None)
        return [_question(row) for row in rows]

    async def one(self, id_: str) -> FrequentQuestion | None:
        with translated():
            row = await self._questions.find_one({"_id": id_})
        return _question(row) if row else None

    async def add(self, question: FrequentQuestion, key: Key | None = None) -> FrequentQuestion | Refused:
        """``key``: under which it is added once; repeated, it is answered by what was added then."""

        async def work(session: Session | None) -> Mapping[str, Any]:
            with translated():
                await self._questions.insert_one(_row(question), session=session)
            return _row(question)

        told = await self._idempotency.once(key, work) if key else await work(None)
        return told if isinstance(told, Refused) else _question(dict(told))

    async def put(self, question: FrequentQuestion) -> bool:
        """In the place of the revision before it; False where that is not there any more."""
        with translated():
            before = {"_id": question.id, "revision": question.revision - 1}
            return (await self._questions.replace_one(before, _row(question))).matched_count == 1


def _row(question: FrequentQuestion) -> dict[str, object]:
    row = question.model_dump()
    return {"_id": row.pop("id"), **row}


def _question(row: dict[str, object]) -> FrequentQuestion:
    return FrequentQuestion.model_validate({"id": row.pop("_id"), **row})
