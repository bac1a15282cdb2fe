# SPDX-License-Identifier: Apache-2.0
"""Links through Toxiproxy."""

from pathlib import Path

import pytest

from ventanilla_local import toxiproxy
from ventanilla_local.downloads import DownloadError


def test_without_go_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(toxiproxy, "LOCAL", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DownloadError, match="or newer"):
        toxiproxy.toxiproxy()
