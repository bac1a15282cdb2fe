# SPDX-License-Identifier: Apache-2.0
"""Topics, schemas and examples are found beside the classes (from the wheel: tests/integrate/test_wheel.py)."""

import pytest

from ventanilla_contracts import published
from ventanilla_contracts.registry import EVENTS


@pytest.mark.parametrize("event_type", EVENTS)
def test_every_event_has_its_schema_and_examples_that_can_be_read(event_type: str) -> None:
    assert published.schema(event_type)["$id"] == f"urn:ventanilla:{event_type}"
    assert {message.event().TYPE for message in published.examples(event_type).values()} == {event_type}


def test_every_event_is_on_a_topic_that_is_found() -> None:
    texts = published.topics()
    assert all(any(event_type in text for text in texts.values()) for event_type in EVENTS)
    assert "intake-outcomes" in texts


@pytest.mark.parametrize("ask", [published.schema, published.examples])
@pytest.mark.parametrize("event_type", ["case-sold.v1", "../schemas/case-filed.v1", ""])
def test_what_is_no_event_of_ours_is_not_looked_for(ask: object, event_type: str) -> None:
    with pytest.raises(KeyError):
        ask(event_type)  # type: ignore[operator]
