# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from pathlib import Path

import pytest

from ventanilla_local import doctor
from ventanilla_local.machine import Machine

SCRIPT = Path(doctor.__file__)


def test_it_answers_before_anything_is_installed() -> None:
    isolated = [sys.executable, "-I", "-S", str(SCRIPT)]
    done = subprocess.run(isolated, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)  # noqa: S603
    assert "What Ventanilla needs:" in done.stdout
    assert done.stderr == ""


def test_a_machine_that_has_all_misses_nothing() -> None:
    machine = Machine(docker=True, java=17, maven=True, chromium=True, go=(1, 23), node=20, npm=True)
    lines, can_run = doctor.report(machine, {})
    assert can_run
    assert not [line for line in lines if "missing" in line]
    assert lines[-2:] == ["  make run: INFRA=docker", "  make test: INFRA=docker"]


def test_a_bare_machine_can_run_but_not_test() -> None:
    lines, can_run = doctor.report(Machine(), {})
    assert can_run
    assert "  make run: INFRA=embedded" in lines
    assert "make test: cannot run" in lines[-1]


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (Machine(python=(3, 9)), "Python 3.11 or newer: this is 3.9"),
        (Machine(venv=False), "apt-get install python3-venv"),
        (Machine(mongod_packages=["libcurl4", "libssl3"]), "apt-get install libcurl4 libssl3"),
    ],
)
def test_what_keeps_the_house_from_running_is_said_with_its_cure(machine: Machine, words: str) -> None:
    lines, can_run = doctor.report(machine, {})
    assert not can_run
    assert [line for line in lines if "missing" in line and words in line]


@pytest.mark.parametrize("machine", [Machine(), Machine(node=20), Machine(node=18, npm=True)])
def test_without_a_node_that_fits_the_parser_is_missing_and_the_house_still_runs(machine: Machine) -> None:
    lines, can_run = doctor.report(machine, {})
    assert can_run
    (line,) = [line for line in lines if "Node 20 or newer with npm" in line]
    assert line.startswith("  missing")
    assert line.endswith("apt-get install nodejs npm")


def test_without_root_it_says_what_root_should_install(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.install(Machine(mongod_packages=["libcurl4"], can_install=False))
    assert "apt-get install libcurl4" in capsys.readouterr().err


@pytest.mark.parametrize("machine", [Machine(can_install=True), Machine(docker=True, mongod_packages=["libcurl4"])])
def test_what_is_not_needed_is_not_installed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was installed"))
    doctor.install(machine)


def test_a_browser_is_brought_where_we_may_and_asked_for_where_we_may_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    doctor.install_browser(Machine(chromium=True, can_install=True))
    doctor.install_browser(Machine(can_install=False))
    assert ran == []
    assert "apt-get install chromium" in capsys.readouterr().err
    doctor.install_browser(Machine(can_install=True))
    assert [command[-2:] for command in ran] == [["chromium", "fonts-liberation"]]


def test_an_apt_that_has_no_browser_breaks_nothing_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(command: list[str], *, check: bool, **_: object) -> subprocess.CompletedProcess[bytes]:
        if check:
            raise subprocess.CalledProcessError(100, command)
        return subprocess.CompletedProcess(command, 100)

    monkeypatch.setattr(subprocess, "run", run)
    doctor.install_browser(Machine(can_install=True))
    assert "playwright install --with-deps chromium" in capsys.readouterr().err
