# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from typer.testing import CliRunner

from chassis.__main__ import app
from chassis.passwords import hash_password, hash_token, new_password, new_token, password_matches
from chassis.staff import Role, load_staff, read_staff
from chassis.yaml_file import FaultyFile

ANA = {"id": "ana", "name": "Ana", "email": "ana@example.org", "roles": ["agent"], "area": "front"}
LUZ = {"id": "luz", "name": "Luz", "email": "luz@example.org", "roles": ["head", "responder"], "area": "front"}


def written(path: Path, *members: dict[str, Any], **more: Any) -> Path:
    file = path / "staff.yaml"
    file.write_text(yaml.safe_dump({"version": 1, "members": list(members), **more}), "utf-8")
    return file


def faults(file: Path) -> list[str]:
    with pytest.raises(FaultyFile) as refused:
        read_staff(file)
    return list(refused.value.lines)


def test_members_are_found_by_what_one_knows_of_them(tmp_path: Path) -> None:
    token = new_token()
    staff = read_staff(written(tmp_path, ANA | {"deputy": "luz", "token_hashes": [hash_token(token)]}, LUZ))
    ana, luz = staff.members
    assert staff.by_id("ana") is ana
    assert staff.by_email(" Ana@Example.org") is ana
    assert staff.by_token(token) is ana
    assert staff.with_role("head") == (luz,)
    assert staff.for_area("front") == (ana, luz)
    assert staff.for_area("front", "responder") == (luz,)
    assert staff.deputy_of(ana) is luz
    assert ana.ref.email == "ana@example.org"
    assert (staff.by_id("x"), staff.by_email("x"), staff.by_token("x"), staff.deputy_of(luz)) == (None,) * 4


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ([ANA, ANA | {"email": "a2@example.org"}], ":10: members[1].id: ana stands twice; give each its own id"),
        ([ANA, LUZ | {"email": "ana@example.org"}], ":9: members[1].email: ana@example.org stands twice; give each"),
        ([ANA | {"email": "Ana@e.org"}], ":3: members[0].email: member ana: the e-mail address must be in lower case"),
        ([ANA | {"deputy": "eva"}], ": members[0].deputy: member ana: deputy eva is no member; name the id of"),
        ([ANA | {"deputy": "ana"}], ": members[0].deputy: member ana: is their own deputy; name another"),
        ([ANA | {"token_hashes": ["0" * 64]}, LUZ | {"token_hashes": ["0" * 64]}], "member luz: a token stands twice"),
        ([ANA | {"roles": []}], ": members[0].roles: member ana: has no role; give them"),
        ([ANA | {"colour": "red"}], ": members[0].colour: Extra inputs are not permitted; remove it, or correct"),
        ([{"name": "Ana"}], ":2: members[0].id: Field required; add it"),
        ([], "members: has no members; write at least one"),
    ],
)
def test_each_fault_of_a_file_is_told_with_its_line_and_its_cure(
    tmp_path: Path, members: list[dict[str, Any]], fault: str
) -> None:
    told = faults(written(tmp_path, *members))
    assert any(line.startswith("staff.yaml:") and fault in line for line in told), told


def test_a_password_in_plain_text_is_refused_and_not_shown(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, ANA | {"password_hash": "hunter2"}))
    assert ": members[0].password_hash: " in fault
    assert "hunter2" not in fault


@pytest.mark.parametrize("text", ["a: [", "- ana", "", "version: 2\nmembers: []", "version: 1\nmembers: []"])
def test_what_is_no_staff_file_stops_the_start(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "staff.yaml"
    file.write_text(text)
    with pytest.raises(SystemExit) as stopped:
        load_staff(file)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("staff.yaml:")


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FaultyFile, match=r"^STAFF_FILE: .* cannot be read \(No such file"):
        read_staff(tmp_path / "none.yaml")


def test_a_password_matches_its_hash_only() -> None:
    password_hash = hash_password("correcta")
    assert password_matches("correcta", password_hash)
    assert not password_matches("incorrecta", password_hash)
    assert not password_matches("", None)
    assert hash_password("correcta") != password_hash
    assert "correcta" not in password_hash


def test_fresh_passwords_and_tokens_differ() -> None:
    assert new_password() != new_password()
    assert new_token() != new_token()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    file = tmp_path_factory.mktemp("demo") / "config" / "staff.yaml"
    result = CliRunner().invoke(app, ["staff", "init", "--out", str(file), "--domain", "caja.test", "--json"])
    assert result.exit_code == 0, result.output
    return file, json.loads(result.stdout)


def test_the_demonstration_has_somebody_for_every_role_and_area(demo: tuple[Path, list[dict[str, str]]]) -> None:
    staff = load_staff(demo[0])
    assert all(staff.with_role(role) for role in get_args(Role))
    areas = {member.area for member in staff.members if member.area}
    assert len(areas) == 10
    assert all(staff.for_area(area, "head") for area in areas)
    assert all(staff.for_area(area, "responder") or staff.for_area(area, "agent") for area in areas)


def test_the_demonstration_prints_logins_that_work_and_stores_only_hashes(
    demo: tuple[Path, list[dict[str, str]]],
) -> None:
    file, logins = demo
    text, staff = file.read_text("utf-8"), load_staff(file)
    login = logins[0]
    member = staff.by_email(login["email"])
    assert member is not None
    assert member is staff.by_token(login["token"])
    assert password_matches(login["password"], member.password_hash)
    assert not any(one["password"] in text or one["token"] in text for one in logins)
    assert file.stat().st_mode & 0o077 == 0


def test_init_prints_one_login_per_role_and_replaces_nothing_unasked(tmp_path: Path) -> None:
    file = tmp_path / "staff.yaml"
    result = CliRunner().invoke(app, ["staff", "init", "--out", str(file)])
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["role", *get_args(Role)]
    again = CliRunner().invoke(app, ["staff", "init", "--out", str(file)])
    assert again.exit_code == 2
    assert "exists" in again.stderr


def test_the_command_line_hashes_makes_tokens_and_checks(tmp_path: Path) -> None:
    hashed = CliRunner().invoke(app, ["staff", "hash"], input="secreta\nsecreta\n")
    assert password_matches("secreta", hashed.stdout.splitlines()[-1])
    token, token_hash = [line.split()[1] for line in CliRunner().invoke(app, ["staff", "token"]).stdout.splitlines()]
    assert hash_token(token) == token_hash
    good = CliRunner().invoke(app, ["staff", "check", str(written(tmp_path, ANA))])
    assert (good.exit_code, good.stdout.endswith("1 members\n")) == (0, True)
    bad = CliRunner().invoke(app, ["staff", "check", str(written(tmp_path, ANA | {"email": "x"}))])
    assert bad.exit_code == 2
