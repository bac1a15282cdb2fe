# SPDX-License-Identifier: Apache-2.0
"""An OpenAPI document as the rules read it: operation by operation, with what it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from referencing.exceptions import Unresolvable

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of a document."""

    document: Json
    method: str
    path: str
    said: Json

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def parameters(self) -> list[Json]:
        return list(self.said.get("parameters", ()))

    @property
    def body(self) -> Json:
        return dict(self.said.get("requestBody", {}).get("content", {}))

    @cached_property
    def answers(self) -> dict[int, Json]:
        """By status, with what they refer to."""
        found = {int(status): resolved(self.document, one) for status, one in self.said.get("responses", {}).items()}
        return {status: one for status, one in found.items() if one is not None}

    @property
    def good(self) -> dict[int, Json]:
        return {status: one for status, one in self.answers.items() if status < 300}

    @property
    def problems(self) -> dict[int, Json]:
        return {status: one for status, one in self.answers.items() if status >= 400}

    def mismatch(self, schema: Json, value: object) -> str | None:
        """Why a value is none of this schema; what leads nowhere is told once, by itself."""
        validator = Draft202012Validator({**schema, "components": self.document.get("components", {})})
        try:
            error = next(iter(validator.iter_errors(value)), None)
        except Unresolvable:
            return None
        return error and f"{error.json_path}: {error.message}"[:200]


def operations_of(document: Json) -> list[Operation]:
    paths = document.get("paths", {})
    return [Operation(document, method, path, said) for path, all_ in paths.items() for method, said in all_.items()]


def resolved(document: Json, part: Json) -> Json | None:
    """What a part is or refers to; None where its reference leads nowhere."""
    found: Any = part
    if "$ref" in part:
        found = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found.get(step, {})
    return found or None


def references(part: object) -> set[str]:
    if isinstance(part, Mapping):
        inner = {name for value in part.values() for name in references(value)}
        return inner | ({part["$ref"]} if isinstance(part.get("$ref"), str) else set())
    return {name for value in part for name in references(value)} if isinstance(part, list) else set()
