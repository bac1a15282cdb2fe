# SPDX-License-Identifier: Apache-2.0
"""What a list costs: as much as it shows, however many cases are stored."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.mongo import Database
from chassis.testing.reads import reads
from routing.consumers import CASES
from routing.store import BY_DUE, INDEXES, CaseFilter

pytestmark = pytest.mark.infra

DUE = datetime(2026, 3, 24, 22, tzinfo=UTC)
CLOSED, SHOWN = 200, 5


def stored(n: int, *, is_open: bool) -> dict[str, Any]:
    """As far as lists ask for it; the open ones are the last that are due."""
    due = DUE + timedelta(days=n)
    return {
        "_id": f"case-{n:04d}",
        "state": {
            "id": f"case-{n:04d}",
            "case_number": f"CAJA-2026-{n:06d}-0",
            "status": "assigned" if is_open else "closed",
            "open": is_open,
            "channel": "web",
            "received_at": due,
            "registered_at": due,
            "assignment": {"area": "subsidios", "responder": {"id": "ana"}},
            "classification": {"kind": "claim" if is_open else "complaint"},
            "place": 2,
            "deadline": {"due_at": due, "due": due.date().isoformat()},
        },
    }


@pytest.mark.parametrize(
    "wanted",
    [
        CaseFilter(open=True),
        CaseFilter(responder="ana", open=True),
        CaseFilter(responder="nobody"),
        CaseFilter(area="none"),
        CaseFilter(status="assigned"),
        CaseFilter(status="suspended"),
        CaseFilter(kind="claim"),
        CaseFilter(kind="compliment"),
        CaseFilter(due_before=date(2026, 3, 1)),
    ],
    ids=lambda wanted: " ".join(f"{name}={value}" for name, value in vars(wanted).items() if value is not None),
)
async def test_a_list_reads_no_more_cases_than_it_shows(database: Database, wanted: CaseFilter) -> None:
    await database.create_indexes(INDEXES)
    await database.collection(CASES).insert_many([stored(n, is_open=n >= CLOSED) for n in range(CLOSED + SHOWN)])
    async with reads(database) as found:
        rows = await database.collection(CASES).find(wanted.query()).sort(list(BY_DUE)).limit(50).to_list(None)
    assert len(rows) in (0, SHOWN)
    assert found.documents <= SHOWN
