# SPDX-License-Identifier: Apache-2.0
"""A mail server that takes access tokens only (GreenMail does not), and who gives them, over real sockets."""

import base64
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

_UIDS = re.compile(rb"UID (?:SEARCH .*UID (\d+):\*|FETCH ([\d,]+) \((.*)\))")
ARRIVED = b"02-Mar-2026 07:50:00 -0500"


@dataclass
class MailServer:
    """One mailbox, for whoever has a token that is among ``tokens``; ``logins`` are the SASL messages that came."""

    tokens: set[str]
    raws: list[bytes] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)
    challenged: list[bytes] = field(default_factory=list)
    """What was answered to why a token was not taken."""
    port: int = 0


class _Dialogue(socketserver.StreamRequestHandler):
    """As RFC 3501 and the XOAUTH2 of Google and Microsoft have it."""

    house: MailServer

    def handle(self) -> None:
        self._say(b"* OK ready")
        while line := self.rfile.readline().strip():
            tag, _, command = line.partition(b" ")
            for said in self._answers(command):
                self._say(said)
            done = b"OK done" if not command.upper().startswith(b"AUTHENTICATE") else self._logged_in()
            self._say(tag + b" " + done)

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def _logged_in(self) -> bytes:
        self._say(b"+ ")
        said = base64.b64decode(self.rfile.readline())
        self.house.logins.append(said)
        token = re.search(rb"auth=Bearer ([^\x01]+)\x01\x01", said)
        if token and token[1].decode() in self.house.tokens:
            return b"OK logged in"
        self._say(b"+ " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}'))
        self.house.challenged.append(self.rfile.readline().strip())
        return b"NO AUTHENTICATE failed"

    def _answers(self, command: bytes) -> Iterator[bytes]:
        word = command.split(b" ")[0].upper()
        raws = self.house.raws
        if word == b"CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2"
        elif word == b"STATUS":
            yield b'* STATUS "INBOX" (UIDVALIDITY 7 UIDNEXT %d)' % (len(raws) + 1)
        elif word in (b"EXAMINE", b"SELECT"):
            yield b"* %d EXISTS" % len(raws)
        elif found := _UIDS.match(command):
            yield from self._of_uids(found)

    def _of_uids(self, found: "re.Match[bytes]") -> Iterator[bytes]:
        raws = self.house.raws
        if found[1]:
            yield b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(int(found[1]), len(raws) + 1))
            return
        for uid in map(int, found[2].split(b",")):
            raw = raws[uid - 1]
            if b"BODY.PEEK[]" in found[3]:
                yield b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)" % (uid, uid, len(raw), raw)
            else:
                yield b'* %d FETCH (UID %d RFC822.SIZE %d INTERNALDATE "%s")' % (uid, uid, len(raw), ARRIVED)


@contextmanager
def mail_server(house: MailServer) -> Iterator[MailServer]:
    dialogue = type("Dialogue", (_Dialogue,), {"house": house})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), dialogue)
    server.daemon_threads = True
    house.port = server.server_address[1]
    with _serving(server):
        yield house


@dataclass
class TokenEndpoint:
    """Gives ``answers`` in turn, the last one for ever; ``asked`` are the forms that came."""

    answers: list[tuple[int, dict[str, Any]]]
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def token_endpoint(endpoint: TokenEndpoint) -> Iterator[TokenEndpoint]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            endpoint.asked.append({name: values[0] for name, values in parse_qs(body).items()})
            status, told = endpoint.answers.pop(0) if len(endpoint.answers) > 1 else endpoint.answers[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/token"
    with _serving(server):
        yield endpoint


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
