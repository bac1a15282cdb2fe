# SPDX-License-Identifier: Apache-2.0
"""Older versions read as newer ones: the chain, what is refused, and golden examples of each version side by side."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS, event_name
from ventanilla_contracts.upcast import UPCASTS, Upcast, Upcasts

EXAMPLES = Path(__file__).parents[1] / "examples"
ACTOR = Actor(id="routing", role="service")


class MovedV1(Event, type="case-moved.v1", topic="routing-cases"):
    to: str


class MovedV2(Event, type="case-moved.v2", topic="routing-cases"):
    area: str
    branch: str | None = None


class MovedV3(Event, type="case-moved.v3", topic="routing-cases"):
    areas: tuple[str, ...]
    branch: str | None = None


def second(event: MovedV1) -> MovedV2:
    return MovedV2(actor=event.actor, area=event.to)


def third(event: MovedV2) -> MovedV3:
    return MovedV3(actor=event.actor, areas=(event.area,), branch=event.branch)


VERSIONS: Mapping[str, type[Event]] = {one.TYPE: one for one in (MovedV1, MovedV2, MovedV3)}
STEPS = (Upcast(MovedV1, MovedV2, second), Upcast(MovedV2, MovedV3, third))
MOVED = Upcasts(VERSIONS, STEPS)
SAID = b'{"actor": {"id": "routing", "role": "service"}, "to": "subsidios", "mood": "unknown to us"}'


@pytest.mark.parametrize(
    ("event_type", "wanted", "reached"),
    [
        ("case-moved.v1", {"case-moved.v3"}, "case-moved.v3"),
        ("case-moved.v1", {"case-moved.v2", "case-moved.v3"}, "case-moved.v2"),
        ("case-moved.v3", {"case-moved.v3"}, "case-moved.v3"),
        ("case-moved.v3", {"case-moved.v2"}, None),
        ("case-moved.v1", {"case-closed.v1"}, None),
        ("case-sold.v1", {"case-moved.v3"}, None),
    ],
)
def test_a_type_is_led_on_to_the_first_that_is_wanted(event_type: str, wanted: set[str], reached: str | None) -> None:
    assert MOVED.reached(event_type, wanted) == reached


def test_an_event_is_led_through_every_version_between() -> None:
    assert MOVED.read("case-moved.v1", SAID, "case-moved.v3") == MovedV3(actor=ACTOR, areas=("subsidios",))
    assert MOVED.read("case-moved.v1", SAID, "case-moved.v1") == MovedV1(actor=ACTOR, to="subsidios")


def test_what_its_own_version_does_not_allow_is_refused_before_any_upcast() -> None:
    with pytest.raises(ValidationError, match="to\n  Field required"):
        MOVED.read("case-moved.v1", b'{"actor": {"id": "a", "role": "b"}}', "case-moved.v3")
    with pytest.raises(KeyError):
        MOVED.read("case-moved.v3", b'{"actor": {"id": "a", "role": "b"}, "areas": []}', "case-moved.v2")


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (STEPS[:1], "case-moved.v2: no upcast leads to case-moved.v3"),
        ((), "case-moved.v1: no upcast leads to case-moved.v2; case-moved.v2: no upcast leads to case-moved.v3"),
        ((Upcast(MovedV1, MovedV3, second), STEPS[1]), "case-moved.v1: its upcast leads to case-moved.v3, expected"),
    ],
)
def test_a_version_without_its_upcast_is_named(steps: tuple[Upcast, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Upcasts(VERSIONS, steps)


def unlike(examples: Path, events: Mapping[str, type[Event]], upcasts: Upcasts) -> list[str]:
    """Golden examples of which the next version's, under the same name, is missing or not what the upcast makes."""
    found = []
    for event_type in events:
        name, version = event_name(event_type)
        following = f"{name}.v{version + 1}"
        for path in sorted((examples / name / f"v{version}").glob("*.json")) if following in events else ():
            golden = examples / name / f"v{version + 1}" / path.name
            made = upcasts.read(event_type, _value(path), following)
            if not golden.exists() or events[following].read(_value(golden)) != made:
                found.append(f"{name}/v{version}/{path.name}")
    return found


def _value(path: Path) -> bytes:
    return Example.model_validate_json(path.read_bytes()).raw_value()


def test_each_golden_example_of_an_older_version_becomes_the_one_of_the_next() -> None:
    assert unlike(EXAMPLES, EVENTS, UPCASTS) == []


def golden(folder: Path, version: int, name: str, **said: Any) -> None:
    place = folder / "case-moved" / f"v{version}" / f"{name}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    example = Example(key="c", headers={}, value={"actor": ACTOR.model_dump(), **said})
    place.write_text(example.model_dump_json(), encoding="utf-8")


def test_an_example_that_is_missing_or_another_is_found(tmp_path: Path) -> None:
    for version, said in ((1, {"to": "subsidios"}), (2, {"area": "subsidios"}), (3, {"areas": ["subsidios"]})):
        golden(tmp_path, version, "to-an-area", **said)
    assert unlike(tmp_path, VERSIONS, MOVED) == []
    golden(tmp_path, 3, "to-an-area", areas=["otra"])
    golden(tmp_path, 1, "back", to="crédito")
    assert unlike(tmp_path, VERSIONS, MOVED) == ["case-moved/v1/back.json", "case-moved/v2/to-an-area.json"]
    shutil.rmtree(tmp_path / "case-moved" / "v3")
    assert unlike(tmp_path, VERSIONS, MOVED) == ["case-moved/v1/back.json", "case-moved/v2/to-an-area.json"]
