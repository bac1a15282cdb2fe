# SPDX-License-Identifier: Apache-2.0
"""What lies beside the classes: topics, JSON Schemas and golden examples, also where only the wheel is installed.

Reading these files of its own is all that this package reads.
"""

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS, event_name

Folder = Literal["topics", "schemas", "examples"]


def folder(name: Folder) -> Traversable:
    """Inside the installed package, or beside it in a checkout."""
    package = files("ventanilla_contracts")
    inside = package.joinpath(name)
    return inside if inside.is_dir() else package.joinpath("..", name)


def topics() -> dict[str, str]:
    """The YAML text of each topic, by its name.

    >>> "about: What became of each submission" in topics()["intake-outcomes"]
    True
    """
    return {one.name.removesuffix(".yaml"): one.read_text("utf-8") for one in _files(folder("topics"), ".yaml")}


def schema(event_type: str) -> dict[str, Any]:
    """The JSON Schema of an event as its writer sends it. Raises KeyError for a type that is not ours.

    >>> schema("submission-received.v1")["x-topic"]
    'channel-submissions'
    """
    written = folder("schemas").joinpath(f"{EVENTS[event_type].TYPE}.json")
    found: dict[str, Any] = json.loads(written.read_text("utf-8"))
    return found


def examples(event_type: str) -> dict[str, Example]:
    """The golden messages of an event, by what each shows. Raises KeyError for a type that is not ours.

    >>> examples("submission-received.v1")["phone-form"].value["channel"]
    'phone'
    """
    name, version = event_name(EVENTS[event_type].TYPE)
    place = folder("examples").joinpath(name, f"v{version}")
    read = {one.name.removesuffix(".json"): one.read_bytes() for one in _files(place, ".json")}
    return {what: Example.model_validate_json(text) for what, text in read.items()}


def _files(place: Traversable, ending: str) -> list[Traversable]:
    return sorted((one for one in place.iterdir() if one.name.endswith(ending)), key=lambda one: one.name)
