# SPDX-License-Identifier: Apache-2.0
"""Tables of values from the specs of others: `translate.py biz CHECKOUT COMMIT`, and the same with `alaveteli`.

Reads the values (times, hours, what is expected) out of the text of their specs and writes them as YAML beside itself.
Nothing of their code is taken. What it cannot ask of our functions is counted under `not_ours`, so that nothing is left
out unseen.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).parent
OPENS = re.compile(r"^(\s*)(?:RSpec\.)?(describe|context|it)\b(.*) do$|^(\s*)(%i\[.*\])\.each do")
LET = re.compile(r"^(\s*)let\(:(\w+)\)\s*\{(.*)$")
MOMENT = re.compile(r"Time\.utc\(([\d, ]+)\)")
DAY = re.compile(r"Date\.new\(([\d, ]+)\)")
INTERVAL = re.compile(r"'(\d\d:\d\d)' => '(\d\d:\d\d)'")
SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class Example(NamedTuple):
    """One `it`: its line, the titles around it, what was let, and its text."""

    line: int
    titles: tuple[str, ...]
    lets: Mapping[str, str]
    text: str


def examples(text: str) -> Iterator[Example]:
    """The examples of a spec that is indented as its formatter leaves it."""
    lines = text.splitlines()
    titles: list[tuple[int, str]] = []
    lets: list[tuple[int, str, str]] = []
    for n, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if line.strip() in ("end", "end)"):
            titles = [one for one in titles if one[0] < indent]
            lets = [one for one in lets if one[0] <= indent]
        elif found := OPENS.match(line):
            titles = [one for one in titles if one[0] < indent]
            if found[2] == "it":
                body = "\n".join(_block(lines, n))
                yield Example(n + 1, tuple(one[1] for one in titles), {name: value for _, name, value in lets}, body)
            else:
                titles.append((indent, (found[3] or found[5] or "").strip()))
        elif found := LET.match(line):
            lets.append((indent, found[2], "\n".join(_block(lines, n)) if not line.endswith("}") else line))


def _block(lines: list[str], n: int) -> Iterator[str]:
    indent = len(lines[n]) - len(lines[n].lstrip())
    yield lines[n]
    for line in lines[n + 1 :]:
        yield line
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return


def moments(text: str) -> list[str]:
    return [_moment(*(int(part) for part in found.split(","))).isoformat() for found in MOMENT.findall(text)]


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def days(text: str) -> list[str]:
    return [
        date.fromisoformat("-".join(f"{int(n):02}" for n in one.split(","))).isoformat() for one in DAY.findall(text)
    ]


def intervals(text: str) -> list[str]:
    return [f"{begin}-{end}" for begin, end in INTERVAL.findall(text)]


def by_day(text: str) -> dict[str, list[str]]:
    """`Date.new(2006, 1, 7) => {'09:00' => '11:00'}` and the like."""
    parts = re.findall(r"(Date\.new\([\d, ]+\))\s*=> \{([^}]*)\}", text)
    return {days(day)[0]: intervals(hours) for day, hours in parts}


def biz(root: Path) -> dict[str, Any]:
    support = (root / "spec/support/time.rb").read_text("utf-8")
    week = {name: intervals(hours) for name, hours in re.findall(r"^\s*(\w{3}): \{(.*)\}", support, re.MULTILINE)}
    found: list[dict[str, Any]] = []
    left: Counter[str] = Counter()
    for name, translated in BIZ.items():
        for example in examples((root / name).read_text("utf-8")):
            row = translated(example, (root / name).read_text("utf-8"))
            if isinstance(row, str):
                left[row] += 1
            else:
                found.append({"at": f"{name}:{example.line}", **row})
    return {"week": week, "cases": found, "not_ours": dict(left)}


def _for_duration(example: Example, _: str) -> dict[str, Any] | str:
    unit = next((one.strip("%i[]").split()[0] for one in example.titles if one.startswith("%i[")), "")
    if not unit:
        return "arguments of their constructor"
    if unit == "day":
        return "business days that keep the time of day"
    if "'#before'" in example.titles:
        return "business hours backwards"
    scalar = re.search(r"\{ (\d+) \}", example.lets["scalar"])
    assert scalar is not None
    [start], [expected] = moments(example.lets["time"]), moments(example.text)
    return {"ask": "add", "from": start, "seconds": int(scalar[1]) * SECONDS[unit], "expect": expected}


def _duration_within(example: Example, _: str) -> dict[str, Any] | str:
    begin, end = moments(example.lets["calculation_period"])
    expected = re.search(r"Duration\.(\w+)\(([\d.]+)\)", example.text)
    assert expected is not None
    seconds = float(expected[2]) * (3600 if expected[1] == "hours" else 1)
    return {"ask": "between", "from": begin, "to": end, "expect": int(seconds)}


def _schedule(example: Example, _: str) -> dict[str, Any] | str:
    own = {"without": by_day(example.lets["breaks"]), "closed": days(example.lets["holidays"])}
    if "'#within'" in example.titles:
        hours = re.search(r"Duration\.hours\((\d+)\)", example.text)
        assert hours is not None
        begin, end = moments(example.text)
        return {"ask": "between", "from": begin, "to": end, "expect": int(hours[1]) * 3600, **own}
    if "'#time'" in example.titles:
        start, expected = moments(example.text)
        return {"ask": "add", "from": start, "seconds": 30 * 60, "expect": expected, **own}
    if {"'#in_hours?'", "'#business_hours?'"} & set(example.titles):
        return {"ask": "open", "from": moments(example.lets["time"])[0], "expect": "eq true" in example.text, **own}
    return "parts of their schedule"


def _active(example: Example, text: str) -> dict[str, Any] | str:
    own = {
        "instead": by_day(_between(text, "shifts: {", "\n        }")),
        "without": by_day(_between(text, "breaks: {", "\n        }")),
        "closed": days(_between(text, "holidays: [", "]")),
    }
    return {"ask": "open", "from": moments(example.lets["time"])[0], "expect": "eq true" in example.text, **own}


def _between(text: str, begin: str, end: str) -> str:
    return text.partition(begin)[2].partition(end)[0]


BIZ = {
    "spec/calculation/for_duration_spec.rb": _for_duration,
    "spec/calculation/duration_within_spec.rb": _duration_within,
    "spec/schedule_spec.rb": _schedule,
    "spec/calculation/active_spec.rb": _active,
}


def alaveteli(root: Path) -> dict[str, Any]:
    name = "spec/models/holiday_spec.rb"
    closed = [row["day"] for row in yaml.safe_load((root / "spec/fixtures/holidays.yml").read_text("utf-8")).values()]
    found: list[dict[str, Any]] = []
    left: Counter[str] = Counter()
    for example in examples((root / name).read_text("utf-8")):
        if '"in working days"' not in example.titles:
            left["calendar days" if '"in calendar days"' in example.titles else "what a holiday must have"] += 1
            continue
        quoted = re.findall(r"'(\d{4}-\d\d-\d\d)'", example.text)
        start = quoted[0] if len(quoted) == 2 else moments(example.text)[0][:10]
        found.append({"at": f"{name}:{example.line}", "ask": "days", "from": start, "days": 20, "expect": quoted[-1]})
    return {
        "closed_as_of": "0c4dde91144bf98fffe0e9ed65e20e64b74c4b65",
        "closed": closed,
        "cases": found,
        "not_ours": dict(left),
    }


SOURCES = {
    "biz": (biz, "zendesk/biz", "Apache-2.0"),
    "alaveteli": (alaveteli, "mysociety/alaveteli", "AGPL-3.0"),
}


def main(name: str, root: str, commit: str) -> None:
    translated, repository, licence = SOURCES[name]
    head = {"repository": repository, "commit": commit, "licence": licence, "by": "translate.py, from the values alone"}
    text = yaml.safe_dump({**head, **translated(Path(root))}, sort_keys=False, default_flow_style=None, width=120)
    (HERE / f"{name}.yaml").write_text(f"# SPDX-License-Identifier: Apache-2.0\n{text}", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
