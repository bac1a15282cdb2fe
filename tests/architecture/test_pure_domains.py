# SPDX-License-Identifier: Apache-2.0
"""Rules get time and ids handed in: no domain asks a clock or draws a lot (design 1 and 5)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "notifications", "satisfaction", "reporting")
IMPURE_METHODS = {"now", "utcnow", "today", "uuid1", "uuid4", "read_text", "read_bytes", "write_text", "write_bytes"}
IMPURE_FUNCTIONS = {"open", "print", "input", "uuid1", "uuid4"}


def impure_calls(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each call that depends on more than its arguments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) if name in IMPURE_METHODS:
                    yield node.lineno, name
                case ast.Name(id=name) if name in IMPURE_FUNCTIONS:
                    yield node.lineno, name


@pytest.mark.parametrize("service", SERVICES)
def test_a_domain_asks_no_clock_and_no_file(service: str) -> None:
    modules = sorted((ROOT / "services" / service / service / "domain").rglob("*.py"))
    assert modules
    found = [f"{path.name}:{line} {name}" for path in modules for line, name in impure_calls(path.read_text())]
    assert found == []


def test_an_impure_call_is_found() -> None:
    source = "from datetime import datetime\n\ndef rule():\n    return datetime.now()\n"
    assert list(impure_calls(source)) == [(4, "now")]
