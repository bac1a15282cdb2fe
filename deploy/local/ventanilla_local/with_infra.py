# SPDX-License-Identifier: Apache-2.0
"""Run one command with the infrastructure up and its addresses in the environment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .infra import infra
from .process import spawn

PATIENCE_SECONDS = 30.0  # for a command that was told to end


class Ended(BaseException):
    """SIGTERM or SIGHUP came: end as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def with_infra(command: list[str], *, mail: bool) -> int:
    """The command's exit code; 128 + n when it was, or we were, ended by signal n."""
    with signals_end_us():
        try:
            with infra(mail=mail) as addresses:
                print(f"infra: {addresses.description}", file=sys.stderr, flush=True)
                return run(command, {**os.environ, **addresses.environment(), "INFRA": "env"})
        except KeyboardInterrupt:
            return 128 + signal.SIGINT
        except Ended as ended:
            return 128 + ended.number


def run(command: list[str], environment: dict[str, str]) -> int:
    process = spawn(command, own_session=False, environment=environment, death_signal=signal.SIGTERM)
    try:
        code = process.wait()
    except KeyboardInterrupt:  # the terminal told the command too
        _wait(process)
        raise
    except Ended:
        process.terminate()
        _wait(process)
        raise
    return code if code >= 0 else 128 - code


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def signals_end_us() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the stack, so that everything started is stopped."""

    def end(number: int, _frame: FrameType | None) -> None:
        for other in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
