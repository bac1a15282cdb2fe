# SPDX-License-Identifier: Apache-2.0
"""What a YAML text says that its plain values do not: lines, aliases, keys that stand twice."""

from collections.abc import Iterator
from contextlib import suppress

import yaml

from chassis.faults import Fault, Place
from chassis.yaml_text import SAFE_LOADER


def first_alias(text: str) -> int | None:
    """The line of the first alias: some few of them can stand for more than any machine holds."""
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=SAFE_LOADER):
            if isinstance(event, yaml.AliasEvent):
                return event.start_mark.line + 1 if event.start_mark else 1
    return None


def node_at(root: yaml.Node, place: Place) -> yaml.Node:
    """The node there; what is missing is looked for no further than where it would stand."""
    node = root
    for part in place:
        node = _child(node, part) or node
    return node


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    children: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        children = node.value[part : part + 1]
    if isinstance(node, yaml.MappingNode):
        children = [value for key, value in node.value if key.value == part]
    return children[0] if children else None


def repeated_keys(node: yaml.Node, place: Place) -> Iterator[Fault]:
    """YAML's readers take the last of two equal keys in silence; an organisation would never know."""
    if isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            yield from repeated_keys(item, (*place, n))
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        for n, (key, value) in enumerate(node.value):
            if key.value in names[:n]:
                yield Fault((*place, key.value), f"{key.value} stands twice", "keep one of them")
            yield from repeated_keys(value, (*place, key.value))
