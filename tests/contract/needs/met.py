# SPDX-License-Identifier: Apache-2.0
"""Which lines of the rules that take an event were met by the story: a field that is read elsewhere would go unseen."""

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from ventanilla_contracts.envelope import Event

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Met:
    """Watches the functions of some modules that take an event."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        self._rules = [(module, function) for module in modules for function in _rules_in(module)]
        self._run: dict[tuple[str, int], set[int]] = {_place(module, rule): set() for module, rule in self._rules}

    @contextmanager
    def looking(self) -> Iterator[None]:
        before = sys.gettrace()
        sys.settrace(self._call)
        try:
            yield
        finally:
            sys.settrace(before)

    def unmet(self) -> list[str]:
        """`module:line` of each statement that was not run."""
        return [
            f"{module.__name__}:{line}"
            for module, rule in self._rules
            for line in sorted(set(_statements(rule.body)) - self._run[_place(module, rule)])
        ]

    def _call(self, frame: FrameType, _event: str, _argument: object) -> Any:
        run = self._run.get((frame.f_code.co_filename, frame.f_code.co_firstlineno))
        if run is None:
            return None

        def line(inner: FrameType, _event: str, _argument: object) -> Any:
            run.add(inner.f_lineno)
            return line

        return line


def _rules_in(module: ModuleType) -> list[Function]:
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    names = _event_names(vars(module))
    return [node for node in ast.walk(tree) if isinstance(node, Function) and _takes_event(node, names)]


def _place(module: ModuleType, rule: Function) -> tuple[str, int]:
    """What its code object says of itself."""
    return str(module.__file__), min([rule.lineno, *(one.lineno for one in rule.decorator_list)])


def _event_names(names: Mapping[str, object]) -> set[str]:
    """What a module calls events, and what brings them."""
    events = {name for name, one in names.items() if inspect.isclass(one) and issubclass(one, Event)}
    return {*events, "Received"} & set(names)


def _takes_event(function: Function, names: set[str]) -> bool:
    """Whether one of its arguments is annotated as an event, as a name or within a text."""
    notes = [one.annotation for one in (*function.args.args, *function.args.kwonlyargs) if one.annotation]
    return any(names & set(re.findall(r"\w+", ast.unparse(note))) for note in notes)


def _statements(body: Iterable[ast.stmt]) -> Iterator[int]:
    """The first line of each statement but those that only raise, choose or say what a function does."""
    for statement in body:
        if not isinstance(statement, (ast.Raise, ast.Match)) and not _is_docstring(statement):
            yield statement.lineno
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            for inner in getattr(statement, part, ()):
                yield from _statements(
                    inner.body if isinstance(inner, (ast.match_case, ast.ExceptHandler)) else [inner]
                )


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
