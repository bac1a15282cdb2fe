#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Try the checker on what others have collected: ``try_vectors.py confluent|apicurio|karapace FILE...``.

Their files are not ours to hold (docs/contracts.md says where they are): fetch them and name them here. Each pair asks
whether a reader with the updated schema accepts all that the original's writer may send. Prints every disagreement.
"""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evolution.containment import refusals
from evolution.reading import Unreadable


@dataclass(frozen=True)
class Vector:
    name: str
    original: Any
    updated: Any
    compatible: bool


def confluent(path: Path) -> Iterator[Vector]:
    """JSON with // comments and trailing commas."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for one in json.loads(re.sub(r",(\s*[}\]])", r"\1", text)):
        yield Vector(one["description"], one["original_schema"], one["update_schema"], one["compatible"])


def apicurio(path: Path) -> Iterator[Vector]:
    """``compatibility`` is backward, both or none; "both" is asked in both directions."""
    for one in json.loads(path.read_text(encoding="utf-8"))["tests"]:
        if not one["enabled"]:
            continue
        said = one["compatibility"]
        yield Vector(one["id"], one["original"], one["updated"], said in ("backward", "both"))
        if said == "both":
            yield Vector(f"{one['id']} (turned round)", one["updated"], one["original"], True)


def karapace(path: Path) -> Iterator[Vector]:
    """Calls of two functions on named schemas; the names stand in ``json_schemas.py`` in the same folder."""
    schemas: dict[str, Any] = {}
    for node in ast.parse(path.with_name("json_schemas.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call):
            schemas[node.targets[0].id] = json.loads(ast.literal_eval(node.value.args[0]))
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and "schemas_are_compatible" in call.func.id:
            named = {word.arg: word.value.id for word in call.keywords if isinstance(word.value, ast.Name)}
            if {named.get("reader"), named.get("writer")} <= schemas.keys():
                name = f"{named['writer']} read as {named['reader']}"
                expected = call.func.id == "schemas_are_compatible"
                yield Vector(name, schemas[named["writer"]], schemas[named["reader"]], expected)


SOURCES: dict[str, Callable[[Path], Iterator[Vector]]] = {
    "confluent": confluent,
    "apicurio": apicurio,
    "karapace": karapace,
}


def answer(vector: Vector) -> str:
    """Empty where it is compatible."""
    try:
        return "; ".join(f"{one.path} {one.said}" for one in refusals(vector.original, vector.updated))
    except Unreadable as error:
        return f"unreadable: {error}"


def main() -> None:
    source = SOURCES[sys.argv[1]]
    for path in map(Path, sys.argv[2:]):
        vectors = list(source(path))
        agreed = 0
        for vector in vectors:
            said = answer(vector)
            if (not said) == vector.compatible:
                agreed += 1
            else:
                print(f"- {vector.name}: they say {vector.compatible}; {said or 'we refuse nothing'}")
        print(f"{path.name}: {agreed} of {len(vectors)} agree\n")


if __name__ == "__main__":
    main()
