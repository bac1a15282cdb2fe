# SPDX-License-Identifier: Apache-2.0
"""What a file is by its content, whatever its sender calls it."""

import zipfile
from typing import BinaryIO

UNKNOWN = "application/octet-stream"
_HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument"
_EXECUTABLE = "application/x-executable"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", _EXECUTABLE),
    (b"\x7fELF", _EXECUTABLE),
    (b"#!", _EXECUTABLE),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"heic": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}
_IN_ZIP = {
    "word/": f"{_OFFICE}.wordprocessingml.document",
    "xl/": f"{_OFFICE}.spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}.presentationml.presentation",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_LEGACY_OFFICE = {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
_TEXT = {"message/rfc822", "application/json", "application/xml", "image/svg+xml"}


def file_type(file: BinaryIO, declared: str = "") -> str:
    """The media type; `declared` counts where the content does not tell kinds apart (texts, old Office files)."""
    head = file.read(_HEAD)
    declared = declared.partition(";")[0].strip().lower()
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(file)
    found = _by_beginning(head) or (_text_type(declared) if _is_text(head) else UNKNOWN)
    return declared if found == "application/x-ole-storage" and declared in _LEGACY_OFFICE else found


def _by_beginning(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    return next((kind for beginning, kind in _BEGINNINGS if head.startswith(beginning)), None)


def _zip_type(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if names[:1] == ["mimetype"] and archive.getinfo("mimetype").file_size < 100:
                kind = archive.read("mimetype").decode("ascii", "replace").strip()
                return kind if kind.startswith(_OPEN_DOCUMENT) else "application/zip"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return "application/zip"
    return next((kind for start, kind in _IN_ZIP.items() if any(n.startswith(start) for n in names)), "application/zip")


def _is_text(head: bytes) -> bool:
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return bool(head) and controls == 0


def _text_type(declared: str) -> str:
    return declared if declared.startswith("text/") or declared in _TEXT else "text/plain"
