# SPDX-License-Identifier: Apache-2.0
"""Files by HTTP over kept-alive connections, each asking again as soon as it was answered; counts what was accepted.

Plain sockets in a process of its own: an HTTP library would be slower than what it measures.
"""

import asyncio
import json
import sys
import time
from functools import partial
from typing import cast

import uvloop

WARM_UP_SECONDS = 1.0
LAST_ANSWER_SECONDS = 30.0
TEXT = "Buenos días, el subsidio familiar de mi hija no aparece pagado este mes y ya entregué el certificado. "


class Connection(asyncio.Protocol):
    """One person after another at one connection."""

    def __init__(self, name: int, ended: "asyncio.Future[None]") -> None:
        self.accepted = 0
        self.closing = False
        self._name = name
        self._ended = ended
        self._asked = 0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is not derived from it
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        body = json.dumps(
            {
                "text": f"{TEXT * 5} {self._name}/{self._asked}",
                "subject": "Subsidio familiar no pagado",
                "kind": "complaint",
                "person": {"name": "Ana Prueba", "email": "ana.prueba@example.org", "phone": "+573001234567"},
            }
        ).encode()
        head = (
            "POST /v1/submissions/web HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        accepted = head.startswith(b"HTTP/1.1 202")
        if not accepted and not head.startswith(b"HTTP/1.1 503"):  # 503: not committed within five seconds, ask again
            self._end(RuntimeError(f"not accepted: {self._received[:500]!r}"))
            return
        self.accepted += accepted
        self._received = b""
        if self.closing:
            self._end(None)
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or (None if self.closing else ConnectionError("closed by the server")))

    def _end(self, error: Exception | None) -> None:
        self._transport.close()
        if not self._ended.done():
            self._ended.set_exception(error) if error else self._ended.set_result(None)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without Content-Length")


async def run(port: int, connections: int, seconds: float) -> float:
    """Accepted a second, after a warm-up. Raises what ended a connection."""
    loop = asyncio.get_running_loop()
    ended = [loop.create_future() for _ in range(connections)]
    asking = []
    for n in range(connections):
        made = await loop.create_connection(partial(Connection, n, ended[n]), "127.0.0.1", port)
        asking.append(made[1])
    await asyncio.sleep(WARM_UP_SECONDS)
    before, began = sum(one.accepted for one in asking), time.perf_counter()
    await asyncio.wait(ended, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    accepted = sum(one.accepted for one in asking) - before
    speed = accepted / (time.perf_counter() - began)
    for one in asking:
        one.closing = True
    async with asyncio.timeout(LAST_ANSWER_SECONDS):
        await asyncio.gather(*ended)
    return speed


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(run(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))))
