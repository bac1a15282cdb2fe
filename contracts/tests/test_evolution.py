# SPDX-License-Identifier: Apache-2.0
"""What may become of a released schema, and the command that says so (docs/contracts.md)."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evolution.__main__ import main
from evolution.changes import Change, Rule, changes

CONTRACTS = Path(__file__).parents[1]

Edit = Callable[[dict[str, Any]], object]


def filed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACTS / "schemas" / "case-filed.v1.json").read_text(encoding="utf-8"))
    return found


def edited(edit: Edit) -> dict[str, Any]:
    schema = filed()
    edit(schema)
    return schema


def person(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Person"]["properties"]
    return found


def test_nothing_changes_by_itself_or_by_other_words() -> None:
    assert changes(filed(), filed()) == []
    assert changes(filed(), edited(lambda schema: schema.update(description="Otherwise said"))) == []


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (lambda s: s["properties"].update(mood={"type": "string"}), Change("$.mood", "new, optional")),
        (
            lambda s: person(s).update(nickname={"type": "string"}),
            Change("$.personal.person.nickname", "new, optional"),
        ),
        (
            lambda s: person(s).pop("phone"),
            Change("$.personal.person.phone", "removed: what it said before is dropped unread", Rule.FULL),
        ),
        (
            lambda s: s["properties"].update(branch=s["properties"].pop("segment")),
            Change("$.segment", "renamed to branch", Rule.FULL),
        ),
        (
            lambda s: person(s)["name"]["anyOf"][0].update(maxLength=100),
            Change("$.personal.person.name", "narrowed: at most 100 (maxLength), 500 may come", Rule.BACKWARD),
        ),
        (
            lambda s: person(s)["name"]["anyOf"][0].update(maxLength=900),
            Change(
                "$.personal.person.name",
                "widened: to readers of the release, at most 500 (maxLength), 900 may come",
                Rule.FORWARD,
            ),
        ),
        (
            lambda s: s["properties"]["channel"]["enum"].append("pigeon"),
            Change("$.channel", 'widened: to readers of the release, "pigeon" is refused', Rule.FORWARD),
        ),
        (
            lambda s: s["properties"]["channel"]["enum"].remove("chat"),
            Change("$.channel", 'narrowed: "chat" is refused', Rule.BACKWARD),
        ),
        (
            lambda s: s["required"].append("municipality"),
            Change("$.municipality", "newly required: what was sent before may have none", Rule.BACKWARD),
        ),
        (
            lambda s: s["required"].remove("case_number"),
            Change("$.case_number", "no longer required: readers of the release count on it", Rule.FORWARD),
        ),
        (
            lambda s: (s["properties"].update(mood={"type": "string"}), s["required"].append("mood")),
            Change("$.mood", "new and required: what was sent before has none", Rule.BACKWARD),
        ),
        (
            lambda s: s["properties"].update(case_number={"type": "integer"}),
            Change("$.case_number", "narrowed: string is refused, expected integer", Rule.FULL),
        ),
        (
            lambda s: s["$defs"]["FileRef"]["properties"]["size"].update(minimum=1),
            Change("$.files[].size", "narrowed: below minimum 1 is refused", Rule.BACKWARD),
        ),
        (
            lambda s: s.update({"x-topic": "routing-cases"}),
            Change("x-topic", "moved from intake-cases to routing-cases, where its readers do not look", Rule.FULL),
        ),
    ],
)
def test_a_change_is_named_with_its_path_and_the_rule_it_breaks(edit: Edit, change: Change) -> None:
    assert change in changes(filed(), edited(edit))


def test_each_change_is_named_once() -> None:
    found = changes(filed(), edited(lambda schema: schema["required"].append("municipality")))
    assert [change.path for change in found] == ["$.municipality"]


def test_what_breaks_one_rule_hides_nothing_that_breaks_the_other() -> None:
    """The same property is newly required, which breaks one rule, and may be longer, which breaks the other."""

    def edit(schema: dict[str, Any]) -> None:
        schema["required"].append("segment")
        schema["properties"]["segment"]["anyOf"][0].update(maxLength=900)

    found = [change for change in changes(filed(), edited(edit)) if change.path == "$.segment"]
    assert {change.breaks for change in found} == {Rule.BACKWARD, Rule.FORWARD}


@pytest.mark.parametrize(
    ("broken", "rule", "violates"),
    [
        (Rule.BACKWARD, Rule.BACKWARD, True),
        (Rule.BACKWARD, Rule.FORWARD, False),
        (Rule.BACKWARD, Rule.FULL, True),
        (Rule.FORWARD, Rule.BACKWARD, False),
        (Rule.FULL, Rule.FORWARD, True),
        (None, Rule.FULL, False),
    ],
)
def test_a_rule_is_broken_by_what_it_forbids(broken: Rule | None, rule: Rule, violates: bool) -> None:
    assert Change("$", "", broken).violates(rule) is violates


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of contracts/ that was released once, as 0.1.0."""
    for name in ("schemas", "examples"):
        shutil.copytree(CONTRACTS / name, tmp_path / name)
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n', encoding="utf-8")
    assert main(["release", "--tree", str(tmp_path)]) == 0
    return tmp_path


def rewrite(tree: Path, edit: Edit) -> None:
    (tree / "schemas" / "case-filed.v1.json").write_text(json.dumps(edited(edit)), encoding="utf-8")


def raise_version(tree: Path, version: str) -> None:
    (tree / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n', encoding="utf-8")


def test_what_was_released_passes(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["check", "--tree", str(tree)]) == 0
    assert capsys.readouterr().out == "1 releases, rule FULL: nothing to mend\n"


def test_a_break_is_said_in_words_with_what_to_do(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(tree, lambda schema: schema["properties"].pop("segment"))
    capsys.readouterr()
    assert main(["check", "--tree", str(tree)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "case-filed.v1 since 0.1.0",
        "  BREAKS   $.segment: removed: what it said before is dropped unread",
        "           FULL: keep it as it was, or write case-filed.v2 with an upcast from case-filed.v1",
        "1 releases, rule FULL: 1 to mend",
    ]


def test_what_is_allowed_is_said_too(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(tree, lambda schema: schema["properties"].update(mood={"type": "string"}))
    (tree / "schemas" / "pigeon-landed.v1.json").write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--tree", str(tree)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "case-filed.v1 since 0.1.0",
        "  allowed  $.mood: new, optional",
        "pigeon-landed.v1 since 0.1.0",
        "  allowed  a new event",
        "1 releases, rule FULL: nothing to mend",
    ]


def test_only_what_the_asked_rule_forbids_fails(tree: Path) -> None:
    rewrite(tree, lambda schema: schema["properties"]["channel"]["enum"].append("pigeon"))
    assert main(["check", "--tree", str(tree), "--rule", "BACKWARD"]) == 0
    assert main(["check", "--tree", str(tree), "--rule", "FORWARD"]) == 1


def test_every_release_counts_not_only_the_last(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What 0.2.0 added and 0.3.0 takes away breaks readers of 0.2.0; what 0.1.0 had is gone from both."""
    rewrite(tree, lambda schema: schema["properties"].update(mood={"type": "string"}))
    raise_version(tree, "0.2.0")
    assert main(["release", "--tree", str(tree)]) == 0
    rewrite(tree, lambda schema: schema["properties"].pop("segment"))
    capsys.readouterr()
    assert main(["check", "--tree", str(tree)]) == 1
    found = capsys.readouterr().out
    assert found.count("$.segment: removed") == 2
    assert found.count("$.mood: removed") == 1


def test_a_schema_and_an_example_that_are_gone_are_found(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "schemas" / "case-closed.v1.json").unlink()
    (tree / "examples" / "case-filed" / "v1" / "email-with-pdf.json").unlink()
    other = next((tree / "examples" / "case-assigned" / "v1").iterdir())
    other.write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "--tree", str(tree)]) == 1
    found = capsys.readouterr().out
    assert "case-closed.v1 since 0.1.0\n  BREAKS   gone" in found
    assert "case-filed/v1/email-with-pdf.json: a released example is gone" in found
    assert f"case-assigned/v1/{other.name}: a released example is changed" in found


def test_a_version_is_released_once_and_not_while_something_breaks(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "--tree", str(tree)]) == 1
    assert "0.1.0 is released; raise the version in pyproject.toml first" in capsys.readouterr().err
    raise_version(tree, "0.2.0")
    rewrite(tree, lambda schema: schema["properties"].pop("segment"))
    assert main(["release", "--tree", str(tree)]) == 1
    assert not (tree / "released" / "0.2.0").exists()


def test_the_schemas_of_this_tree_keep_to_what_was_released() -> None:
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"properties":', "case-filed.v1.json is no JSON"),
        ('{"$ref": "#/$defs/Nobody"}', "case-filed.v1 since 0.1.0: $ref #/$defs/Nobody: nothing is there"),
    ],
)
def test_a_schema_that_cannot_be_read_is_named_without_a_traceback(
    tree: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    (tree / "schemas" / "case-filed.v1.json").write_text(text, encoding="utf-8")
    assert main(["check", "--tree", str(tree)]) == 2
    assert f"cannot be compared: {why}" in capsys.readouterr().err
