# SPDX-License-Identifier: Apache-2.0
"""docs/integrate.md as the tests read it: its blocks of code, and the words that stand in its tables."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "integrate.md"
SAMPLES = ROOT / "docs" / "integrate"
SETTING_UP = "uv venv"
"""Stands in the commands that come first."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)
_WORDS = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Block:
    """One fenced block: ``sh`` is run as it stands, ``python`` is part of a sample."""

    language: str
    text: str


def blocks(language: str, page: str | None = None) -> list[Block]:
    found = _BLOCK.findall(PAGE.read_text("utf-8") if page is None else page)
    return [Block(*one) for one in found if one[0] == language]


def block_with(words: str) -> Block:
    """The first block of shell commands that holds these words. Raises LookupError."""
    for block in blocks("sh"):
        if words in block.text:
            return block
    raise LookupError(f"no command of {PAGE.name} holds {words}")


def drifted(found: list[Block], samples: list[Path]) -> list[str]:
    """Each block that is not, line by line, part of a sample."""
    texts = [path.read_text("utf-8") for path in samples]
    return [block.text for block in found if not any(block.text in text for text in texts)]


def rows() -> list[list[str]]:
    """Each row of a table, its words in code marks."""
    return [_WORDS.findall(row) for row in _ROW.findall(PAGE.read_text("utf-8"))]
