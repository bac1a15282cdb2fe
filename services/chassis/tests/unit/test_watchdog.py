# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import textwrap

import pytest


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
        print("came to its end")
    """
    source = textwrap.dedent(program).replace("{body}", body)
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


@pytest.mark.parametrize("hang", ['re.match("(a+)+$", "a" * 60 + "b")', "time.sleep(3600)"])
def test_a_process_that_hangs_is_ended_and_prints_nothing(hang: str) -> None:
    ended = run(hang)
    assert ended.returncode == 1
    assert ended.stdout + ended.stderr == ""


def test_a_process_that_works_long_but_lets_the_loop_turn_is_not() -> None:
    ended = run("for _ in range(12): time.sleep(0.1); await asyncio.sleep(0)")
    assert (ended.returncode, ended.stdout) == (0, "came to its end\n")
