#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write what follows from the event classes, or check that it is up to date.

The JSON Schema of every event goes into schemas/, the AsyncAPI of the house and of each service into docs/asyncapi/.
"""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from ventanilla_contracts.asyncapi import Sources, documents
from ventanilla_contracts.event_schema import schema
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS, event_name
from ventanilla_contracts.topics import TopicSpec

try:
    from yaml import CSafeDumper as SafeDumper  # writes the same, four times as fast
except ImportError:
    from yaml import SafeDumper

CONTRACTS = Path(__file__).resolve().parent
SCHEMAS = CONTRACTS / "schemas"
ASYNCAPI = CONTRACTS.parent / "docs" / "asyncapi"

Texts = dict[str, str]
"""File name to text; the same at every run."""


def schema_texts() -> Texts:
    return {
        f"{name}.json": json.dumps(schema(event), indent=2, ensure_ascii=False) + "\n"
        for name, event in sorted(EVENTS.items())
    }


def asyncapi_texts() -> Texts:
    return {f"{name}.yaml": yaml_text(document) for name, document in documents(sources()).items()}


def sources() -> Sources:
    """What AsyncAPI is made of, read from this folder."""
    topics = [_topic(path) for path in sorted((CONTRACTS / "topics").glob("*.yaml"))]
    return Sources(
        version=version("ventanilla-contracts"),
        topics={spec.name: spec for spec in topics},
        events=EVENTS,
        examples={event_type: _examples(event_type) for event_type in EVENTS},
    )


def _topic(path: Path) -> TopicSpec:
    return TopicSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _examples(event_type: str) -> dict[str, Example]:
    name, number = event_name(event_type)
    paths = (CONTRACTS / "examples" / name / f"v{number}").glob("*.json")
    return {path.stem: Example.model_validate_json(path.read_bytes()) for path in paths}


class _Dumper(SafeDumper):
    """Nothing by reference, and quoted what a reader of YAML 1.2 could take for a number where one of 1.1 does not."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _text_node(dumper: SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if re.match(r"[-+.0-9]", text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def yaml_text(document: Mapping[str, Any], dumper: type[SafeDumper] = _Dumper) -> str:
    head = "# SPDX-License-Identifier: Apache-2.0\n# Written by contracts/generate.py\n"
    return head + yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)


def faults(folder: Path, expected: Texts) -> list[str]:
    """Each file that is missing, stale or orphaned, by name; only files of the kind that is written there."""
    kinds = {Path(name).suffix for name in expected}
    found = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*")) if path.suffix in kinds}
    return [
        *(f"missing: {name}" for name in expected if name not in found),
        *(f"stale: {name}" for name, text in expected.items() if name in found and found[name] != text),
        *(f"orphaned: {name}" for name in found if name not in expected),
    ]


def write(folder: Path, texts: Texts) -> None:
    """Write every file; what is no longer made is left for a person to remove."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name what is not up to date")
    parser.add_argument("--schemas", type=Path, default=SCHEMAS, metavar="FOLDER", help="other than schemas/")
    parser.add_argument("--asyncapi", type=Path, default=ASYNCAPI, metavar="FOLDER", help="other than docs/asyncapi/")
    chosen = parser.parse_args(arguments)
    kept = [(chosen.schemas, schema_texts()), (chosen.asyncapi, asyncapi_texts())]
    if not chosen.check:
        for folder, texts in kept:
            write(folder, texts)
        return 0
    found = [fault for folder, texts in kept for fault in faults(folder, texts)]
    if found:
        print(*found, "run: python contracts/generate.py", sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
