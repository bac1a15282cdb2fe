# SPDX-License-Identifier: Apache-2.0
"""Run one command with the infrastructure up and its addresses in the environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from .addresses import Addresses
from .infra import infra
from .orphans import adopt_orphans, end_orphans
from .process import spawn

PATIENCE_SECONDS = 30.0  # for a command that was told to end


class EndedError(BaseException):
    """SIGTERM or SIGHUP came: unwind as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def with_infra(command: list[str], *, mail: bool) -> int:
    """The command's exit code; 128 + n when signal n ended it or us."""
    with infra(mail=mail) as addresses:
        print(addresses.description, file=sys.stderr, flush=True)
        return run(command, environment_of(addresses), keep=addresses.pids())


def environment_of(addresses: Addresses) -> dict[str, str]:
    """Ours, with the addresses; whoever chooses a way in it takes these."""
    return {**os.environ, **addresses.environment(), "INFRA": "env"}


def run(command: list[str], environment: Mapping[str, str], *, keep: set[int], seconds: float | None = None) -> int:
    """Run in the foreground; what the command leaves running is killed, except the servers `keep`.

    After `seconds` the command gets what Ctrl-C would send it, and TimeoutExpired is raised.
    """
    adopt_orphans()
    process = spawn(command, own_session=False, environment=environment, death_signal=signal.SIGTERM)
    try:
        code = process.wait(seconds)
    except BaseException as reason:
        if not isinstance(reason, KeyboardInterrupt):  # then the terminal has told the command too
            process.send_signal(signal.SIGTERM if isinstance(reason, EndedError) else signal.SIGINT)
        _wait(process)
        raise
    finally:
        end_orphans(keep)
    return code if code >= 0 else 128 - code


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def signals_unwind() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack once, so that everything started is stopped."""

    def end(number: int, _frame: FrameType | None) -> None:
        for other in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise EndedError(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
