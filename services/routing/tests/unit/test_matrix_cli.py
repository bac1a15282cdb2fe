# SPDX-License-Identifier: Apache-2.0
"""`python -m routing matrix check`: every fault with its line and cure, without a database."""

from pathlib import Path

import pytest
import yaml
from matrix_story import SAMPLE, changed
from routing_story import staff
from typer.testing import CliRunner

from routing.matrix.cli import matrix


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")
    own = {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "MONGODB_URI": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=50",
        "FILES_URL": f"file://{tmp_path}/files",
        "ORG_CODE": "CAJA",
        "ORG_NAME": "Caja de ejemplo",
        "ORG_MAIL_DOMAIN": "caja.example",
        "ORG_MAIL_ADDRESS": "servicio@caja.example",
        "STAFF_FILE": str(tmp_path / "staff.yaml"),
        "SIGNING_KEYS": "a-key-for-tests-only-of-32-characters",
        "PUBLIC_URL": "http://window.example",
    }
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def test_a_matrix_that_can_be_used_is_told_in_numbers(settings: Path) -> None:
    path = settings / "matrix.yaml"
    path.write_text(SAMPLE, "utf-8")
    done = CliRunner().invoke(matrix, ["check", str(path)])
    assert (done.exit_code, "13 areas, 9 rules, 4 levels, 0 absences" in done.stdout) == (0, True)


def test_each_fault_is_a_line_and_ends_with_2(settings: Path) -> None:
    path = settings / "matrix.yaml"
    path.write_text(changed(("marcela-duque", "nadie"), ("valentina-uribe, rosario", "nadie, rosario")), "utf-8")
    done = CliRunner().invoke(matrix, ["check", str(path)])
    assert done.exit_code == 2
    assert done.stderr.count("nadie is not in the staff file; correct the id") == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--by", "nadie", "--note", "x"], "--by nadie: is not in the staff file"),
        (["--by", "rosario-henao", "--note", "x", "--open-cases", "both"], "expected keep or take"),
    ],
)
def test_an_import_says_who_and_what_becomes_of_open_cases(settings: Path, asked: list[str], told: str) -> None:
    path = settings / "matrix.yaml"
    path.write_text(SAMPLE, "utf-8")
    done = CliRunner().invoke(matrix, ["import", str(path), *asked])
    assert (done.exit_code, told in done.stderr) == (1, True)
