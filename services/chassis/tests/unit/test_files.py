# SPDX-License-Identifier: Apache-2.0
"""Names, types and addresses of files. What every store promises: integration/test_file_stores.py."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.file_types import file_type
from chassis.files import DirectoryFiles, files_from, safe_name

PDF = b"%PDF-1.7\ncarta"
ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def files(tmp_path: Path) -> DirectoryFiles:
    return DirectoryFiles(tmp_path, largest=1_000)


def stored(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_what_is_put_again_during_a_sweep_stays(files: DirectoryFiles, tmp_path: Path) -> None:
    ref = await files.put(PDF, "a")
    (path,) = stored(tmp_path)
    assert files._remove(path, before=path.stat().st_mtime) is False  # it looked old before, and was put since
    assert await files.get(ref) == PDF


async def test_the_store_is_named_by_a_url(tmp_path: Path) -> None:
    ref = await files_from((tmp_path / "los archivos").as_uri()).put(PDF, "a.pdf")
    assert (tmp_path / "los archivos" / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256).is_file()


@pytest.mark.parametrize(
    "url",
    ["", "/tmp/files", "file://host/files", "s3://bucket", "mongodb://host", "mongodb://host/", "mongodb:///a",
     "mongodb://host/a/b", "mongodb://host/?replicaSet=rs0"],
)  # fmt: skip
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="file:///directory or mongodb://host/database"):
        files_from(url)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("carta.pdf", "carta.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\Ana\carta.pdf", "carta.pdf"),
        ("  carta\r\n  final .pdf ", "carta final .pdf"),
        ("factura\u202efdp.exe", "facturafdp.exe"),
        (".htaccess", "htaccess"),
        ("a<b>:c?.txt", "abc.txt"),
        ("", "file"),
        ("..", "file"),
        ("n" * 300 + ".pdf", "n" * 146 + ".pdf"),
        ("peticio\u0301n.pdf", "petición.pdf"),
    ],
)
def test_a_name_keeps_nothing_that_hides_or_leads_elsewhere(given_name: str, name: str) -> None:
    assert safe_name(given_name) == name


@given(st.text())
def test_any_name_becomes_a_usable_one(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe) <= 150
    assert safe not in {".", ".."}
    assert not set(safe) & set('/\\<>:"|?*\x00\n')


def zipped(*entries: tuple[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        (PDF, "image/png", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "", "image/png"),
        (b"\xff\xd8\xff\xe0\x00", "", "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00", "", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42\x00", "", "video/mp4"),
        (b"OggS\x00\x02", "audio/opus", "audio/ogg"),
        (b"MZ\x90\x00", "application/pdf", "application/x-executable"),
        (b"#!/bin/sh\n", "text/plain", "application/x-executable"),
        (zipped(("[Content_Types].xml", ""), ("word/document.xml", "")), "application/zip",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped(("xl/workbook.xml", "")), "", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped(("mimetype", ODT)), "", ODT),
        (zipped(("mimetype", "text/html")), "", "application/zip"),
        (zipped(("a.txt", "hola")), "application/pdf", "application/zip"),
        (b"PK\x03\x04 broken", "", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "text/html", "application/x-ole-storage"),
        ("Señores".encode(), "text/csv; charset=utf-8", "text/csv"),
        ("Señores".encode("latin-1"), "application/pdf", "text/plain"),
        (b"From: a\n\nhola", "message/rfc822", "message/rfc822"),
        (b"\x00\x01\x02", "application/pdf", "application/octet-stream"),
        (b"", "text/plain", "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_content_says_what_a_file_is(content: bytes, declared: str, found: str) -> None:
    assert file_type(io.BytesIO(content), declared) == found
