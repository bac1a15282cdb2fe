# SPDX-License-Identifier: Apache-2.0
"""The legal clock at the terminal, in the words of the pages."""

from typer.testing import CliRunner

from routing.__main__ import app

WORKED = ["deadline", "general", "2026-03-02T10:15:00-0500"]


def test_each_day_and_the_sum_are_told_and_the_date_comes_last() -> None:
    told = CliRunner().invoke(app, [*WORKED, "--stop", "2026-03-10/2026-03-24"])
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[-1] == "2026-04-08"
    assert "2026-03-23  ·  Festivo: Día de San José (trasladado)" in lines
    assert "2026-03-11  ·  Término interrumpido mientras la persona completa la solicitud" in lines
    assert any(line.startswith("Días hábiles que cuentan: 15") for line in lines)


def test_in_english_and_restarted() -> None:
    told = CliRunner().invoke(app, [*WORKED, "--stop", "2026-03-10/2026-03-24", "--restart", "--language", "en"])
    assert told.stdout.splitlines()[-1] == "2026-04-16"
    assert "Business day that no longer counts" in told.stdout


def test_what_cannot_be_computed_says_why_and_exits_2() -> None:
    told = CliRunner().invoke(app, ["deadline", "transfer", "2026-03-02T10:15:00-0500", "--extended"])
    assert told.exit_code == 2
    assert "Este término no se puede ampliar" in told.output
    assert CliRunner().invoke(app, [*WORKED, "--stop", "ayer"]).exit_code == 2
