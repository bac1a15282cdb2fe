#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the JSON Schema of every event into schemas/, or check that they are up to date.

A schema is the writer's: closed, with what is optional left optional. A reader ignores what it does not know.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from ventanilla_contracts.envelope import Event
from ventanilla_contracts.registry import EVENTS

SCHEMAS = Path(__file__).parent / "schemas"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's signature
        return False


def schema(event: type[Event]) -> dict[str, Any]:
    """The closed JSON Schema 2020-12 of what a writer may send."""
    # "validation" and not "serialization", which requires what has a default too: others may leave it out
    generated = event.model_json_schema(schema_generator=_WithoutFieldTitles, mode="validation")
    definitions = generated.pop("$defs", {})
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:ventanilla:{event.TYPE}",
        "title": generated.pop("title"),
        "description": generated.pop("description"),
        "x-topic": event.TOPIC,
        **generated,
        "$defs": definitions,
    }


def rendered() -> dict[str, str]:
    """File name to text of every schema; the same at every run."""
    return {
        f"{name}.json": json.dumps(schema(event), indent=2, ensure_ascii=False) + "\n"
        for name, event in sorted(EVENTS.items())
    }


def faults(folder: Path) -> list[str]:
    """Each schema that is missing, stale or orphaned, by name."""
    expected = rendered()
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))}
    return [
        *(f"missing: {name}" for name in expected if name not in found),
        *(f"stale: {name}" for name, text in expected.items() if name in found and found[name] != text),
        *(f"orphaned: {name}" for name in found if name not in expected),
    ]


def write(folder: Path) -> None:
    """Write every schema; what has no event is left for a person to remove."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in rendered().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not up to date")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, metavar="FOLDER", help="other than schemas/")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(chosen.schemas)
        return 0
    found = faults(chosen.schemas)
    if found:
        print(*found, "run: python contracts/generate.py", sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
