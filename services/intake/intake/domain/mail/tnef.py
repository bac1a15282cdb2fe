# SPDX-License-Identifier: Apache-2.0
"""winmail.dat: what Outlook sends to those who have no Outlook (MS-OXTNEF), opened.

Own reading rather than tnefparse 1.4: that one copies the rest of the file for each attribute and loops as often as the
file tells it to (ADR 0016). Here every step is bounded by the bytes there are, and
what cannot be read ends the reading: what was found before counts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.domain.mail.charsets import decode

_SIGNATURE = 0x223E9F78
_MESSAGE_IN_IT = bytes.fromhex("0703020000000000c000000000000046")
"""The interface id that stands before a message within the message."""

_TITLE, _DATA = 0x8010, 0x800F
_TEXT, _HTML, _TEXT_CODE_PAGE = 0x1000, 0x1013, 0x3FDE
_CONTENT, _SHORT_NAME, _LONG_NAME, _SHOWN_NAME, _MEDIA_TYPE = 0x3701, 0x3704, 0x3707, 0x3001, 0x370E
_FIXED = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_UNICODE, _OBJECT, _MANY, _NAMED = 0x1F, 0x0D, 0x1000, 0x8000
_DEEPEST = 3

Property = tuple[int, int, bytes]
"""Its id, its type, its value."""


@dataclass(slots=True)
class TnefFile:
    name: str | None = None
    type: str = "application/octet-stream"
    content: bytes = b""
    is_message: bool = False


@dataclass(slots=True)
class Opened:
    """The text, the HTML, and the files in order; those of a message within come after it."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def is_tnef(data: bytes) -> bool:
    return len(data) > 6 and struct.unpack_from("<I", data)[0] == _SIGNATURE


def open_tnef(data: bytes, most_files: int, depth: int = 0) -> Opened:
    """Never raises; empty for what is none."""
    opened = Opened()
    if not is_tnef(data):
        return opened
    charset = "cp1252"
    for kind, value in _attributes(data):
        match kind:
            case 0x9007:
                charset = _charset(value) or charset
            case 0x800C:
                opened.text = opened.text or _text(value, charset)
            case 0x9003:
                _read_message(opened, value, charset)
            case 0x9002:
                opened.files.append(TnefFile())
            case 0x8010 | 0x800F | 0x9005 if opened.files:
                _read_file(opened.files[-1], kind, value, charset)
    opened.files = [one for one in opened.files if one.content][:most_files]
    _open_messages(opened, most_files, depth)
    return opened


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 11 <= len(data):
        kind, length = struct.unpack_from("<xHxxI", data, position)
        start = position + 9
        yield kind, data[start : start + length]
        position = start + length + 2


def _read_message(opened: Opened, value: bytes, charset: str) -> None:
    found = {number: (kind, content) for number, kind, content in _properties(value)}
    of_text = charset
    if _TEXT_CODE_PAGE in found:
        of_text = _charset(found[_TEXT_CODE_PAGE][1]) or charset
    if _HTML in found:
        opened.html = _value(*found[_HTML], of_text)
    if _TEXT in found:
        opened.text = opened.text or _value(*found[_TEXT], of_text)


def _read_file(file: TnefFile, kind: int, value: bytes, charset: str) -> None:
    if kind == _TITLE:
        file.name = file.name or _text(value, charset) or None
    elif kind == _DATA:
        file.content = file.content or value
    else:
        found = {number: (kind, content) for number, kind, content in _properties(value)}
        names = (
            _value(*found[number], charset) for number in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME) if number in found
        )
        file.name = next((name for name in names if name), file.name)
        if _MEDIA_TYPE in found:
            file.type = _value(*found[_MEDIA_TYPE], charset).lower() or file.type
        if _CONTENT in found:
            _read_content(file, *found[_CONTENT])


def _read_content(file: TnefFile, kind: int, content: bytes) -> None:
    file.is_message = kind == _OBJECT and content.startswith(_MESSAGE_IN_IT)
    file.content = content[16:] if kind == _OBJECT else content
    if file.is_message:
        file.type = "application/ms-tnef"


def _open_messages(opened: Opened, most_files: int, depth: int) -> None:
    for file in [one for one in opened.files if one.is_message]:
        inner = open_tnef(file.content, most_files, depth + 1) if depth < _DEEPEST else Opened()
        said = inner.html or inner.text
        if said:
            ending, type_ = ("html", "text/html") if inner.html else ("txt", "text/plain")
            opened.files.append(TnefFile(f"{file.name or 'mensaje'}.{ending}", type_, said.encode("utf-8", "replace")))
        opened.files.extend(inner.files[: max(0, most_files - len(opened.files))])


def _properties(data: bytes) -> Iterator[Property]:
    """Of several values the first."""
    if len(data) < 4:
        return
    position = 4
    for _ in range(min(struct.unpack_from("<I", data)[0], len(data) // 4)):
        if position + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, position)
        position += 4
        if number >= _NAMED:
            position = _after_name(data, position)
        value, position = _one_value(data, position, kind)
        if value is None:
            return
        yield number, kind & ~_MANY, value


def _after_name(data: bytes, position: int) -> int:
    """The GUID of a named property, and its number or its name."""
    if position + 24 > len(data):
        return len(data)
    named, length = struct.unpack_from("<II", data, position + 16)
    return position + 24 + (_padded(length) if named else 0)


def _one_value(data: bytes, position: int, kind: int) -> tuple[bytes | None, int]:
    """The (first) value and where the next property begins; None where there is no telling."""
    plain = kind & ~_MANY
    count = 1
    if kind & _MANY or plain in _VARIABLE:
        if position + 4 > len(data):
            return None, position
        count = struct.unpack_from("<I", data, position)[0]
        position += 4
    if plain in _FIXED:
        size = _FIXED[plain]
        return data[position : position + size], position + size * count
    if plain not in _VARIABLE:
        return None, position
    first = b"" if count == 0 else None
    for _ in range(min(count, len(data) // 4)):
        if position + 4 > len(data):
            break
        length = struct.unpack_from("<I", data, position)[0]
        first = data[position + 4 : position + 4 + length] if first is None else first
        position += 4 + _padded(length)
    return first, position


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _value(kind: int, content: bytes, charset: str) -> str:
    return _text(content, "utf-16-le" if kind == _UNICODE else charset)


def _text(content: bytes, charset: str) -> str:
    if charset == "utf-16-le":
        content = content[: len(content) & ~1]
    return decode(content, charset)[0].rstrip("\x00").replace("\r\n", "\n")


def _charset(value: bytes) -> str | None:
    """A number of Windows as a charset; None where it names none."""
    page = struct.unpack_from("<I", value)[0] if len(value) >= 4 else 0
    return {0: None, 65001: "utf-8", 20127: "ascii", 28591: "iso-8859-1"}.get(page, f"cp{page}")
