# SPDX-License-Identifier: Apache-2.0
"""Mails a second: parsed beside the bare stdlib parse in the same process; filed by SMTP, LMTP and from a mailbox."""

import asyncio
import base64
import email
import email.policy
import secrets
import smtplib
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient

from chassis.testing import SIGNING_KEY, create_topics
from intake.domain.mail import parse_mail
from tests.bench.usage import usage
from tests.bench.workload import WORDS, write_staff
from ventanilla_local.addresses import Addresses
from ventanilla_local.downloads import LOCAL
from ventanilla_local.infra import infra
from ventanilla_local.ports import claimed_ports
from ventanilla_local.process import Server, running

CONNECTIONS = 16
ROUNDS = 7
FILED = "1 kB of text"
OWN = "servicio@caja.example"


@dataclass(frozen=True)
class Parsed:
    """Mails a second of CPU; ``ratio`` is ours over the standard library's, round by round, the median."""

    ratio: float
    ours: float
    theirs: float


@dataclass(frozen=True)
class Filed:
    """Mails a second by the clock, and CPU seconds of intake's process for 1,000 of them."""

    per_second: float
    cpu_per_1000: float


@dataclass(frozen=True)
class Mails:
    parsed: Mapping[str, Parsed]
    filed: Mapping[str, Filed]
    """By way."""

    def ratio(self, filed: Filed) -> float:
        """What the bare parse of the same mail costs, over what filing it costs, both in CPU."""
        return 1000 / self.parsed[FILED].theirs / filed.cpu_per_1000


def kinds() -> Mapping[str, bytes]:
    """What people write: some lines, a page with HTML, a scan."""
    html = "".join(f'<p style="margin:0">{WORDS}</p>' for _ in range(80))
    scan = base64.encodebytes(bytes(range(256)) * 1_200).decode().replace("\n", "\r\n")
    pdf = (
        'Content-Type: application/pdf; name="carta.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="carta.pdf"\r\n\r\n{scan}'
    )
    page = f"Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>{html}</body></html>"
    return {
        FILED: _mail("text/plain; charset=utf-8", WORDS * 4),
        "20 kB of text and HTML": _mail('multipart/alternative; boundary="a"', _parts(_text(WORDS * 80), page)),
        "a scan of 300 kB": _mail('multipart/mixed; boundary="a"', _parts(_text(WORDS * 4), pdf)),
    }


def _text(words: str) -> str:
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}"


def _parts(*parts: str) -> str:
    return "".join(f"--a\r\n{part}\r\n" for part in parts) + "--a--"


def _mail(content_type: str, body: str) -> bytes:
    return (
        "Received: from mx.correo.example by mx.caja.example with ESMTPS; Mon, 02 Mar 2026 07:50:00 -0500\r\n"
        f"From: =?utf-8?q?Ana_R=C3=ADos?= <ana@correo.example>\r\nTo: Servicio <{OWN}>\r\n"
        "Subject: =?utf-8?b?Q3VvdGEgbW9uZXRhcmlhIGRlIGZlYnJlcm8=?=\r\nDate: Mon, 02 Mar 2026 07:50:00 -0500\r\n"
        f"Message-ID: <uno@correo.example>\r\nMIME-Version: 1.0\r\nContent-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
    ).encode()


def bare(raw: bytes) -> None:
    """What a program asks that knows only the standard library: subject, sender, id, text, what is attached."""
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    body = found.get_body(("plain", "html"))
    _ = found["subject"], found["from"], found["message-id"], body.get_content() if body else ""
    for part in found.iter_attachments():
        part.get_payload(decode=True)


def parsing(seconds: float) -> dict[str, Parsed]:
    """Both sides in turn, in one process."""
    found = {}
    for kind, raw in kinds().items():
        pairs = [(_speed(parse_mail, raw, seconds), _speed(bare, raw, seconds)) for _ in range(ROUNDS)]
        ratio = statistics.median(ours / theirs for ours, theirs in pairs)
        found[kind] = Parsed(ratio, *(statistics.median(side) for side in zip(*pairs, strict=True)))
    return found


def _speed(parse: Callable[[bytes], object], raw: bytes, seconds: float) -> float:
    done, began = 0, time.process_time()
    while (taken := time.process_time() - began) < seconds:
        parse(raw)
        done += 1
    return done / taken


def measure(seconds: float, mails: int) -> Mails:
    """On fresh servers. What is filed is the mail of 1 kB, each with an id of its own."""
    parsed = parsing(seconds / 60)
    LOCAL.mkdir(parents=True, exist_ok=True)
    with infra(kind="local", purpose="test") as servers:
        filed = {
            "SMTP": _filed_by(servers, smtplib.SMTP, seconds),
            "LMTP": _filed_by(servers, smtplib.LMTP, seconds),
            "a mailbox (IMAP)": _filed_from_mailbox(servers, mails),
        }
    return Mails(parsed, filed)


def _unique(n: int) -> bytes:
    return kinds()[FILED].replace(b"<uno@", f"<{n}.{secrets.token_hex(4)}@".encode())


def _filed_by(servers: Addresses, kind: type[smtplib.SMTP], seconds: float) -> Filed:
    """Kept connections, each handing over again once it was answered; a second of warm-up is not counted."""
    with claimed_ports() as ports:
        port, name = ports.take(), "LMTP_LISTEN" if kind is smtplib.LMTP else "SMTP_LISTEN"
        with _intake(servers, "receive", {name: f"127.0.0.1:{port}"}) as up:
            _all_hand_over(kind, port, 1.0)
            before, began = up.cpu_seconds(), time.perf_counter()
            mails = _all_hand_over(kind, port, seconds)
            return up.filed(mails, time.perf_counter() - began, before)


def _all_hand_over(kind: type[smtplib.SMTP], port: int, seconds: float) -> int:
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        return sum(senders.map(lambda _: _one_after_another(kind, port, until), range(CONNECTIONS)))


def _one_after_another(kind: type[smtplib.SMTP], port: int, until: float) -> int:
    done = 0
    with kind("127.0.0.1", port, timeout=60) as client:
        while time.monotonic() < until:
            client.sendmail("ana@correo.example", [OWN], _unique(done))
            done += 1
    return done


def _filed_from_mailbox(servers: Addresses, mails: int) -> Filed:
    """They lie there when intake starts; from the first that is filed to the last."""
    user, at = f"buzon-{secrets.token_hex(4)}@caja.example", urlsplit(servers.smtp_url)
    with smtplib.SMTP(at.hostname or "", at.port or 0, timeout=60) as smtp:
        for n in range(mails):
            smtp.sendmail("ana@correo.example", [user], _unique(n))
    imap = urlsplit(servers.imap_url)
    url = f"imap://{user.replace('@', '%40')}:x@{imap.hostname}:{imap.port}/INBOX"
    with _intake(servers, "fetch", {"IMAP_URL": url}) as up:
        while not (first := up.rows.count_documents({})):
            time.sleep(0.02)
        before, began = up.cpu_seconds(), time.perf_counter()
        while up.rows.count_documents({}) < mails:
            time.sleep(0.05)
        return up.filed(mails - first, time.perf_counter() - began, before)


@dataclass(frozen=True)
class Intake:
    """One process at work, and what it has filed."""

    pid: int
    rows: Any

    def cpu_seconds(self) -> float:
        return usage(self.pid).cpu

    def filed(self, mails: int, seconds: float, cpu_before: float) -> Filed:
        return Filed(mails / seconds, (self.cpu_seconds() - cpu_before) / mails * 1000)


@contextmanager
def _intake(servers: Addresses, role: str, own: Mapping[str, str]) -> Iterator[Intake]:
    """One process with one role."""
    name = f"bench{secrets.token_hex(4)}-"
    asyncio.run(create_topics(servers.kafka, name, 12))
    with claimed_ports() as ports, TemporaryDirectory(prefix="bench-", dir=LOCAL) as directory:
        port, place = ports.take(), Path(directory)
        (place / "files").mkdir()
        environment = {
            **servers.environment(),
            "KAFKA_TOPIC_PREFIX": name,
            "MONGODB_DATABASE": name.rstrip("-"),
            "FILES_URL": f"file://{place}/files",
            "ORG_CODE": "BENCH",
            "ORG_NAME": "Caja de ejemplo",
            "ORG_MAIL_DOMAIN": "caja.example",
            "ORG_MAIL_ADDRESS": OWN,
            "STAFF_FILE": str(write_staff(place)),
            "SIGNING_KEYS": SIGNING_KEY,
            "PUBLIC_URL": "http://127.0.0.1:8101",
            "PORT": str(port),
            "IMAP_URL": "",
            "MAIL_MOST_AN_HOUR": "0",
            "LOG_LEVEL": "WARNING",
            **own,
        }
        command = [sys.executable, "-W", "ignore", "-m", "intake", role]
        server = Server("intake", command, place / "log", lambda _: _ready(port), environment=environment)
        with running({"intake": server}), MongoClient[dict[str, Any]](servers.mongodb_uri) as client:
            server.start()
            assert server.pid is not None
            yield Intake(server.pid, client[name.rstrip("-")]["submission_cases"])


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
