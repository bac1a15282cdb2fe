# SPDX-License-Identifier: Apache-2.0
"""What bodies and queries take for days and for what a person typed, as it is documented and no more."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from chassis.safe_text import without_controls

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_text(value: object) -> object:
    """Pydantic alone would also take numbers and times for days."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticKnownError("date_parsing", {"error": "expected YYYY-MM-DD"})
    return value


def _seen(value: object) -> object:
    return without_controls(value) if isinstance(value, str) else value


Day = Annotated[date, Field(ge=EARLIEST, le=LATEST), BeforeValidator(_as_text)]
"""A local day of this century."""


def day_of(text: str) -> date | None:
    """The same of a page's own field or address; None for what is no such day."""
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
    return day if day is not None and EARLIEST <= day <= LATEST else None


TYPED = BeforeValidator(_seen)
"""Of a text that a person typed: control characters are left out."""
