# SPDX-License-Identifier: Apache-2.0
"""The runner of the tests is a checker: it must fail when they do."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ventanilla_local import suites as suite_list
from ventanilla_local.downloads import ROOT
from ventanilla_local.suites import Outcome, Suite, outcome, prepare, suites
from ventanilla_local.testing import summarise

SAMPLES = {
    "passes": ("def test_it(): pass", Outcome(passed=1)),
    "fails": ("def test_it(): assert False\ndef test_other(): pass", Outcome(passed=1, failed=1)),
    "breaks in setup": (
        "import pytest\n@pytest.fixture\ndef broken(): raise ValueError\ndef test_it(broken): pass",
        Outcome(failed=1),
    ),
    "cannot be imported": ("import nothing_of_that_name", Outcome(failed=1)),
    "is skipped": ("import pytest\ndef test_it(): pytest.skip('not here')", Outcome(skipped=1)),
    "has no tests": ("", Outcome()),
    "dies": ("import os\ndef test_it(): os._exit(0)", Outcome(failed=1)),
}


@pytest.mark.parametrize(("code", "expected"), SAMPLES.values(), ids=SAMPLES)
def test_what_a_run_of_pytest_counts_as(tmp_path: Path, code: str, expected: Outcome) -> None:
    (tmp_path / "test_sample.py").write_text(code, encoding="utf-8")
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", f"--rootdir={tmp_path}", str(tmp_path)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    assert outcome(done.returncode, report) == expected


@pytest.mark.parametrize(
    ("outcomes", "code", "last_line"),
    [
        ([Outcome(passed=3), Outcome(passed=4, skipped=1)], 0, "7 passed, 0 failed"),
        ([Outcome(passed=3), Outcome(failed=2)], 1, "3 passed, 2 failed"),
        ([Outcome(passed=3), Outcome()], 0, "3 passed, 0 failed"),
        ([Outcome(), Outcome(skipped=2)], 1, "0 passed, 0 failed"),
        ([], 1, "0 passed, 0 failed"),
    ],
)
def test_the_last_line_is_the_sum_and_nothing_tested_is_a_failure(
    outcomes: list[Outcome], code: int, last_line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert summarise([(Suite("sample", "tests"), found, 1.0) for found in outcomes]) == code
    assert capsys.readouterr().out.splitlines()[-1] == last_line


def test_members_and_directories_without_tests_are_no_suites(tmp_path: Path) -> None:
    for directory in ("contracts/tests", "services/routing/tests/unit", "tests/e2e", "tests/bench"):
        (tmp_path / directory).mkdir(parents=True)
    for file in ("services/routing/tests/unit/test_terms.py", "tests/e2e/test_journey.py", "tests/bench/ratio.py"):
        (tmp_path / file).touch()
    assert [suite.name for suite in suites(tmp_path)] == ["routing", "e2e"]


@pytest.mark.slow
def test_a_service_is_tested_with_its_own_dependencies_only() -> None:
    programs = prepare(Suite("intake", "services/intake/tests", "services/intake"))
    there = _importable(programs / "python", "intake", "chassis", "ventanilla_contracts", "pytest")
    assert there == ["intake", "chassis", "ventanilla_contracts", "pytest"]
    foreign = ["routing", "notifications", "satisfaction", "reporting", "ventanilla_local", "mypy", "importlinter"]
    assert _importable(programs / "python", *foreign) == []


def _importable(python: Path, *modules: str) -> list[str]:
    code = f"import importlib.util; print(*(m for m in {modules!r} if importlib.util.find_spec(m)))"
    done = subprocess.run([python, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.split()


def test_every_member_of_the_workspace_is_tested() -> None:
    members = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["workspace"]["members"]
    assert sorted(members) == sorted(suite_list.MEMBERS)
