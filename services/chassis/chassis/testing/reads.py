# SPDX-License-Identifier: Apache-2.0
"""What the database looked at, for tests: a question whose cost grows with the store shows it there with few rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from chassis.mongo import Database

HOUSEKEEPING = r"system|\.(processes|leases|outbox)$"
"""Read by loops, at any moment."""


@dataclass
class Reads:
    """Filled when the block has ended: documents looked at, and how each question was answered."""

    documents: int = 0
    plans: list[str] = field(default_factory=list)


@asynccontextmanager
async def reads(database: Database) -> AsyncIterator[Reads]:
    """All questions that the block asks of this database, beside those that a running process asks by itself."""
    profile = database.collection("system.profile")
    await profile.database.command("profile", 0)
    await profile.drop()
    await profile.database.command("profile", 2)
    found = Reads()
    try:
        yield found
    finally:
        await profile.database.command("profile", 0)
        asked: dict[str, Any] = {"planSummary": {"$exists": True}, "ns": {"$not": {"$regex": HOUSEKEEPING}}}
        async for row in profile.find(asked):
            found.documents += row.get("docsExamined", 0)
            found.plans.append(row["planSummary"])
