# SPDX-License-Identifier: Apache-2.0
"""Which tests stand for which row of docs/hazards.md; ``python -m tests.architecture.hazards`` writes them into it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "hazards.md"
BEGIN, END = "<!-- tests: written by `python -m tests.architecture.hazards` -->\n", "<!-- end of tests -->\n"
ROWS = range(1, 21)


@dataclass(frozen=True, order=True)
class Stand:
    """A test that stands for a row; ``without``: the rule that it takes out, to show what goes wrong then."""

    row: int
    without: str
    where: str
    name: str

    @property
    def sentence(self) -> str:
        return self.name.removeprefix("test_").replace("_", " ")


def stands_of(source: str, where: str) -> Iterator[Stand]:
    """Those that the markers ``@pytest.mark.hazard(row, without=rule)`` in a module name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.hazard":
                    row = ast.literal_eval(mark.args[0])
                    rules = [ast.literal_eval(one.value) for one in mark.keywords if one.arg == "without"]
                    yield Stand(row, rules[0] if rules else "", where, node.name)


def all_stands(root: Path = ROOT) -> list[Stand]:
    """In order of rows, from the tests of all members and those under ``tests/``."""
    places = [root / "contracts", root / "deploy", root / "services", root / "tests"]
    modules = [path for place in places for path in sorted(place.rglob("test_*.py"))]
    return sorted(
        stand for path in modules for stand in stands_of(path.read_text("utf-8"), f"{path.relative_to(root)}")
    )


def lacking(stands: Iterable[Stand]) -> list[str]:
    """What is missing: of each row a test in which its rules hold and one in which one of them is taken out."""
    found = {(stand.row, bool(stand.without)) for stand in stands}
    return [
        f"row {row}: no test {'without its rule' if without else 'that its rule holds'}"
        for row in ROWS
        for without in (False, True)
        if (row, without) not in found
    ]


def table(stands: Iterable[Stand]) -> str:
    """The tests of each row, named as the sentences that they are."""
    lines = ["| # | what holds | what goes wrong without the rule |", "|---|---|---|"]
    for row in ROWS:
        mine = [stand for stand in stands if stand.row == row]
        holds = [stand.sentence for stand in mine if not stand.without]
        broken = [f"*{stand.without}*: {stand.sentence}" for stand in mine if stand.without]
        lines.append(f"| {row} | {'<br>'.join(holds)} | {'<br>'.join(broken)} |")
    modules = sorted({stand.where for stand in stands})
    return "\n".join([*lines, "", "They are in:", "", *(f"- `{where}`" for where in modules), ""])


def with_tests(document: str, stands: Iterable[Stand]) -> str:
    """The document with its table of tests brought up to date."""
    head, _, rest = document.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(list(stands))}\n{END}{tail}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_tests(DOCUMENT.read_text("utf-8"), all_stands()), "utf-8")
