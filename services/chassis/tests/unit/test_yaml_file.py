# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with an organisation's file is told with its file, its line, and what to write instead."""

from pathlib import Path
from typing import Self

import pytest
from pydantic import BaseModel, ConfigDict, model_validator

from chassis.faults import Fault
from chassis.yaml_file import FaultyFile, YamlFile, load_file, or_exit


class Opening(BaseModel):
    model_config = ConfigDict(extra="forbid")

    opens: int
    closes: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("it closes before it opens; write the earlier hour first")
        return self


class Week(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    days: tuple[Opening, ...] = ()


RIGHT = "name: ours\ndays:\n- {opens: 8, closes: 12}\n- {opens: 14, closes: 18}\n"


def written(path: Path, text: str | bytes) -> Path:
    file = path / "week.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def told(file: Path) -> list[str]:
    with pytest.raises(FaultyFile) as faulty:
        load_file(file, Week, "WEEK_FILE")
    return list(faulty.value.lines)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("name: ours\n", "", "week.yaml:1: name: Field required; add it"),
        (
            "closes: 12",
            "closes: 12, lunch: 1",
            "week.yaml:3: days[0].lunch: Extra inputs are not permitted; remove",
        ),
        ("closes: 18", "closes: late", "week.yaml:4: days[1].closes: Input should be a valid integer, "),
        ("closes: 18", "closes: late", "; write a whole number"),
        ("name: ours", "name: 1", "week.yaml:1: name: Input should be a valid string; write it in quotes"),
        ("closes: 18", "closes: 9", "week.yaml:4: days[1]: it closes before it opens; write the earlier hour first"),
        ("name: ours", "name: ours\nname: mine", "name stands twice; keep one of them"),
        ("- {opens: 14", "- [opens: 14", "week.yaml:4: is not YAML ("),
        (RIGHT, "# nothing\n", "week.yaml:1: is empty; begin with the sample that comes with the service"),
        (RIGHT, "- ours\n", "week.yaml:1: the file: Input should be a valid dictionary"),
    ],
)
def test_a_fault_is_told_with_its_line_and_its_cure(tmp_path: Path, old: str, new: str, line: str) -> None:
    assert old in RIGHT
    lines = told(written(tmp_path, RIGHT.replace(old, new, 1)))
    assert any(line in one for one in lines), lines


def test_a_file_in_other_letters_is_told_with_the_line_of_the_first(tmp_path: Path) -> None:
    text = RIGHT.encode() + "# señal\n".encode("latin-1")
    assert told(written(tmp_path, text)) == ["week.yaml:5: is not written in UTF-8; save it in UTF-8"]


def test_a_file_that_is_not_there_is_named_by_its_setting(tmp_path: Path) -> None:
    [line] = told(tmp_path / "none.yaml")
    assert line.startswith("WEEK_FILE: ")
    assert line.endswith("cannot be read (No such file or directory); name a file that can")


def test_what_a_domain_finds_is_told_in_the_same_way(tmp_path: Path) -> None:
    file = written(tmp_path, RIGHT)
    assert load_file(file, Week, "WEEK_FILE").name == "ours"
    late = Fault(("days", 1, "opens"), "nobody is there at 14", "open later")
    with pytest.raises(FaultyFile, match=r"^week.yaml:4: days\[1\].opens: nobody is there at 14; open later$"):
        load_file(file, Week, "WEEK_FILE", lambda _: [late])


def test_a_text_from_outside_may_not_refer_to_itself() -> None:
    """Some few aliases can stand for more than any machine holds."""
    assert YamlFile.of("a: &a 1\nb: *a\n", "week.yaml").content == {"a": 1, "b": 1}
    with pytest.raises(FaultyFile, match=r"^week.yaml:2: refers to another part of itself \(\*\); write it out$"):
        YamlFile.sent("a: &a 1\nb: *a\n", "week.yaml")


def test_a_fault_ends_the_start_with_2_and_its_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        or_exit(lambda: load_file(written(tmp_path, "days: 1\n"), Week, "WEEK_FILE"))
    assert ended.value.code == 2
    assert [line.partition(": ")[0] for line in capsys.readouterr().err.splitlines()] == ["week.yaml:1", "week.yaml:1"]
