# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.slow

Launcher = Callable[..., subprocess.Popen[bytes]]
FamilyOf = Callable[[int], set[int]]
Alive = Callable[[set[int]], set[int]]
WaitFor = Callable[[Callable[[], object]], None]


def test_the_command_gets_the_addresses_its_exit_code_is_ours_and_what_it_leaves_behind_is_ended(
    launcher: Launcher, alive: Alive
) -> None:
    command = 'echo "$INFRA $KAFKA_BOOTSTRAP_SERVERS"; setsid sleep 600 & echo $!; exit 7'
    runner = launcher("with-infra", "--no-mail", "--", "sh", "-c", command)
    output, _ = runner.communicate()
    assert runner.returncode == 7
    assert b"INFRA=local" in output
    assert b"env 127.0.0.1:" in output
    left = next(int(line) for line in output.split() if line.isdigit())
    assert alive({left}) == set()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_nothing_is_left_when_the_runner_is_ended(
    launcher: Launcher, number: signal.Signals, code: int, family_of: FamilyOf, alive: Alive
) -> None:
    runner = launcher("with-infra", "--no-mail", "--", "sh", "-c", "sleep 600 & echo up; wait")
    family = _family_once_up(runner, family_of)
    assert len(family) == 4  # kafka, mongod, sh, sleep
    tell = os.killpg if number == signal.SIGINT else os.kill  # Ctrl-C tells the command too
    tell(runner.pid, number)
    assert runner.wait() == code
    assert alive(family) == set()


def test_the_servers_and_the_command_die_with_a_killed_runner(
    launcher: Launcher, family_of: FamilyOf, alive: Alive, wait_for: WaitFor
) -> None:
    runner = launcher("with-infra", "--no-mail", "--", "sh", "-c", "echo up; exec sleep 600")
    family = _family_once_up(runner, family_of)
    assert len(family) == 3
    runner.kill()
    wait_for(lambda: not alive(family))


def _family_once_up(runner: subprocess.Popen[bytes], family_of: FamilyOf) -> set[int]:
    assert runner.stdout
    while runner.stdout.readline().strip() != b"up":
        assert runner.poll() is None
    return family_of(runner.pid)


def test_a_way_that_cannot_be_had_is_said_in_one_line(launcher: Launcher) -> None:
    runner = launcher("with-infra", "--", "true", way="cloud")
    output, _ = runner.communicate()
    assert runner.returncode == 1
    assert output.count(b"\n") == 1
    assert b"INFRA=cloud is unknown" in output
