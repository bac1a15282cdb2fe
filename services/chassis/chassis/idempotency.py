# SPDX-License-Identifier: Apache-2.0
"""A command repeated under its Idempotency-Key hears the first outcome; kept seven days (design 2)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from chassis.decision import Refused
from chassis.inputs import Input
from chassis.mongo import Database, Session, translated

OTHER_BODY = Refused("idempotency-key-reused", kind="invalid", field="header.Idempotency-Key")


class Idempotency:
    """Outcomes by key, saved in the transaction of the effect."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("idempotency")

    async def fresh(self, inputs: Sequence[Input]) -> list[Input]:
        """The inputs that must be decided; the others have their stored outcome now, or repeat one of this batch."""
        keys = [item.key for item in inputs if item.key]
        if not keys:
            return list(inputs)
        with translated():
            rows = {row["_id"]: row for row in await self._rows.find({"_id": {"$in": keys}}).to_list(None)}
        decide, first = [], set[str]()
        for item in inputs:
            if item.key and item.key in rows:
                row = rows[item.key]
                item.outcome = row["outcome"] if row["fingerprint"] == item.fingerprint else OTHER_BODY
            elif not item.key or item.key not in first:
                decide.append(item)
                first.add(item.key or "")
        return decide

    async def save(self, session: Session, decided: Sequence[Input]) -> None:
        """Keep the outcomes of what was done; refusals are judged anew each time."""
        rows = [
            {
                "_id": item.key,
                "fingerprint": item.fingerprint,
                "outcome": dict(item.outcome),
                "at": datetime.now(UTC),
            }
            for item in decided
            if item.key and isinstance(item.outcome, Mapping)
        ]
        if rows:
            await self._rows.insert_many(rows, session=session)

    def repeat(self, inputs: Sequence[Input]) -> None:
        """Repetitions inside one batch hear what the first of them heard."""
        first = {item.key: item for item in reversed(inputs) if item.key and item.outcome is not None}
        for item in inputs:
            if item.outcome is None and item.key in first:
                same = first[item.key].fingerprint == item.fingerprint
                item.outcome = first[item.key].outcome if same else OTHER_BODY
