# SPDX-License-Identifier: Apache-2.0
"""The table claims nothing that was not run, and tells what failed."""

from pathlib import Path

from tests.faults.rows import Row, keep, kept
from tests.faults.table import markdown, summary

PASSED = Row("routing", "kill", 7, "passed", cases=40, seconds=30.0, recovered=3.4, refused=2)
FAILED = Row("routing", "stop", 7, "failed", ("lost write: a-1 is not in routing",), cases=40, seconds=90.0)
SKIPPED = Row("intake", "cut", 7, "skipped", ("no Go",))
DIED = Row("intake", "after-commit", 7, "passed", cases=40, seconds=20.0, recovered=2.0, published_again=3)
AUDIT = Row("routing", "audit", 7, "passed", cases=80, seconds=9.0)
ROWS = [PASSED, FAILED, AUDIT, SKIPPED, DIED]


def lines_of(rows: list[Row]) -> dict[str, list[str]]:
    """The cells of each line by its first one."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown(rows).splitlines() if line]
    return {line[0]: line[1:] for line in cells}


def test_rows_are_kept_as_they_come(tmp_path: Path) -> None:
    file = tmp_path / "below" / "rows.jsonl"
    for row in ROWS:
        keep(row, file)
    assert kept(file) == ROWS
    assert kept(tmp_path / "none") == []


def test_a_cell_tells_how_long_it_took_or_that_it_failed_or_was_skipped() -> None:
    lines = lines_of(ROWS)
    assert lines["kill"][:2] == ["", "3 s"]
    assert lines["stop"][:2] == ["", "failed"]
    assert lines["cut"][:2] == ["skipped", ""]
    assert lines["after-commit"] == ["2 s", "", "", "", ""]
    assert lines["audit"][:2] == ["", "ok"]


def test_what_was_not_run_is_not_there() -> None:
    lines = lines_of(ROWS)
    assert "slow" not in lines
    assert "after-publish" not in lines


def test_an_audit_adds_no_cases_to_the_sum() -> None:
    lines = lines_of(ROWS)
    assert lines["routing"][0] == "80"
    assert lines["all"][0] == "120"
    assert summary(ROWS) == "5 rows: 3 passed, 1 failed, 1 skipped; 120 cases in 2 minutes"


def test_a_row_tells_why_it_failed() -> None:
    assert FAILED.told().splitlines()[1].strip() == "lost write: a-1 is not in routing"
    assert "at rest after 3.4 s" in PASSED.told()
