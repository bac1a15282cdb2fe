# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ventanilla_local.addresses import Addresses
from ventanilla_local.infra import infra
from ventanilla_local.orphans import children_of

PATIENCE_SECONDS = 120.0
WaitFor = Callable[[Callable[[], object]], None]
FamilyOf = Callable[[int], set[int]]
Alive = Callable[[set[int]], set[int]]
ADDRESSES = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "SMTP_URL", "IMAP_URL", "MAIL_API_URL")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts background jobs deaf to Ctrl-C, and what they start inherits it: these tests press Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def servers() -> Iterator[Addresses]:
    """Servers of our own: these tests kill them."""
    with infra("local") as addresses:
        yield addresses


@pytest.fixture
def launcher() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `python -m ventanilla_local …` as a user would: no address is given, the way is local unless said."""
    started: list[subprocess.Popen[bytes]] = []

    def launch(*words: str, way: str = "local") -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in ADDRESSES} | {"INFRA": way}
        command = [sys.executable, "-m", "ventanilla_local", *words]
        process = subprocess.Popen(  # noqa: S603
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.fixture(name="wait_for")
def _wait_for() -> WaitFor:
    def wait_for(condition: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < until, "it did not come to pass"
            time.sleep(0.02)

    return wait_for


@pytest.fixture(name="family_of")
def _family_of() -> FamilyOf:
    """All descendants of a process."""

    def family_of(pid: int) -> set[int]:
        children = set(children_of(pid))
        return children.union(*(family_of(child) for child in children))

    return family_of


@pytest.fixture(name="alive")
def _alive() -> Alive:
    """Those that still run; a dead one that nobody has waited for yet does not."""

    def state(pid: int) -> str:
        try:
            return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return ""

    return lambda pids: {pid for pid in pids if state(pid) not in ("", "Z", "X")}
