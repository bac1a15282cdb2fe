# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench.citizens URL RATE SECONDS FILE`: file cases by the web form at a steady rate.

They do not wait for each other: where the door is slower than they come, they queue, and that is seen in what they
write down. Plain sockets, so that they use little of the machine that they measure.
"""

import asyncio
import json
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]

CONNECTIONS = 64
WORDS = "Buenos días, el subsidio familiar de mi hija no aparece pagado este mes y ya entregué el certificado escolar. "
KINDS = ("complaint", "claim", "petition", "complaint")


def bodies(run: str) -> Iterator[bytes]:
    """Forms of about 900 bytes, no two alike."""
    n = 0
    while True:
        n += 1
        form = {
            "kind": KINDS[n % len(KINDS)],
            "subject": f"Subsidio familiar no pagado {n}",
            "text": f"Caso {run}-{n}. " + WORDS * 6,
            "data_consent": True,
            "person": {"name": f"Ana Prueba {n}", "email": f"ana.{run}.{n}@correo.example", "phone": "+573001234567"},
        }
        yield json.dumps(form, ensure_ascii=False).encode()


class Citizens:
    """Who files, and what the door told them: number, when it was wanted, when it was answered."""

    def __init__(self, url: str, rate: float, seconds: float) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._rate, self._count = rate, int(rate * seconds)
        self._due: asyncio.Queue[float | None] = asyncio.Queue()
        self._bodies = bodies(secrets.token_hex(3))
        self.filed: list[tuple[str, float, float]] = []
        self.refused: list[int] = []

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._one())
            begun = time.time()
            for n in range(self._count):
                due = begun + n / self._rate
                if (early := due - time.time()) > 0:
                    await asyncio.sleep(early)
                self._due.put_nowait(due)
            for _ in range(CONNECTIONS):
                self._due.put_nowait(None)

    async def _one(self) -> None:
        door = await self._at_the_door()
        while (due := await self._due.get()) is not None:
            reader, writer = door = door if await _is_open(door) else await self._at_the_door()
            body = next(self._bodies)
            head = f"POST /v1/submissions/web HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            status, answer = await _answer(reader)
            if status == 202:
                self.filed.append((answer["case_number"], due, time.time()))
            else:
                self.refused.append(status)
        door[1].close()

    async def _at_the_door(self) -> Connection:
        return await asyncio.open_connection(self._host, self._port)


async def _is_open(door: Connection) -> bool:
    """A server closes what was silent for some seconds; it is told apart before anything is asked."""
    await asyncio.sleep(0)
    return not door[0].at_eof()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    return int(head.split(maxsplit=2)[1]), json.loads(await reader.readexactly(length))


def main(url: str, rate: float, seconds: float, file: Path) -> None:
    citizens = Citizens(url, rate, seconds)
    asyncio.run(citizens.run())
    file.write_text(json.dumps({"filed": citizens.filed, "refused": citizens.refused}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
