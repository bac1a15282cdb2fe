# SPDX-License-Identifier: Apache-2.0
import asyncio
import faulthandler
import subprocess
import sys
import textwrap

import pytest

from chassis.testing import eventually
from chassis.watchdog import watch


def run(body: str) -> subprocess.CompletedProcess[str]:
    """A process that is watched, with a limit of half a second."""
    program = """
        import asyncio, re, time
        from chassis.watchdog import watch

        async def main():
            watching = asyncio.create_task(watch(0.5))
            await asyncio.sleep(0)
            {body}
            watching.cancel()

        asyncio.run(main())
    """
    source = textwrap.dedent(program).replace("{body}", body)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=240, check=False)  # noqa: S603


@pytest.mark.parametrize("hang", ['re.match("(a+)+$", "a" * 60 + "b")', "time.sleep(3600)"])
def test_a_process_that_hangs_is_ended_and_prints_nothing(hang: str) -> None:
    ended = run(hang)
    assert ended.returncode == 1
    assert ended.stdout + ended.stderr == ""


async def test_whenever_the_loop_turns_the_end_is_put_off_and_with_the_watch_it_is_called_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not tried by waiting: a busy machine stops any process for half a second."""
    told: list[str] = []
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda seconds, **_: told.append(f"in {seconds} s"))
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: told.append("never"))
    watching = asyncio.create_task(watch(0.05))
    await eventually(lambda: len(told) >= 5)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert set(told[:-1]) == {"in 0.05 s"}
    assert told[-1] == "never"
