# SPDX-License-Identifier: Apache-2.0
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla_local.process import DidNotStartError, Server, running, spawn

WORKS = ["sh", "-c", "echo ready; exec sleep 600"]


def says_ready(server: Server) -> bool:
    return b"ready" in server.log_since_start()


def server_of(directory: Path, command: list[str]) -> Server:
    return Server("sample", command, directory / "sample.log", says_ready)


def test_a_server_is_started_killed_and_started_again(tmp_path: Path) -> None:
    server = server_of(tmp_path, WORKS)
    with running({"sample": server}):
        server.start()
        first = server.pid
        server.kill()
        assert server.pid is None
        server.start()
        assert server.pid not in (None, first)
    assert server.pid is None


def test_readiness_is_read_from_the_log_of_this_start_only(tmp_path: Path) -> None:
    server = server_of(tmp_path, WORKS)
    with running({"sample": server}):
        server.start()
        server.stop()
        server.command = ["sh", "-c", "exit 3"]
        with pytest.raises(DidNotStartError):
            server.start()


def test_a_server_that_ends_while_starting_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(DidNotStartError, match="port is taken"):
        server_of(tmp_path, ["sh", "-c", "echo port is taken; exit 1"]).start()


def test_a_silent_server_is_given_up_and_stopped(tmp_path: Path) -> None:
    server = server_of(tmp_path, ["sleep", "600"])
    with running({"sample": server}):
        server.launch()
        with pytest.raises(DidNotStartError, match="silent"):
            server.wait_until_ready(0.1)
    assert server.pid is None


def test_a_server_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ventanilla_local.process.STOP_SECONDS", 0.2)
    server = server_of(tmp_path, ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
    server.start()
    server.stop()
    assert server.pid is None


def test_what_a_killed_parent_started_dies_with_it(
    alive: Callable[[set[int]], set[int]],
    family_of: Callable[[int], set[int]],
    wait_for: Callable[[Callable[[], object]], None],
) -> None:
    code = "from ventanilla_local.process import spawn; spawn(['sleep', '600']).wait()"
    parent = spawn([sys.executable, "-c", code])
    wait_for(lambda: "sleep" in {_name(pid) for pid in family_of(parent.pid)})
    family = family_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not alive(family))


def test_a_process_outlives_the_thread_that_asked_for_it() -> None:
    code = """
import threading, time
from ventanilla_local.process import spawn
started = []
thread = threading.Thread(target=lambda: started.append(spawn(["sleep", "600"])))
thread.start(); thread.join()
time.sleep(0.3)
print(started[0].poll())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "None"


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
