# SPDX-License-Identifier: Apache-2.0
import asyncio
import hashlib
import io
import os
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.file_types import file_type
from chassis.files import DirectoryFiles, FileLost, FileTooLarge, files_from, safe_name
from ventanilla_contracts.envelope import FileRef

PDF = b"%PDF-1.7\ncarta"
DAY = timedelta(days=1)
ODT = "application/vnd.oasis.opendocument.text"


@pytest.fixture
def files(tmp_path: Path) -> DirectoryFiles:
    return DirectoryFiles(tmp_path, largest=1_000)


def stored(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def age(root: Path, by: timedelta = 2 * DAY) -> None:
    for path in stored(root):
        old = path.stat().st_mtime - by.total_seconds()
        os.utime(path, (old, old))


async def test_what_is_put_is_found_by_its_content(files: DirectoryFiles) -> None:
    ref = await files.put(PDF, "carta.pdf", "application/pdf")
    assert ref == FileRef(
        sha256=hashlib.sha256(PDF).hexdigest(), name="carta.pdf", type="application/pdf", size=len(PDF)
    )
    assert await files.exists(ref)
    assert await files.get(ref) == PDF


async def test_a_content_may_come_in_pieces(files: DirectoryFiles) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield PDF[:4]
        yield PDF[4:]

    assert (await files.put(pieces(), "carta.pdf")).sha256 == hashlib.sha256(PDF).hexdigest()


async def test_the_same_content_is_kept_once_under_any_name(files: DirectoryFiles, tmp_path: Path) -> None:
    refs = await asyncio.gather(*(files.put(PDF, f"{n}.pdf") for n in range(5)))
    assert {ref.sha256 for ref in refs} == {hashlib.sha256(PDF).hexdigest()}
    assert len(stored(tmp_path)) == 1


async def test_an_empty_file_is_a_file(files: DirectoryFiles) -> None:
    ref = await files.put(b"", "vacío.txt")
    assert (await files.get(ref), ref.size, ref.type) == (b"", 0, "application/octet-stream")


async def test_too_large_a_file_leaves_nothing_behind(files: DirectoryFiles, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge):
        await files.put(b"x" * 1_001, "grande.txt")
    assert stored(tmp_path) == []


async def test_a_content_that_breaks_off_leaves_nothing_behind(files: DirectoryFiles, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await files.put(broken(), "mitad.txt")
    assert stored(tmp_path) == []


async def test_a_missing_or_damaged_content_is_told(files: DirectoryFiles, tmp_path: Path) -> None:
    ref = await files.put(PDF, "carta.pdf")
    (path,) = stored(tmp_path)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7\notra!")
    with pytest.raises(FileLost, match="damaged"):
        await files.get(ref)
    path.unlink()
    assert not await files.exists(ref)
    with pytest.raises(FileLost, match="no content"):
        await files.get(ref)


async def test_a_sweep_removes_only_what_is_old_and_unreferenced(files: DirectoryFiles, tmp_path: Path) -> None:
    kept, dropped = await files.put(b"kept", "a"), await files.put(b"dropped", "b")
    age(tmp_path)
    fresh = await files.put(b"fresh", "c")
    assert await files.sweep({kept.sha256}, older_than=DAY) == 1
    assert [await files.exists(ref) for ref in (kept, dropped, fresh)] == [True, False, True]


async def test_what_is_put_again_is_no_longer_old(files: DirectoryFiles, tmp_path: Path) -> None:
    await files.put(PDF, "a")
    age(tmp_path)
    again = await files.put(PDF, "b")
    assert await files.sweep(set(), older_than=DAY) == 0
    assert await files.exists(again)


async def test_what_is_put_again_during_a_sweep_stays(files: DirectoryFiles, tmp_path: Path) -> None:
    ref = await files.put(PDF, "a")
    (path,) = stored(tmp_path)
    assert files._remove(path, before=path.stat().st_mtime) is False  # it looked old before, and was put since
    assert await files.get(ref) == PDF


async def test_a_sweep_clears_what_a_killed_process_left_half_written(files: DirectoryFiles, tmp_path: Path) -> None:
    (tmp_path / "incoming" / "half").write_bytes(b"half")
    await files.sweep(set(), older_than=DAY)
    assert len(stored(tmp_path)) == 1
    age(tmp_path)
    await files.sweep(set(), older_than=DAY)
    assert stored(tmp_path) == []


async def test_the_store_is_named_by_a_url(tmp_path: Path) -> None:
    ref = await files_from((tmp_path / "los archivos").as_uri()).put(PDF, "a.pdf")
    assert (tmp_path / "los archivos" / ref.sha256[:2] / ref.sha256[2:4] / ref.sha256).is_file()


@pytest.mark.parametrize("url", ["", "/tmp/files", "file://host/files", "s3://bucket"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="file:///directory"):
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
