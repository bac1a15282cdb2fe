# SPDX-License-Identifier: Apache-2.0
"""An organisation's YAML file, read so that whatever is wrong with it is told with its line and its cure."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chassis.yaml_text import SAFE_LOADER, read_yaml
from routing.domain.faults import Fault, Place

M = TypeVar("M", bound=BaseModel)
Source = Traversable | Path

_CURES = {
    "missing": "add it",
    "extra_forbidden": "remove it, or correct its spelling",
    "too_short": "name at least one, or leave the field out",
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
        return cls.of(text, source.name)

    @classmethod
    def sent(cls, text: str, name: str) -> "YamlFile":
        """A text that came through a door, YAML or JSON. Raises FaultyFile."""
        if (alias := _alias(text)) is not None:
            raise _unread(name, alias, "refers to another part of itself (*)", "write it out", "alias")
        return cls.of(text, name)

    @classmethod
    def of(cls, text: str, name: str) -> "YamlFile":
        """What is written in it. Raises FaultyFile."""
        try:
            root = yaml.compose(text, Loader=SAFE_LOADER)
            content = read_yaml(text)
            repeated = list(_repeated_keys(root, ())) if root is not None else []
        except yaml.YAMLError as error:
            raise _not_yaml(name, error) from None
        except (RecursionError, ValueError, OverflowError):  # depths and dates that there are not
            raise _unread(
                name, 1, "cannot be read as YAML", "write it as the one that comes with routing", "unread"
            ) from None
        if root is None:
            raise _unread(name, 1, "is empty", "begin with the one that comes with routing", "empty")
        file = cls(name, content, root)
        file.refuse(repeated)
        return file

    def validated(self, model: type[M]) -> M:
        """The file as this model. Raises FaultyFile."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            found = [
                self._located(Fault(one["loc"], one["msg"], _CURES.get(one["type"], "correct it")), dict(one))
                for one in error.errors(include_url=False, include_input=False)
            ]
            raise FaultyFile((one.told(self.name) for one in found), found) from None

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raises FaultyFile if there are faults."""
        if found := [self._located(fault) for fault in faults]:
            raise FaultyFile((one.told(self.name) for one in found), found)

    def _located(self, fault: Fault, error: Mapping[str, Any] | None = None) -> Located:
        node = self.root
        for part in fault.place:
            node = _child(node, part) or node
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.place).lstrip(".")
        return Located(fault, node.start_mark.line + 1, where, error)


def _not_yaml(name: str, error: yaml.YAMLError) -> FaultyFile:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    what = f"is not YAML ({problem or 'it holds signs that YAML does not allow'})"
    return _unread(name, mark.line + 1 if mark else 1, what, "correct it there", "not-yaml")


def _unread(name: str, line: int, what: str, cure: str, code: str) -> FaultyFile:
    return FaultyFile([f"{name}:{line}: {what}; {cure}"], [Located(Fault((), what, cure, code), line, "")])


def _alias(text: str) -> int | None:
    """The line of the first alias: some few of them can stand for more than any machine holds."""
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=SAFE_LOADER):
            if isinstance(event, yaml.AliasEvent):
                return event.start_mark.line + 1 if event.start_mark else 1
    return None


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    children: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        children = node.value[part : part + 1]
    if isinstance(node, yaml.MappingNode):
        children = [value for key, value in node.value if key.value == part]
    return children[0] if children else None


def _repeated_keys(node: yaml.Node, place: Place) -> Iterator[Fault]:
    """YAML's readers take the last of two equal keys in silence; an organisation would never know."""
    if isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield from _repeated_keys(item, (*place, n))
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        for n, (key, value) in enumerate(node.value):
            if key.value in names[:n]:
                yield Fault((*place, key.value), f"{key.value} stands twice", "keep one of them")
            yield from _repeated_keys(value, (*place, key.value))
