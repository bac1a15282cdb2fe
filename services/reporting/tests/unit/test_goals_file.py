# SPDX-License-Identifier: Apache-2.0
"""Goals of an organisation's own (GOALS_FILE)."""

from pathlib import Path

import pytest

from reporting.goals import read_goals


def test_a_wrong_file_stops_the_start_with_its_line_and_its_cure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text("version: '1'\ngoals:\n  answered-in-time: soon\n  happiness: 20\nmore: 1\n", "utf-8")
    with pytest.raises(SystemExit) as ended:
        read_goals(path)
    assert ended.value.code == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": Input")[0] for line in told[:-1]] == [
        "goals.yaml:3: goals.answered-in-time.float",
        "goals.yaml:3: goals.answered-in-time.int",
        "goals.yaml:4: goals.happiness",
    ]
    assert told[-1] == "goals.yaml:5: more: Extra inputs are not permitted; remove it, or correct its spelling"


def test_without_a_file_the_goals_are_the_packages() -> None:
    assert read_goals(None)
