# SPDX-License-Identifier: Apache-2.0
"""Hands messages to pact's core, which asks for them over HTTP, as Kafka would have them.

pact-python's own server looks for a free port and binds it later, when another may have it, and never closes it.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from chassis.messages import Message

PATH = "/_pact/message"


@contextmanager
def handing(messages: Mapping[str, Message]) -> Iterator[int]:
    """Serves the messages by name on the port that it yields; for a name that is not among them, nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = messages.get(asked["description"])
            body = b"null" if message is None else message.value or b""
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Pact-Message-Metadata", _headers(message))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # a line for each request
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _headers(message: Message | None) -> str:
    found = {} if message is None else {name: (value or b"").decode() for name, value in message.headers}
    return base64.b64encode(json.dumps({"contentType": "application/json", **found}).encode()).decode()
