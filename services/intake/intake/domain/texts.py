# SPDX-License-Identifier: Apache-2.0
"""Long texts: an event carries their start, a file the whole."""

LONGEST = 60_000
"""Characters of a text in an event (contracts: LongText)."""

MOST_BYTES = 120_000
"""Bytes of it as JSON: an event has 256 kB for everything."""


def start_of(text: str) -> str:
    """The text, or as much of its start as an event takes."""
    text = text.encode("utf-8", "replace").decode("utf-8")[:LONGEST]
    while _json_bytes(text) > MOST_BYTES:
        text = text[: len(text) * MOST_BYTES // _json_bytes(text)]
    return text


def one_line(text: str, longest: int = 500) -> str:
    """Without line ends and control characters, at most ``longest`` characters."""
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in clean).split())[:longest]


def _json_bytes(text: str) -> int:
    """Control characters take six bytes, quotes and backslashes two."""
    escaped = sum(5 if sign < " " else 1 for sign in text if sign < " " or sign in '"\\')
    return len(text.encode()) + escaped
