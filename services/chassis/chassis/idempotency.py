# SPDX-License-Identifier: Apache-2.0
"""A command repeated under its Idempotency-Key hears the first outcome; kept seven days (design 2)."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chassis.decision import Refused
from chassis.inputs import Input
from chassis.mongo import Database, Session, translated

Told = Mapping[str, Any]
OTHER_BODY = Refused("idempotency-key-reused", kind="invalid", field="header.Idempotency-Key")


@dataclass(frozen=True)
class Key:
    """``name``: whose key, for which address; ``fingerprint``: of the body that it is for."""

    name: str
    fingerprint: str


class Idempotency:
    """Outcomes by key, saved in the transaction of the effect."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = database.collection("idempotency")

    async def once(self, key: Key, work: Callable[[Session], Awaitable[Told]]) -> Told | Refused:
        """For what is no subject's command: ``work`` in one transaction with what it tells; repeated, that is told.

        Raises chassis.mongo.Conflict and Unavailable.
        """

        async def told(session: Session) -> Told | Refused:
            row = await self._rows.find_one({"_id": key.name}, session=session)
            if row is not None:
                return _heard(row, key.fingerprint)
            outcome = await work(session)
            await self._rows.insert_one(_row(key.name, key.fingerprint, outcome), session=session)
            return outcome

        return await self._database.transaction_again(told)

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
                item.outcome = _heard(rows[item.key], item.fingerprint)
            elif not item.key or item.key not in first:
                decide.append(item)
                first.add(item.key or "")
        return decide

    async def save(self, session: Session, decided: Sequence[Input]) -> None:
        """Keep the outcomes of what was done; refusals are judged anew each time."""
        rows = [
            _row(item.key, item.fingerprint, item.outcome)
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


def _heard(row: Mapping[str, Any], fingerprint: str) -> Told | Refused:
    return row["outcome"] if row["fingerprint"] == fingerprint else OTHER_BODY


def _row(key: str, fingerprint: str, outcome: Told) -> dict[str, Any]:
    return {"_id": key, "fingerprint": fingerprint, "outcome": dict(outcome), "at": datetime.now(UTC)}


def fingerprint_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
