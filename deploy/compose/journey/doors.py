# SPDX-License-Identifier: Apache-2.0
"""The doors of a house that is up: its HTTP services, its mailboxes, and who may come in."""

import imaplib
import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

JSON = "application/json"
PATIENCE_SECONDS = 60.0
PORTS = {"intake": 8101, "routing": 8102, "notifications": 8103, "satisfaction": 8104, "reporting": 8105}
T = TypeVar("T")
Logins = dict[str, dict[str, str]]


class JourneyFailedError(Exception):
    """A step did not come true; the text says which and what was seen instead."""


def find_mail(address: str, *words: str) -> EmailMessage | None:
    """The latest mail to this address in which all the words stand. The mail server takes any password."""
    with imaplib.IMAP4(host(), port("IMAP_PORT", 3143), timeout=10) as box:
        box.login(address, "any")
        box.select("INBOX", readonly=True)
        for number in reversed(box.search(None, "ALL")[1][0].split()):
            found = box.fetch(number, "(BODY.PEEK[])")[1][0]
            mail = message_from_bytes(found[1] if isinstance(found, tuple) else b"", policy=policy.default)
            body = mail.get_body(("plain", "html"))
            text = f"{mail['Subject']} {body.get_content() if body else ''}"
            if all(" ".join(word.split()) in " ".join(text.split()) for word in words):
                return mail
    return None


def printed_logins() -> str:
    words = ["docker", "compose", "logs", "--no-log-prefix", "house"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout  # noqa: S603


def read_logins(table: str) -> Logins:
    """From the table that `python -m chassis staff init` prints: role, e-mail, password, token."""
    rows = [line.split() for line in table.splitlines() if re.fullmatch(r"\S+ +\S+@\S+ +\S+ +\S+", line.strip())]
    if not rows:
        raise JourneyFailedError("no logins in the log of the job `house`: see docs/deploy-compose.md for new ones")
    return {role: {"email": email, "password": password, "token": token} for role, email, password, token in rows}


def call(service: str, method: str, path: str, body: Any = None, token: str = "", kind: str = JSON) -> Any:
    """The JSON that a service answers."""
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    request = urllib.request.Request(url(service) + path, content, {"Content-Type": kind}, method=method)  # noqa: S310
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if method == "POST":
        request.add_header("Idempotency-Key", uuid.uuid4().hex)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # the house's own address
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        text = refused.read().decode(errors="replace")[:600]
        raise JourneyFailedError(f"{service} answered {refused.code} to {method} {path}: {text}") from None
    except OSError as error:
        raise JourneyFailedError(f"{service} does not answer at {url(service)}: {error}") from None


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """What `look` finds in the end; a refusal on the way counts as not yet."""
    until, last = time.monotonic() + PATIENCE_SECONDS, ""
    while time.monotonic() < until:
        try:
            if found := look():
                return found
        except (JourneyFailedError, OSError, imaplib.IMAP4.error) as error:
            last = f" ({error})"
        time.sleep(0.3)
    raise JourneyFailedError(f"{what}: not within {PATIENCE_SECONDS:.0f} s{last}")


def url(service: str) -> str:
    return f"http://{host()}:{port(f'{service.upper()}_PORT', PORTS[service])}"


def port(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def host() -> str:
    return os.environ.get("VENTANILLA_HOST", "127.0.0.1")


def step(name: str, what: str) -> None:
    print(f"{name:<14}{what}", flush=True)
