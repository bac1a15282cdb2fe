# SPDX-License-Identifier: Apache-2.0
"""What became of a cell: a line of JSON each, as they come."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Row:
    """`anomalies`: why it failed or was skipped; none if it passed.

    Seconds; `recovered`: from the end of fault and load until all was right and at rest. `refused`: answers 503;
    `letters_doubled`: mails beyond the first of their Message-ID; `published_again`: records that were in the log
    already; `late`: records behind a later one of their case.
    """

    target: str
    fault: str
    seed: int
    verdict: Verdict
    anomalies: tuple[str, ...] = ()
    detail: str = ""
    cases: int = 0
    seconds: float = 0.0
    recovered: float | None = None
    refused: int = 0
    letters_doubled: int = 0
    published_again: int = 0
    late: int = 0

    def told(self) -> str:
        rest = "" if self.recovered is None else f", at rest after {self.recovered:g} s"
        first = f"{self.verdict:8}{self.target} {self.fault}: {self.cases} cases, {self.seconds:g} s{rest}"
        return "\n        ".join([first, *self.anomalies])


def keep(row: Row, file: Path) -> None:
    """Add it: a run that breaks off keeps what it did."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def kept(file: Path) -> list[Row]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Row(**{**one, "anomalies": tuple(one["anomalies"])}) for one in map(json.loads, lines)]
