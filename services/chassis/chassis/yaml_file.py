# SPDX-License-Identifier: Apache-2.0
"""An organisation's YAML file: whatever is wrong with it is told with its file, line and cure."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chassis.faults import Fault
from chassis.yaml_nodes import first_alias, node_at, repeated_keys
from chassis.yaml_text import SAFE_LOADER, read_yaml

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Source = Traversable | Path

_CURES = {
    "missing": "add it",
    "extra_forbidden": "remove it, or correct its spelling",
    "too_short": "name at least one, or leave the field out",
    "string_type": "write it in quotes",
    "literal_error": "write it so",
    "enum": "write it so",
    "list_type": "write a list, each item after a dash",
    "tuple_type": "write a list, each item after a dash",
    "dict_type": "write fields with their values",
    "model_type": "write fields with their values",
    "int_parsing": "write a whole number",
    "float_parsing": "write a number",
}


@dataclass(frozen=True)
class Located:
    """A fault, with its line and its place as people write it; ``error`` is what pydantic said, if it found it."""

    fault: Fault
    line: int
    where: str
    error: Mapping[str, Any] | None = None

    def told(self, name: str) -> str:
        """In one line."""
        return f"{name}:{self.line}: {self.where or 'the file'}: {self.fault.what}; {self.fault.cure}"


class FaultyFile(ValueError):
    """The file cannot be used: one line per fault, each with file, line, place and cure."""

    def __init__(self, lines: Iterable[str], faults: Iterable[Located] = ()) -> None:
        self.lines = tuple(lines)
        self.faults = tuple(faults)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class YamlFile:
    """A file as it was read; ``root`` knows the lines."""

    name: str
    content: object
    root: yaml.Node

    @classmethod
    def read(cls, source: Source, setting: str) -> "YamlFile":
        """Raises FaultyFile where it is not there or is no YAML; ``setting`` is what names the file."""
        try:
            text = source.read_text("utf-8")
        except OSError as error:
            raise FaultyFile([f"{setting}: {source} cannot be read ({error.strerror}); name a file that can"]) from None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise _unread(source.name, line, "is not written in UTF-8", "save it in UTF-8", "unread") from None
        return cls.of(text, source.name)

    @classmethod
    def sent(cls, text: str, name: str) -> "YamlFile":
        """A text that came through a door, YAML or JSON. Raises FaultyFile."""
        if (alias := first_alias(text)) is not None:
            raise _unread(name, alias, "refers to another part of itself (*)", "write it out", "alias")
        return cls.of(text, name)

    @classmethod
    def of(cls, text: str, name: str) -> "YamlFile":
        """What is written in it. Raises FaultyFile."""
        try:
            root = yaml.compose(text, Loader=SAFE_LOADER)
            content = read_yaml(text)
            repeated = list(repeated_keys(root, ())) if root is not None else []
        except yaml.YAMLError as error:
            raise _not_yaml(name, error) from None
        except (RecursionError, ValueError, OverflowError):  # depths and dates that there are not
            raise _unread(
                name, 1, "cannot be read as YAML", "write it as the sample that comes with the service", "unread"
            ) from None
        if root is None:
            raise _unread(name, 1, "is empty", "begin with the sample that comes with the service", "empty")
        file = cls(name, content, root)
        file.refuse(repeated)
        return file

    def validated(self, model: type[M]) -> M:
        """The file as this model. Raises FaultyFile."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            found = [
                self._located(_fault(dict(one)), dict(one))
                for one in error.errors(include_url=False, include_input=False)
            ]
            raise FaultyFile((one.told(self.name) for one in found), found) from None

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raises FaultyFile if there are faults."""
        if found := [self._located(fault) for fault in faults]:
            raise FaultyFile((one.told(self.name) for one in found), found)

    def _located(self, fault: Fault, error: Mapping[str, Any] | None = None) -> Located:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.place).lstrip(".")
        return Located(fault, node_at(self.root, fault.place).start_mark.line + 1, where, error)


def load_file(source: Source, model: type[M], setting: str, faults: Callable[[M], Iterable[Fault]] | None = None) -> M:
    """The file as this model, which must have none of these ``faults``. Raises FaultyFile."""
    file = YamlFile.read(source, setting)
    read = file.validated(model)
    file.refuse(faults(read) if faults else ())
    return read


def or_exit(read: Callable[[], T]) -> T:
    """What was read; else its faults on stderr, a line each, and exit 2."""
    try:
        return read()
    except FaultyFile as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def _fault(error: Mapping[str, Any]) -> Fault:
    """What pydantic says. A validator of ours may say the cure too: ``raise ValueError("what; cure")``."""
    what, cure = error["msg"], ""
    if error["type"] == "value_error":
        what, _, cure = str(error["ctx"]["error"]).partition("; ")
    place = tuple(part for part in error["loc"] if part != "[key]")  # of a field's name, not of what it says
    return Fault(place, what, cure or _CURES.get(error["type"], "correct it"))


def _not_yaml(name: str, error: yaml.YAMLError) -> FaultyFile:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    what = f"is not YAML ({problem or 'it holds signs that YAML does not allow'})"
    return _unread(name, mark.line + 1 if mark else 1, what, "correct it there", "not-yaml")


def _unread(name: str, line: int, what: str, cure: str, code: str) -> FaultyFile:
    return FaultyFile([f"{name}:{line}: {what}; {cure}"], [Located(Fault((), what, cure, code), line, "")])
