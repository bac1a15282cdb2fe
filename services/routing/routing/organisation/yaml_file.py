# SPDX-License-Identifier: Apache-2.0
"""An organisation's YAML file, read so that whatever is wrong with it is told with its line and its cure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

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


class FaultyFile(ValueError):
    """The file cannot be used: one line per fault, each with file, line, place and cure."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
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
        try:
            root = yaml.compose(text, Loader=SAFE_LOADER)
            content = read_yaml(text)
        except yaml.YAMLError as error:
            raise FaultyFile([_not_yaml(source.name, error)]) from None
        if root is None:
            raise FaultyFile([f"{source.name}: is empty; begin with the one that comes with routing"])
        file = cls(source.name, content, root)
        file.refuse(_repeated_keys(root, ()))
        return file

    def validated(self, model: type[M]) -> M:
        """The file as this model. Raises FaultyFile."""
        try:
            return model.model_validate(self.content)
        except ValidationError as error:
            raise FaultyFile(
                self._line(Fault(one["loc"], one["msg"], _CURES.get(one["type"], "correct it")))
                for one in error.errors(include_url=False, include_input=False)
            ) from None

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Raises FaultyFile if there are faults."""
        if lines := [self._line(fault) for fault in faults]:
            raise FaultyFile(lines)

    def _line(self, fault: Fault) -> str:
        node = self.root
        for part in fault.place:
            node = _child(node, part) or node
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.place).lstrip(".")
        return f"{self.name}:{node.start_mark.line + 1}: {where or 'the file'}: {fault.what}; {fault.cure}"


def _not_yaml(name: str, error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    line = f":{mark.line + 1}" if mark else ""
    return f"{name}{line}: is not YAML ({problem or 'it holds signs that YAML does not allow'}); correct it there"


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
