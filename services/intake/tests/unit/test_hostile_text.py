# SPDX-License-Identifier: Apache-2.0
"""Text made to keep a pattern busy, at every place of a mail that a pattern reads: the time grows as the mail does."""

import re
import time

import pytest

from intake.domain.mail import parse
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
SIZE = 10_000
HEADERS = (
    *("From", "Reply-To", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Disposition"),
    *("Authentication-Results", "Auto-Submitted", "Precedence", "List-Id", "List-Post", "X-Failed-Recipients"),
)
PARTS = (
    *("text/plain", "text/html", "text/calendar", "message/delivery-status", "text/rfc822-headers", "message/rfc822"),
    *("message/feedback-report", "application/ms-tnef"),
)
LIMIT_SECONDS = 1.0
"""Of processor time for a quarter of a megabyte; a pattern that is quadratic at one of these places takes minutes."""


def mail_full_of(bait: str) -> bytes:
    """The bait in each header that is read, in each parameter, and as each kind of part."""
    long = (bait * (SIZE // len(bait)))[:SIZE]
    folded = long.replace("\n", "\n ")
    headers = "".join(f"{name}: {folded}\n" for name in HEADERS)
    parts = "".join(f"--x\nContent-Type: {kind}; name={folded[:2000]}\n\n{long}\n" for kind in PARTS)
    kind = f"multipart/report; boundary=x; report-type={folded[:2000]}"
    whole = f"{headers}Subject: Re: a\nContent-Type: {kind}\n\n{parts}--x--\n"
    return whole.encode("utf-8", "surrogatepass")


def seconds_of(bait: str) -> float:
    """Of processor time, to read a mail full of it."""
    started = time.process_time()
    read_mail(mail_full_of(bait))
    return time.process_time() - started


@pytest.mark.parametrize("bait", BAITS, ids=ascii)
def test_no_text_keeps_the_reader_busy(bait: str) -> None:
    assert seconds_of(bait) < LIMIT_SECONDS


def test_a_pattern_that_tries_every_start_again_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One place of a mail is enough."""
    naive = re.compile(r"a*a*b")

    def busy(subject: str, **_: object) -> bool:
        return naive.search(subject[:2_000]) is not None

    monkeypatch.setattr(parse, "is_reply", busy)
    assert seconds_of("a") > LIMIT_SECONDS
