# SPDX-License-Identifier: Apache-2.0
"""`make faults`: the matrix and the failpoints, one after the other; `--list` names them."""

import argparse
import random
import sys
import time
from pathlib import Path

from tests.faults.cells import run
from tests.faults.plan import cells, chosen
from tests.faults.rows import keep, kept
from tests.faults.table import markdown, summary
from ventanilla_local.downloads import LOCAL
from ventanilla_local.way import NoWayError
from ventanilla_local.with_infra import EndedError, signals_unwind

LOAD = 80


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=None, help="the same seed is the same run; drawn where it is not given"
    )
    parser.add_argument(
        "--only", default="", help="cells with these words, parts apart by commas: 'routing kill, database'"
    )
    parser.add_argument("--load", type=int, default=LOAD, help="cases of each cell")
    parser.add_argument(
        "--out", type=Path, default=None, help="file of JSON lines; what it has already is not run again"
    )
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    seed = random.randrange(1, 1_000_000) if asked.seed is None else asked.seed
    wanted = chosen(cells(seed, asked.load), asked.only)
    if asked.list or not wanted:
        print("\n".join(cell.name for cell in wanted) or f"no cell has the words {asked.only!r}")
        return 0 if wanted else 2
    out: Path = asked.out or LOCAL / "faults" / f"{time.strftime('%Y%m%d-%H%M%S')}-{seed}.jsonl"
    done = {(row.target, row.fault, row.seed) for row in kept(out)}
    print(f"SEED={seed}: {len(wanted)} cells, {asked.load} cases each; rows go to {out}", flush=True)
    with signals_unwind():
        for row in run([cell for cell in wanted if (cell.target, cell.fault, seed) not in done], out.with_suffix("")):
            keep(row, out)
            print(row.told(), flush=True)
    rows = kept(out)
    out.with_suffix(".md").write_text(markdown(rows), encoding="utf-8")
    print(f"SEED={seed}: {summary(rows)}")
    return 1 if any(row.verdict == "failed" for row in rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EndedError as ended:
        sys.exit(128 + ended.number)
    except NoWayError as why:
        sys.exit(f"servers that may be killed: {why}")
    except KeyboardInterrupt:
        sys.exit(130)
