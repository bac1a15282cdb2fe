# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI documents in docs/openapi/. ``python -m tests.contract.openapi_documents`` writes them.

With ``--check`` it compares: exit code 0, all are those of the services; 1, some are not, a line on stderr for each.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.contract.built import SERVICES, built

FOLDER = Path(__file__).parents[2] / "docs" / "openapi"


def said_by_services() -> dict[str, Any]:
    """Each service's document, as it answers it."""
    found = {}
    for name in SERVICES:
        with TemporaryDirectory() as directory, built(name, Path(directory)) as service:
            found[name] = service.app.openapi()
    return found


def documents(said: Mapping[str, Any]) -> dict[str, str]:
    """The files of a folder: their names and texts."""
    return {f"{name}.json": json.dumps(one, ensure_ascii=False, indent=2) + "\n" for name, one in said.items()}


def stale(said: Mapping[str, Any], folder: Path = FOLDER) -> list[str]:
    """A line for every file that is missing, old or of no service."""
    wanted = documents(said)
    there = {path.name: path.read_text("utf-8") for path in folder.glob("*.json")}
    return [
        f"{name}: {'no such service' if name not in wanted else 'missing' if name not in there else 'stale'}"
        for name in sorted({*wanted, *there})
        if wanted.get(name) != there.get(name)
    ]


def main(arguments: list[str]) -> int:
    said = said_by_services()
    if arguments == ["--check"]:
        faults = stale(said)
        for fault in faults:
            print(f"docs/openapi/{fault}; python -m tests.contract.openapi_documents writes it", file=sys.stderr)
        return 1 if faults else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in documents(said).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
