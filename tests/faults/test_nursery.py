# SPDX-License-Identifier: Apache-2.0
"""A process from the nursery is one like any other: its own environment and log, its own end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.nursery import Nursed, nursery

SAYS = "import os; print(os.environ['WORD'], os.getpid(), os.getsid(0), 'PATH' in os.environ, flush=True)"
STAYS = f"{SAYS}; import time; time.sleep(600)"


@pytest.fixture(scope="module")
def cot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with nursery(tmp_path_factory.mktemp("nursery"), modules=()) as place:
        yield place


def server(cot: Path, directory: Path, statement: str) -> Nursed:
    return Nursed(
        "says",
        ["python", "-m", "timeit", "-n1", "-r1", statement],
        directory / "log",
        lambda one: bool(one.log_since_start()),
        environment={"WORD": "ea"},
        nursery=cot,
    )


def test_it_runs_a_module_in_an_environment_and_a_session_of_its_own(cot: Path, tmp_path: Path) -> None:
    says = server(cot, tmp_path, SAYS)
    says.launch()
    assert says.process is not None
    assert says.process.wait(120) == 0
    pid = says.process.pid
    assert says.log_since_start().decode().startswith(f"ea {pid} {pid} False\n")
    assert says.pid is None


def test_it_is_another_process_each_time(cot: Path, tmp_path: Path) -> None:
    stays = server(cot, tmp_path, STAYS)
    stays.start()
    first = stays.pid
    stays.kill()
    stays.start()
    assert stays.pid not in (None, first)
    stays.stop()


def test_it_tells_how_it_ended(cot: Path, tmp_path: Path) -> None:
    for end, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, -signal.SIGTERM)):
        stays = server(cot, tmp_path, STAYS)
        stays.start()
        assert stays.process is not None
        with pytest.raises(subprocess.TimeoutExpired):
            stays.process.wait(0.01)
        os.kill(stays.process.pid, end)
        assert stays.process.wait(120) == code
        assert stays.process.poll() == code
    raises = server(cot, tmp_path, "raise ValueError")
    raises.launch()
    assert raises.process is not None
    assert raises.process.wait(120) == 1


def test_what_it_ended_of_is_in_its_log(cot: Path, tmp_path: Path) -> None:
    lost = server(cot, tmp_path, "pass")
    lost.command = ["python", "-m", "no_module_of_this_name"]
    lost.launch()
    assert lost.process is not None
    assert lost.process.wait(120) == 1
    assert "no_module_of_this_name" in lost.last_words()


def test_it_ends_with_its_nursery(tmp_path: Path) -> None:
    with nursery(tmp_path, modules=()) as place:
        stays = server(place, tmp_path, STAYS)
        stays.start()
    assert stays.process is not None
    assert stays.process.wait(120) == -signal.SIGKILL
