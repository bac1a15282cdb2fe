# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ventanilla_local.house import stop


def test_stop_ends_the_house_that_is_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wait_for: Callable[[Callable[[], object]], None]
) -> None:
    code = f"""
import signal
from pathlib import Path
from ventanilla_local.house import only_house
with only_house(Path({str(tmp_path / "pid")!r})):
    signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code]) as up:  # noqa: S603
        wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(encoding="ascii"))
        assert stop(tmp_path / "pid") == 0
        assert up.wait() == -15
    assert capsys.readouterr().out == "stopped\n"


def test_stop_where_nothing_runs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stop(tmp_path / "pid") == 0
    assert capsys.readouterr().out == "nothing runs\n"
