# SPDX-License-Identifier: Apache-2.0
"""What has changed between a released schema and today's, in words, and which rule it breaks.

Writers are closed (they send what their schema names and nothing else), readers are open (they ignore what they do not
know): so a new optional property is allowed, and what is removed, renamed, narrowed or newly required is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evolution.containment import Refusal, refusals
from evolution.reading import Schema


class Rule(StrEnum):
    """Who must be able to read whom."""

    BACKWARD = "BACKWARD"
    """Today's readers read what was written before; topics keep it for years."""
    FORWARD = "FORWARD"
    """Readers of the release read what is written today; they are deployed when they like."""
    FULL = "FULL"
    """Both."""


CURES = {
    Rule.BACKWARD: "go on accepting what was sent, or write {next} with an upcast from {this}",
    Rule.FORWARD: "send only what readers of the release accept, or write {next} with an upcast from {this}",
    Rule.FULL: "keep it as it was, or write {next} with an upcast from {this}",
}


@dataclass(frozen=True)
class Change:
    """One difference; ``breaks`` is None where it is allowed."""

    path: str
    said: str
    breaks: Rule | None = None
    remedy: str = ""

    def cure(self, event_type: str) -> str:
        """What to do about it; empty where nothing need be done."""
        if self.remedy or self.breaks is None:
            return self.remedy
        name, _, version = event_type.rpartition(".v")
        return CURES[self.breaks].format(this=event_type, next=f"{name}.v{int(version) + 1}")

    def violates(self, rule: Rule) -> bool:
        return self.breaks is not None and (Rule.FULL in (rule, self.breaks) or rule is self.breaks)


def changes(released: Mapping[str, Any], current: Mapping[str, Any]) -> list[Change]:
    """From one schema of an event type to a later one of the same type, what breaks first. Raises Unreadable."""
    backward = refusals(released, opened(current))
    forward = refusals(current, opened(released))
    found = [*_moved(released, current), *_named(Schema.of(released), Schema.of(current))]
    backward = [one for one in backward if not _is_told(one, found, Rule.BACKWARD)]
    forward = [one for one in forward if not _is_told(one, found, Rule.FORWARD)]
    found += _refused(backward, forward)
    return sorted(dict.fromkeys(found), key=lambda change: (change.breaks is None, change.path))


def opened(schema: Any) -> Any:
    """A writer's schema as its readers take it: properties that it does not name are ignored."""
    if isinstance(schema, list):
        return [opened(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    shut = ("additionalProperties", "unevaluatedProperties")
    return {name: opened(inner) for name, inner in schema.items() if not (name in shut and inner is False)}


def _moved(released: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[Change]:
    before, after = released.get("x-topic"), current.get("x-topic")
    if before != after:
        yield Change("x-topic", f"moved from {before} to {after}, where its readers do not look", Rule.FULL)


def _is_told(refusal: Refusal, found: list[Change], rule: Rule) -> bool:
    """Of this property it was said already that it breaks this rule."""
    return any(change.path == refusal.path and change.violates(rule) for change in found)


def _refused(backward: list[Refusal], forward: list[Refusal]) -> Iterator[Change]:
    both = {one.path for one in backward} & {one.path for one in forward}
    for one in backward:
        yield Change(one.path, f"narrowed: {one.said}", Rule.FULL if one.path in both else Rule.BACKWARD)
    for one in forward:
        if one.path not in both:
            yield Change(one.path, f"widened: to readers of the release, {one.said}", Rule.FORWARD)


def _named(released: Schema, current: Schema, path: str = "$", above: tuple[str, ...] = ()) -> Iterator[Change]:
    """Properties that came, went or were renamed, at any depth."""
    if repr(released.raw) in above or (released.raw == current.raw and released.root == current.root):
        return
    before, after = _members(released), _members(current)
    required_before, required_now = _required(released), _required(current)
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    for name in gone:
        if new := _renamed(name, before, after, come):
            come.remove(new)
            yield Change(f"{path}{name}", f"renamed to {new.strip('.')}", Rule.FULL)
        else:
            yield Change(f"{path}{name}", "removed: what it said before is dropped unread", Rule.FULL)
    for name in come:
        yield _added(f"{path}{name}", newly_required=name in required_now)
    for name in before.keys() & after.keys():
        yield from _demanded(f"{path}{name}", name in required_before, name in required_now)
        yield from _named(before[name], after[name], f"{path}{name}", (*above, repr(released.raw)))


def _renamed(name: str, before: Mapping[str, Schema], after: Mapping[str, Schema], come: list[str]) -> str | None:
    """The one new property of the very same schema, if there is but one."""
    alike = [new for new in come if after[new].raw == before[name].raw]
    return alike[0] if len(alike) == 1 else None


def _added(path: str, *, newly_required: bool) -> Change:
    if newly_required:
        return Change(path, "new and required: what was sent before has none", Rule.BACKWARD)
    return Change(path, "new, optional")


def _demanded(path: str, was: bool, now: bool) -> Iterator[Change]:
    if now and not was:
        yield Change(path, "newly required: what was sent before may have none", Rule.BACKWARD)
    if was and not now:
        yield Change(path, "no longer required: readers of the release count on it", Rule.FORWARD)


def _members(schema: Schema) -> dict[str, Schema]:
    """What stands in an object by ``.name`` and ``.*``, and in an array as ``[]``; of all alternatives together."""
    found: dict[str, Schema] = {}
    for part in schema.parts():
        for name, raw in part.keywords.get("properties", {}).items():
            found.setdefault(f".{name}", part.at(raw))
        for place, keyword in ((".*", "additionalProperties"), ("[]", "items")):
            if isinstance(part.keywords.get(keyword), Mapping):
                found.setdefault(place, part.at(part.keywords[keyword]))
    return found


def _required(schema: Schema) -> set[str]:
    return {f".{name}" for part in schema.parts() for name in part.keywords.get("required", ())}
