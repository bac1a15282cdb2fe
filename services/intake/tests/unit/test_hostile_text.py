# SPDX-License-Identifier: Apache-2.0
"""Text made to keep a pattern busy, at every place of a mail that a pattern reads: the time grows as the mail does."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import intake.domain.mail as package
from intake.domain.mail.parse import read_mail

BAITS = (
    *(" ", "\t", "a", "1", "(", ")", "()", "<", ">", "<>", '"', '\\"', "\\", ";", ";a=", "=", "=?", "?=", "=?a?q?"),
    *(";a*0*=", "@", "a@", "a.", ",", ":", "-", "_", "> ", "*", "%41", "''", "=C3", "&amp", "<meta ", "<meta charset"),
    *(
        "el 1 ",
        "on 1 wrote",
        "de: a ",
        "de:\n",
        "enviado: ",
        "el lun 3 escribió ",
        "message-id:",
        "\n",
        "\n\n",
        "\n \n",
    ),
    *("\n> ", "--x\n", "\n--x", "<p>", "<!--", "<table><tr><td>", "<blockquote>", "\u00a0", "\ufeff", "=\n", "\x1b$B"),
)
SIZE = 60_000
HEADERS = (
    *("From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Disposition"),
    *("Authentication-Results", "Auto-Submitted", "Precedence", "List-Id", "List-Post", "X-Failed-Recipients"),
)
PARTS = (
    *("text/plain", "text/html", "text/calendar", "message/delivery-status", "text/rfc822-headers", "message/rfc822"),
    *("message/feedback-report", "application/ms-tnef"),
)
LIMIT_SECONDS = 6.0
"""Of processor time for 1.6 MB; a pattern that is quadratic at one of these places takes minutes."""


def mail_full_of(bait: str) -> bytes:
    """The bait in each header that is read, in each parameter, and as each kind of part."""
    long = (bait * (SIZE // len(bait)))[:SIZE]
    folded = long.replace("\n", "\n ")
    headers = "".join(f"{name}: {folded}\n" for name in HEADERS)
    parts = "".join(f"--x\nContent-Type: {kind}; name={folded[:2000]}\n\n{long}\n" for kind in PARTS)
    kind = f"multipart/report; boundary=x; report-type={folded[:2000]}"
    whole = f"{headers}Subject: Re: a\nContent-Type: {kind}\n\n{parts}--x--\n"
    return whole.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("bait", BAITS, ids=ascii)
def test_no_text_keeps_the_reader_busy(bait: str) -> None:
    started = time.process_time()
    read_mail(mail_full_of(bait))
    assert time.process_time() - started < LIMIT_SECONDS


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    for found in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{found.name}")
        yield from ((f"{found.name}.{name}", one) for name, one in vars(module).items() if isinstance(one, re.Pattern))


SHORT_INPUT = {
    "quoting._ATTRIBUTION": 400,  # joined lines are no longer than _LONGEST_ATTRIBUTION
    "quoting._SENT": 2000,  # a line; see _is_header_block
}
"""Patterns that may look twice at what they read, as their callers give them no more than this."""


def seconds(pattern: re.Pattern[str] | re.Pattern[bytes], bait: str, size: int) -> float:
    text = (bait * (size // len(bait) + 1))[:size]
    subject = text.encode() if isinstance(pattern.pattern, bytes) else text
    started = time.process_time()
    pattern.match(subject)  # type: ignore[arg-type]
    for _ in pattern.finditer(subject):  # type: ignore[arg-type]
        pass
    return time.process_time() - started


def busy(name: str, pattern: re.Pattern[str] | re.Pattern[bytes], size: int = 40_000) -> list[str]:
    size = min(size, SHORT_INPUT.get(name, size))
    return [bait for bait in BAITS if seconds(pattern, bait, size) > 0.5]


@pytest.mark.parametrize(("name", "pattern"), [pytest.param(*one, id=one[0]) for one in patterns()])
def test_no_pattern_reads_what_it_has_read(name: str, pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
    assert busy(name, pattern) == []


def test_a_pattern_that_does_is_found() -> None:
    assert busy("quadratic", re.compile(r"\s+$|<.*>.*=")) != []
