# SPDX-License-Identifier: Apache-2.0
"""Without a browser nothing is skipped: every test of the pages fails, and says what to install."""

from pathlib import Path

import pytest
from tests.browser.chromium import NoBrowser, chromium


def test_playwrights_own_is_taken_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    own = tmp_path / "chrome"
    with pytest.raises(NoBrowser, match="apt-get install chromium"):
        chromium(str(own))
    own.touch()
    assert chromium(str(own)) == str(own)


def test_the_machines_own_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "chromium").touch(mode=0o755)
    assert chromium("/nowhere") == str(tmp_path / "chromium")
