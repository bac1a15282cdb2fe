# SPDX-License-Identifier: Apache-2.0
"""Where a page of a list ended: the moment and id of its last row."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class BadCursor(ValueError):
    """Not a cursor that we gave."""


def written(moment: datetime, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{(moment - _EPOCH) // _MILLISECOND}.{row_id}".encode()).decode()


def after(cursor: str | None, field: str) -> Mapping[str, Any]:
    """The query for rows behind the cursor, in order of ``field`` and id. Raises BadCursor."""
    return _behind(cursor, field, "$gt")


def before(cursor: str | None, field: str) -> Mapping[str, Any]:
    """The same for lists that begin with the last. Raises BadCursor."""
    return _behind(cursor, field, "$lt")


def _behind(cursor: str | None, field: str, comes: str) -> Mapping[str, Any]:
    if cursor is None:
        return {}
    try:
        milliseconds, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(".")
        moment = _EPOCH + int(milliseconds) * _MILLISECOND
    except (binascii.Error, ValueError, OverflowError):
        raise BadCursor(cursor) from None
    return {"$or": [{field: {comes: moment}}, {field: moment, "_id": {comes: row_id}}]}
