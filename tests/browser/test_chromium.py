# SPDX-License-Identifier: Apache-2.0
"""Without a browser nothing is skipped: it fails, and says what to install."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.browser.chromium import NoBrowser, chromium

ROOT = Path(__file__).parents[2]


def test_playwrights_own_is_taken_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    own = tmp_path / "chrome"
    with pytest.raises(NoBrowser, match="apt-get install chromium"):
        chromium(str(own))
    own.touch()
    assert chromium(str(own)) == str(own)


def test_a_run_without_a_browser_fails_with_a_clear_line(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}
    one = "tests/browser/test_accessibility.py::test_the_checker_finds_what_is_wrong_with_a_page"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no Chromium to look at the pages with: apt-get install chromium" in done.stdout
    assert "skipped" not in done.stdout
