# SPDX-License-Identifier: Apache-2.0
"""Where a list goes on: after the last case of the page before, as text that a reader hands back."""

import base64
import binascii
from datetime import datetime
from typing import Any

from routing.cases.fields import DUE, PLACE
from routing.domain.case import Case
from ventanilla_contracts.envelope import to_instant

_RANK = "words|"


class UnknownCursor(ValueError):
    """Not a cursor that a list gave."""


def cursor_of(last: Case) -> str:
    """By the order of the queue."""
    due = last.deadline.due_at.isoformat() if last.deadline else ""
    return _written(f"{last.place}|{due}|{last.id}")


def after(cursor: str) -> dict[str, Any]:
    """The query for what comes after it in the queue. Raises UnknownCursor."""
    try:
        place, due, case_id = _read(cursor).split("|", 2)
        moment, n = to_instant(datetime.fromisoformat(due)), int(place)
    except ValueError:
        raise UnknownCursor(cursor) from None
    later = ({PLACE: {"$gt": n}}, {PLACE: n, DUE: {"$gt": moment}}, {PLACE: n, DUE: moment, "_id": {"$gt": case_id}})
    return {PLACE: {"$gte": n}, "$or": list(later)}


def cursor_of_rank(rank: int) -> str:
    """Of a list by words, in the order in which its index finds them."""
    return _written(f"{_RANK}{rank}")


def after_rank(cursor: str | None) -> int | None:
    """None from the beginning. Raises UnknownCursor."""
    if not cursor:
        return None
    written = _read(cursor)
    try:
        rank = int(written.removeprefix(_RANK))
    except ValueError:
        raise UnknownCursor(cursor) from None
    if not written.startswith(_RANK) or not 0 <= rank < 1 << 63:
        raise UnknownCursor(cursor)
    return rank


def _written(said: str) -> str:
    return base64.urlsafe_b64encode(said.encode()).decode()


def _read(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except (ValueError, binascii.Error):
        raise UnknownCursor(cursor) from None
