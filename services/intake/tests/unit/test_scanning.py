# SPDX-License-Identifier: Apache-2.0
"""Files looked into by clamd (INSTREAM), and what happens where there is none."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_clamd import EICAR, FakeClamd, clamd

from chassis.files import DirectoryFiles
from intake.uploaded.scanning import Clamd, ScannedFiles, scanned


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


@pytest.mark.parametrize("unix", [False, True])
async def test_a_clean_file_is_clean_and_the_test_virus_is_found(unix: bool, tmp_path: Path) -> None:
    fake = FakeClamd()
    async with clamd(fake, tmp_path / "clamd.sock" if unix else None) as address:
        scanner = Clamd(address)
        assert await scanner.scan(pieces(b"hola", b" mundo" * 100_000)) == "clean"
        assert await scanner.scan(pieces(EICAR[:20], EICAR[20:])) == "infected"
        assert await scanner.scan(pieces()) == "clean"
    assert fake.streams[0] == b"hola" + b" mundo" * 100_000


@pytest.mark.parametrize("fake", [FakeClamd(largest=1000), FakeClamd(silent=True)], ids=["too long", "hangs up"])
async def test_what_could_not_be_looked_into_says_so(fake: FakeClamd) -> None:
    async with clamd(fake) as address:
        assert await Clamd(address).scan(pieces(b"x" * 3_000_000)) == "unscanned"


async def test_a_scanner_that_is_away_or_never_answers_keeps_nobody_waiting() -> None:
    assert await Clamd("tcp://127.0.0.1:1").scan(pieces(b"x")) == "unscanned"
    held = asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    async with server:
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert await Clamd(address, seconds=0.1).scan(pieces(b"x")) == "unscanned"
        held.set()


async def test_files_say_what_was_found_in_them_and_are_kept_all_the_same(tmp_path: Path) -> None:
    async with clamd(FakeClamd()) as address:
        files = scanned(DirectoryFiles(tmp_path), address)
        clean, bad = await files.put(b"hola", "hola.txt"), await files.put(pieces(EICAR), "factura.pdf")
        assert (clean.scan, bad.scan) == ("clean", "infected")
        assert await files.get(bad) == EICAR
        assert await files.exists(bad)


async def test_without_a_scanner_files_are_not_scanned_and_say_so(tmp_path: Path) -> None:
    files = scanned(DirectoryFiles(tmp_path), "")
    assert not isinstance(files, ScannedFiles)
    assert (await files.put(EICAR, "factura.pdf")).scan == "unscanned"
