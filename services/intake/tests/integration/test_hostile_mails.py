# SPDX-License-Identifier: Apache-2.0
"""Mails made to hurt, into a process of its own: refused or held in clear words, the service alive, its memory flat."""

import base64
import io
import struct
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from intake_house import RFC822, environment_of, mail
from intake_process import Process, largest_bytes

from chassis.mongo import Database
from chassis.testing import TIMEOUT, Wire, eventually

pytestmark = pytest.mark.infra

HEAD = b"From: ana@correo.example\nSubject: Cuota\nMIME-Version: 1.0\n"
MULTIPART = b"Content-Type: multipart/mixed; boundary=x\n\n"
MOST_GROWTH = 350_000_000
"""Bytes; the largest of these mails has 25 MB, of which bytes, text and parts are held at once."""


def attached(content: bytes, type_: bytes = b"application/zip", name: bytes = b"f.zip") -> bytes:
    return (
        HEAD + MULTIPART + b"--x\n\nVa.\n--x\nContent-Type: %s; name=%s\nContent-Transfer-Encoding: base64\n\n" % (type_, name)  # noqa: E501
        + base64.encodebytes(content) + b"--x--\n"
    )  # fmt: skip


def zip_bomb() -> bytes:
    """100 MB of nothing in 100 kB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("nada.txt", "w") as file:
        for _ in range(100):
            file.write(b"\0" * 1_000_000)
    return packed.getvalue()


def nested() -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000))
    return HEAD + b"".join(levels) + b"\nhola\n"


def messages_within(levels: int = 500) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\n\n" * levels + b"\nhola\n"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "zip bomb": (attached(zip_bomb()), "created"),
    "10,000 headers": (HEAD + b"X-A: b\n" * 10_000 + b"\nhola\n", "held too-complex"),
    "100,000 parts": (HEAD + MULTIPART + b"--x\n\na\n" * 100_000, "held too-complex"),
    "5,000 levels": (nested(), "held too-complex"),
    "500 messages in messages": (messages_within(), "created"),
    "a header of 5 MB": (HEAD + b"X-A: " + b"a" * 5_000_000 + b"\n\nMe llega todo.\n", "created"),
    "a subject of 1 MB": (b"Subject: " + b"=?utf-8?q?=C3=A1?= " * 50_000 + b"\n" + HEAD + b"\nhola\n", "created"),
    "25 MB of text": (HEAD + b"\n" + b"No me lleg\xc3\xb3. " * 1_900_000, "created"),
    "HTML of 200,000 elements": (HEAD + b"Content-Type: text/html\n\n" + b"<div><b>a" * 200_000, "created"),
    "a table of one wide row": (
        HEAD + b"Content-Type: text/html\n\n<table><tr><td>" + b"x" * 1_000_000 + b"</td></tr>"
        + b"<tr><td>a</td></tr>" * 20_000,
        "created",
    ),
    "a calendar of 5,000 events": (
        HEAD + b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nRRULE:FREQ=SECONDLY\nEND:VEVENT\n" * 5_000  # noqa: E501
        + b"END:VCALENDAR\n",
        "created",
    ),
    "a winmail.dat of 200,000 attributes": (
        attached(struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BIi2x", 2, 0x9002, 0) * 200_000, b"application/ms-tnef"),  # noqa: E501
        "created",
    ),
    "zeros": (b"\0" * 3_000_000, "held no-sender"),
    "one line of 5 MB": (b"a" * 5_000_000, "held no-sender"),
}  # fmt: skip


@pytest.fixture
async def process(wire: Wire, database: Database, tmp_path: Path) -> AsyncIterator[Process]:
    one = Process(environment_of(wire, database, tmp_path))
    await one.start()
    yield one
    await one.kill()


def megabytes(n: int) -> Iterator[bytes]:
    yield HEAD + b"\n"
    for _ in range(n):
        yield b"hola\n" * 200_000


@pytest.mark.slow
async def test_mails_made_to_hurt_are_refused_or_held_and_hurt_nobody(process: Process) -> None:
    async with httpx.AsyncClient(base_url=process.url, headers=RFC822, timeout=120) as http:

        async def post(raw: bytes) -> dict[str, Any]:
            answer = await http.post("/v1/submissions/email", content=raw)
            while answer.status_code == 503:  # the database was late
                answer = await http.post("/v1/submissions/email", content=raw)
            assert answer.status_code == 202, answer.text
            told: dict[str, Any] = answer.json()
            return told

        async def ready() -> bool:
            try:
                return (await http.get("/livez")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(ready, timeout=2 * TIMEOUT)
        await post(mail())
        before = largest_bytes(process.pid)
        told = {}
        for name, (raw, _) in HOSTILE.items():
            said = await post(raw)
            told[name] = f"{said['outcome']} {said['reason'] or ''}".strip()
            assert (await http.get("/livez")).status_code == 200
        too_large = [await refused(process.url, known_length) for known_length in (True, False)]
        assert (await post(mail(message="<after@correo.example>")))["outcome"] == "created"
        grown = largest_bytes(process.pid) - before
    assert told == {name: outcome for name, (_, outcome) in HOSTILE.items()}
    assert too_large == [413, 413]
    assert grown < MOST_GROWTH, grown


async def refused(url: str, known_length: bool) -> int:
    """What is said to a mail of 200 MB, whether or not it says beforehand how long it is."""

    async def body() -> AsyncIterator[bytes]:
        for piece in megabytes(200):
            yield piece

    headers = {**RFC822, **({"content-length": str(len(HEAD) + 1 + 200 * 1_000_000)} if known_length else {})}
    async with httpx.AsyncClient(base_url=url, timeout=TIMEOUT) as http:
        return (await http.post("/v1/submissions/email", content=body(), headers=headers)).status_code
