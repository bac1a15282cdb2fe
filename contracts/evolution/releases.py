# SPDX-License-Identifier: Apache-2.0
"""What was released: ``released/<version>/`` with the schemas of that day, and the sums of its golden examples."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evolution.changes import Change, Rule, changes
from evolution.reading import Unreadable

SUMS = "examples.sha256"
"""As ``sha256sum`` writes it, from the folder ``examples/``."""


@dataclass(frozen=True)
class Tree:
    """The folder ``contracts/``, or a copy of it."""

    root: Path

    @property
    def releases(self) -> list[Path]:
        """Oldest first."""
        return sorted((self.root / "released").glob("[0-9]*"), key=lambda path: [int(n) for n in path.name.split(".")])

    def schemas(self) -> dict[str, Any]:
        return _schemas(self.root / "schemas")

    def examples(self) -> dict[str, str]:
        """Path in ``examples/`` to SHA-256 of its bytes."""
        folder = self.root / "examples"
        paths = sorted(folder.rglob("*.json"))
        return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in paths}


@dataclass(frozen=True)
class Since:
    """What has changed of one event since one release."""

    release: str
    event_type: str
    change: Change


def since_all(tree: Tree) -> Iterator[Since]:
    """Against every release, not only the last: a reader may be as old as any of them. Raises Unreadable."""
    current, examples = tree.schemas(), tree.examples()
    for release in tree.releases:
        released = _schemas(release / "schemas")
        for event_type, schema in released.items():
            if event_type not in current:
                yield Since(release.name, event_type, Change("", "gone", Rule.FULL, "keep its class for ever"))
                continue
            yield from _since(release.name, event_type, schema, current[event_type])
        for event_type in current.keys() - released.keys():
            yield Since(release.name, event_type, Change("", "a new event"))
        for path, digest in _sums(release):
            if examples.get(path) != digest:
                what = "changed" if path in examples else "gone"
                change = Change(path, f"a released example is {what}", Rule.FULL, "put it back as it was")
                yield Since(release.name, _type_at(path), change)


def _since(name: str, event_type: str, released: Any, current: Any) -> list[Since]:
    try:
        return [Since(name, event_type, change) for change in changes(released, current)]
    except Unreadable as error:
        raise Unreadable(f"{event_type} since {name}: {error}") from error


def release(tree: Tree, version: str) -> Path:
    """Keep today's schemas and sums under this version; where they lie. Raises FileExistsError."""
    place = tree.root / "released" / version
    place.mkdir(parents=True)
    shutil.copytree(tree.root / "schemas", place / "schemas")
    lines = [f"{digest}  {path}\n" for path, digest in tree.examples().items()]
    (place / SUMS).write_text("".join(lines), encoding="utf-8")
    return place


def _schemas(folder: Path) -> dict[str, Any]:
    return {path.stem: _schema(path) for path in sorted(folder.glob("*.json"))}


def _schema(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Unreadable(f"{path.name} is no JSON: {error}") from error


def _sums(release: Path) -> Iterator[tuple[str, str]]:
    for line in (release / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, path = line.partition("  ")
        yield path, digest


def _type_at(path: str) -> str:
    """Of ``case-filed/v1/email.json``."""
    name, version, _ = path.split("/", 2)
    return f"{name}.{version}"
