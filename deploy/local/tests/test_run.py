# SPDX-License-Identifier: Apache-2.0
"""`run` as a person starts it: the sample day goes through five real services, Ctrl-C leaves nothing."""

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from ventanilla_local.downloads import ROOT
from ventanilla_local.sample import sample_day

pytestmark = pytest.mark.slow

PYTHON = ROOT / ".venv" / "bin" / "python"
"""The workspace's own: it has the five services, which this suite's environment has not."""

ADDRESSES = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "SMTP_URL", "IMAP_URL", "MAIL_API_URL")
LAST_LINES = ("3. Ask why", "The sample day is not complete")


@pytest.fixture
def house() -> Iterator[subprocess.Popen[str]]:
    given = {name: value for name, value in os.environ.items() if name not in (*ADDRESSES, "VIRTUAL_ENV", "PYTHONPATH")}
    command = [str(PYTHON), "-m", "ventanilla_local", "run", "--apart"]
    process = subprocess.Popen(  # noqa: S603
        command,
        env={**given, "INFRA": "local"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def test_the_sample_day_is_filed_and_counted_and_ctrl_c_leaves_nothing(
    house: subprocess.Popen[str], family_of: Callable[[int], set[int]], alive: Callable[[set[int]], set[int]]
) -> None:
    assert house.stdout
    lines: list[str] = []
    for line in house.stdout:
        lines.append(line)
        if any(last in line for last in LAST_LINES):
            break
    text = "".join(lines)
    day = sample_day()
    assert f"{len(day)} sample cases filed and counted by reporting" in text, text
    kinds = Counter(re.findall(r" is a ([a-z]+) for ", text))
    assert kinds == Counter(sample.kind for sample in day)
    for seen in ("REMINDER", "TERM MISSED", "ESCALATED to level 2", "ANSWERED in time", "ANSWERED LATE", "call 1:"):
        assert seen in text, seen
    assert "refused" not in text
    family = family_of(house.pid)
    assert len(family) >= 8
    house.send_signal(signal.SIGINT)
    house.communicate()
    assert house.returncode == 128 + signal.SIGINT
    assert alive(family) == set()
