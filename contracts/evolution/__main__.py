# SPDX-License-Identifier: Apache-2.0
"""``python -m evolution check``: may the schemas be as they are? ``release``: keep them as a release."""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from evolution.changes import Rule
from evolution.reading import Unreadable
from evolution.releases import Since, Tree, release, since_all

HERE = Path(__file__).parents[1]


def check(tree: Tree, rule: Rule) -> int:
    """Say in words what has changed since each release; 1 if something breaks the rule."""
    broken = 0
    for (version, event_type), found in groupby(since_all(tree), key=lambda one: (one.release, one.event_type)):
        print(f"{event_type} since {version}")
        for one in found:
            broken += _told(one, rule)
    print(f"{len(tree.releases)} releases, rule {rule}: {broken or 'nothing'} to mend")
    return 1 if broken else 0


def _told(one: Since, rule: Rule) -> bool:
    wrong = one.change.violates(rule)
    where = f"{one.change.path}: " if one.change.path else ""
    print(f"  {'BREAKS' if wrong else 'allowed':7}  {where}{one.change.said}")
    if wrong:
        print(f"           {one.change.breaks}: {one.change.cure(one.event_type)}")
    return wrong


def keep(tree: Tree) -> int:
    """Release under the version that contracts/pyproject.toml names; not while something breaks."""
    version = tomllib.loads((tree.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if check(tree, Rule.FULL):
        return 1
    try:
        print(f"released: {release(tree, version).relative_to(tree.root)}")
    except FileExistsError:
        print(f"{version} is released; raise the version in pyproject.toml first", file=sys.stderr)
        return 1
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evolution", description=__doc__)
    parser.add_argument("act", choices=("check", "release"))
    parser.add_argument("--rule", type=Rule, choices=list(Rule), default=Rule.FULL, help="FULL unless said")
    parser.add_argument("--tree", type=Path, default=HERE, help="another folder than contracts/")
    chosen = parser.parse_args(arguments)
    tree = Tree(chosen.tree)
    try:
        return check(tree, chosen.rule) if chosen.act == "check" else keep(tree)
    except Unreadable as error:
        print(f"cannot be compared: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
