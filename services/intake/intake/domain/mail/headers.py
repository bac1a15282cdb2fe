# SPDX-License-Identifier: Apache-2.0
"""The header block of a message or part: found in the bytes, kept as bytes, decoded on demand.

The stdlib's ``policy.default`` raises on some headers (cpython 151857, 94306, 148518) and its feed parser recurses
once per nested part, so a mail of 60 kB ends it; here nothing raises and every step is linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.domain.mail.defects import Defect
from intake.domain.mail.words import decode_words

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]+)[ \t]*:(.*)", re.DOTALL)
_KNOWN_FIELD = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|content-[a-z-]+|mime-version|received|reply-to|return-path"
    rb"|in-reply-to|references|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_LOOK_AHEAD = 4096
_MOST_STRAY_LINES = 20
_LINES_A_HEADER = 10
LONGEST_VALUE = 32_768
"""Bytes of one header value that are read; more is no header a mail program writes."""


@dataclass(slots=True)
class Headers:
    """Fields in order, names in lower case, values as unfolded bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    defects: set[Defect] = field(default_factory=set)

    def all(self, name: str) -> Iterator[bytes]:
        return (value for field_name, value in self.fields if field_name == name)

    def first(self, name: str) -> bytes:
        """The first value, empty if there is none."""
        return next(self.all(name), b"")

    def text(self, name: str) -> str:
        """The first value that says something, encoded words and raw 8-bit characters decoded."""
        return next((text for value in self.all(name) if (text := decode_words(value))), "")


@dataclass(slots=True)
class _Reader:
    most: int
    folded: list[tuple[str, list[bytes]]] = field(default_factory=list)
    defects: set[Defect] = field(default_factory=set)
    stray_lines: int = 0
    lines: int = 0

    def is_full(self) -> bool:
        """A header block without end is not read on, only its end is looked for."""
        if len(self.folded) >= self.most or self.lines > self.most * _LINES_A_HEADER:
            self.defects.add(Defect.TOO_MANY_HEADERS)
        return Defect.TOO_MANY_HEADERS in self.defects

    def add(self, name: bytes, value: bytes) -> None:
        self.folded.append((name.decode("ascii").lower(), [value]))

    def fold(self, line: bytes) -> None:
        self.folded[-1][1].append(line)

    def headers(self) -> Headers:
        return Headers([(name, self._unfolded(lines)) for name, lines in self.folded], self.defects)

    def _unfolded(self, lines: list[bytes]) -> bytes:
        value = b"".join(lines).strip()
        if len(value) > LONGEST_VALUE:
            self.defects.add(Defect.HEADER_TOO_LONG)
        return value[:LONGEST_VALUE]


def read_headers(data: bytes, start: int, end: int, most: int) -> tuple[Headers, int]:
    """The headers in ``data[start:end]`` and where the body begins."""
    reader = _Reader(most)
    position = start
    while position < end:
        reader.lines += 1
        if reader.is_full():
            return reader.headers(), _after_blank_line(data, position, end)
        next_line = _next_line(data, position, end)
        line = data[position:next_line].rstrip(b"\r\n")
        if not line:
            return reader.headers(), next_line
        if line[:1] in b" \t" and reader.folded:
            reader.fold(line)
        elif match := _FIELD.match(line):
            reader.add(match[1], match[2])
        elif not _skip_stray_line(reader, data, line, next_line, end):
            return reader.headers(), position
        position = next_line
    return reader.headers(), end


def _next_line(data: bytes, position: int, end: int) -> int:
    found = data.find(b"\n", position, end)
    return end if found < 0 else found + 1


def _after_blank_line(data: bytes, position: int, end: int) -> int:
    blank = _BLANK_LINE.search(data, position, end)
    return blank.end() if blank else end


def _skip_stray_line(reader: _Reader, data: bytes, line: bytes, next_line: int, end: int) -> bool:
    """A line that is no header: the envelope line of an mbox, a badly folded value, or already the body."""
    if not reader.folded:
        if line.startswith((b"From ", b">From ")):
            return True
        reader.defects.add(Defect.NO_HEADERS)
        return False
    reader.stray_lines += 1
    block = data[next_line : min(end, next_line + _LOOK_AHEAD)].replace(b"\r\n", b"\n").split(b"\n\n", 1)[0]
    if reader.stray_lines <= _MOST_STRAY_LINES and _KNOWN_FIELD.search(block):
        reader.defects.add(Defect.BROKEN_HEADER)
        reader.fold(b" " + line)
        return True
    reader.defects.add(Defect.MISSING_BLANK_LINE)
    return False
