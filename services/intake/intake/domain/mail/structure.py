# SPDX-License-Identifier: Apache-2.0
"""The tree of parts of a message (RFC 2046), as ranges of the original bytes.

An attached message is a leaf: its bytes stay what they were, and what it attaches is not this mail's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.domain.mail.defects import Defect
from intake.domain.mail.headers import Headers, read_headers
from intake.domain.mail.parameters import parse_parameters
from intake.domain.mail.transfer import decode_transfer

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_AFTER_ITS_BEGINNING = re.compile(rb"(--)?[^\r\n]*(?:\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class MailLimits:
    """How much of a mail is taken apart; what lies beyond is kept whole, and the mail is held."""

    headers: int = 1000
    depth: int = 30
    parts: int = 1000


@dataclass(slots=True)
class Part:
    headers: Headers
    type: str
    type_parameters: dict[str, str]
    disposition: str
    file_name: str | None
    start: int
    end: int
    damaged: bool = False
    """The mail ends within it, or it should have been divided and could not be."""
    children: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return self.type.startswith("multipart/")

    def walk(self) -> Iterator["Part"]:
        yield self
        for child in self.children:
            yield from child.walk()

    def content(self, data: bytes) -> tuple[bytes, Defect | None]:
        """Decoded bytes. Line ends are LF unless the part is declared binary, whichever door the mail came through."""
        encoding = self.headers.first("content-transfer-encoding").decode("latin-1").partition("(")[0].strip()
        raw = data[self.start : self.end]
        if encoding.lower() != "binary" or self.type.startswith("text/"):
            raw = raw.replace(b"\r\n", b"\n")
        return decode_transfer(raw, encoding)


@dataclass(slots=True)
class _Splitter:
    data: bytes
    limits: MailLimits
    defects: set[Defect] = field(default_factory=set)
    count: int = 0

    def part(self, start: int, end: int, default_type: str = "text/plain", depth: int = 0) -> Part:
        self.count += 1
        headers, body = read_headers(self.data, start, end, self.limits.headers)
        part = _described(headers, self._content_type(headers, body, end), default_type, (body, end))
        if part.is_multipart:
            self._split(part, depth)
        self.defects |= headers.defects - ({Defect.NO_HEADERS} if depth else set())
        return part

    def _content_type(self, headers: Headers, start: int, end: int) -> bytes:
        """The only one; of several a multipart that the body begins with, for a text before it would be lost."""
        values = list(headers.all("content-type"))
        for value in values if len(values) > 1 else ():
            type_, parameters = parse_parameters(value)
            delimiter = b"--" + parameters.get("boundary", "").encode()
            if type_.startswith("multipart/") and self.data[start:end].lstrip()[: len(delimiter)] == delimiter:
                return value
        return values[-1] if values else b""

    def _split(self, part: Part, depth: int) -> None:
        if depth >= self.limits.depth:
            self._keep_whole(part, Defect.NESTED_TOO_DEEP, "application/octet-stream")
            return
        boundary = part.type_parameters.get("boundary", "").encode("utf-8")
        default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        # Delimiters that only begin with the boundary (RFC 2046 §5.1.1) could be those of a part within.
        for after in (_AFTER_BOUNDARY, _AFTER_ITS_BEGINNING):
            for start, end in self._ranges(part, boundary, after):
                if self.count >= self.limits.parts:
                    self.defects.add(Defect.TOO_MANY_PARTS)
                    break
                part.children.append(self.part(start, end, default, depth + 1))
            if part.children:
                break
        if not part.children:
            self._keep_whole(part, Defect.NO_BOUNDARY, "text/plain")
            part.damaged = part.end > part.start
        elif Defect.UNCLOSED_MULTIPART in self.defects and part.end == len(self.data):
            self._mark_cut_off(part.children[-1:])

    def _mark_cut_off(self, last: list[Part]) -> None:
        for part in last:
            part.damaged = not part.is_multipart and part.end == len(self.data) and part.end > part.start

    def _keep_whole(self, part: Part, defect: Defect, as_type: str) -> None:
        self.defects.add(defect)
        part.type = as_type

    def _ranges(self, part: Part, boundary: bytes, after_it: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
        """Start and end of each part; the line end before a delimiter belongs to the delimiter."""
        start: int | None = None
        for line_start, after, closing in self._delimiters(part, boundary, after_it):
            if start is not None:
                yield start, max(start, self._before_line_end(line_start))
            start = after
            if closing:
                return
        if start is not None:
            self.defects.add(Defect.UNCLOSED_MULTIPART)
            yield start, part.end

    def _delimiters(self, part: Part, boundary: bytes, after_it: re.Pattern[bytes]) -> Iterator[tuple[int, int, bool]]:
        delimiter = b"--" + boundary
        position = part.start
        begun_within = self.data.find(b'="%s--"' % boundary, part.start, part.end)
        while boundary and (position := self.data.find(delimiter, position, part.end)) >= 0:
            rest = after_it.match(self.data, position + len(delimiter), part.end)
            is_of_a_part_within = rest and rest[1] and 0 <= begun_within < position
            # Some senders end their last line with the closing delimiter.
            at_line = position == 0 or self.data[position - 1 : position] == b"\n"
            if rest and (rest[1] or at_line) and not is_of_a_part_within:
                yield position, rest.end(), rest[1] is not None
            position += len(delimiter)

    def _before_line_end(self, position: int) -> int:
        before = self.data[max(0, position - 2) : position]
        return position - (2 if before == b"\r\n" else 1 if before.endswith(b"\n") else 0)


def _described(headers: Headers, content_type: bytes, default_type: str, body: tuple[int, int]) -> Part:
    type_, type_parameters = parse_parameters(content_type)
    disposition, parameters = parse_parameters(headers.first("content-disposition"))
    if not type_:
        type_ = default_type
    elif not _TYPE.fullmatch(type_):
        type_ = "text/plain" if type_.split("/")[0] == "text" else "application/octet-stream"
    name = parameters.get("filename") or type_parameters.get("name") or parameters.get("name")
    return Part(headers, type_, type_parameters, disposition, name or None, *body)


def split_message(data: bytes, limits: MailLimits) -> tuple[Part, set[Defect]]:
    """The root part and what was wrong with the structure; never raises."""
    splitter = _Splitter(data, limits)
    start = len(data) - len(data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    return splitter.part(start, len(data)), splitter.defects
