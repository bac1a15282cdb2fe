# SPDX-License-Identifier: Apache-2.0
"""The story that each service plays: the golden one, and what it has not (more.yaml)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from tests.contract.needs.told import Told, golden_story, told

from chassis.clock import parse_instant
from chassis.yaml_text import read_yaml
from ventanilla_contracts.envelope import Envelope, event_id
from ventanilla_contracts.example import Example

MORE = Path(__file__).with_name("more.yaml")


class Like(BaseModel):
    """One message more: as a golden example, but about another subject at another time, and for what differs."""

    model_config = ConfigDict(extra="forbid")

    like: str
    name: str
    about: str
    at: str
    differs: dict[str, Any] = {}
    rare: bool = False


@cache
def whole_story() -> tuple[Told, ...]:
    """In the order in which it happens."""
    return (*golden_story(), *_more())


def _more() -> Iterator[Told]:
    golden = {one.name: one for one in golden_story()}
    counts = Counter[tuple[str, str]]()
    for fields in read_yaml(MORE.read_text("utf-8")):
        like = Like.model_validate(fields)
        model = golden[like.like]
        counts[model.topic, like.about] += 1
        yield _as_sent(model, like, counts[model.topic, like.about])


def _as_sent(model: Told, like: Like, count: int) -> Told:
    """As its producer would have sent it: the count-th of its topic about this subject."""
    identity, seq = event_id(model.topic, like.about, count), None if model.envelope.seq is None else count
    envelope = Envelope(identity, model.type, model.envelope.source, like.about, parse_instant(like.at), seq)
    headers = {header: value.decode() for header, value in envelope.headers()}
    value = laid_over(model.example.value, like.differs)
    return told(Example(key=like.about, headers=headers, value=value), like.name, rare=like.rare)


def laid_over(value: Mapping[str, Any], differs: Mapping[str, Any]) -> dict[str, Any]:
    """The value with what differs; what is None is left out.

    >>> laid_over({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": 4}})
    {'a': {'c': 2, 'e': 4}, 'd': 3}
    """
    found = dict(value)
    for name, one in differs.items():
        found[name] = laid_over(found[name], one) if isinstance(found.get(name), Mapping) and one else one
    return {name: one for name, one in found.items() if one is not None}
