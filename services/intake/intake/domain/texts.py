# SPDX-License-Identifier: Apache-2.0
"""Long texts: an event carries their start, a file the whole."""

import re
import unicodedata
from typing import Any

from pydantic import BaseModel

LONGEST = 60_000
"""Characters of a text in an event (contracts: LongText)."""

MOST_BYTES = 120_000
"""Bytes of it as JSON: an event has 256 kB for everything."""


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def start_of(text: str) -> str:
    """The text, or as much of its start as an event takes."""
    text = text.encode("utf-8", "replace").decode("utf-8")[:LONGEST]
    while _json_bytes(text) > MOST_BYTES:
        text = text[: len(text) * MOST_BYTES // _json_bytes(text)]
    return text


def readable(value: Any) -> Any:
    """A text, or all texts of a model, without control characters; lines and tabs stay."""
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: readable(getattr(value, name)) for name in type(value).model_fields})
    return _UNSEEN.sub("", value) if isinstance(value, str) else value


def plain(text: str) -> str:
    """Words to compare: without accents, signs and capitals, with single spaces."""
    marks_apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in marks_apart if not unicodedata.combining(sign))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in letters).split())


def one_line(text: str, longest: int = 500) -> str:
    """Without line ends and control characters, at most ``longest`` characters."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in clean).split())[:longest]


def _json_bytes(text: str) -> int:
    """Control characters take six bytes, quotes and backslashes two."""
    escaped = sum(5 if sign < " " else 1 for sign in text if sign < " " or sign in '"\\')
    return len(text.encode()) + escaped
